"""ZIP codes, 45 CFR 164.514(b)(2)(i)(B): geographic subdivisions smaller than a state.

Five digits, or nine (USPS). Five digits alone are any number: a state before them or a label
makes them a code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._abroad import postal_codes
from phiscan.identifiers._labels import Field, Labels, labelled
from phiscan.identifiers._ocr import as_digits, plain_dashes
from phiscan.identifiers._places import CITY_STATE_ZIP, STATE_ZIP
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._views import cells_with_numbers, dashed
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_CODE = re.compile(r"\d{5}(?:-\d{4})?(?![\w-])")


def _parse(value: str, _field: Field) -> tuple[int, int] | None:
    start = len(value) - len(value.lstrip(" :#.-="))
    found = _CODE.match(as_digits(plain_dashes(value)), start)
    if found is None or found.group().startswith("000"):
        return None
    return found.span() if any(char.isdigit() for char in value[slice(*found.span())]) else None


@dataclass(frozen=True, slots=True)
class ZipCode:
    """Finds labelled codes, those behind a state, and those of other countries."""

    kind: str = "zip_code"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield labelled codes, then those behind a state."""
        taken = Covered(len(text.flow))
        for start, end, field in labelled(Labels(text), _parse, "zip_code"):
            taken.add(start, end)
            yield Match(start, end, 0.8, field.reason)
        for cell in cells_with_numbers(text):
            raw = dashed(text)[cell.start : cell.end]
            for pattern, score in ((CITY_STATE_ZIP, 0.6), (STATE_ZIP, 0.5)):
                for found in pattern.finditer(raw):
                    start, end = cell.start + found.start(1), cell.start + found.end(1)
                    if not found[1].startswith("000") and taken.claim(start, end):
                        yield Match(start, end, score, "behind a state")
        for start, end, score in postal_codes(text):
            if taken.claim(start, end):
                yield Match(start, end, score, "form of a postal code abroad")


IDENTIFIER = ZipCode()
