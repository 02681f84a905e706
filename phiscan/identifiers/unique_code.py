"""Any other unique number or code of one person, 45 CFR 164.514(b)(2)(i)(R), known by its label.

Numbers of specimens, examinations, prescriptions, claims and people in trials; passports and other
countries' personal numbers; the 18 digits of a GS1 service relation, AI (8018), on a wristband; the
unique identifiers of DICOM. What shops number too (orders, samples, studies) counts on a patient's
record only. A trial's own number (NCT and eight digits) belongs to nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._check_digits import gs1_agrees
from phiscan.identifiers._codes import read_code
from phiscan.identifiers._labels import ON_LINE, Field, Labels, labelled
from phiscan.identifiers._national_ids import labelled_agrees, personal_numbers
from phiscan.identifiers._record import is_record
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._views import search_numbered
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_STRONG = (
    "accession", "specimen", "prescription", "rx", "script", "participant", "subject",
    "study subject", "trial subject", "screening", "random", "enrol", "passport", "aadhaar",
    "national id", "nric", "curp", "voter", "dni", "nie", "nif", "pesel", "bsn", "burgerservice",
    "personnummer", "cpf", "codice", "cnp", "rodne", "oib", "egn", "tc kimlik", "cpr", "hetu",
    "henkil", "fodsels", "pps", "rijksregister", "amka", "cnic", "rut", "teudat", "nik", "dod id",
    "isikukood", "asmens", "social insurance", "sa id", "sv nr", "svnr", "nino",
    "national insurance",
)  # fmt: skip
_PEOPLE = ("participant", "subject", "study subject", "trial subject", "screening", "random")
"""People in a trial are often numbered from 001."""
_SHOPS = ("order", "sample", "study", "lab", "req", "auth", "acc")
_PROSE = frozenset({"passport", "prescription", "claim", "referral"})
_PLAIN = ("order", "specimen")
"""Words that are labels of a number only before `#` or `no`."""
_TRIAL = re.compile(r"[ :#.-]*(?:NCT\d{8}|ISRCTN\d+|\d{4}-\d{6}-\d\d)\b")
_UID = re.compile(r"[12](?:\.\d+){5,}(?![\w.])")
_FREE_UID = re.compile(
    r"(?<![\w.])1\.(?:2\.(?:840|826|276|392|752)|3\.(?:6|12|46))(?:\.\d{1,39}){4,}(?![\w.])"
)
_SURE_FORM = 0.8
"""The score from which a form goes before a label."""
_SLIDE = re.compile(r"(?<![\w-])[A-Z]{1,3}-?[0-3]\d-\d{3,6}(?![\w-])")
_PATHOLOGY = re.compile(
    r"h ?& ?e\b|\b(?:s?bx|punch|excision|frozen section|pathology|cytology|histology|biops(?:y|ies)"
    r"|specimen|slides?|accession|stain)\b",
    re.IGNORECASE,
)
_ANY_NUMBER = re.compile(
    r"(?<![\w])(?P<word>[^\W\d_]{3,20}) ?(?:no\b|nr\b|num\b|number\b|id\b|code\b|#)[.:# ]{0,3}"
    r"(?P<number>[A-Z]{0,4}[ -]?\d{2,12}(?:[ /-]\d{2,8}){0,3})(?![\w/%]|[.,-]\d)",
    re.IGNORECASE,
)
_OF_GOODS = re.compile(
    r"(?:lot|batch|ref|cat\w*|model|item|part|ndc|order|store|page|form|version|room|bed|bay|floor"
    r"|suite|unit|phone|fax|tel|zip|tax|icd|cpt|dx|drg|procedure|gtin|sku|asset|serial|licen[cs]e"
    r"|provider|clinic|facility|employee|operator|box|area|post|postal|case|week|day|dose)$",
    re.IGNORECASE,
)
"""Words before a number of goods, places, trades and pages."""
_RELATION = re.compile(r"\( ?8018 ?\) ?(\d{18})(?!\d)")


def _parse(value: str, field: Field) -> tuple[int, int] | None:
    phrase = field.tag.phrase
    if field.tag.meaning == "other":
        if phrase not in _PLAIN or not field.tag.marked:
            return None
    elif "uid" in phrase:
        start = len(value) - len(value.lstrip(" :=."))
        found = _UID.match(value, start)
        return found.span() if found else None
    if _TRIAL.match(value) or (phrase in _PROSE and not _announced(field)):
        return None
    if phrase.startswith(_PEOPLE) and field.tag.marked:
        return read_code(value, 3, 20, 2)
    if phrase == "rx" and not _announced(field):
        return read_code(value, 6, 14, 6)
    return read_code(value, 5, 20)


def _announced(field: Field) -> bool:
    """Return whether a word of prose stands as a label does: with a mark, or in its own cell."""
    return field.tag.marked or field.how != ON_LINE


@dataclass(frozen=True, slots=True)
class UniqueCode:
    """Finds labelled numbers of what was taken from, ordered for, or given to one person."""

    kind: str = "unique_code"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield numbers with check digits, labelled ones, then those whose form says enough."""
        taken = Covered(len(text.flow))
        personal = list(personal_numbers(text))
        for match in (
            *(each for each in personal if each.score >= _SURE_FORM),
            *_labelled(text),
            *_relations(text),
            *personal,
            *_of_slides(text),
            *_numbered(text),
        ):
            if taken.claim(match.start, match.end):
                yield match


