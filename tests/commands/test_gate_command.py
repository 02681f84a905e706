from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from gatekeeping import ALLOWED, FILES, HELD, Told, lay, reasons, shown, tree
from saboteurs import InProcess

from phiscan import cli
from phiscan.batch.inbox import Inbox
from phiscan.commands import gate as gate_module
from phiscan.settings import Settings


class Stub(Told):
    """Made as phiscan.Scanner is."""

    def __init__(self, settings: Settings) -> None:
        del settings


@pytest.fixture(autouse=True)
def _no_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_module, "Workers", InProcess)
    monkeypatch.setattr(gate_module, "Scanner", Stub)
    monkeypatch.setattr(gate_module, "Inbox", partial(Inbox, quiet=0.0))


def gate(root: Path, *options: str) -> int:
    places = "--allowed", str(root / "allowed"), "--held", str(root / "held")
    return cli.main(["gate", str(root / "inbox"), *places, "--no-cache", *options])


def test_every_file_has_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(tmp_path)
    assert gate(tmp_path) == 1
    out, err = capsys.readouterr()
    assert shown(tmp_path / "allowed") == ALLOWED
    assert shown(tmp_path / "held") == HELD
    lines = out.splitlines()
    assert len(lines) == len(FILES)
    assert "allowed  a.jpg" in lines
    assert "allowed  taken.jpg  as taken-2.jpg" in lines
    assert "held     block.jpg  [block: gps_location]" in lines
    assert "held     deep/er/person.heic  [review: person]" in lines
    assert "held     deep/gap.png  [block: not scanned: truncated]" in lines
    assert err == "phiscan: 4 allowed, 5 held\n"
    gate(tmp_path)
    again = capsys.readouterr().out.splitlines()
    assert len(again) == len(FILES)
    assert all("(there already)" in line for line in again)


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ({}, 0),
        ({"a.jpg": b"fine"}, 0),
        ({"a.jpg": b"fine", "b.jpg": b"person"}, 3),
        ({"a.jpg": b"gap", "b.jpg": b"person"}, 4),
        ({"a.txt": b"text", "b.jpg": b"fine"}, 4),
        ({"a.jpg": b"gap", "b.jpg": b"block"}, 1),
    ],
)
def test_the_status_is_that_of_a_scan(tmp_path: Path, files: dict[str, bytes], status: int) -> None:
    (tmp_path / "inbox").mkdir()
    lay(tmp_path, files)
    assert gate(tmp_path) == status
    assert gate(tmp_path) == status


def test_quiet_says_nothing_but_what_went_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, {"a.jpg": b"fine", "b.jpg": b"block"})
    (tmp_path / "inbox/link.jpg").symlink_to("a.jpg")
    assert gate(tmp_path, "--quiet") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err == ("phiscan: 'link.jpg' stays in the inbox: a link, and links are not followed\n")


def test_what_cannot_be_written_is_told_in_one_line_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, {"a/b.jpg": b"block", "c.jpg": b"fine"})
    (tmp_path / "held").mkdir()
    (tmp_path / "held/a").write_bytes(b"a file of this name")
    assert gate(tmp_path, "--move") == 6
    out, err = capsys.readouterr()
    assert out == "allowed  c.jpg\n"
    assert "'a/b.jpg': cannot write 'a/b.jpg': something else has its name\n" in err
    assert "1 allowed, 0 held, 1 left in the inbox" in err
    assert tree(tmp_path / "inbox") == {"a/b.jpg": b"block"}


def test_names_that_would_forge_a_line_are_escaped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, {"a\nallowed  b.jpg": b"block"})
    gate(tmp_path)
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--jobs", "0"], "jobs must be 1 or more"),
        (["--policy", "nonsense"], "no policy 'nonsense'"),
        (["--held", ""], "empty argument"),
        (["--sideways"], "sideways"),
    ],
)
def test_what_makes_no_sense_is_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    told: str,
) -> None:
    lay(tmp_path, {"a.jpg": b"fine"})
    monkeypatch.chdir(tmp_path)
    assert cli.main(["gate", "inbox", "--allowed", "y", "--held", "n", *options]) == 2
    assert told in capsys.readouterr().err
    assert tree(tmp_path) == {"inbox/a.jpg": b"fine"}


