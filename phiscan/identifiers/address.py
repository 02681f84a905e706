"""Street addresses, 45 CFR 164.514(b)(2)(i)(B).

Number, street name and suffix, as in USPS Publication 28. A street alone names a place; with the
town and ZIP code on the same or the next line it is an address. A post office box counts as a
street.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._abroad import STREETS, british_streets
from phiscan.identifiers._labels import Field, Labels, labelled
from phiscan.identifiers._places import BOX, CITY_STATE_ZIP, STATE_ZIP, STREET
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._views import cells_with_digits, search_numbered
from phiscan.identifiers._words import is_ordinary
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Cell, Text

_WORD = re.compile(r"[^\W\d_]{2,}")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
"""What stands behind the number of a street: `W 14th St`."""
_REACH = 120
"""Characters behind a street, or from the start of the next line, in which its town may stand."""
_UNITS = re.compile(
    r"\b(?:mg|ml|mcg|tablets?|tabs?|hours?|minutes?|min|days?|weeks?|years?|people|percent|items?)\b",
    re.IGNORECASE,
)


def _parse(value: str, _field: Field) -> tuple[int, int] | None:
    """Read a line with a number and a capitalised word that is no ordinary one."""
    start = len(value) - len(value.lstrip(" :#.-="))
    line = value[start : start + 80].rstrip(" ,;")
    words = [word for word in _WORD.findall(line) if word[0].isupper()]
    digits = any(char.isdigit() for char in line)
    if STREET.match(line) or BOX.match(line):
        return start, start + len(line)
    if "@" in line or "/" in line[:4] or not digits or not words or line[-1:] in ".?!":
        return None
    return (start, start + len(line)) if any(not is_ordinary(w) for w in words) else None


@dataclass(frozen=True, slots=True)
class StreetAddress:
    """Finds labelled addresses, and unlabelled streets with or without their town."""

    kind: str = "address"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield labelled addresses, then the streets that they do not cover."""
        taken = Covered(len(text.flow))
        for start, end, field in labelled(Labels(text), _parse, "address"):
            taken.add(start, end)
            yield Match(start, end, 0.85, field.reason)
        for cell in cells_with_digits(text):
            raw = text.flow[cell.start : cell.end]
            for pattern in (STREET, BOX):
                for found in pattern.finditer(raw):
                    start, end = cell.start + found.start(), cell.start + found.end()
                    if taken.touches(start, end) or not _streetlike(found[0]):
                        continue
                    taken.add(start, end)
                    yield _graded(text, cell, start, end)
        for match in _abroad(text):
            if taken.claim(match.start, match.end):
                yield match


def _abroad(text: Text) -> Iterator[Match]:
    for pattern in STREETS:
        for found in search_numbered(pattern, text):
            yield Match(*found.span(), 0.5, "street and number as written abroad")
    for span in british_streets(text):
        yield Match(*span, 0.6, "street before its postal code abroad")


def _streetlike(found: str) -> bool:
    """Return whether the words look like a street's: capitalised, and no unit of measure."""
    words = _WORD.findall(_ORDINAL.sub("", found))
    return all(word[0].isupper() for word in words[:1] + words[-1:]) and not _UNITS.search(found)


def _graded(text: Text, cell: Cell, start: int, end: int) -> Match:
    reach = min(end + _REACH, cell.end)
    town = CITY_STATE_ZIP.search(text.flow, end, reach) or STATE_ZIP.search(text.flow, end, reach)
    if town is not None:
        return Match(start, town.end(), 0.8, "street, town and ZIP code")
    for other in (text.below(cell), text.right_of(cell)):
        if other is None:
            continue
        line = text.flow[other.start : min(other.start + _REACH, other.end)]
        if CITY_STATE_ZIP.search(line) or STATE_ZIP.search(line):
            return Match(start, end, 0.8, "street above its town and ZIP code")
    return Match(start, end, 0.5, "street and number")


IDENTIFIER = StreetAddress()
