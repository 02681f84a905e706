"""Medical record numbers, 45 CFR 164.514(b)(2)(i)(H).

There is no national format: only a label tells one from any other number. Hospital account,
encounter and visit numbers (FIN, CSN) lead to the same record and count as such.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._clinic import signs_near
from phiscan.identifiers._company import aged
from phiscan.identifiers._labels import ON_LINE, Field, Labels, labelled
from phiscan.identifiers._names import near_name
from phiscan.identifiers._ocr import as_digits, plain_dashes
from phiscan.identifiers._record import is_bill, is_record
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._surroundings import is_for_all
from phiscan.identifiers._views import cells_with_numbers, search_numbered
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[-/.][A-Za-z0-9]+){0,4}(?![\w@])")
_GROUPS = re.compile(r"(?:\d{1,4}(?:[ -]\d{2,4}){1,4}|[A-Z]{1,4} \d{6,9})(?![\w./:]|-\d)")
_DATE = re.compile(
    r"\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d|\d{4}-\d\d-\d\d(?!\d)|\d{1,2}/\d{1,2}/\d\d"
)
_STRONG = frozenset({"mrn", "mr", "uhid"})
_BILLING = ("acct", "account")
"""Labels of hospital accounts that banks and utilities use too."""
_OF_FILES = frozenset(
    {"file", "file no", "file number", "card no", "our ref", "case no", "record no"}
)
"""Labels that libraries and offices use too."""
_ANYTHING = frozenset({"id", "no", "ref"})
"""Labels of a number of anything, which on a record is the patient's."""
_ALONE = re.compile(
    r"(?<![\w.,/$€£:-])(#?[A-Z]{0,3}-?\d{6,11}|\d{2}-\d{6}|\d\d-\d\d-\d\d)(?![\w.:/%-])"
)
_FOLDER = re.compile(r"(?<![\w./-])\d\d-\d\d-\d\d(?![\w./-])")
_FOLDER_MISREAD = re.compile(
    r"(?<![\w./-])(\d{4}-\d\d|\d\d-\d{4}|\d\d\.\d\d-\d\d|\d\d-\d\d\.\d\d)(?![\w./%-])"
)
"""The number of a folder in terminal digits, and one with a dash lost or read as a dot."""
_GLUED = re.compile(r"(?<![A-Za-z])(?:MRN|MR#|NR#)[:.]?(#?[A-Z]{1,2}\d{6,9})(?![\w@.:/%-])")
"""A label in capitals whose number begins with capitals, the blank between them lost."""
_MISREAD = re.compile(r"(?m)^(?:M[RN][a-z#]|[A-Z]R[#e])[.:]? ?(#?[A-Z]{0,2}\d{6,10})(?![\w@.:/%-])")
"""`MRN` and `MR#` with a sign misread, at the beginning of a line: `MRe H6566776`."""
_FILLS = re.compile(r"#?[A-Z]{0,3}-?\d{6,10}|\d{2,4}-\d{2,3}-\d{1,4}")
"""A number that fills its cell; `20-81-44` is how folders are shelved (terminal digits)."""
_SIGNS = 2
"""Signs of one patient's care near a number that nothing names."""
_SOLID_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])")
_OTHER = re.compile(
    rf"{_SOLID_DATE.pattern}|\d{{3}}-\d\d-\d{{4}}"
    r"|(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])-\d\d"
    r"|(?:0?[1-9]|[12]\d|3[01])-(?:0?[1-9]|1[0-2])-\d\d"
)
"""Dates, and social security numbers, which have a kind of their own."""
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
        labels, taken = Labels(text), Covered(len(text.flow))
        for start, end, field in labelled(labels, _parse, "mrn"):
            firm = field.tag.firm and (field.tag.marked or field.tag.phrase in _STRONG)
            digits = sum(char.isdigit() for char in text.flow[start:end])
            score = 0.95 if firm or field.how != ON_LINE else 0.85
            if field.tag.phrase.startswith(_BILLING):
                if is_bill(text):
                    continue  # a bank's or a bill's: see account_number
                score = 0.65
            elif field.tag.phrase in _OF_FILES:
                score = 0.7
            if len(set(text.flow[start:end])) == 1:
                score = 0.4  # 999999, as systems for training have it
            taken.add(start, end)
            yield Match(start, end, score if digits >= 4 else score - 0.1, field.reason)
        for found in search_numbered(_GLUED, text, digits=6):
            if taken.claim(*found.span(1)):
                yield Match(*found.span(1), 0.85, "number right behind its label")
        for found in search_numbered(_MISREAD, text, digits=6) if is_record(text) else ():
            if taken.claim(*found.span(1)):
                yield Match(*found.span(1), 0.6, "number behind a misread label, on a record")
        yield from _unlabelled(text, labels, taken)
        yield from _alone(text, labels, taken)


def _unlabelled(text: Text, labels: Labels, taken: Covered) -> Iterator[Match]:
    """Yield numbers behind `ID:`, and those that stand beside a name, both on a record only."""
    for start, end, field in labelled(labels, _parse, "other"):
        of_anything = field.tag.phrase in _ANYTHING and field.tag.marked
        if of_anything and is_record(text) and taken.claim(start, end):
            yield Match(start, end, 0.7, field.reason)
    has_folders = _FOLDER.search(text.flow) is not None
    for cell in cells_with_numbers(text):
        numbers = [*_ALONE.finditer(text.flow, cell.start, cell.end)]
        if has_folders:
            numbers += _FOLDER_MISREAD.finditer(text.flow, cell.start, cell.end)
        for found in numbers:
            stretch = found.span(1)
            if _OTHER.fullmatch(found[1].strip("#")) or taken.touches(*stretch):
                continue
            tag = labels.before(found.start(1))
            if tag is not None and tag.phrase not in _ANYTHING:
                continue
            care = is_record(text) or signs_near(text, *stretch) > 0 or aged(text, cell)
            if care and near_name(text, cell) and taken.claim(*stretch):
                yield Match(*stretch, 0.55, "number beside a name on a record")


def _alone(text: Text, labels: Labels, taken: Covered) -> Iterator[Match]:
    """Yield numbers that fill their cell on a record beside words of care, without any name."""
    if not is_record(text) or is_for_all(text):
        return
    for cell in cells_with_numbers(text):
        written = text.flow[cell.start : cell.end]
        if _FILLS.fullmatch(written) is None or _OTHER.fullmatch(written.strip("#")):
            continue
        if labels.announces(cell) or signs_near(text, cell.start, cell.end) < _SIGNS:
            continue
        if taken.claim(cell.start, cell.end):
            yield Match(cell.start, cell.end, 0.45, "number alone on a record")


IDENTIFIER = MedicalRecordNumber()
