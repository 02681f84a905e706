"""Numbers of telephones and fax machines: how they are written, and which are a fax machine's.

North American numbers are NPA-NXX-XXXX with N from 2 to 9 (NANPA).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.identifiers._labels import Field, Labels, labelled
from phiscan.identifiers._ocr import as_digits, plain_dashes
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._views import search_lines, search_numbered, search_words
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

NORTH_AMERICAN = re.compile(
    r"(?<![\w#$€£/+-])(?<!\d[., -])(?:\+?1[ .-]{0,2})?"
    r"(?:\(([2-9]\d\d)\) ?[-.]?|([2-9]\d\d)([-./ ]) ?)([2-9]\d\d)([-. ]) ?(\d{4})"
    r"(?:,? ?(?:x|ext\.?) ?\d{1,5})?(?![\w/%]|[-.,:]\d| \d{3,})",
    re.IGNORECASE,
)
INTERNATIONAL = re.compile(r"(?<![\w+])\+ ?[1-9](?:[ ().-]{0,2}\d){7,14}(?![\w%]|[-.,:]\d)")
_LOOSE = re.compile(r"\+?(?:\d|\(\d)(?:[ ().\-–/]{0,3}[\dOoIl|]){6,14}(?!\w|[-.,/:]\d)")
_DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{2,4}")
_LETTER = re.compile(r"(?<!\w)(?:F|Fx)(?:\.:?|:) ?(?=[+(\d])", re.IGNORECASE)
_BRACKET = re.compile(r"\(f")
_IN_BRACKETS = re.compile(r" ?\((?:fax|f|facsimile)\.?\)", re.IGNORECASE)
_PAGE = re.compile(r"\bP(?:AGE|G)?[.:]? ?\d{1,3} ?(?:/|OF) ?\d{1,3}(?![\w/])", re.IGNORECASE)
_CLOCK = re.compile(r"\b\d{1,2}:\d\d\b")
_DIALLED = re.compile(r"(?<![\w.,/-])\+?1?[ .-]?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}(?![\w.:/-])")


def read_number(value: str, _field: Field) -> tuple[int, int] | None:
    """Read 7 to 15 digits that are no date at the start of a label's value."""
    start = len(value) - len(value.lstrip(" :#.-="))
    if value[start : start + 1] == "(" and not value[start + 1 : start + 2].isdigit():
        closing = value.find(")", start, start + 14)  # (home) 555-0100
        start = closing + 1 + (value[closing + 1 : closing + 2] == " ") if closing > 0 else start
    found = _LOOSE.match(plain_dashes(value), start)
    if found is None or _DATE.match(value, start):
        return None
    digits = sum(char.isdigit() for char in as_digits(found.group()))
    return found.span() if 7 <= digits <= 15 else None


def fax_numbers(text: Text) -> list[Match]:
    """Return the numbers of fax machines; worked out once for `fax` and `phone`."""
    return text.worked_out(_fax_numbers)


def _fax_numbers(text: Text) -> list[Match]:
    taken = Covered(len(text.flow))
    every = [*_labelled(text), *_marked(text), *_transmitted(text)]
    return [match for match in every if taken.claim(match.start, match.end)]


def _labelled(text: Text) -> Iterator[Match]:
    for start, end, field in labelled(Labels(text), read_number, "fax"):
        shared = field.tag.phrase.startswith("phone")
        yield Match(start, end, 0.6 if shared else 0.85, field.reason)


def _marked(text: Text) -> Iterator[Match]:
    """Yield what a letterhead marks with `F:` before the number or `(fax)` behind it."""
    for letter in search_words(_LETTER, text, ("f", "fx")):
        for pattern in (NORTH_AMERICAN, INTERNATIONAL):
            found = pattern.match(text.flow, letter.end())
            if found is not None:
                yield Match(*found.span(), 0.75, "letter F before the number")
    for bracket in search_lines(_IN_BRACKETS, text, _BRACKET):
        before = max(bracket.start() - 20, 0)
        for pattern in (NORTH_AMERICAN, INTERNATIONAL):
            for found in pattern.finditer(text.flow, before, bracket.start()):
                if found.end() == bracket.start():
                    yield Match(*found.span(), 0.85, "the word fax behind the number")


def _transmitted(text: Text) -> Iterator[Match]:
    """Yield the numbers on the line that a fax machine prints along the edge of a page."""
    for page in search_numbered(_PAGE, text, digits=2):
        line = text.line_of(text.cell_at(page.start()))
        start, end = line[0].start, line[-1].end
        if end - start > 160 or not _CLOCK.search(text.flow, start, end):
            continue
        for found in _DIALLED.finditer(text.flow, start, end):
            yield Match(*found.span(), 0.7, "line printed by a fax machine")
