"""What all identifiers ask of a text: lines with a needle or digits, words near a place."""

from __future__ import annotations

import re

import pytest

from phiscan.identifiers._views import begins_within, search_lines, search_numbered
from phiscan.plain_layout import lay_out

_PATTERN = re.compile(r"(?<!x)[A-Z]\w+ \d")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Ab 1 needle Cd 2", ["Ab 1", "Cd 2"]),
        ("Ab 1\nneedle\nCd 2", []),
        ("Ab 1\nneedle Needle Cd 2\nEf 3 NEEDLE", ["Cd 2", "Ef 3"]),
        ("needle\n\nxAb 1 needle", []),
        ("", []),
    ],
)
def test_a_pattern_runs_over_each_line_with_the_needle_once(
    written: str, expected: list[str]
) -> None:
    found = search_lines(_PATTERN, lay_out(written), re.compile("needle"))
    assert [each.group() for each in found] == expected


@pytest.mark.parametrize(
    ("digits", "expected"),
    [(1, ["Ab 1", "Cd 2", "Ef 3", "Gh 4"]), (3, ["Cd 2", "Ef 3"]), (4, ["Ef 3"]), (9, [])],
)
def test_only_lines_with_so_many_digits_are_searched(digits: int, expected: list[str]) -> None:
    text = lay_out("Ab 1\nCd 2 34\nEf 3 456\nno\nGh 4 5")
    found = search_numbered(_PATTERN, text, digits=digits)
    assert [each.group() for each in found] == expected


@pytest.mark.parametrize("length", [0, 1000, 1020, 1024, 5000])
def test_words_near_a_place_are_found_on_every_page(length: int) -> None:
    text, word = lay_out("." * length + " Needle " + "." * 3000), re.compile(r"\bneedle\b")
    place = length + 1
    assert begins_within(word, text, place - 400, place)
    assert begins_within(word, text, place, place + 400)
    assert not begins_within(word, text, place + 1, place + 400)
    assert not begins_within(word, text, place - 400, place - 1)
