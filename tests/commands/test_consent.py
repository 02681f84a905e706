from __future__ import annotations

import datetime as dt
import getpass
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from phiscan import cli
from phiscan.commands import consent
from phiscan.consent import encoder, locks, people
from phiscan.consent.encoder import FaceRecognition
from phiscan.consent.locks import VARIABLE
from phiscan.consent.people import Encoding
from phiscan.consent.store import Store
from phiscan.errors import BadSettings, ExitCode
from phiscan.geometry import Box, Region
from phiscan.model import Finding, Photo
from phiscan.protocols import Consents

pytest.importorskip("cryptography", reason="the extra phiscan[consent] is not installed")

DAY = dt.date(2026, 3, 10)
PASSPHRASE = "correct horse battery"  # noqa: S105 - of tests
NAME = "Ada Example"
FACES = (Box(0, 0, 30, 30), Box(60, 60, 90, 90))
PHOTOS = {
    # How many faces there are, and the tones of the two places where a face may be.
    "ada": (1, 100, 0),
    "ada_again": (1, 110, 0),
    "bob": (1, 200, 0),
    "ada_and_bob": (2, 100, 200),
    "nobody": (0, 0, 0),
    "turned_away": (1, 0, 0),
}


class ByTone:
    """An encoder that takes the tone of a face for all that there is to it; black has none."""

    name = "by tone"

    def encode(self, pixels: NDArray[np.uint8], faces: Sequence[Box]) -> list[Encoding | None]:
        tones = [int(pixels[int(face.y0) + 5, int(face.x0) + 5, 0]) for face in faces]
        return [(tone / 100,) if tone else None for tone in tones]


