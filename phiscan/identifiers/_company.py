"""What the lines round a cell say of a person: age, sex, a long number, a date of long ago."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from phiscan.identifiers._dates import dates_in

if TYPE_CHECKING:
    from phiscan.text import Cell, Text

AGE_AND_SEX = (
    r"\d{1,3} ?(?:[MFW]\b|y/?o\b|yrs?\b|years\b|ans\b|[yY]\b|Jahre\b|años\b|anni\b)"
    r"|[MFW] ?/? ?\d{1,3}\b"
)
NO_SEAT = r"(?i:(?<!row )(?<!seat )(?<!sec )(?<!gate )(?<!platform )(?<!section )(?<!table ))"
"""What does not stand before an age or sex: `Row F 12` is a seat."""
_AGE_SEX = re.compile(
    rf"(?<![\w./-])(?=[\dMF]){NO_SEAT}"
    r"(?:\d{1,3} ?(?:[yY]/?[oO]?)? ?/?[MF]|[MF] ?/? ?\d{1,3})(?![\w.-])"
)
_PERSONAL = re.compile(
    rf"(?<![\w./-])(?=[\dMFWmfhD]){NO_SEAT}(?:{AGE_AND_SEX}|male\b|female\b|homme\b|femme\b|DOB\b"
    r"|\d{1,3} ?[yY]\b)"
    rf"|(?:^|[ \t(\[])(?=[MFW]){NO_SEAT}[MFW](?=[ \t)\].,]|$)"
    r"|(?<![\w-])(?=[#A-Z\d])[#A-Z]{0,2}(?:\d{6,9}|\d{2}-\d{5,6})(?![\w-])",
    re.MULTILINE,
)
"""Each alternative looks at its first sign first: seven words that do not stand before it take
longer, and most places need none of them."""
_TO_REACH = re.compile(
    r"\b(?:his|her|my|their) (?:own |new |home |cell |mobile )?(?:tele)?(?:phone|number|e-?mail|"
    r"address)\b",
    re.IGNORECASE,
)
_SPECK = re.compile(r"[^\w\n]{0,2}\w?[^\w\n]{0,2}\n")
"""A line of one sign, such as an icon that was read as a letter: what stands round it is next to
each other."""
_WIDTH = 300
"""Characters before and behind a cell that count as the lines round it."""


def in_company(text: Text, cell: Cell) -> bool:
    """Return whether the lines round a cell say age, sex, a number, or a date of long ago."""
    return _answer(text, cell, _PERSONAL)


def aged(text: Text, cell: Cell) -> bool:
    """Return whether the lines round a cell say age and sex, or a date of long ago."""
    return _answer(text, cell, _AGE_SEX)


def reachable(text: Text, cell: Cell) -> bool:
    """Return whether the lines round a cell speak of somebody's own number or address."""
    return _answer(text, cell, _TO_REACH)


class _Answers(dict[tuple[int, int], bool]):
    """What was asked of the cells of a text before: a line of many names is one cell.

    By where the cell starts and the pattern's id: hashing a pattern takes longer than asking it.
    """

    def __init__(self, _text: Text) -> None:
        super().__init__()


def _answer(text: Text, cell: Cell, words: re.Pattern[str]) -> bool:
    """Return whether words, or a date of long ago, stand on the lines round a cell."""
    answers, key = text.worked_out(_Answers), (cell.start, id(words))
    answer = answers.get(key)
    if answer is None:
        stretch = _stretch(text, cell)
        said = words.search(_beside(text, cell, *stretch)) or _says_below(
            text, cell, words, stretch[1]
        )
        dated = _is_dated(text, cell, *stretch) or _is_dated_below(text, cell)
        answer = answers[key] = said is not None or dated
    return answer


def _says_below(text: Text, cell: Cell, words: re.Pattern[str], end: int) -> re.Match[str] | None:
    """Search the line of the cell below, unless it was searched up to `end` as the next line."""
    below = text.below(cell)
    if below is None:
        return None
    if below.line != cell.line and cell.end < below.start < end < cell.end + _WIDTH:
        return None
    line = text.line_of(below)
    return words.search(text.flow[line[0].start : min(line[-1].end, line[0].start + _WIDTH)])


def _is_dated(text: Text, cell: Cell, start: int, end: int) -> bool:
    """Return whether a date of long ago stands on the lines round a cell, and not in it."""
    every = text.worked_out(_old_dates)
    places = every[bisect_left(every, start) : bisect_left(every, end)] if every else ()
    return any(not cell.start <= place < cell.end for place in places)


def _is_dated_below(text: Text, cell: Cell) -> bool:
    """Return whether a date of long ago stands below a cell, if not on the next line."""
    below = text.below(cell)
    return below is not None and _is_dated(text, cell, below.start, below.end)


def _old_dates(text: Text) -> list[int]:
    return sorted(date.start for date in dates_in(text) if date.long_ago)


def around(text: Text, cell: Cell) -> str:
    """Return the line of a cell with those above and below, the cell itself blanked out."""
    return _beside(text, cell, *_stretch(text, cell))


def _beside(text: Text, cell: Cell, start: int, end: int) -> str:
    return f"{text.flow[start : cell.start]} {text.flow[cell.end : end]}"


def _stretch(text: Text, cell: Cell) -> tuple[int, int]:
    start = max(_lines_from(text.flow, cell.start), cell.start - _WIDTH)
    return start, min(_lines_to(text.flow, cell.end), cell.end + _WIDTH)


def _lines_from(flow: str, start: int) -> int:
    """Return where the line before the one at `start` begins, in the same block."""
    furthest = max(start - 2 * _WIDTH, 0)
    line = max(flow.rfind("\n", furthest, start) + 1, furthest)
    before = max(flow.rfind("\n", furthest, max(line - 1, 0)) + 1, furthest)
    if _SPECK.fullmatch(flow, before, line):
        before = max(flow.rfind("\n", furthest, max(before - 1, 0)) + 1, furthest)
    return line if flow[before:line].strip() == "" else before


def _lines_to(flow: str, end: int) -> int:
    """Return where the line after the one at `end` ends."""
    furthest = min(end + 2 * _WIDTH, len(flow))
    line = flow.find("\n", end, furthest)
    if line < 0:
        return furthest
    speck = _SPECK.match(flow, line + 1, furthest)
    following = flow.find("\n", speck.end() if speck else line + 1, furthest)
    return following if following >= 0 else furthest
