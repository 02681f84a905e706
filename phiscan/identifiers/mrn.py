"""Medical record numbers, 45 CFR 164.514(b)(2)(i)(H).

There is no national format: only a label tells one from any other number. Hospital account,
encounter and visit numbers (FIN, CSN) lead to the same record and count as such.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._labels import ON_LINE, Field, Labels, labelled
from phiscan.identifiers._ocr import as_digits, plain_dashes
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[-/.][A-Za-z0-9]+){0,4}(?![\w@])")
_GROUPS = re.compile(r"\d{1,4}(?:[ -]\d{2,4}){1,4}(?![\w./:]|-\d)")
_DATE = re.compile(
    r"\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d|\d{4}-\d\d-\d\d(?!\d)|\d{1,2}/\d{1,2}/\d\d"
)
_STRONG = frozenset({"mrn", "mr", "uhid"})
_BILLING = ("acct", "account")
"""Labels of hospital accounts that banks and utilities use too."""
_SHORT = frozenset({"fin", "csn", "pid", "hn", "urn", "nhi", "har", "unit", "visit", "hosp", "mr"})
"""Labels that mean something else where no number follows at once (`FIN` is Finland)."""


def _parse(value: str, field: Field) -> tuple[int, int] | None:
    """Read 4 to 12 letters and digits, at least 3 of them digits, that are no date."""
    dashed = plain_dashes(value)
    start = len(value) - len(value.lstrip(" :#.-=([*"))
    found = _GROUPS.match(dashed, start) or _TOKEN.match(dashed, start)
    if found is None or _DATE.match(dashed, start):
        return None
    written = found.group()
    compact = re.sub(r"[^A-Za-z0-9]", "", written)
    digits = sum(char.isdigit() for char in compact)
    if digits < 3:
        digits = sum(char.isdigit() for char in as_digits(compact)) if digits else 0
    tag = field.tag
    if tag.phrase in _SHORT and not tag.marked and field.how != ON_LINE:
        return None
    shortest = 3 if tag.phrase in _STRONG or tag.marked else 4
    if not shortest <= len(compact) <= 14 or digits < 3 or not _numberlike(compact):
        return None
    return found.span()


def _numberlike(compact: str) -> bool:
    """Return whether letters only come as a short prefix or suffix, as in `A12345` or `12345V`."""
    digits = sum(char.isdigit() for char in as_digits(compact))
    return digits * 2 >= len(compact)


@dataclass(frozen=True, slots=True)
class MedicalRecordNumber:
    """Finds labelled numbers of patients, records, accounts and visits."""

    kind: str = "mrn"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield the numbers that follow a label."""
        for start, end, field in labelled(Labels(text), _parse, "mrn"):
            firm = field.tag.firm and (field.tag.marked or field.tag.phrase in _STRONG)
            digits = sum(char.isdigit() for char in text.flow[start:end])
            score = 0.95 if firm or field.how != ON_LINE else 0.85
            if field.tag.phrase.startswith(_BILLING):
                score = 0.65
            yield Match(start, end, score if digits >= 4 else score - 0.1, field.reason)


IDENTIFIER = MedicalRecordNumber()
