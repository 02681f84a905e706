"""What all identifiers ask of a text, once: where digits stand, how it reads in small letters.

Most lines of prose have no digit, and so hold no number that any pattern could find.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import chain, takewhile
from typing import TYPE_CHECKING

from phiscan.identifiers._ocr import all_plain_dashes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from phiscan.text import Cell, Text

_RUN = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_PAGE, _OVER = 1024, 128
"""Characters of a page, and those behind it into which what begins there may run."""
_LONG = 5
"""Digits of a cell from which it may hold a number: a ZIP code has five, all others more."""


class _Digits:
    """The cells and lines with digits, and how many each has."""

    def __init__(self, text: Text) -> None:
        starts = [cell.start for cell in text.cells]
        counts: dict[int, int] = {}
        self._lines: list[tuple[int, int, int]] = []
        self._stretches: dict[int, list[tuple[int, int]]] = {}
        start, end, seen = 0, -1, 0
        for run in _RUN.finditer(text.flow):
            first, last = run.span()
            index = bisect_right(starts, first) - 1
            counts[index] = counts.get(index, 0) + last - first
            if first >= end:
                self._lines.append((start, end, seen))
                start = text.flow.rfind("\n", 0, first) + 1
                end, seen = text.flow.find("\n", last) + 1 or len(text.flow), 0
            seen += last - first
        self._lines.append((start, end, seen))
        self.some = [text.cells[index] for index in counts if index >= 0]
        self.many = [text.cells[index] for index, n in counts.items() if index >= 0 and n >= _LONG]

    def stretches(self, least: int) -> list[tuple[int, int]]:
        """Return the stretches of lines that follow each other and have so many digits each."""
        if least not in self._stretches:
            found: list[tuple[int, int]] = []
            for start, end, digits in self._lines:
                if digits >= least and found and found[-1][1] >= start:
                    found[-1] = found[-1][0], end
                elif digits >= least:
                    found.append((start, end))
            self._stretches[least] = found
        return self._stretches[least]


def cells_with_digits(text: Text) -> list[Cell]:
    """Return the cells that hold a digit."""
    return text.worked_out(_Digits).some


def cells_with_numbers(text: Text) -> list[Cell]:
    """Return the cells that hold five digits or more."""
    return text.worked_out(_Digits).many


def dashed(text: Text) -> str:
    """Return the flow with every kind of dash as `-`, same length."""
    return text.worked_out(_dashed)


def lowered(text: Text) -> str:
    """Return the flow in small letters, same length; patterns run over it twice as fast."""
    return text.worked_out(_lowered)


def _lowered(text: Text) -> str:
    small = text.flow.lower()
    if len(small) == len(text.flow):
        return small
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text.flow)


def _dashed(text: Text) -> str:
    return all_plain_dashes(text.flow)


class _Pages:
    """Where patterns begin in the text in small letters, worked out a page at a time.

    What stands near a few names of a long text is asked of a few pages of it.
    """

    def __init__(self, text: Text) -> None:
        self._flow = lowered(text)
        self._starts: dict[int, dict[int, list[int]]] = {}

    def starts(self, pattern: re.Pattern[str]) -> dict[int, list[int]]:
        """Return where a pattern begins, by page, for the pages that were asked for.

        By the pattern's id: a pattern lives as long as its module, and hashing one takes longer
        than most of what is asked of it.
        """
        return self._starts.setdefault(id(pattern), {})

    def read(self, pattern: re.Pattern[str], page: int) -> list[int]:
        """Return where a pattern begins on a page, for the first time."""
        first, end = page * _PAGE, (page + 1) * _PAGE
        found = pattern.finditer(self._flow, first, end + _OVER)
        return list(takewhile(lambda place: place < end, (each.start() for each in found)))


def begins_within(pattern: re.Pattern[str], text: Text, first: int, last: int) -> bool:
    """Return whether a pattern, in small letters, begins at an offset from `first` to `last`."""
    pages = text.worked_out(_Pages)
    starts = pages.starts(pattern)
    for page in range(max(first, 0) // _PAGE, max(last, 0) // _PAGE + 1):
        places = starts.get(page)
        if places is None:
            places = starts[page] = pages.read(pattern, page)
        if not places:
            continue
        index = bisect_left(places, first)
        if index < len(places) and places[index] <= last:
            return True
    return False


def _starts_of_words(text: Text) -> dict[str, list[int]]:
    """Return where each word of the text stands, in small letters: runs of nothing but letters."""
    found: dict[str, list[int]] = defaultdict(list)
    for word in _LETTERS.finditer(lowered(text)):
        found[word.group()].append(word.start())
    return found


def search_words(
    pattern: re.Pattern[str], text: Text, words: Iterable[str], flow: str | None = None
) -> Iterator[re.Match[str]]:
    """Yield what a pattern finds that begins with one of some words, in small letters.

    That is all it could find where each of its alternatives begins with one of them: the text's
    words are listed once for all patterns, and no other place is tried.
    """
    flow, starts, done = text.flow if flow is None else flow, text.worked_out(_starts_of_words), 0
    for place in sorted(chain.from_iterable(starts.get(word, ()) for word in words)):
        found = pattern.match(flow, place) if place >= done else None
        if found is not None:
            done = found.end()
            yield found


def search_numbered(
    pattern: re.Pattern[str], text: Text, flow: str | None = None, *, digits: int = 1
) -> Iterator[re.Match[str]]:
    """Yield what a pattern finds in the lines with digits, of the flow or of a view of it.

    `digits` is how many of them the pattern needs at least, all on one line.
    """
    flow = text.flow if flow is None else flow
    for start, end in text.worked_out(_Digits).stretches(digits):
        yield from pattern.finditer(flow, start, end)


def search_lines(
    pattern: re.Pattern[str], text: Text, needle: re.Pattern[str]
) -> Iterator[re.Match[str]]:
    """Yield what a pattern finds in the lines that hold a `needle`, which is in small letters.

    The pattern must not run over the end of a line. A needle that begins with a letter or a sign
    is found many times as fast as a pattern that may begin anywhere.
    """
    flow, done = text.flow, -1
    for found in needle.finditer(lowered(text)):
        if found.start() < done:
            continue
        start = flow.rfind("\n", 0, found.start()) + 1
        end = flow.find("\n", found.end())
        done = len(flow) if end < 0 else end
        yield from pattern.finditer(flow, start, done)
