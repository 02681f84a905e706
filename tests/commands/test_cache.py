from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from phiscan import cli
from phiscan.batch import recipe
from phiscan.batch.results import open_store
from phiscan.commands import scan as scan_command
from phiscan.errors import ExitCode
from phiscan.model import Check, Finding, Outcome, ScanResult
from phiscan.network_cache import Compiled, NetworkCache
from phiscan.policy import judge
from phiscan.settings import Settings

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _own_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home/.cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def runner(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return runner


def keep(count: int) -> None:
    store = open_store(pytest.fail)
    for n in range(count):
        store.put(n.to_bytes(32, "big"), bytes(1000))
    store.close()
    NetworkCache().put("faces", "key", Compiled(bytes(2_000_000), {}))


def test_info_tells_where_how_much_and_since_when(run: Run) -> None:
    keep(1234)
    status, out, err = run("cache", "info")
    assert (status, err) == (ExitCode.ALLOWED, "")
    where, results, networks = out.splitlines()
    assert where.endswith("in your cache folder, ~/.cache/phiscan")
    assert "1,234, 1." in results
    assert " MB, last used 20" in results
    assert networks.endswith("1, 2.0 MB")


def test_info_of_nothing_begins_nothing(run: Run, tmp_path: Path) -> None:
    _, out, _ = run("cache", "info")
    assert "results            none\n" in out
    assert not (tmp_path / "home").exists()


def test_info_names_the_folder_itself_where_it_is_not_at_home(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    assert str(tmp_path / "elsewhere" / "phiscan") in run("cache", "info")[1]


def test_clear_lets_go_of_everything(run: Run) -> None:
    keep(12)
    status, out, err = run("cache", "clear")
    assert (status, err) == (ExitCode.ALLOWED, "")
    assert out == "cleared 12 results and 1 compiled networks\n"
    assert NetworkCache().entries() == []
    assert "results            none" in run("cache", "info")[1]
    assert run("cache", "clear")[1] == "cleared 0 results and 0 compiled networks\n"


def test_clear_takes_also_what_is_damaged(run: Run, tmp_path: Path) -> None:
    keep(1)
    (file,) = tmp_path.rglob("results.sqlite")
    file.write_text("no database")
    status, _, err = run("cache", "clear")
    assert status == ExitCode.ALLOWED
    assert "set aside" in err
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_clear_says_when_it_could_not(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(1)
    monkeypatch.setattr("phiscan.batch.store._BUSY_SECONDS", 0.01)
    other = sqlite3.connect(open_store(pytest.fail).path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    status, out, err = run("cache", "clear")
    other.close()
    assert (status, out) == (ExitCode.OUTPUT, "")
    assert "not all could be cleared" in err


class FakeScanner:
    """Judges by what the file holds, with the real policy."""

    notes = Path()

    def __init__(self, settings: Settings) -> None:
        self.policy = settings.open_policy()

    def scan(self, source: str) -> ScanResult:
        with self.notes.open("a") as file:
            file.write(f"{Path(source).name}\n")
        content = Path(source).read_bytes()
        findings = (Finding("face", 0.9),) if b"face" in content else ()
        checks = tuple(Check(name, Outcome.DONE) for name in sorted(self.policy.required))
        digest = hashlib.sha256(content).hexdigest()
        return ScanResult(source, digest, judge(findings, checks, self.policy), findings, checks)


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("phiscan.batch.worker_process.threading.active_count", lambda: 1)  # fork
    monkeypatch.setattr(recipe, "_program", dict)
    monkeypatch.setattr(scan_command, "Scanner", FakeScanner)
    monkeypatch.setattr(FakeScanner, "notes", tmp_path / "notes")
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("cake", "face", "desk"):
        (folder / f"{name}.jpg").write_text(name)
    return folder


def scanned(folder: Path) -> list[str]:
    notes = folder.parent / "notes"
    found = notes.read_text().split() if notes.exists() else []
    notes.unlink(missing_ok=True)
    return found


def test_a_second_scan_says_the_same_and_scans_nothing(run: Run, photos: Path) -> None:
    first = run(str(photos), "--format", "jsonl")
    assert scanned(photos) == ["cake.jpg", "desk.jpg", "face.jpg"]
    assert run(str(photos), "--format", "jsonl") == first
    assert scanned(photos) == []
    assert first[0] == ExitCode.BLOCKED
    (photos / "cake.jpg").write_text("cake and a face")
    assert run(str(photos / "cake.jpg"))[0] == ExitCode.BLOCKED
    assert scanned(photos) == ["cake.jpg"]


def test_without_the_cache_everything_is_scanned_and_nothing_kept(
    run: Run, photos: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        run(str(photos), "--no-cache")
        assert len(scanned(photos)) == 3
    assert not (tmp_path / "home").exists()


def test_another_policy_scans_again(run: Run, photos: Path, tmp_path: Path) -> None:
    run(str(photos))
    own = tmp_path / "own.toml"
    own.write_text('[[rule]]\nkind = "face"\nverdict = "review"\n')
    assert run(str(photos), "--policy", str(own))[0] == ExitCode.REVIEW
    assert len(scanned(photos)) == 6


def test_results_that_cannot_be_used_are_told_of_once(
    run: Run, photos: Path, tmp_path: Path
) -> None:
    keep(1)
    (file,) = tmp_path.rglob("results.sqlite")
    file.write_text("no database")
    status, _, err = run(str(photos))
    assert status == ExitCode.BLOCKED
    assert err.count("the kept results are damaged; they are set aside") == 1
    assert "the scan goes on" in err
    file.write_text("no database")
    assert "damaged" not in run(str(photos), "--quiet")[2]
