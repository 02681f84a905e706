from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from phiscan.errors import MissingDependency
from phiscan.layout import arrange
from phiscan.model import Frame
from phiscan.readers import tesseract
from phiscan.readers.tesseract import READER
from phiscan.settings import Settings
from phiscan.text import Text
from phiscan.toolbox import Toolbox

LINES = ["PATIENT JANE MOE", "MRN 0012345", "DOB 03/04/1950"]

program = pytest.mark.skipif(
    shutil.which("tesseract") is None,
    reason="the program tesseract is not installed here; CI installs it",
)


@pytest.fixture(scope="module")
def reader() -> READER:
    pytest.importorskip("pytesseract", reason="the extra phiscan[tesseract] is not installed")
    return READER(Toolbox(Settings()))


def page(scale: float = 1.0) -> NDArray[np.uint8]:
    picture = np.full((260, 640, 3), 235, dtype=np.uint8)
    for number, line in enumerate(LINES):
        place = (40, 70 + 60 * number)
        cv2.putText(picture, line, place, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (20,) * 3, 2, cv2.LINE_AA)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


def read(reader: READER, picture: NDArray[np.uint8]) -> Text:
    return arrange(reader.read(Frame(0, "main", picture)))


@program
@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_print_is_read_in_frame_pixels(reader: READER, scale: float) -> None:
    text = read(reader, page(scale))
    assert "0012345" in text.flow
    start = text.flow.index("0012345")
    (region,) = text.regions(start, start + 7)
    assert region.box.x0 / scale == pytest.approx(132, abs=14)
    assert region.box.y0 / scale < 120 < region.box.y1 / scale


@program
def test_an_empty_picture_has_no_words(reader: READER) -> None:
    assert read(reader, np.full((300, 400, 3), 127, np.uint8)).flow == ""


@program
@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 900, 3), (8, 8, 3), (9, 3000, 3)])
def test_odd_sizes_do_not_break_it(reader: READER, shape: tuple[int, int, int]) -> None:
    assert isinstance(list(reader.read(Frame(0, "main", np.zeros(shape, np.uint8)))), list)


@program
def test_no_file_is_written(
    reader: READER, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by Python nor by the program: both are sent to a folder that is then looked at."""
    for variable in ("TMPDIR", "TMP", "TEMP"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(Path.cwd().iterdir())
    read(reader, page())
    assert list(tmp_path.iterdir()) == []
    assert set(Path.cwd().iterdir()) == before


@program
def test_a_program_that_fails_is_an_error_without_words(
    reader: READER, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_program", shutil.which("false"))
    with pytest.raises(RuntimeError, match="status 1"):
        read(reader, page())


@program
def test_a_program_that_hangs_is_stopped(reader: READER, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: Any, **__: Any) -> None:
        raise subprocess.TimeoutExpired("tesseract", 1, output=b"JANE MOE")

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(RuntimeError, match="in time") as caught:
        read(reader, page())
    assert caught.value.__suppress_context__


def test_rows_that_are_no_words_are_left_out() -> None:
    rows = (
        "level page block par line word left top width height conf text",
        "4 1 1 1 1 0 10 20 30 40 -1 ",
        "5 1 1 1 1 1 10 20 30 40 96.5 JANE",
        "5 1 1 1 1 2 10 20 30 40 -1 ",
        "5 1 1 1 1 3 10 20 0 40 50 X",
        "5 1",
    )
    table = "\n".join(rows).replace(" ", "\t")
    ((text, score, box),) = tesseract._words(table)
    assert (text, score, box.x1, box.y1) == ("JANE", 0.965, 40, 60)


def test_the_python_package_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pytesseract", None)
    with pytest.raises(MissingDependency, match=r"phiscan\[tesseract\]"):
        READER(Toolbox(Settings()))


def test_the_program_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pytesseract", reason="the extra phiscan[tesseract] is not installed")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(MissingDependency, match="apt-get install tesseract-ocr"):
        READER(Toolbox(Settings()))


def test_the_language_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    pytesseract = pytest.importorskip("pytesseract", reason="phiscan[tesseract] is not installed")
    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(pytesseract, "get_languages", lambda **_: ["osd"])
    with pytest.raises(MissingDependency, match="tesseract-ocr-eng"):
        READER(Toolbox(Settings()))
