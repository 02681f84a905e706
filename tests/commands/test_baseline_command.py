from __future__ import annotations

import datetime as dt
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from gatekeeping import Told
from saboteurs import InProcess

from phiscan import cli
from phiscan.batch.baseline import Baseline
from phiscan.commands import baseline as baseline_module
from phiscan.commands import scan as scan_module
from phiscan.settings import Settings

Run = Callable[..., tuple[int, str, str]]


class Stub(Told):
    """Made as phiscan.Scanner is."""

    def __init__(self, settings: Settings) -> None:
        del settings


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for module in (baseline_module, scan_module):
        monkeypatch.setattr(module, "Workers", InProcess)
        monkeypatch.setattr(module, "Scanner", Stub)
    monkeypatch.setattr("phiscan.batch.results.ResultCache.get", lambda *_: None)
    monkeypatch.setattr("phiscan.batch.results.ResultCache.put", lambda *_: None)
    monkeypatch.chdir(tmp_path)
    for name, data in {"block": b"block", "person": b"person", "gap": b"gap", "ok": b"ok"}.items():
        Path(f"{name}.jpg").write_bytes(data)

    def run(*arguments: str) -> tuple[int, str, str]:
        status = cli.main([*arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return run


FILE = ("--baseline", "known.jsonl")
WHO = (*FILE, "--by", "A. Reviewer", "--why", "a training form")


def test_what_was_accepted_is_not_new(run: Run) -> None:
    assert run("block.jpg", "--no-cache")[0] == 1
    status, out, err = run("baseline", "add", "block.jpg", "person.jpg", *WHO)
    assert (status, err) == (0, "")
    assert out.startswith("accepted  block.jpg  [block: gps_location] until ")
    assert run("block.jpg", "person.jpg", "ok.jpg", "--no-cache", *FILE)[0] == 0
    assert run("block.jpg", "--no-cache")[0] == 1


def test_it_counts_for_these_bytes_under_any_name_and_for_no_others(run: Run) -> None:
    run("baseline", "add", "block.jpg", *WHO)
    Path("block.jpg").rename("other name.jpg")
    assert run("other name.jpg", "--no-cache", *FILE)[0] == 0
    Path("other name.jpg").write_bytes(b"block more")
    assert run("other name.jpg", "--no-cache", *FILE)[0] == 1


def test_nothing_of_the_photo_but_its_hash_is_recorded(run: Run) -> None:
    run("baseline", "add", "block.jpg", *WHO)
    (told,) = map(json.loads, Path("known.jsonl").read_text().splitlines())
    assert told.keys() == {"schema", "sha256", "verdict", "kinds", "by", "on", "until", "why"}
    assert "block.jpg" not in str(told)
    assert dt.date.fromisoformat(told["until"]) - dt.date.fromisoformat(told["on"]) == dt.timedelta(
        365
    )
    assert stat.S_IMODE(Path("known.jsonl").stat().st_mode) == 0o600


def test_a_gap_cannot_be_accepted_and_the_others_go_on(run: Run) -> None:
    status, out, err = run("baseline", "add", "gap.jpg", "person.jpg", "ok.jpg", *WHO)
    assert status == 4
    assert err == "phiscan: not accepted: gap.jpg: not scanned: truncated\n"
    assert [line.split()[0] for line in out.splitlines()] == ["accepted", "allowed"]
    assert len(Baseline.read(Path("known.jsonl")).entries) == 1
    assert run("gap.jpg", "--no-cache", *FILE)[0] == 4


def test_nothing_to_accept_begins_no_file(run: Run) -> None:
    assert run("baseline", "add", "ok.jpg", *WHO)[0] == 0
    assert not Path("known.jsonl").exists()


def test_the_report_tells_who(run: Run) -> None:
    run("baseline", "add", "block.jpg", *WHO)
    _, out, _ = run("block.jpg", "ok.jpg", "--no-cache", *FILE)
    assert "BLOCK   block.jpg\n  = accepted by A. Reviewer" in out
    assert "1 accepted by somebody" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "at least one photo"),
        (("nowhere.jpg",), "no such file: 'nowhere.jpg'"),
        ((".",), "a folder"),
        (("block.jpg", "--until", "2020-01-01"), "--until lies in the past"),
        (("block.jpg", "--until", "soon"), "soon"),
    ],
)
def test_what_makes_no_sense_is_refused(run: Run, arguments: tuple[str, ...], told: str) -> None:
    status, _, err = run("baseline", "add", *arguments, *WHO)
    assert status == 2
    assert told in err
    assert not Path("known.jsonl").exists()


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("Patient John Smith consented", "(person's name)"),
        ("MRN 12345678 is made up", "(medical record number)"),
        (" ", "must not be empty"),
    ],
)
def test_a_reason_that_tells_a_patient_is_refused(run: Run, why: str, told: str) -> None:
    status, _, err = run("baseline", "add", "block.jpg", *FILE, "--by", "A", "--why", why)
    assert status == 2
    assert told in err
    assert "Smith" not in err
    assert "12345678" not in err


@pytest.mark.parametrize("why", ["a mannequin, see ticket 1234", "agreed on 2026-01-02, on paper"])
def test_an_ordinary_reason_is_taken(run: Run, why: str) -> None:
    assert run("baseline", "add", "block.jpg", *FILE, "--by", "A", "--why", why)[0] == 0


def test_an_invalid_file_stops_everything(run: Run) -> None:
    Path("known.jsonl").write_text("{}\n")
    for arguments in (
        ("block.jpg", *FILE),
        ("baseline", "list", *FILE),
        ("baseline", "prune", *FILE),
        ("baseline", "add", "block.jpg", *WHO),
    ):
        status, out, err = run(*arguments)
        assert (status, out) == (2, "")
        assert err.startswith("phiscan: known.jsonl, line 1: ")
        assert err.count("\n") == 1
    assert Path("known.jsonl").read_text() == "{}\n"


def test_a_missing_file_is_an_error_and_no_empty_one(run: Run) -> None:
    status, _, err = run("ok.jpg", *FILE)
    assert status == 2
    assert "No such file" in err


def test_listing_and_taking_out_what_has_ended(run: Run) -> None:
    run("baseline", "add", "block.jpg", "person.jpg", *WHO)
    first, second = Path("known.jsonl").read_text().splitlines()
    told = {**json.loads(first), "on": "2020-01-01", "until": "2020-02-01"}
    Path("known.jsonl").write_text(f"{json.dumps(told)}\n{second}\n")
    assert run("block.jpg", "--no-cache", *FILE)[0] == 1
    status, out, _ = run("baseline", "list", *FILE)
    assert status == 0
    assert out.count("A. Reviewer: a training form") == 2
    assert ["ended" in line for line in out.splitlines()] == [True, False]
    status, _, err = run("baseline", "prune", *FILE)
    assert (status, err) == (0, "phiscan: 1 taken out, 1 left\n")
    assert Path("known.jsonl").read_text() == f"{second}\n"
