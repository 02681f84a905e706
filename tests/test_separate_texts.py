from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from phiscan.geometry import Box, Region
from phiscan.layout import arrange
from phiscan.plain_layout import lay_out
from phiscan.separate_texts import separate_texts
from phiscan.text import Text, Word


def line(text: str, x: float, y: float, turn: float = 0.0, *, frame: int = 0) -> list[Word]:
    """The words of a line 20 px high whose left end stands at (x, y), each letter 10 px wide."""
    words, cos, sin = [], math.cos(turn), math.sin(turn)
    along = 0.0
    for written in text.split():
        box = Region.from_box(0, Box(along, 0, along + 10 * len(written), 20)).corners
        corners = tuple((x + a * cos - d * sin, y + a * sin + d * cos) for a, d in box)
        words.append(Word(written, Region(frame, corners), 0.9))
        along += 10 * len(written) + 6
    return words


LIST = [*line("JANE DOE 73 M", 0, 0), *line("JOHN ROE 66 F", 0, 24)]


def flows(words: list[Word]) -> list[str]:
    return sorted(text.flow for text in separate_texts(arrange(words)))


def test_what_lies_far_apart_is_read_apart() -> None:
    assert flows([*LIST, *line("SOUP OF THE DAY", 0, 400)]) == [
        "JANE DOE 73 M\nJOHN ROE 66 F",
        "SOUP OF THE DAY",
    ]


def test_paragraphs_of_one_page_are_not_parted() -> None:
    assert flows([*LIST, *line("RECORD NUMBER 12345", 0, 120)]) == []


def test_what_lies_across_is_another_thing_however_near() -> None:
    near = line("SOUP OF THE DAY", -60, 0, math.pi / 2)
    assert len(flows([*LIST, *near])) == 2
    assert flows([*LIST, *line("7", -60, 0, math.pi / 2)]) == []  # too short to have a direction


def test_pages_are_things_of_their_own() -> None:
    assert len(flows([*LIST, *line("NEXT PAGE", 0, 60, frame=1)])) == 2


def test_nothing_is_nothing() -> None:
    assert separate_texts(Text()) == ()
    assert separate_texts(lay_out("one paragraph")) == ()


@given(st.lists(st.tuples(st.floats(0, 2000), st.floats(0, 2000), st.floats(-3, 3)), max_size=9))
def test_every_word_is_in_one_part_and_keeps_its_place(
    places: list[tuple[float, float, float]],
) -> None:
    text = arrange([each for x, y, turn in places for each in line("TWO WORDS", x, y, turn)])
    parts = separate_texts(text)
    if parts:
        assert sorted(map(id, text.words)) == sorted(id(w) for part in parts for w in part.words)
        assert len(parts) > 1
