"""Numbers stand the same way up as the words beside them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from phiscan.geometry import Box, Region
from phiscan.layout import arrange
from phiscan.model import Frame
from phiscan.readers._line import Line
from phiscan.readers._upright import overruled
from phiscan.readers.rapidocr import READER
from phiscan.settings import Settings
from phiscan.text import Word
from phiscan.toolbox import Toolbox


def line(x: float, y: float, width: float = 200, height: float = 20) -> Line:
    return Line(Region.from_box(0, Box(x, y, x + width, y + height)), 0.9)


def read(one: Line, text: str, *, turned: bool, score: float = 0.95) -> list[Word]:
    return [Word(text, one.turned().region if turned else one.region, score)]


NUMBER = line(300, 100)


@pytest.mark.parametrize(
    ("number", "beside", "is_overruled"),
    [
        (("08-56-98", False), [("Medical record", True)], True),
        (("08-56-98", True), [("Medical record", False)], True),
        (("08-56-98", False), [("Medical record", False)], False),
        (("996L/80/90", False), [("Medical record", True)], True),
        (("Patient B12", False), [("Medical record", True)], False),
        (("08-56-98", False), [("Dr", True)], False),
        (("08-56-98", False), [("Medical record", True), ("Date of birth", False)], False),
        (("08-56-98", False), [], False),
    ],
)
def test_words_beside_a_number_know_which_way_is_up(
    number: tuple[str, bool], beside: list[tuple[str, bool]], *, is_overruled: bool
) -> None:
    words = {NUMBER: read(NUMBER, number[0], turned=number[1])}
    for place, (text, turned) in enumerate(beside):
        witness = line(50, 60 + 40 * place)
        words[witness] = read(witness, text, turned=turned)
    found = overruled(list(words), words)
    assert list(found) == ([NUMBER] if is_overruled else [])
    if is_overruled:
        assert found[NUMBER] == pytest.approx([1, 0] if number[1] else [-1, 0], abs=1e-6)


UPRIGHT = Line(Region(0, ((300, 400), (300, 200), (320, 200), (320, 400))), 0.9)


@pytest.mark.parametrize("witness", [line(3000, 2000), UPRIGHT])
def test_words_of_another_text_do_not_count(witness: Line) -> None:
    words = {
        NUMBER: read(NUMBER, "08-56-98", turned=False),
        witness: read(witness, "Medical record", turned=True),
    }
    assert overruled(list(words), words) == {}


def test_a_line_without_words_tells_nothing() -> None:
    assert overruled([NUMBER, line(0, 0)], {NUMBER: [], line(0, 0): []}) == {}


def test_doubtful_words_do_not_count() -> None:
    witness = line(50, 60)
    words = {
        NUMBER: read(NUMBER, "08-56-98", turned=False),
        witness: read(witness, "Medical record", turned=True, score=0.6),
    }
    assert overruled(list(words), words) == {}


@pytest.fixture(scope="module")
def reader() -> READER:
    return READER(Toolbox(Settings()))


NUMBERS = ("088", "601668", "066", "898616", "988")


@pytest.mark.parametrize("turned", [False, True])
def test_numbers_on_a_turned_page_are_read_as_they_are_meant(
    reader: READER,
    turned: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    page: NDArray[np.uint8] = np.full((900, 700, 3), 245, dtype=np.uint8)
    words = ["Patient record", "Date of admission", "Telephone number", "Born in", "Account"]
    for row, pair in enumerate(zip(words, NUMBERS, strict=True)):
        for low, text in enumerate(pair):
            at = 60, 60 + 160 * row + 70 * low
            cv2.putText(page, text, at, cv2.FONT_HERSHEY_DUPLEX, 1.2, (20, 20, 20), 2, cv2.LINE_AA)
    picture = np.ascontiguousarray(page[::-1, ::-1]) if turned else page
    found = [word for word in reader.read(Frame(0, "main", picture)) if isinstance(word, Word)]
    assert set(NUMBERS) <= set(arrange(found).flow.split())
