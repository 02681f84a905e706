from __future__ import annotations

import io
import os
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar, NoReturn, Self

import numpy as np
import pytest
from PIL import Image

from phiscan import cli
from phiscan.batch import Item, Workers
from phiscan.commands import clean as clean_command
from phiscan.commands.clean import Cleaner
from phiscan.commands.copies import Copies, write_new
from phiscan.errors import BadSettings, ExitCode, MissingDependency, OutputError
from phiscan.intake import load
from phiscan.model import Check, Finding, Outcome, ScanResult
from phiscan.policy import Policy, judge, load_policy
from phiscan.scan import Scanner
from phiscan.settings import Settings

WORDS = "Roe Jane MRN 00417"
CHECKS = sorted(load_policy("default").required | {"rapidocr"})
FACE, PERSON, GAP = (200, 0, 0), (0, 0, 200), (0, 200, 0)
"""Colours that stand for what the fake scanner sees."""


class FakeScanner:
    """Judges by the picture's colour and by GPS, with the real policy and the real intake."""

    made: ClassVar[list[Settings]] = []
    seen: ClassVar[list[str]] = []
    meanwhile: ClassVar[Callable[[], object] | None] = None

    def __init__(self, settings: Settings) -> None:
        self.policy: Policy = settings.open_policy()
        self.made.append(settings)

    def scan(self, source: str) -> ScanResult:
        self.seen.append(source)
        photo = load(source)
        colour = np.asarray(photo.frames[0].pixels[0, 0], dtype=int)
        kinds = [
            kind
            for kind, shade in (("face", FACE), ("person", PERSON))
            if np.abs(colour - shade).max() < 9
        ]
        kinds += ["gps_location"] * any(tag.name == "GPSLatitude" for tag in photo.tags)
        gap = np.abs(colour - GAP).max() < 9
        checks = tuple(
            Check(name, Outcome.FAILED if gap and name == "faces" else Outcome.DONE)
            for name in CHECKS
        )
        findings = tuple(Finding(kind, 0.95) for kind in kinds)
        ruling = judge(findings, checks, self.policy)
        if meanwhile := type(self).meanwhile:
            meanwhile()
        size = photo.frames[0].width, photo.frames[0].height
        return ScanResult(source, photo.sha256, ruling, findings, checks, *size)


class InProcess:
    """Does what workers do, without a process: so that the tests see what happens."""

    def __init__(self, make: Callable[[], Cleaner], policy: Policy, seconds: float) -> None:
        self._make = make
        self._gap = Workers(make, policy, seconds=seconds)._known

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def scan_all(self, items: Iterable[Item]) -> Iterator[ScanResult]:
        cleaner = self._make()
        for item in items:
            yield self._gap(item) or cleaner.scan(item.path)


@pytest.fixture(autouse=True)
def _fake_scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeScanner.made = []
    FakeScanner.seen = []
    FakeScanner.meanwhile = None
    monkeypatch.setattr(clean_command, "Scanner", FakeScanner)
    monkeypatch.setattr(clean_command, "Workers", InProcess)


def meanwhile(action: Callable[[], object]) -> None:
    """Have this done while the copy is scanned."""
    FakeScanner.meanwhile = staticmethod(action)


