"""What a scan is told to look at: `.phiscanignore`, and `--stdin0`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from parts import encode
from saboteurs import InProcess

from phiscan import cli
from phiscan.commands import scan as scan_command
from phiscan.errors import ExitCode
from phiscan.model import Check, Outcome, ScanResult
from phiscan.policy import judge
from phiscan.settings import Settings

SOURCE = str(Path(cli.__file__).parents[1])


class Allows:
    """Allows every file that is there."""

    def __init__(self, settings: Settings) -> None:
        self._policy = settings.open_policy()

    def scan(self, source: str) -> ScanResult:
        outcome = Outcome.DONE if Path(source).exists() else Outcome.FAILED
        checks = tuple(Check(name, outcome) for name in sorted(self._policy.required))
        return ScanResult(source, "", judge((), checks, self._policy), checks=checks)


@pytest.fixture(autouse=True)
def _photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("in/a.jpg", "in/b.jpg", "in/old/c.jpg", "in/old/d.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(scan_command, "Scanner", Allows)
    monkeypatch.setattr(scan_command, "Workers", InProcess)


Run = Callable[..., tuple[int, list[str], str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def runner(*arguments: str) -> tuple[int, list[str], str]:
        status = cli.main([*arguments, "--format", "jsonl", "--no-cache"])
        out, err = capsys.readouterr()
        return status, [json.loads(line)["path"] for line in out.splitlines()], err

    return runner


# Ignore files


@pytest.mark.parametrize("also", [(), ("--quiet",)])
def test_what_was_left_out_is_told(run: Run, also: tuple[str, ...]) -> None:
    Path("in/.phiscanignore").write_text("b.jpg\nold/\n")
    status, names, err = run("in", *also)
    assert status == ExitCode.ALLOWED
    assert names == ([] if also else ["in/a.jpg"])
    assert err == "phiscan: 1 photo and 1 folder left out by .phiscanignore\n"


def test_nothing_left_out_is_nothing_told(run: Run) -> None:
    Path("in/.phiscanignore").write_text("nothing.jpg")
    assert run("in")[2] == ""


def test_ignore_files_can_be_ignored(run: Run) -> None:
    Path("in/.phiscanignore").write_text("*")
    status, names, err = run("in", "--no-ignore")
    assert (status, len(names), err) == (ExitCode.ALLOWED, 4, "")


def test_a_folder_of_which_all_is_left_out_is_no_pass(run: Run) -> None:
    Path("in/.phiscanignore").write_text("*")
    status, names, err = run("in")
    assert (status, names) == (ExitCode.USAGE, [])
    assert (
        err == "phiscan: no photos found there; 2 photos and 1 folder left out by .phiscanignore\n"
    )


def test_a_photo_that_is_named_is_scanned_whatever_is_ignored(run: Run) -> None:
    Path("in/.phiscanignore").write_text("*")
    assert run("in/a.jpg", "in/old") == (
        ExitCode.ALLOWED,
        ["in/a.jpg", "in/old/c.jpg", "in/old/d.jpg"],
        "",
    )


def test_an_ignore_file_that_cannot_be_read_is_told(run: Run) -> None:
    Path("in/.phiscanignore").mkdir()
    status, names, err = run("in")
    assert (status, len(names)) == (ExitCode.ALLOWED, 4)
    assert err == "phiscan: 1 .phiscanignore file could not be read and left nothing out\n"


# Paths over standard input


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], None]]:
    """Let bytes come over standard input, which ends after them."""
    ours, theirs = os.pipe()
    with os.fdopen(ours) as stream:
        monkeypatch.setattr(sys, "stdin", stream)

        def send(content: bytes) -> None:
            os.write(theirs, content)
            os.close(theirs)

        yield send


def test_photos_are_scanned_in_the_order_in_which_they_were_sent(
    run: Run, send: Callable[[bytes], None]
) -> None:
    send(b"in/b.jpg\0in/a.jpg\0")
    assert run("--stdin0") == (ExitCode.ALLOWED, ["in/b.jpg", "in/a.jpg"], "")


def test_what_is_no_photo_is_a_gap_in_its_place(run: Run, send: Callable[[bytes], None]) -> None:
    send(b"in/b.jpg\0in\0\0missing.jpg\0in/a.jpg\0")
    status, names, _ = run("--stdin0")
    assert status == ExitCode.UNSCANNED
    assert names == ["in/b.jpg", "in", "<stdin>", "missing.jpg", "in/a.jpg"]


def test_what_is_sent_is_scanned_whatever_is_ignored(
    run: Run, send: Callable[[bytes], None]
) -> None:
    Path("in/.phiscanignore").write_text("*")
    send(b"in/b.jpg\0")
    assert run("--stdin0") == (ExitCode.ALLOWED, ["in/b.jpg"], "")


def test_nothing_sent_is_no_pass_and_replaces_no_report(
    run: Run, send: Callable[[bytes], None]
) -> None:
    Path("report.jsonl").write_text("of yesterday")
    send(b"")
    status, _, err = run("--stdin0", "--output", "report.jsonl")
    assert status == ExitCode.USAGE
    assert "no file" in err
    assert Path("report.jsonl").read_text() == "of yesterday"


def test_paths_come_from_one_place_only(run: Run, send: Callable[[bytes], None]) -> None:
    send(b"in/b.jpg")
    status, names, err = run("--stdin0", "in/a.jpg")
    assert (status, names) == (ExitCode.USAGE, [])
    assert "standard input" in err


def test_a_terminal_is_no_program_that_sends(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert run("--stdin0")[0] == ExitCode.USAGE
    monkeypatch.setattr(sys, "stdin", None)
    assert run("--stdin0")[0] == ExitCode.USAGE


def test_the_command_answers_before_more_is_sent() -> None:
    Path("a.png").write_bytes(encode("PNG"))
    command = [sys.executable, "-m", "phiscan", "--stdin0", "--format", "jsonl"]
    env = {**os.environ, "PYTHONPATH": SOURCE}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=env) as process:
        assert process.stdin
        assert process.stdout
        for name in ("a.png", "missing.png", "a.png"):
            process.stdin.write(name.encode() + b"\0")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["path"] == name
        process.stdin.close()
        assert process.stdout.read() == b""
    assert process.returncode in {ExitCode.UNSCANNED, ExitCode.BLOCKED}
