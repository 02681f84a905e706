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
    rf"(?<![\w./-]){NO_SEAT}(?:\d{{1,3}} ?(?:[yY]/?[oO]?)? ?/?[MF]|[MF] ?/? ?\d{{1,3}})(?![\w.-])"
)
_PERSONAL = re.compile(
    rf"(?<![\w./-]){NO_SEAT}(?:{AGE_AND_SEX}|male\b|female\b|homme\b|femme\b|DOB\b"
    r"|\d{1,3} ?[yY]\b)"
    rf"|(?:^|[ \t(\[]){NO_SEAT}[MFW](?=[ \t)\].,]|$)"
    r"|(?<![\w-])[#A-Z]{0,2}(?:\d{6,9}|\d{2}-\d{5,6})(?![\w-])",
    re.MULTILINE,
)
_TO_REACH = re.compile(
    r"\b(?:his|her|my|their) (?:own |new |home |cell |mobile )?(?:tele)?(?:phone|number|e-?mail|"
    r"address)\b",
    re.IGNORECASE,
)
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


class _Answers(dict[tuple[int, re.Pattern[str]], bool]):
    """What was asked of the cells of a text before: a line of many names is one cell."""

    def __init__(self, _text: Text) -> None:
        super().__init__()


def _answer(text: Text, cell: Cell, words: re.Pattern[str]) -> bool:
    """Return whether words, or a date of long ago, stand on the lines round a cell."""
    answers, key = text.worked_out(_Answers), (cell.start, words)
    if key not in answers:
        answers[key] = bool(
            words.search(around(text, cell)) or words.search(_under(text, cell))
        ) or _is_dated(text, cell)
    return answers[key]


def _under(text: Text, cell: Cell) -> str:
    """Return the line of the cell below, which is not always the next one that was read."""
    below = text.below(cell)
    if below is None:
        return ""
    line = text.line_of(below)
    return text.flow[line[0].start : min(line[-1].end, line[0].start + _WIDTH)]


def _is_dated(text: Text, cell: Cell) -> bool:
    """Return whether a date of long ago stands on the lines round a cell, and not in it."""
    every = text.worked_out(_old_dates)
    start, end = _stretch(text, cell)
    places = every[bisect_left(every, start) : bisect_left(every, end)]
    return any(not cell.start <= place < cell.end for place in places)


def _old_dates(text: Text) -> list[int]:
    return sorted(date.start for date in dates_in(text) if date.long_ago)


def around(text: Text, cell: Cell) -> str:
    """Return the line of a cell with those above and below, the cell itself blanked out."""
    start, end = _stretch(text, cell)
    return f"{text.flow[start : cell.start]} {text.flow[cell.end : end]}"


def _stretch(text: Text, cell: Cell) -> tuple[int, int]:
    start = max(_lines_from(text.flow, cell.start), cell.start - _WIDTH)
    return start, min(_lines_to(text.flow, cell.end), cell.end + _WIDTH)


def _lines_from(flow: str, start: int) -> int:
    """Return where the line before the one at `start` begins, in the same block."""
    furthest = max(start - 2 * _WIDTH, 0)
    line = max(flow.rfind("\n", furthest, start) + 1, furthest)
    before = max(flow.rfind("\n", furthest, max(line - 1, 0)) + 1, furthest)
    return line if flow[before:line].strip() == "" else before


def _lines_to(flow: str, end: int) -> int:
    """Return where the line after the one at `end` ends."""
    furthest = min(end + 2 * _WIDTH, len(flow))
    line = flow.find("\n", end, furthest)
    if line < 0:
        return furthest
    following = flow.find("\n", line + 1, furthest)
    return following if following >= 0 else furthest
