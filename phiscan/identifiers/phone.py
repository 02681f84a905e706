"""Telephone numbers, 45 CFR 164.514(b)(2)(i)(D).

North American numbers are NPA-NXX-XXXX with N from 2 to 9 (NANPA); the plans of other countries
come with `phonenumbers`. Fax numbers are another kind and left alone here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._labels import Field, Labels, labelled
from phiscan.identifiers._ocr import as_digits, plain_dashes
from phiscan.identifiers._spans import Covered
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_NORTH_AMERICAN = re.compile(
    r"(?<![\w#$€£/+-])(?<!\d[., -])(?:\+?1[ .-]{0,2})?"
    r"(?:\(([2-9]\d\d)\) ?[-.]?|([2-9]\d\d)([-. ]) ?)([2-9]\d\d)([-. ]) ?(\d{4})"
    r"(?:,? ?(?:x|ext\.?) ?\d{1,5})?(?![\w/%]|[-.,:]\d| \d{3,})",
    re.IGNORECASE,
)
_INTERNATIONAL = re.compile(r"(?<![\w+])\+ ?[1-9](?:[ ().-]{0,2}\d){7,14}(?![\w%]|[-.,:]\d)")
_LOOSE = re.compile(r"\+?(?:\d|\(\d)(?:[ ().\-–/]{0,3}[\dOoIl|]){6,14}(?!\w|[-.,/:]\d)")
_DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{2,4}")
_TOLL_FREE = frozenset({"800", "822", "833", "844", "855", "866", "877", "888", "900"})
_PRIVATE = (
    "home",
    "cell",
    "mobile",
    "patient",
    "pt",
    "emergency",
    "day",
    "evening",
    "primary",
    "preferred",
    "hp",
)
_PATIENT = frozenset({"name", "birth_date", "mrn"})


def _parse(value: str, _field: Field) -> tuple[int, int] | None:
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


def _valid_abroad(number: str) -> bool:
    import phonenumbers

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, "US"))
    except phonenumbers.NumberParseException:
        return False


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """Finds labelled numbers, and unlabelled North American and international ones."""

    kind: str = "phone"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield labelled numbers, then the others, leaving fax numbers out."""
        labels = Labels(text)
        taken = Covered(len(text.flow))
        for start, end, _ in labelled(labels, _parse, "fax"):
            taken.add(start, end)
        patient = any(tag.meaning in _PATIENT and tag.firm for tag in labels.tags)
        for start, end, field in labelled(labels, _parse, "phone"):
            if not taken.claim(start, end):
                continue
            private = field.tag.phrase.startswith(_PRIVATE) or patient
            score = 0.85 if private else 0.65
            area = re.sub(r"\D", "", text.flow[start:end]).removeprefix("1")[:3]
            yield Match(start, end, 0.5 if area in _TOLL_FREE else score, field.reason)
        for cell in text.cells:
            raw = plain_dashes(text.flow[cell.start : cell.end])
            for found, score in _unlabelled(raw):
                start, end = cell.start + found.start(), cell.start + found.end()
                tag = labels.before(start)
                if tag is not None and tag.meaning == "fax" and tag.end > start - 12:
                    continue
                if taken.claim(start, end):
                    yield Match(start, end, score, "form of a telephone number")


def _unlabelled(raw: str) -> Iterator[tuple[re.Match[str], float]]:
    for found in _INTERNATIONAL.finditer(raw):
        if _valid_abroad(found.group()):
            yield found, 0.6
    for found in _NORTH_AMERICAN.finditer(raw):
        area, exchange = found[1] or found[2], found[4]
        uneven = found[1] is None and found[3] != found[5]
        if uneven or area[1:] == "11" or exchange[1:] == "11":
            continue
        blanks = found[1] is None and found[3] == " "
        yield found, 0.5 if area in _TOLL_FREE or blanks else 0.6


IDENTIFIER = PhoneNumber()
