"""What all identifiers ask of a text: lines with a needle or digits, words near a place."""

from __future__ import annotations

import re

import pytest

from benchmarks._identifiers_corpus import read_corpus
from phiscan.identifiers import _announced, _boards, _phones, _record, _split_names
from phiscan.identifiers._views import begins_within, search_lines, search_numbered, search_words
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


_BY_WORDS = {
    **_announced._FIRST_WORDS,
    _record._WORDS: _record._FIRST_WORDS,
    _boards._LICENCE: _boards._OF_LICENCES,
    _phones._LETTER: ("f", "fx"),
    _split_names._BOTH: ("last", "lastname"),
}
_DOCUMENTS = "\n\n".join(document.text for document in read_corpus()[::3])


@pytest.mark.parametrize("pattern", _BY_WORDS, ids=lambda pattern: pattern.pattern[:24])
def test_patterns_that_begin_with_words_lose_nothing_by_being_tried_there(
    pattern: re.Pattern[str],
) -> None:
    """Every word of the pattern stands in the text in every way that may begin what it finds."""
    own = re.findall(r"[^\W\d_]+", pattern.pattern)
    pairs = [f"{first} {second}" for first in dict.fromkeys(own) for second in ("of", "for", "to")]
    shown = [f"{each}{end}Ann Lee\n" for each in (*own, *pairs) for end in (" ", ". ", ": ", "s ")]
    written = "".join(form for each in shown for form in (each, each.capitalize(), each.upper()))
    for flow in (written, written.lower(), _DOCUMENTS, "For Ann, for For Bo"):
        by_words = search_words(pattern, lay_out(flow), _BY_WORDS[pattern])
        assert [found.span() for found in by_words] == [
            found.span() for found in pattern.finditer(flow)
        ]


def test_a_pattern_finds_nothing_inside_what_it_found_before() -> None:
    text = lay_out("for for Ann for Bo")
    found = search_words(re.compile("for (?:for )?[A-Z]"), text, ["for", "bo"])
    assert [each.group() for each in found] == ["for for A", "for B"]