def find(photo: Photo, consents: Consents) -> list[Finding]:
    """Stand in for the face detector: as many faces as the file's name says."""
    frame = photo.frames[0]
    boxes = FACES[: PHOTOS[Path(photo.source).stem][0]]
    kinds = {True: "consented_face", False: "face"}
    return [
        Finding(kinds[agreed], 0.9, (Region.from_box(0, box),), reason="a face 30 px high")
        for box, agreed in zip(boxes, consents.agreed(frame, boxes), strict=True)
    ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, (_, first, second) in PHOTOS.items():
        pixels = np.zeros((100, 100, 3), np.uint8)
        pixels[:30, :30], pixels[60:90, 60:90] = first, second
        Image.fromarray(pixels).save(f"{name}.png")
    Path("cut.jpg").write_bytes(b"\xff\xd8\xff")
    return tmp_path


@pytest.fixture(autouse=True)
def _fakes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent, "_store", lambda: Store(folder / "consent.list", consent._ask))
    monkeypatch.setattr(consent, "_encoder", ByTone)
    monkeypatch.setattr(consent, "_find", find)
    monkeypatch.setattr(locks.KeyringLock, "new", lambda: None)
    monkeypatch.setattr(locks, "_SCRYPT_N", 2**10)
    monkeypatch.setattr(people, "today", lambda: DAY)
    monkeypatch.setattr(consent, "today", lambda: DAY)
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    consent._ask.cache_clear()


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def runner(*arguments: str) -> tuple[int, str, str]:
        consent._ask.cache_clear()  # each run of the command is a process of its own
        status = cli.main(["consent", *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return runner


@pytest.fixture
def enrolled(run: Run) -> None:
    status, _, _ = run("add", NAME, "ada.png", "--purpose", "birthday", "--expires", "2026-05-01")
    assert status == ExitCode.ALLOWED


def test_enrolled_listed_recognised_and_removed(run: Run) -> None:
    assert run("check", "ada.png")[0] == ExitCode.BLOCKED
    assert run("add", NAME, "ada.png", "ada_again.png")[0] == ExitCode.ALLOWED
    assert run("check", "ada.png") == (0, "agreed   a face 30 px high, upper left\n", "")
    assert run("remove", NAME)[0] == ExitCode.ALLOWED
    assert run("check", "ada.png") == (1, "blocked  a face 30 px high, upper left\n", "")
    assert not Path("consent.list").exists()


@pytest.mark.usefixtures("enrolled")
def test_the_list_shows_everything_but_the_face(run: Run) -> None:
    run("add", "Bob \x1b[2JExample", "bob.png", "--agreed", "2025-03-11")
    _, out, _ = run("list")
    assert out.splitlines() == [
        "NAME                AGREED      EXPIRES       PHOTOS  PURPOSE",
        "Ada Example         2026-03-10  2026-05-01    1       birthday",
        "Bob \\x1b[2JExample  2025-03-11  2026-03-11    1",
    ]


@pytest.mark.parametrize(("photos", "told"), [(["ada.png"], True), (["ada.png"] * 2, False)])
def test_one_photo_is_few(run: Run, photos: list[str], *, told: bool) -> None:
    assert ("two or three photos" in run("add", NAME, *photos)[2]) is told


def test_an_empty_list(run: Run) -> None:
    assert run("list") == (0, "", "phiscan: nobody is on the consent list\n")


@pytest.mark.usefixtures("enrolled")
@pytest.mark.parametrize(
    ("photo", "expected", "words"),
    [
        ("ada.png", 0, ["agreed"]),
        ("ada_again.png", 0, ["agreed"]),
        ("bob.png", 1, ["blocked"]),
        ("ada_and_bob.png", 1, ["agreed", "blocked"]),
        ("turned_away.png", 1, ["blocked"]),
        ("nobody.png", 0, []),
    ],
)
def test_check_says_which_faces_may_be_shown(
    run: Run, photo: str, expected: int, words: list[str]
) -> None:
    status, out, err = run("check", photo)
    assert (status, [line.split()[0] for line in out.splitlines()]) == (expected, words)
    assert NAME not in out + err
    assert err == ("" if words else "phiscan: no face found\n")


@pytest.mark.usefixtures("enrolled")
def test_an_expired_consent_blocks_and_is_marked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (people, consent):
        monkeypatch.setattr(module, "today", lambda: dt.date(2026, 5, 2))
    assert run("check", "ada.png")[0] == ExitCode.BLOCKED
    assert "2026-05-01  expired  1" in run("list")[1]


@pytest.mark.usefixtures("enrolled")
def test_the_photo_is_not_kept(folder: Path, run: Run) -> None:
    photo = Path("ada.png").read_bytes()
    Path("ada.png").unlink()
    others = [path for path in folder.rglob("*") if path.suffix not in {".png", ".jpg"}]
    assert others == [folder / "consent.list"]
    assert photo[:64] not in others[0].read_bytes()
    assert "the photos are not kept" in run("add", "Bob", "bob.png")[2]


REFUSED = [
    ("add Bob", "name at least one photo", ExitCode.USAGE),
    ("add", "", ExitCode.USAGE),
    ("add Bob nobody.png", "nobody.png: no face found", ExitCode.USAGE),
    ("add Bob ada_and_bob.png", "ada_and_bob.png: 2 faces found", ExitCode.USAGE),
    ("add Bob turned_away.png", "turned_away.png: the face is turned away", ExitCode.USAGE),
    ("add Bob bob.png ada.png", "ada.png: this is not the person of bob.png", ExitCode.USAGE),
    ("add Bob missing.png", "missing.png: no such file", ExitCode.UNSCANNED),
    ("add Bob cut.jpg", "cut.jpg: truncated", ExitCode.UNSCANNED),
    ("add Bob .", "a directory", ExitCode.UNSCANNED),
    ("add Ada^Example bob.png", "there is a consent under this name", ExitCode.USAGE),
    ("add ^ bob.png", "the name is empty", ExitCode.USAGE),
    ("add Bob bob.png --expires 2026-03-09", "lies in the past", ExitCode.USAGE),
    ("add Bob bob.png --agreed 2026-03-11", "lies in the future", ExitCode.USAGE),
    ("add Bob bob.png --agreed 2024-03-10", "lies in the past", ExitCode.USAGE),
    ("add Bob bob.png --expires tomorrow", "", ExitCode.USAGE),
    ("remove Bob", "nobody of this name", ExitCode.USAGE),
    ("remove", "", ExitCode.USAGE),
    ("check missing.png", "missing.png: no such file", ExitCode.UNSCANNED),
    ("check", "", ExitCode.USAGE),
    ("bogus", "", ExitCode.USAGE),
]


@pytest.mark.usefixtures("enrolled")
@pytest.mark.parametrize(("line", "told", "expected"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_makes_no_sense_is_told_on_one_line_and_changes_nothing(
    run: Run, line: str, told: str, expected: ExitCode
) -> None:
    before = Path("consent.list").read_bytes()
    status, out, err = run(*(word.replace("^", " ") for word in line.split()))
    assert status == expected
    assert told in err
    assert err.startswith("phiscan: ")
    assert NAME not in err
    assert not out
    assert Path("consent.list").read_bytes() == before


@pytest.mark.usefixtures("enrolled")
@pytest.mark.parametrize("line", ["list", "add Bob bob.png", "remove Ada", "check ada.png"])
@pytest.mark.parametrize("case", ["wrong passphrase", "no passphrase", "damaged", "others may"])
def test_a_list_that_does_not_open_is_exit_2(
    run: Run, monkeypatch: pytest.MonkeyPatch, line: str, case: str
) -> None:
    kept = Path("consent.list")
    told = case
    if case == "wrong passphrase":
        monkeypatch.setenv(VARIABLE, "incorrect horse")
    elif case == "no passphrase":
        monkeypatch.delenv(VARIABLE)
        told = VARIABLE
    elif case == "damaged":
        kept.write_bytes(kept.read_bytes()[:-9])
    else:
        kept.chmod(0o666)
    before = kept.read_bytes()
    status, out, err = run(*line.split())
    assert (status, out) == (ExitCode.USAGE, "")
    assert told in err
    assert err.count("\n") == 1
    assert kept.read_bytes() == before


def test_a_missing_library_is_exit_5(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder._library.cache_clear()
    monkeypatch.setitem(sys.modules, "face_recognition_models", None)
    monkeypatch.setattr(consent, "_encoder", FaceRecognition)
    status, _, err = run("add", NAME, "ada.png")
    assert status == ExitCode.MISSING
    assert "pip install 'phiscan[consent]'" in err
    assert not Path("consent.list").exists()


def test_a_list_that_cannot_be_written_is_exit_6(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file").write_text("")
    monkeypatch.setattr(consent, "_store", lambda: Store(folder / "file/list", consent._ask))
    monkeypatch.setattr(Store, "stamp", lambda _: None)
    status, _, err = run("add", NAME, "ada.png")
    assert status == ExitCode.OUTPUT
    assert "cannot be written" in err


# Passphrases


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, *typed: str) -> None:
    answers = iter(typed)
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(getpass, "getpass", lambda _: next(answers))


@pytest.mark.parametrize(
    ("typed", "expected", "told"),
    [
        ((PASSPHRASE, PASSPHRASE), ExitCode.ALLOWED, "locked with this passphrase"),
        ((PASSPHRASE, "something else"), ExitCode.USAGE, "differ"),
        (("short",), ExitCode.USAGE, "12 characters"),
        (("",), ExitCode.USAGE, "12 characters"),
    ],
)
def test_a_new_passphrase_is_asked_for_twice(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    typed: tuple[str, ...],
    expected: ExitCode,
    told: str,
) -> None:
    at_a_terminal(monkeypatch, *typed)
    status, _, err = run("add", NAME, "ada.png")
    assert status == expected
    assert told in err
    assert Path("consent.list").exists() is (expected == ExitCode.ALLOWED)


@pytest.mark.usefixtures("enrolled")
def test_a_list_is_opened_with_what_is_typed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_terminal(monkeypatch, PASSPHRASE)
    assert NAME in run("list")[1]


def test_nothing_typed_at_all_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_terminal(monkeypatch)

    def closed(_: str) -> NoReturn:
        raise EOFError

    monkeypatch.setattr(getpass, "getpass", closed)
    status, _, err = run("add", NAME, "ada.png")
    assert (status, err) == (ExitCode.USAGE, "phiscan: no passphrase was typed\n")


def test_a_short_passphrase_in_the_environment_makes_no_list(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "short")
    assert run("add", NAME, "ada.png")[0] == ExitCode.USAGE
    assert not Path("consent.list").exists()


# With the face detector and the encoder themselves


def test_a_photo_with_three_faces_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    photo = Path(__file__).parents[2] / "fixtures" / "photos" / "people.jpg"
    with pytest.raises(BadSettings, match="3 faces found"):
        consent._enrol([photo], ByTone())
