from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path
from typing import NoReturn

import pytest
from PIL import Image

from phiscan.commands.annotate import Annotator
from phiscan.errors import BadSettings, OutputError
from phiscan.geometry import Box, Region
from phiscan.intake import Limits, load
from phiscan.model import Finding, Ruling, ScanResult, Verdict


def photo(path: Path, colour: str = "red") -> ScanResult:
    content = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(content, "JPEG")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.getvalue())
    face = Finding("face", 0.9, (Region.from_box(0, Box(5, 5, 20, 20)),))
    digest = load(str(path)).sha256
    return ScanResult(str(path), digest, Ruling(Verdict.BLOCK), (face,), width=64, height=48)


def into(folder: Path) -> Annotator:
    annotator = Annotator.into(folder, [], Limits())
    assert annotator
    return annotator


def test_a_copy_is_named_after_its_photo_and_private(tmp_path: Path) -> None:
    result = photo(tmp_path / "a.jpg")
    before = (tmp_path / "a.jpg").read_bytes()
    annotator = into(tmp_path / "out")
    annotator.annotate(result)
    (copy,) = (tmp_path / "out").iterdir()
    assert copy.name == "a.jpg.annotated.jpg"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
    assert (tmp_path / "a.jpg").read_bytes() == before
    assert annotator.written == 1


def test_photos_of_the_same_name_get_copies_of_their_own(tmp_path: Path) -> None:
    annotator = into(tmp_path / "out")
    annotator.annotate(photo(tmp_path / "one" / "a.jpg"))
    annotator.annotate(photo(tmp_path / "two" / "a.jpg", "blue"))
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["a.jpg.annotated-2.jpg", "a.jpg.annotated.jpg"]


def test_a_photo_that_changed_since_is_not_copied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = photo(tmp_path / "a.jpg")
    photo(tmp_path / "a.jpg", "blue")
    annotator = into(tmp_path / "out")
    annotator.annotate(result)
    assert not annotator.written
    assert "changed since" in capsys.readouterr().err


def test_a_photo_that_vanished_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = photo(tmp_path / "a.jpg")
    (tmp_path / "a.jpg").unlink()
    into(tmp_path / "out").annotate(result)
    assert "no marked copy" in capsys.readouterr().err


def test_a_photo_that_was_not_opened_is_left_out(tmp_path: Path) -> None:
    annotator = into(tmp_path / "out")
    annotator.annotate(ScanResult("gone.jpg", "", Ruling(Verdict.BLOCK)))
    assert not annotator.written


def test_only_a_new_or_empty_folder_outside_of_the_photos(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    (tmp_path / "file").touch()
    for folder in ("full", "file"):
        with pytest.raises(OutputError):
            Annotator.into(tmp_path / folder, [], Limits())
    with pytest.raises(BadSettings, match="outside"):
        Annotator.into(tmp_path / "new", [tmp_path], Limits())
    assert Annotator.into(None, [], Limits()) is None


def test_a_full_disk_is_an_output_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = photo(tmp_path / "a.jpg")
    annotator = into(tmp_path / "out")

    class Full:
        O_WRONLY, O_CREAT, O_EXCL = os.O_WRONLY, os.O_CREAT, os.O_EXCL

        def open(self, *_: object) -> NoReturn:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("phiscan.commands.annotate.os", Full())
    with pytest.raises(OutputError, match="No space"):
        annotator.annotate(result)
