from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from phiscan.layout import arrange
from phiscan.model import Frame
from phiscan.readers import _detection, _recognition
from phiscan.readers.rapidocr import READER
from phiscan.settings import Settings
from phiscan.text import Text
from phiscan.toolbox import Toolbox

LINES = ["PATIENT JANE MOE", "MRN 0012345", "DOB 03/04/1950"]


@pytest.fixture(scope="module")
def reader() -> READER:
    return READER(Toolbox(Settings()))


def page(lines: list[str], *, ink: int = 20, paper: int = 235) -> NDArray[np.uint8]:
    picture = np.full((60 + 60 * len(lines), 640, 3), paper, dtype=np.uint8)
    for number, line in enumerate(lines):
        place = (40, 70 + 60 * number)
        cv2.putText(picture, line, place, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (ink,) * 3, 2, cv2.LINE_AA)
    return picture


def read(reader: READER, picture: NDArray[np.uint8]) -> Text:
    return arrange(reader.read(Frame(0, "main", np.ascontiguousarray(picture))))


def test_lines_are_read_in_order_with_their_blanks(reader: READER) -> None:
    assert read(reader, page(LINES)).flow.split("\n") == LINES


def test_light_on_dark_is_read(reader: READER) -> None:
    assert read(reader, page(LINES, ink=230, paper=25)).flow.split("\n") == LINES


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_page_is_read(reader: READER, turns: int) -> None:
    text = read(reader, np.rot90(page(LINES), turns))
    assert set(text.flow.split()) >= {"0012345", "03/04/1950", "JANE"}


def test_words_stand_where_they_are_printed(reader: READER) -> None:
    picture = page(LINES)
    text = read(reader, picture)
    start = text.flow.index("0012345")
    (region,) = text.regions(start, start + len("0012345"))
    (width, height), _ = cv2.getTextSize("MRN ", cv2.FONT_HERSHEY_SIMPLEX, 1.1, 2)
    assert region.box.x0 == pytest.approx(40 + width, abs=12)
    assert region.box.y0 < 130 - height / 2 < region.box.y1


def test_an_empty_picture_has_no_words(reader: READER) -> None:
    assert read(reader, np.full((300, 400, 3), 127, np.uint8)).words == ()


def test_print_leaves_traces_where_it_stands(reader: READER) -> None:
    picture = np.full((600, 400, 3), 235, np.uint8)
    picture[:200] = page(LINES)[:200, :400]
    (traces,) = read(reader, picture).traces
    assert traces.frame == 0
    rows = len(traces.share)
    assert traces.share[: rows // 3].mean() > 10 * max(traces.share[rows // 2 :].mean(), 0.5)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 900, 3), (900, 1, 3), (3, 3000, 3)])
def test_odd_sizes_do_not_break_it(reader: READER, shape: tuple[int, int, int]) -> None:
    assert isinstance(list(reader.read(Frame(0, "main", np.zeros(shape, np.uint8)))), list)


def test_a_very_wide_strip_is_not_skipped(reader: READER) -> None:
    """PP-OCR's own pipeline leaves out detection when a picture is 8 times as wide as high."""
    strip = np.full((70, 1400, 3), 235, dtype=np.uint8)
    for x, line in zip((20, 480, 900), LINES, strict=True):
        cv2.putText(strip, line, (x, 45), cv2.FONT_HERSHEY_SIMPLEX, 1, (20,) * 3, 2, cv2.LINE_AA)
    assert "0012345" in read(reader, strip).flow


@pytest.mark.parametrize(
    ("letter", "plain"),
    [("（", "("), ("：", ":"), ("８", "8"), ("。", "."), ("…", "…"), ("é", "é")],
)
def test_full_width_signs_are_folded(letter: str, plain: str) -> None:
    assert _recognition._fold(letter) == plain


def test_cuts_rise_from_zero_to_one(reader: READER) -> None:
    words = read(reader, page(LINES)).words
    assert words
    for word in words:
        assert word.cuts[0] == pytest.approx(0)
        assert word.cuts[-1] == pytest.approx(1)
        assert all(a <= b for a, b in pairwise(word.cuts))


class Echo:
    """A network that answers each pixel with its own brightness."""

    lanes = 1

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def run(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        self.sizes.append(batch.shape[2] * batch.shape[3])
        return [(batch[:, :1] + np.float32(1)) / np.float32(2)]

    def metadata(self, key: str) -> str:
        raise KeyError(key)


@pytest.mark.parametrize("shape", [(1200, 1600), (1600, 1200), (400, 5000), (5000, 90), (50, 60)])
def test_tiles_are_put_together_without_a_seam(shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (*shape, 3), dtype=np.uint8)
    network = Echo()
    heat = _detection.heatmap(network, picture)
    assert np.allclose(heat, picture[:, :, 2] / 255, atol=1e-5)
    assert max(network.sizes) < 1.6e6