def _labelled(text: Text) -> Iterator[Match]:
    for start, end, field in labelled(Labels(text), _parse, "unique_code", "other"):
        agrees = labelled_agrees(field.tag.phrase, text.flow[start:end])
        score = 0.92 if agrees else _score(text, field)
        if score:
            yield Match(start, end, score, field.reason)


def _relations(text: Text) -> Iterator[Match]:
    """Yield numbers of GS1 and DICOM that need no label."""
    for found in search_numbered(_RELATION, text, digits=22):
        if gs1_agrees(found[1]):
            yield Match(*found.span(1), 0.9, "GS1 number of a patient")
    for found in search_numbered(_FREE_UID, text, digits=8):
        if len(found.group()) >= 30:
            yield Match(*found.span(), 0.7, "form of a DICOM identifier")


def _of_slides(text: Text) -> Iterator[Match]:
    """Yield numbers of specimens as pathologists write them, where words of their trade stand."""
    for found in search_numbered(_SLIDE, text, digits=5):
        if text.worked_out(_is_of_pathology):
            yield Match(*found.span(), 0.8, "form of a pathologist's specimen number")


def _numbered(text: Text) -> Iterator[Match]:
    """Yield what any other word calls a number, on a patient's record: `Donation No G052 118 442`.

    What has a label of its own is left to the kind that the label means.
    """
    if not is_record(text):
        return
    labels = Labels(text)
    for found in search_numbered(_ANY_NUMBER, text, digits=4):
        start, end = found.span("number")
        tag = labels.before(start)
        if (tag and tag.end >= found.start()) or _OF_GOODS.search(found["word"]):
            continue
        if sum(map(str.isdigit, found["number"])) >= 4:
            yield Match(start, end, 0.5, "number of its own on a record")


def _is_of_pathology(text: Text) -> bool:
    return bool(_PATHOLOGY.search(text.flow))


def _score(text: Text, field: Field) -> float:
    """Grade a label: those that shops use too count nothing away from a record."""
    phrase = field.tag.phrase
    strong = phrase.startswith(_STRONG) or "uid" in phrase
    if not strong and phrase.startswith(_SHOPS):
        return 0.7 if is_record(text) else 0.0
    sure = _announced(field) or " " in phrase
    return (0.8 if strong else 0.7) - 0.2 * (not sure)


IDENTIFIER = UniqueCode()
