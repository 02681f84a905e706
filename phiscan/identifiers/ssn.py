"""Social security numbers, 45 CFR 164.514(b)(2)(i)(G).

Area, group and serial are never 000 or 666, 00 and 0000, nor is the area 900 or more (SSA,
"The SSN numbering scheme" and randomisation of 2011). Taxpayer numbers (ITIN) look alike: area
900 to 999, group 50 to 65, 70 to 88, 90 to 92 or 94 to 99 (IRS). Neither has a check digit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._labels import Field, Labels, labelled
from phiscan.identifiers._ocr import as_digits, plain_dashes
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._views import cells_with_numbers, dashed
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_BARE = re.compile(r"(?<![\w.,#/$\-])(\d{3})([- ]) ?(\d{2})\2 ?(\d{4})(?![\w/]|-\d|[.,]\d)")
_NINE = re.compile(r"(\d{3})[ .\-]{0,2}(\d{2})[ .\-]{0,2}(\d{4})(?!\w|-\d)")
_MASKED = re.compile(r"(?:[Xx*#•.]{2,5}[ \-]{0,2}){1,3}(\d{4})(?![\d-])")
_LAST_FOUR = re.compile(r"(\d{4})(?![\w-])")
_COUNTRY = re.compile(r"\+\d{1,3} ?\Z|\b(?:[tf][ae][l1ix]|ca[l1i][l1it])[.:]? ?\Z", re.IGNORECASE)
"""A country code, or Tel, Fax and Call with a letter misread."""
_NEAR = 12
"""Characters between a telephone's label and its number, with a country code between them."""
_ADVERTISED = {"078051120", "219099999", "123456789", "111111111"}
"""Numbers printed in advertisements and forms, which SSA names as never valid, or as examples."""


def _area_valid(digits: str) -> bool:
    return digits[:3] not in {"000", "666"} and digits[0] != "9"


def _taxpayer(digits: str) -> bool:
    group = int(digits[3:5])
    return (
        digits[0] == "9"
        and (50 <= group <= 88 or 90 <= group <= 99)
        and group not in {66, 67, 68, 69, 89, 93}
    )


def _valid(digits: str) -> bool:
    if digits[5:] == "0000" or digits[3:5] == "00":
        return False
    return _area_valid(digits) or _taxpayer(digits)


def _advertised(digits: str) -> bool:
    return digits in _ADVERTISED or "987654320" <= digits <= "987654329"


def _parse(value: str, field: Field) -> tuple[int, int] | None:
    """Read nine digits, or the last four of a masked number, at the start of a label's value."""
    start = len(value) - len(value.lstrip(" :#.-"))
    masked = _MASKED.match(value, start)
    if masked is not None:
        return masked.span(1)
    if field.tag.meaning == "ssn_end" or (field.tag.marked and len(value.strip()) == 4):
        four = _LAST_FOUR.match(as_digits(value), start)
        return four.span(1) if four else None
    found = _NINE.match(as_digits(plain_dashes(value)), start)
    if found is None or not any(char.isdigit() for char in found[0]):
        return None
    digits = "".join(found.groups())
    return found.span() if _valid(digits) or _advertised(digits) else None


@dataclass(frozen=True, slots=True)
class SocialSecurityNumber:
    """Finds labelled numbers in any form, and unlabelled ones written 3-2-4."""

    kind: str = "ssn"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield labelled numbers, then the unlabelled ones that they do not cover."""
        taken = Covered(len(text.flow))
        labels = Labels(text)
        for start, end, field in labelled(labels, _parse, "ssn", "ssn_end"):
            taken.add(start, end)
            digits = re.sub(r"\D", "", as_digits(text.flow[start:end]))
            score = 0.4 if _advertised(digits) else 0.9 if len(digits) == 4 else 0.95
            yield Match(start, end, score, field.reason)
        for cell in cells_with_numbers(text):
            raw = dashed(text)[cell.start : cell.end]
            for found in _BARE.finditer(raw):
                start, end = cell.start + found.start(), cell.start + found.end()
                digits = found[1] + found[3] + found[4]
                if not _valid(digits) or taken.touches(start, end):
                    continue
                if found[2] == " " and _is_dialled(text, labels, start):
                    continue  # 208 55 0147, of a telephone number whose first 5 was not read
                score = 0.3 if _advertised(digits) else 0.85 if found[2] == "-" else 0.5
                if _taxpayer(digits):
                    score = min(score, 0.7)
                yield Match(start, end, score, "valid SSN format")


def _is_dialled(text: Text, labels: Labels, start: int) -> bool:
    """Return whether a number stands behind the label of a telephone or a country code."""
    tag = labels.before(start)
    labelled_so = tag is not None and tag.meaning in {"phone", "fax"} and tag.end > start - _NEAR
    return labelled_so or bool(_COUNTRY.search(text.flow, max(start - _NEAR, 0), start))


IDENTIFIER = SocialSecurityNumber()
