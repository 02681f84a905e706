"""Rows of a list vouch for each other: a name among others in the same place of like rows is one.

`50-84-31 Jean-Luc Al-Hassan 81 M` and nine rows like it are patients; the tenth, of a name that no
list knows or with a poster beside it, is one as well.
"""

from __future__ import annotations

import re
import statistics
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from phiscan.identifiers._alternatives import CAPITALS
from phiscan.identifiers._names import STAFF, is_company, pieces
from phiscan.identifiers._spans import Covered
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phiscan.text import Text

_ROWS = 3
"""Rows of one form that make a list."""
_NUMBER = re.compile(r"\S*\d\S*")
_TOKEN = re.compile(rf"{_NUMBER.pattern}|[^\W\d_]\S*")
_SLOT = re.compile(
    rf"(?<![\w.,'’/-])[{CAPITALS}][^\W\d_'’-]*(?:['’-][^\W\d_]+)*"
    r"(?:(?:, ?| )[^\W\d_][^\W\d_'’-]*(?:['’-][^\W\d_]+)*\.?){1,3}(?![\w'’/-])"
)
"""Two to four words with nothing between them but a comma."""
_WIDTH = 80
"""Characters before and behind a name in which the form of its row is looked at."""


class Form(NamedTuple):
    """The block of a row, and whether a number or a word stands right before and behind a name."""

    block: int
    before: str
    behind: str


def vouched(text: Text, matches: Sequence[Match]) -> Iterator[Match]:
    """Yield the names, none less likely than the median of those in rows of its form.

    And what stands in the place of a name in other rows of that form.
    """
    forms = [_form(text, match.start, match.end) for match in matches]
    rows: dict[Form, list[Match]] = {}
    for match, form in zip(matches, forms, strict=True):
        if form is not None:
            rows.setdefault(form, []).append(match)
    lists = {
        form: statistics.median(match.score for match in own)
        for form, own in rows.items()
        if len({text.cell_at(match.start).line for match in own}) >= _ROWS
    }
    for match, form in zip(matches, forms, strict=True):
        least = lists.get(form, 0.0) if form is not None else 0.0
        yield replace(match, score=max(match.score, least))
    yield from _others(text, lists, matches)


def _others(text: Text, lists: dict[Form, float], matches: Sequence[Match]) -> Iterator[Match]:
    """Yield the first words on lines without a name that stand where the list has names."""
    named = {text.cell_at(match.start).line for match in matches}
    blocks = {form.block for form in lists}
    taken = Covered(len(text.flow))
    for cell in text.cells:
        if cell.block not in blocks or cell.line in named:
            continue
        for slot in _SLOT.finditer(text.flow, cell.start, cell.end):
            form = _form(text, *slot.span())
            line = text.line_of(cell)
            if form in lists and _may_be(slot.group()) and taken.claim(line[0].start, line[-1].end):
                yield Match(*slot.span(), lists[form], "where other rows have a name")


def _may_be(written: str) -> bool:
    """Return whether words may be a name: no firm, no staff, not ordinary words only."""
    core = [word for word in pieces(written) if not word.initial]
    if len(core) < 2 or is_company(core) or STAFF.search(written):
        return False
    return any(not word.ordinary for word in core) or all(word.census for word in core)


def _form(text: Text, start: int, end: int) -> Form | None:
    """Return the form of the row of a name; None without a number beside it."""
    line = text.line_of(text.cell_at(start))
    first, last = max(line[0].start, start - _WIDTH), min(line[-1].end, end + _WIDTH)
    before = _kinds(text.flow[first:start])[-1:]
    behind = _kinds(text.flow[end:last])[:1]
    return Form(line[0].block, before, behind) if "9" in before + behind else None


def _kinds(written: str) -> str:
    """Return a sign for each word: a number or a word."""
    return "".join("9" if _NUMBER.match(word) else "a" for word in _TOKEN.findall(written))
