"""Telephone numbers, 45 CFR 164.514(b)(2)(i)(D).

North American numbers are NPA-NXX-XXXX with N from 2 to 9 (NANPA); the plans of other countries
come with `phonenumbers`. Fax numbers are another kind and left alone here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._clinic import signs_near
from phiscan.identifiers._labels import Labels, labelled
from phiscan.identifiers._phones import INTERNATIONAL, NORTH_AMERICAN, fax_numbers, read_number
from phiscan.identifiers._record import is_record
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._views import cells_with_numbers, dashed, search_numbered
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

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
_LOCAL = re.compile(r"(?<![\w.,/$#+-])(?<!\d[ )])[2-9]\d\d-\d{4}(?![\w/-]|[.,]\d)")
"""Seven digits, as one writes them for somebody in the same town."""
_NATIONAL = re.compile(
    r"(?<![\w.,/$€£#+-])(?<!\d )0(?:[1-9](?: \d\d){4}|4\d\d \d{3} \d{3}|7\d{3} \d{3} ?\d{3}"
    r"|[12]\d{2,3} \d{3} \d{3,4}|1\d{3} \d{6}|[1-9]\d{1,3}[ /]\d{5,8})(?![\w/-]|[.,]\d)"
)
"""National numbers with their trunk prefix, as France, Australia, Britain and Germany group them
(ITU-T E.123, Ofcom, ACMA, ARCEP, Bundesnetzagentur)."""
_PATIENT = frozenset({"name", "birth_date", "mrn"})
_MISREAD = re.compile(
    r"(?<![\w.,/$€£#+-])(?<!\d )(?:[2-9]\d\d-[2-9]\d\d \d{4}|[2-9]\d\d [2-9]\d\d-\d{4}"
    r"|\+1 (?:[2-9]\d\d [2-9]\d \d{4}|[2-9]\d [2-9]\d\d \d{4}|[2-9]\d\d [2-9]\d\d \d{3}))"
    r"(?![\w/%]|[-.,:]\d| \d)"
)
"""Numbers of which one dash was read as a blank, or of two like digits one: PP-OCR does both."""


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
        for fax in fax_numbers(text):
            taken.add(fax.start, fax.end)
        patient = any(tag.meaning in _PATIENT and tag.firm for tag in labels.tags)
        for start, end, field in labelled(labels, read_number, "phone"):
            if not taken.claim(start, end):
                continue
            private = field.tag.phrase.startswith(_PRIVATE) or patient
            score = 0.85 if private else 0.65
            area = re.sub(r"\D", "", text.flow[start:end]).removeprefix("1")[:3]
            yield Match(start, end, 0.5 if area in _TOLL_FREE else score, field.reason)
        for cell in cells_with_numbers(text):
            raw = dashed(text)[cell.start : cell.end]
            for found, score in _unlabelled(raw):
                start, end = cell.start + found.start(), cell.start + found.end()
                tag = labels.before(start)
                if tag is not None and tag.meaning == "fax" and tag.end > start - 12:
                    continue
                if taken.claim(start, end):
                    yield Match(start, end, score, "form of a telephone number")
        for match in _without_area(text, patient=patient):
            if taken.claim(match.start, match.end):
                yield match


def _without_area(text: Text, *, patient: bool) -> Iterator[Match]:
    """Yield numbers as one writes them for somebody in the same country or town."""
    for found in search_numbered(_NATIONAL, text, digits=8):
        yield Match(*found.span(), 0.5, "form of a telephone number abroad")
    for found in search_numbered(_MISREAD, text, digits=7):
        if patient or is_record(text):
            yield Match(*found.span(), 0.5, "misread telephone number on a record")
    for found in search_numbered(_LOCAL, text, digits=7):
        if patient or signs_near(text, *found.span()):
            yield Match(*found.span(), 0.5, "local telephone number beside words of care")


def _unlabelled(raw: str) -> Iterator[tuple[re.Match[str], float]]:
    for found in INTERNATIONAL.finditer(raw):
        if _valid_abroad(found.group()):
            yield found, 0.6
    for found in NORTH_AMERICAN.finditer(raw):
        area, exchange = found[1] or found[2], found[4]
        uneven = found[1] is None and found[3] not in {found[5], "/"}
        if uneven or area[1:] == "11" or exchange[1:] == "11":
            continue
        blanks = found[1] is None and found[3] == " "
        yield found, 0.5 if area in _TOLL_FREE or blanks else 0.6


IDENTIFIER = PhoneNumber()
