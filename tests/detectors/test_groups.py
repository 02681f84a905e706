from __future__ import annotations

import pytest

from phiscan.detectors._groups import groups_of, height_of
from phiscan.geometry import Box, Region
from phiscan.layout import arrange
from phiscan.text import Word


def word(text: str, x: float, y: float, *, high: float = 20, score: float = 0.98) -> Word:
    box = Box(x, y, x + 0.5 * high * len(text), y + high)
    return Word(text, Region.from_box(0, box), score)


LABEL = [word("Patient", 100, 100), word("MRN12345", 100, 130), word("Moe,Ann", 100, 160)]
MENU = [word("Tomato", 900, 100), word("Lemonade", 900, 130)]


def groups(*words: Word) -> list[str]:
    text = arrange(words)
    return sorted(
        " ".join(text.flow[cell.start : cell.end] for cell in group) for group in groups_of(text)
    )


def test_blocks_close_together_are_one_group_and_others_are_not() -> None:
    near = word("Refills", 100, 250)
    far = word("Saturday", 100, 600)
    assert groups(*LABEL, near, far) == ["Patient MRN12345 Moe,Ann Refills", "Saturday"]


@pytest.mark.parametrize(
    "stray",
    [
        word("口", 350, 0, high=400, score=0.97),
        word("11", 350, 0, high=400, score=0.44),
        word("W", 350, 0, high=400),
    ],
    ids=["a lone sign", "a doubtful few", "a lone letter"],
)
def test_what_is_no_print_ties_nothing_together(stray: Word) -> None:
    assert groups(*LABEL, stray, *MENU) == ["Patient MRN12345 Moe,Ann", "Tomato Lemonade"]


def test_a_large_headline_that_is_surely_read_ties_what_it_stands_between() -> None:
    assert len(groups(*LABEL, word("RECORD", 250, 0, high=200), *MENU)) == 1


def test_a_lone_sign_among_the_lines_belongs_to_them() -> None:
    lines = [word("Born", 100, 100), word("02/01/1950", 100, 130), word("Moe,Ann", 100, 160)]
    assert groups(*lines, word("F", 180, 100)) == ["Born F 02/01/1950 Moe,Ann"]


def test_text_on_two_frames_is_two_groups() -> None:
    other = Word("Copy", Region.from_box(1, Box(100, 190, 180, 210)), 0.98)
    assert len(groups(*LABEL, other)) == 2


def test_no_text_has_no_groups() -> None:
    assert groups() == []


def test_the_height_of_a_group_is_that_of_most_of_its_lines() -> None:
    text = arrange([*LABEL, word("HOSPITAL", 100, 10, high=80)])
    assert height_of(text.cells) == 20