def photo(colour: tuple[int, int, int] = (180, 180, 180), form: str = "JPEG") -> bytes:
    """A photo that was taken somewhere, of somebody."""
    tags = Image.Exif()
    tags[0x010E] = WORDS
    tags.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    buffer = io.BytesIO()
    options: dict[str, Any] = {} if form in {"GIF", "BMP"} else {"exif": tags.tobytes()}
    Image.new("RGB", (64, 48), colour).save(buffer, form, **options)
    return buffer.getvalue()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the working folder one with a photo for each way to end."""
    for name, colour in (("ok", (180,) * 3), ("face", FACE), ("person", PERSON), ("gap", GAP)):
        (tmp_path / f"{name}.jpg").write_bytes(photo(colour))
    (tmp_path / "other.jpg").write_bytes(photo((90, 90, 90)))
    (tmp_path / "cut.jpg").write_bytes(photo()[:-200])
    (tmp_path / "words.txt").write_text(WORDS)
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}

    def runner(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(["clean", *arguments])
        captured = capsys.readouterr()
        assert WORDS not in captured.out + captured.err
        assert "Traceback" not in captured.err
        assert {path: path.read_bytes() for path in before if path.is_file()} == before
        assert not list(folder.rglob(".phiscan-*"))
        return status, captured.out, captured.err

    return runner


def test_a_photo_blocked_for_its_place_becomes_an_allowed_copy(run: Run) -> None:
    before = FakeScanner(Settings()).scan("ok.jpg")
    assert before.verdict.word == "block"
    status, out, err = run("ok.jpg", "-o", "clean.jpg")
    assert status == ExitCode.ALLOWED
    assert out.startswith("ALLOW   clean.jpg")
    assert err == "phiscan: copies written: 1 of 1; the originals are as they were\n"
    copy = load("clean.jpg")
    assert (copy.tags, copy.gaps) == ((), ())
    assert FakeScanner(Settings()).scan("clean.jpg").verdict.word == "allow"


def test_the_real_scanner_agrees(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean_command, "Scanner", Scanner)
    monkeypatch.setattr(clean_command, "Workers", Workers)
    status, out, _ = run("ok.jpg", "-o", "clean.jpg")
    assert status == ExitCode.ALLOWED
    assert "Checked: " in out


# Exit codes

STATUSES = [
    ("ok.jpg -o new.jpg", ExitCode.ALLOWED),
    ("ok.jpg --output=new.png", ExitCode.ALLOWED),
    ("ok.jpg -o new", ExitCode.ALLOWED),
    ("ok.jpg -o sub", ExitCode.ALLOWED),
    ("ok.jpg -o made/", ExitCode.ALLOWED),
    ("ok.jpg other.jpg -o made", ExitCode.ALLOWED),
    ("ok.jpg -o new.jpg --quality 50", ExitCode.ALLOWED),
    ("-o new.jpg -- ok.jpg", ExitCode.ALLOWED),
    ("face.jpg -o new.jpg", ExitCode.BLOCKED),
    ("person.jpg -o new.jpg", ExitCode.REVIEW),
    ("gap.jpg -o new.jpg", ExitCode.UNSCANNED),
    ("cut.jpg -o new.jpg", ExitCode.UNSCANNED),
    ("words.txt -o new.jpg", ExitCode.UNSCANNED),
    ("sub -o new.jpg", ExitCode.UNSCANNED),
    (". -o made/", ExitCode.UNSCANNED),
    ("missing.jpg ok.jpg -o made", ExitCode.UNSCANNED),
    ("ok.jpg face.jpg cut.jpg person.jpg -o made", ExitCode.BLOCKED),
    ("ok.jpg cut.jpg person.jpg -o made", ExitCode.UNSCANNED),
    ("ok.jpg person.jpg -o made", ExitCode.REVIEW),
    ("missing.jpg -o new.jpg", ExitCode.USAGE),
    ("missing.jpg gone.jpg -o made", ExitCode.USAGE),
    ("ok.jpg", ExitCode.USAGE),
    ("-o new.jpg", ExitCode.USAGE),
    ("", ExitCode.USAGE),
    ("ok.jpg -o", ExitCode.USAGE),
    ("ok.jpg -o new.jpg --quality 0", ExitCode.USAGE),
    ("ok.jpg -o new.jpg --quality 101", ExitCode.USAGE),
    ("ok.jpg -o new.jpg --quality good", ExitCode.USAGE),
    ("ok.jpg -o new.jpg --policy nope", ExitCode.USAGE),
    ("ok.jpg -o new.jpg --settings nope.toml", ExitCode.USAGE),
    ("ok.jpg -o new.jpg --keep", ExitCode.USAGE),
    ("ok.jpg other.jpg -o words.txt", ExitCode.USAGE),
    ("ok.jpg -o other.jpg", ExitCode.OUTPUT),
    ("ok.jpg -o ok.jpg", ExitCode.OUTPUT),
    ("ok.jpg -o ok.jpg --force", ExitCode.OUTPUT),
    ("ok.jpg -o ./sub/../ok.jpg --force", ExitCode.OUTPUT),
    ("ok.jpg -o . --force", ExitCode.OUTPUT),
    ("ok.jpg face.jpg -o .", ExitCode.OUTPUT),
    ("ok.jpg -o nowhere/new.jpg", ExitCode.OUTPUT),
    ("ok.jpg other.jpg -o nowhere/made", ExitCode.OUTPUT),
    ("ok.jpg -o new.pdf", ExitCode.OUTPUT),
    ("ok.jpg -o /dev/null --force", ExitCode.OUTPUT),
    (f"ok.jpg -o {'x' * 300}.jpg", ExitCode.OUTPUT),
    ("face.jpg ok.jpg words.txt -o .", ExitCode.OUTPUT),
    ("--help", ExitCode.ALLOWED),
]


@pytest.mark.parametrize(("line", "expected"), STATUSES, ids=[line[:40] for line, _ in STATUSES])
def test_exit_status(run: Run, line: str, expected: ExitCode) -> None:
    status, _, err = run(*line.split())
    assert status == expected
    assert err or line == "--help"


@pytest.mark.parametrize("line", [line for line, status in STATUSES if status not in {0, 3}])
def test_without_a_copy_nothing_is_there(run: Run, folder: Path, line: str) -> None:
    run(*line.split())
    made = {path for path in folder.iterdir() if path.name in {"new.jpg", "new.pdf", "made"}}
    assert all(path.name == "made" and any(path.iterdir()) for path in made)


ONE = [line for line, status in STATUSES if status in {2, 6} and line.count(".jpg ") < 2]


@pytest.mark.parametrize("line", ONE, ids=[line[:40] for line in ONE])
def test_a_refusal_is_one_line_and_needs_no_scan(run: Run, line: str) -> None:
    _, out, err = run(*line.split())
    assert err.startswith("phiscan: ")
    assert (out, err.count("\n")) == ("", 1)
    assert not FakeScanner.made


def test_each_photo_ends_on_its_own(run: Run, folder: Path) -> None:
    status, out, err = run("cut.jpg", "face.jpg", "ok.jpg", "sub", "other.jpg", "-o", "made")
    assert status == ExitCode.BLOCKED
    assert sorted(path.name for path in (folder / "made").iterdir()) == ["ok.jpg", "other.jpg"]
    heads = [line.split() for line in out.splitlines() if line.startswith(("ALLOW", "BLOCK"))]
    words = {name: verdict for verdict, name, *_ in heads}
    assert words["cut.jpg"] == words["made/face.jpg"] == words["sub"] == "BLOCK"
    assert words["made/ok.jpg"] == words["made/other.jpg"] == "ALLOW"
    assert "cut.jpg: not cleaned" in err
    assert "made/face.jpg: not written, for the copy is still one to block" in err
    assert "copies written: 2 of 5" in err


# What is left in the picture


@pytest.mark.parametrize(
    ("name", "state"),
    [("face.jpg", "is still one to block"), ("person.jpg", "is still one to review")],
)
def test_what_the_picture_shows_is_told_with_advice(run: Run, name: str, state: str) -> None:
    _, out, err = run(name, "-o", "new.jpg")
    assert "To take it again" in out
    assert f"new.jpg: not written, for the copy {state}" in err
    assert "never what the picture shows" in err


def test_a_copy_that_was_not_fully_checked_is_refused_without_that_advice(run: Run) -> None:
    _, out, err = run("gap.jpg", "-o", "new.jpg")
    assert "not fully checked" in out
    assert "could not be fully checked" in err
    assert "never what the picture shows" not in err


def test_the_policy_is_the_users(run: Run, folder: Path) -> None:
    (folder / "mine.toml").write_text('[[rule]]\nkind = "face"\nverdict = "allow"\n')
    (folder / "s.toml").write_text('policy = "mine.toml"\nthreads = 1\n')
    assert run("face.jpg", "-o", "a.jpg", "--policy", "mine.toml")[0] == ExitCode.ALLOWED
    assert run("face.jpg", "-o", "b.jpg", "--settings", "s.toml")[0] == ExitCode.ALLOWED
    last = ("--settings", "s.toml", "--policy", "default")
    assert run("face.jpg", "-o", "c.jpg", *last)[0] == ExitCode.BLOCKED
    assert FakeScanner.made[-1].threads == 1


def test_the_copy_is_scanned_under_its_own_name(run: Run) -> None:
    run("ok.jpg", "-o", "Smith_MRN.jpg")
    run("ok.jpg", "other.jpg", "-o", "made")
    names = [Path(path).name for path in FakeScanner.seen]
    assert names == ["Smith_MRN.jpg", "ok.jpg", "other.jpg"]
    assert len(FakeScanner.made) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are not forks of the test")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("end", [lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: 1 / 0])
def test_a_photo_that_breaks_its_worker_is_a_gap_and_leaves_nothing(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, end: Callable[[], object]
) -> None:
    monkeypatch.setattr(clean_command, "Workers", Workers)
    # Idle threads that other tests left behind would have the worker spawned, without the fake.
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    first = FakeScanner.scan

    def scan(self: FakeScanner, source: str) -> ScanResult:
        if source.endswith("other.jpg"):
            end()
        return first(self, source)

    monkeypatch.setattr(FakeScanner, "scan", scan)
    status, _, err = run("other.jpg", "ok.jpg", "-o", "made")
    assert status == ExitCode.UNSCANNED
    assert "other.jpg: not cleaned, " in err
    assert [path.name for path in (folder / "made").iterdir()] == ["ok.jpg"]


def test_what_is_left_out_is_told(run: Run, folder: Path) -> None:
    pages = [Image.new("RGB", (64, 48), (shade,) * 3) for shade in (180, 20)]
    pages[0].save(folder / "moving.gif", save_all=True, append_images=pages[1:])
    _, _, err = run("moving.gif", "-o", "still.gif")
    assert "moving.gif: only its main picture is in the copy" in err
    assert len(load("still.gif").frames) == 1


def test_quiet_tells_errors_only(run: Run) -> None:
    assert run("ok.jpg", "-o", "new.jpg", "-q") == (ExitCode.ALLOWED, "", "")
    status, out, err = run("face.jpg", "cut.jpg", "ok.jpg", "-o", "made", "-q")
    assert (status, out) == (ExitCode.BLOCKED, "")
    assert "face.jpg: not written" in err
    assert "cut.jpg: not cleaned" in err
    assert "copies written" not in err


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MissingDependency("the weights file x.onnx is missing"), ExitCode.MISSING),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
        (RuntimeError(WORDS), ExitCode.INTERNAL),  # as if Workers broke
    ],
)
def test_what_goes_wrong_in_a_scan_leaves_nothing(
    run: Run, folder: Path, error: BaseException, expected: ExitCode
) -> None:
    def fail() -> NoReturn:
        raise error

    before = sorted(folder.iterdir())
    meanwhile(fail)
    for out in ("new.jpg", "made/"):
        status, _, _ = run("ok.jpg", "-o", out)
        assert status == expected
        assert sorted(folder.iterdir()) == before


# Names


@pytest.mark.parametrize(
    "name",
    [
        "with blank.jpg",
        "line\nfeed.jpg",
        "\x1b[31mALLOW.jpg",
        "-o.jpg",
        "--force",
        "\u202egpj.exe.jpg",
        os.fsdecode(b"latin-\xe9.jpg"),
        "clean",
        "a" * 251 + ".jpg",
    ],
)
def test_odd_names_stay_as_they_are(run: Run, folder: Path, name: str) -> None:
    (folder / "sub" / name).write_bytes(photo())
    status, out, err = run("-o", "made/", "--", f"sub/{name}")
    assert status == ExitCode.ALLOWED
    assert [path.name for path in (folder / "made").iterdir()] == [name]
    assert "\x1b" not in out + err
    assert out.count("ALLOW   ") == 1
    os.chdir("sub")
    status, _, _ = run("-o", "../single/", "--", name)
    assert status == ExitCode.ALLOWED
    status, _, _ = run(f"-o=./-x{name[:9]}.png", "--", name)
    assert status == ExitCode.ALLOWED


@pytest.mark.parametrize("out", ["-new.jpg", "--force.jpg", "-"])
def test_a_copy_may_be_called_anything(run: Run, folder: Path, out: str) -> None:
    assert run("ok.jpg", f"--output={out}")[0] == ExitCode.ALLOWED
    assert (folder / out).is_file()


# What is not a file


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_neither_read_nor_written(run: Run, folder: Path) -> None:
    os.mkfifo(folder / "pipe.jpg")
    status, out, _ = run("pipe.jpg", "-o", "new.jpg")
    assert (status, "named pipe" in out) == (ExitCode.UNSCANNED, True)
    assert run("ok.jpg", "-o", "pipe.jpg", "--force")[0] == ExitCode.OUTPUT
    assert stat.S_ISFIFO((folder / "pipe.jpg").stat().st_mode)


def test_a_device_is_not_read(run: Run) -> None:
    status, out, _ = run("/dev/zero", "-o", "new.jpg")
    assert status == ExitCode.UNSCANNED
    assert "device" in out


# Where copies go


def test_an_existing_file_is_only_replaced_by_force(run: Run, folder: Path) -> None:
    old = folder / "sub" / "new.jpg"
    old.write_bytes(b"mine")
    assert run("ok.jpg", "-o", "sub/new.jpg")[0] == ExitCode.OUTPUT
    assert old.read_bytes() == b"mine"
    assert run("ok.jpg", "-o", "sub/new.jpg", "--force")[0] == ExitCode.ALLOWED
    assert load(str(old)).tags == ()


def test_a_refused_copy_leaves_the_older_file_and_says_so(run: Run, folder: Path) -> None:
    old = folder / "sub" / "new.jpg"
    old.write_bytes(b"mine")
    _, _, err = run("face.jpg", "-o", "sub/new.jpg", "--force")
    assert "the older file of that name stays" in err
    assert old.read_bytes() == b"mine"


def test_a_file_that_appears_meanwhile_is_not_replaced(run: Run, folder: Path) -> None:
    new = folder / "new.jpg"
    meanwhile(lambda: new.write_bytes(b"mine"))
    assert run("ok.jpg", "-o", "new.jpg")[0] == ExitCode.OUTPUT
    assert new.read_bytes() == b"mine"


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_appears_at_the_last_moment_is_not_replaced(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    copies = Copies([folder / "ok.jpg"], "new.jpg")
    monkeypatch.setattr(copies, "_check", lambda _: None)
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    (folder / "new.jpg").write_bytes(b"mine")
    with copies.staging() as staging:
        write_new(staging / "new.jpg", b"copy")
        with pytest.raises(OutputError):
            copies.publish(staging / "new.jpg", Path("new.jpg"))
    assert (folder / "new.jpg").read_bytes() == b"mine"


def no_links(*_: object) -> NoReturn:
    raise PermissionError(1, "Operation not permitted")


def test_a_disk_without_links(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", no_links)
    assert run("ok.jpg", "-o", "new.jpg")[0] == ExitCode.ALLOWED
    assert load(str(folder / "new.jpg")).tags == ()


def _symbolic(folder: Path) -> None:
    (folder / "new.jpg").symlink_to("ok.jpg")


def _hard(folder: Path) -> None:
    (folder / "new.jpg").hardlink_to(folder / "ok.jpg")


def _chain(folder: Path) -> None:
    (folder / "sub" / "link").symlink_to("../ok.jpg")
    (folder / "new.jpg").symlink_to("sub/link")


@pytest.mark.parametrize("link", [_symbolic, _hard, _chain])
def test_an_original_is_never_replaced_under_another_name(
    run: Run, folder: Path, link: Callable[[Path], None]
) -> None:
    link(folder)
    inode = (folder / "ok.jpg").stat().st_ino
    status, _, err = run("ok.jpg", "-o", "new.jpg", "--force")
    assert status == ExitCode.OUTPUT
    assert "originals are never written over" in err
    assert (folder / "ok.jpg").stat().st_ino == (folder / "new.jpg").stat().st_ino == inode
    # Neither where the original is named by the link, nor where it is that of another copy.
    assert run("new.jpg", "-o", "ok.jpg", "--force")[0] == ExitCode.OUTPUT
    (folder / "sub" / "other.jpg").hardlink_to(folder / "ok.jpg")
    status, _, _ = run("ok.jpg", "other.jpg", "-o", "sub", "--force")
    assert status == ExitCode.OUTPUT
    assert (folder / "sub" / "other.jpg").stat().st_ino == inode


def test_a_name_in_other_case_is_the_original_where_the_disk_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def folded(path: Path) -> os.stat_result:
        return os.stat(str(path).lower())  # noqa: PTH116

    monkeypatch.setattr(Path, "stat", folded)
    monkeypatch.setattr(Path, "lstat", folded)
    copies = Copies([Path("ok.jpg")], "OK.JPG", force=True)
    with pytest.raises(OutputError, match="original"):
        copies.place_for(Path("ok.jpg"))
    assert folder.is_dir()


def test_an_original_that_takes_the_place_meanwhile_is_not_replaced(run: Run, folder: Path) -> None:
    new = folder / "new.jpg"
    meanwhile(lambda: new.hardlink_to(folder / "ok.jpg"))
    assert run("ok.jpg", "-o", "new.jpg", "--force")[0] == ExitCode.OUTPUT
    assert new.stat().st_ino == (folder / "ok.jpg").stat().st_ino


def test_a_link_that_leads_elsewhere_is_replaced_not_followed(run: Run, folder: Path) -> None:
    (folder / "new.jpg").symlink_to("words.txt")
    assert run("ok.jpg", "-o", "new.jpg")[0] == ExitCode.OUTPUT
    assert run("ok.jpg", "-o", "new.jpg", "--force")[0] == ExitCode.ALLOWED
    assert not (folder / "new.jpg").is_symlink()
    (folder / "dangling.jpg").symlink_to("nowhere/at/all.jpg")
    assert run("ok.jpg", "-o", "dangling.jpg")[0] == ExitCode.OUTPUT
    assert run("ok.jpg", "-o", "dangling.jpg", "--force")[0] == ExitCode.ALLOWED


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_two_photos_of_one_name_do_not_become_one_copy(
    run: Run, folder: Path, force: list[str]
) -> None:
    (folder / "sub" / "ok.jpg").write_bytes(photo((120, 120, 120)))
    status, _, err = run("ok.jpg", "sub/ok.jpg", "-o", "made", *force)
    assert status == ExitCode.OUTPUT
    assert "the copy of another photo" in err
    pixels = load(str(folder / "made" / "ok.jpg")).frames[0].pixels
    assert abs(int(pixels[0, 0, 0]) - 180) < 3


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_copy_has_the_mode_of_any_new_file(run: Run, folder: Path, umask: int) -> None:
    (folder / "ok.jpg").chmod(0o400)
    before = os.umask(umask)
    try:
        run("ok.jpg", "-o", "new.jpg")
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "new.jpg").stat().st_mode) == 0o666 & ~umask


def test_while_it_is_scanned_nobody_else_sees_the_copy(run: Run, folder: Path) -> None:
    modes = []

    def look() -> None:
        (staging,) = folder.glob(".phiscan-*")
        modes.append(stat.S_IMODE(staging.stat().st_mode))
        assert not (folder / "new.jpg").exists()

    meanwhile(look)
    assert run("ok.jpg", "-o", "new.jpg")[0] == ExitCode.ALLOWED
    assert modes == [0o700]


@pytest.mark.parametrize(("where", "number"), [("mkdir", 13), ("fsync", 28), ("link", 28)])
def test_a_disk_that_is_full_or_read_only(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, where: str, number: int
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    before = sorted(folder.iterdir())
    monkeypatch.setattr(os, where, fail)
    if where == "link":
        monkeypatch.setattr(Path, "replace", fail)
    status, _, err = run("ok.jpg", "-o", "new.jpg")
    assert status == ExitCode.OUTPUT
    assert err.startswith("phiscan: ")
    assert err.endswith(f"cannot write 'new.jpg': {os.strerror(number)}\n")
    assert err.count("\n") == 1
    assert sorted(folder.iterdir()) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(run: Run, folder: Path) -> None:
    (folder / "sub").chmod(0o500)
    status, _, err = run("ok.jpg", "-o", "sub/new.jpg")
    (folder / "sub").chmod(0o700)
    assert status == ExitCode.OUTPUT
    assert "Permission denied" in err


def test_several_photos_need_a_folder(folder: Path) -> None:
    with pytest.raises(BadSettings, match="must be a folder"):
        Copies([Path("a.jpg"), Path("b.jpg")], str(folder / "ok.jpg"))