@pytest.mark.parametrize(("allowed", "held"), [("inbox", "n"), ("y", "y"), ("y", "inbox/n")])
def test_folders_that_are_not_apart_are_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    allowed: str,
    held: str,
) -> None:
    lay(tmp_path, {"a.jpg": b"fine"})
    monkeypatch.chdir(tmp_path)
    assert cli.main(["gate", "inbox", "--allowed", allowed, "--held", held]) == 2
    assert "apart" in capsys.readouterr().err
    assert tree(tmp_path) == {"inbox/a.jpg": b"fine"}


def test_watching_without_its_library_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, {"a.jpg": b"fine"})
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    assert gate(tmp_path, "--watch") == 5
    assert "phiscan[watch]" in capsys.readouterr().err


WATCH = """
import sys
from functools import partial
from pathlib import Path
from gatekeeping import Told
from phiscan import cli
from phiscan.commands import gate

class Whole(Told):
    def __init__(self, settings):
        pass
    def scan(self, source):
        with open(sys.argv[1], "a") as notes:
            print(Path(source).name, file=notes)
        return super().scan(source)

gate.Scanner = Whole
gate.Inbox = partial(gate.Inbox, quiet=0.2, fresh=4.0)
sys.exit(cli.main(["gate", *sys.argv[2:]]))
"""
"""The whole command, but for what looks at the pixels; it notes what was scanned."""


@contextmanager
def watching(root: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    places = [root / "inbox", "--allowed", root / "allowed", "--held", root / "held"]
    command = [sys.executable, "-c", WATCH, root / "notes", *places, "--watch", "--no-cache"]
    tests = str(Path(__file__).parent.parent)
    run = subprocess.Popen(
        [*map(str, command), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([tests, *sys.path])},
    )
    with run:
        try:
            yield run
        finally:
            run.kill()


def until(done: Callable[[], bool]) -> None:
    """Wait for something that has to come, however slow the machine is."""
    for _ in range(600):
        if done():
            return
        time.sleep(0.1)
    pytest.fail("it did not come")


def scans(root: Path, name: str) -> int:
    notes = root / "notes"
    return notes.read_text().split().count(name) if notes.exists() else 0


@pytest.mark.skipif(sys.platform == "win32", reason="interrupted as on Unix")
def test_a_half_written_file_is_not_held_and_ctrl_c_ends_well(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles")
    inbox, allowed, held = (tmp_path / name for name in ("inbox", "allowed", "held"))
    lay(tmp_path, {"before.jpg": b"fine"})
    with watching(tmp_path, "--move") as run:
        until(lambda: shown(allowed).keys() == {"before.jpg"})
        (inbox / "half.jpg").write_bytes(b"gap")
        (inbox / "damaged.jpg").write_bytes(b"gap")
        until(lambda: scans(tmp_path, "half.jpg") == 1)
        (inbox / "half.jpg").write_bytes(b"now it is whole")
        (inbox / "new folder").mkdir()
        (inbox / "new folder/block.jpg").write_bytes(b"block")
        (inbox / "upload.jpg.part").write_bytes(b"fi")
        (inbox / "upload.jpg.part").write_bytes(b"fine")
        (inbox / "upload.jpg.part").rename(inbox / "upload.jpg")
        until(lambda: shown(allowed).keys() == {"before.jpg", "half.jpg", "upload.jpg"})
        until(lambda: reasons(held).keys() == {"damaged.jpg", "new folder/block.jpg"})
        until(lambda: not tree(inbox))
        assert shown(allowed)["half.jpg"] == b"now it is whole"
        assert scans(tmp_path, "damaged.jpg") == 2
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert len(out.splitlines()) == 5
    assert err.splitlines() == [
        "phiscan: 3 allowed, 2 held",
        "phiscan: stopped; what is still in the inbox comes next time",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who writes")
def test_a_file_that_is_open_is_left_alone_until_it_is_closed(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles")
    (tmp_path / "inbox").mkdir()
    with watching(tmp_path, "--move"):
        with (tmp_path / "inbox/a.jpg").open("wb") as file:
            file.write(b"fi")
            file.flush()
            (tmp_path / "inbox/b.jpg").write_bytes(b"fine, and written later")
            until(lambda: "b.jpg" in shown(tmp_path / "allowed"))
            file.write(b"ne")
        until(lambda: not tree(tmp_path / "inbox"))
    assert shown(tmp_path / "allowed")["a.jpg"] == b"fine"
