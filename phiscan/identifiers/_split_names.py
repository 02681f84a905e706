"""Names whose parts stand in two cells: `RUTKOWSKI  ZBIGNIEW`, `MONTCLAIR` above `Desmond`.

Wristbands and labels set the family name apart from the given ones. Two lone words are a name only
where the lists know one as the first name and neither is an ordinary word, and where the lines
round them say age, sex, a number or a date of long ago.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.identifiers._company import aged, in_company
from phiscan.identifiers._names import STAFF, Piece, bare_score, is_company, pieces
from phiscan.identifiers._views import search_words
from phiscan.identifiers._words import first_rank, last_rank
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.identifiers._spans import Covered
    from phiscan.text import Cell, Text

_LONE = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*,?(?: [A-Z]\.?)?")
_BOTH = re.compile(
    r"\bLast(?: ?name)?[ :.]{1,3}([^\W\d_]{2,}(?:[ '’-][A-Z][^\W\d_]+)?)[\s,|]{1,8}"
    r"First(?: ?name)?[ :.]{1,3}([A-Z][^\W\d_]+)(?![^\W\d_])",
    re.IGNORECASE,
)
"""`Last Dray  First Owen`: short labels that count only where both have a value."""
_GAP = 12
"""Characters between two cells of a line that may hold the parts of one name."""
_SURE, _LIKELY = 0.65, 0.5
"""Scores beside age and sex or a date of long ago, and beside a number alone."""


def split_names(text: Text, taken: Covered) -> Iterator[Match]:
    """Yield both parts of names that stand in two cells, side by side or one above the other.

    None of whose first letter is `taken`, by a label most often.
    """
    yield from _labelled(text)
    lone = {
        cell.start: word
        for cell in text.cells
        if not taken.touches(cell.start, cell.start + 1) and (word := _lone(text, cell))
    }
    for cell in text.cells if len(lone) > 1 else ():
        first = lone.get(cell.start)
        if first is None:
            continue
        for other in (text.right_of(cell), _next_line(text, cell)):
            second = None if other is None else lone.get(other.start)
            if other is None or second is None or not _fit(first, second):
                continue
            beside = other.line == cell.line
            if beside and other.start - cell.end > _GAP:
                continue
            score = _score(text, cell, other)
            if score and beside:
                yield Match(first.start, second.end, score, "parts of a name side by side")
            elif score:
                yield Match(first.start, first.end, score, "parts of a name one above the other")
                yield Match(second.start, second.end, score, "parts of a name one above the other")


def _labelled(text: Text) -> Iterator[Match]:
    for found in search_words(_BOTH, text, ("last", "lastname")):
        words = [list(pieces(part)) for part in found.groups()]
        if all(part and part[0].capital and not part[0].ordinary for part in words):
            yield Match(*found.span(1), 0.8, "label 'last name' on the same line")
            yield Match(*found.span(2), 0.8, "label 'first name' on the same line")


def _lone(text: Text, cell: Cell) -> Piece | None:
    """Return the one capitalised word of a cell, no ordinary one, or None."""
    if cell.end - cell.start > 28 or not text.flow[cell.start].isupper():
        return None
    if _LONE.fullmatch(text.flow, cell.start, cell.end) is None:
        return None
    words = [word for word in pieces(text.flow, cell.start, cell.end) if not word.initial]
    if len(words) != 1 or len(words[0].bare) < 3 or words[0].ordinary or is_company(words):
        return None
    return None if STAFF.fullmatch(words[0].text) else words[0]


def _next_line(text: Text, cell: Cell) -> Cell | None:
    """Return the cell below where it stands on the very next line."""
    below = text.below(cell)
    return below if below is not None and below.line == cell.line + 1 else None


def _fit(first: Piece, second: Piece) -> bool:
    """Return whether the lists know one word as a first name and the other is no stranger."""
    if first.bare == second.bare:
        return False
    if bare_score([first, second]) >= 0.3:
        return True
    given, family = first_rank(second.bare), last_rank(first.bare)
    return given is not None and (family is not None or first.text.isupper())


def _score(text: Text, cell: Cell, other: Cell) -> float:
    if aged(text, cell) or aged(text, other):
        return _SURE
    return _LIKELY if in_company(text, cell) or in_company(text, other) else 0.0
