"""Health plan beneficiary numbers, 45 CFR 164.514(b)(2)(i)(I).

The Medicare Beneficiary Identifier has 11 characters C A AN N A AN N A A N N (CMS): C is 1 to 9,
N a digit, A a letter other than S L O I B Z, AN either; dashes are for show; no check digit. The
older claim number (HICN) is a social security number and a suffix. Others are known by label; for
health services of other countries see `_health_numbers`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from phiscan.identifiers._alternatives import CAPITALS, grouped
from phiscan.identifiers._clinic import is_short
from phiscan.identifiers._health_numbers import labelled_score, read_number, unlabelled
from phiscan.identifiers._labels import ON_LINE, Field, Labels, labelled
from phiscan.identifiers._national_ids import social_numbers
from phiscan.identifiers._ocr import plain_dashes
from phiscan.identifiers._record import is_record
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._views import cells_with_numbers, dashed, lowered, search_numbered
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_LETTER = "[AC-HJKMNP-RT-Y]"
_EITHER = "[AC-HJKMNP-RT-Y0-9]"
_GROUPED = rf"[1-9]{_LETTER}{_EITHER}\d", rf"{_LETTER}{_EITHER}\d", rf"{_LETTER}{_LETTER}\d\d"
_MBI = re.compile(rf"(?<![\w-]){'-?'.join(_GROUPED)}(?!\w|-\w)")
_MBI_SPACED = re.compile(rf"(?<![\w-]){'[- ]'.join(_GROUPED)}(?!\w|-\w)")
_AS_DIGIT = "[0-9OQDIlSBZG]"
_MBI_MISREAD = re.compile(
    r"(?<![\w-])"
    + "-".join(_GROUPED).replace("[1-9]", "[1-9IlSBZG]").replace(r"\d", _AS_DIGIT)
    + r"(?!\w|-\w)"
)
"""With both dashes, letters may stand for digits: CMS leaves out S, L, O, I, B and Z for that."""
_DIGITS_OF_MBI = itemgetter(0, 3, 7, 11, 12)
_MOST_MISREAD = 2
_CLAIM = re.compile(r"\d{3}[- ]?\d{2}[- ]?\d{4}[- ]?[A-Z]{1,2}\d?(?!\w)")
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+){0,4}(?![\w@.])|[A-Za-z0-9]+(?=\.(?:\s|$))")
_GROUPS = re.compile(
    r"(?:[A-Z]{0,4} ?\d{2,5}(?:[ -]\d{2,5}){1,4}|[A-Z]{1,4} \d{6,12}(?: \d{1,3})?)(?![\w/:]|-\w)"
)
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}$")


_HOTLINE = re.compile(r"1-8\d\d-")
_PROGRAMMES = frozenset({"medicare", "medicaid", "group", "grp", "policy", "cin", "hic"})
"""Words that stand on every card: as labels they need a colon, or the number beside them."""


def _parse(value: str, field: Field) -> tuple[int, int] | None:
    """Read an identifier: an MBI, a claim number, or 5 to 17 characters with 3 digits or more."""
    dashed = plain_dashes(value)
    start = len(value) - len(value.lstrip(" :#.-=(["))
    abroad = read_number(field.tag.phrase, value, start)
    if abroad is not None:
        return abroad
    for pattern in (_MBI_SPACED, _CLAIM, _GROUPS, _TOKEN):
        found = pattern.match(dashed, start)
        if found is None or _DATE.match(found.group()) or _HOTLINE.match(found.group()):
            continue
        compact = re.sub(r"[^A-Za-z0-9]", "", found.group())
        digits = sum(char.isdigit() for char in compact)
        tag = field.tag
        if tag.phrase in _PROGRAMMES and not tag.marked and field.how != ON_LINE:
            return None
        shortest = 3 if "group" in tag.phrase or "grp" in tag.phrase else 5
        if shortest <= len(compact) <= 17 and digits >= 3 and digits * 3 >= len(compact):
            return found.span()
    return None


_CARD = re.compile(
    r"\b(?:medicare|medicaid|medi-cal|tricare|health ?(?:plan|care|insurance)|insurance card"
    r"|assurance maladie|vitale|krankenkasse|krankenversicherung|gesundheitskarte|tessera sanitaria"
    r"|tarjeta sanitaria|zorgverzekering|subscriber|co-?pay|rx ?bin|cart[ãa]o (?:nacional|sus))\b",
    re.IGNORECASE,
)
_GENERIC = ("identification", "id ", "policy", "group", "cert")
_CARD_WORDS = 60
"""Words up to which a text may be a card."""
_LONG = re.compile(r"[A-Z]{0,4} ?\d{3,12}(?:[ /-]\d{1,8}){0,4}")
_PERSON = re.compile(rf"(?m)^[^\d\n]{{0,12}}[{CAPITALS}][\w'’-]+,? [^\d\n]*[{CAPITALS}][\w'’-]+$")


_INSURER = re.compile(
    r"\b"
    + grouped(
        r"aetna|cigna|humana|anthem|elevance|blue ?cross[\w ]{0,24}|bcbs[\w ]{0,24}"
        r"|blue ?shield[\w ]{0,24}|united ?health(?:care)?|uhc|kaiser(?: permanente)?|tricare"
        r"|molina|centene|wellcare|ambetter|health ?net|premera|regence|highmark|medicaid|medicare"
        r"|medi-cal|oscar health|geisinger|carefirst|emblem ?health|amerigroup|bupa|aok|barmer"
        r"|techniker|tk"
    )
    + r"\b[ :#,-]{1,4}(?:id |no\.? |#)?[:# ]{0,2}(?P<number>[a-z]{0,4}\d[a-z0-9]{6,14})(?![\w/.-])",
)
"""In small letters."""


_PREFIXED = re.compile(r"(?<![\w-])[A-Z]{3}\d{9}(?:\d\d)?(?![\w-])")
"""The three letters that name a Blue Cross plan and the number of a member (BCBSA)."""


def _of_blue_plans(text: Text) -> Iterator[Match]:
    """Yield numbers of that form on a record, where no label tells what they are."""
    if not is_record(text):
        return
    labels = Labels(text)
    for cell in cells_with_numbers(text):
        for found in _PREFIXED.finditer(text.flow, cell.start, cell.end):
            if labels.before(found.start()) is None and not labels.announces(cell):
                yield Match(*found.span(), 0.5, "form of a health plan's number, on a record")


def _behind_insurers(text: Text) -> Iterator[Match]:
    """Yield the codes that stand right behind the name of an insurer: `Cigna U8824410902`."""
    for found in search_numbered(_INSURER, text, lowered(text), digits=6):
        if sum(map(str.isdigit, found["number"])) >= 6:
            yield Match(*found.span("number"), 0.8, "number behind an insurer's name")


def _on_cards(text: Text) -> Iterator[Match]:
    """Yield numbers behind `ID` or alone in a cell of a card of health insurance."""
    if not is_short(text, _CARD_WORDS) or not _CARD.search(text.flow):
        return
    for start, end, field in labelled(Labels(text), _parse, "other"):
        if field.tag.phrase in {"id", "identification"}:
            yield Match(start, end, 0.7, field.reason)
    if not _PERSON.search(text.flow):
        return
    for cell in text.cells:
        found = _LONG.fullmatch(text.flow, cell.start, cell.end)
        if found is None:
            continue
        least = 6 if found.group()[0].isalpha() else 9
        if least <= sum(map(str.isdigit, found.group())) <= 20:
            yield Match(*found.span(), 0.6, "number on a card of health insurance")


@dataclass(frozen=True, slots=True)
class HealthPlanId:
    """Finds labelled numbers, and Medicare identifiers by their grammar."""

    kind: str = "health_plan_id"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield labelled numbers, then the unlabelled identifiers that they do not cover."""
        taken = Covered(len(text.flow))
        for start, end, field in labelled(Labels(text), _parse, "health_plan_id"):
            abroad = labelled_score(field.tag.phrase, text.flow[start:end])
            if abroad != 0.0:
                taken.add(start, end)
                generic = field.tag.phrase.startswith(_GENERIC)
                yield Match(start, end, abroad or (0.7 if generic else 0.9), field.reason)
        others = (
            *unlabelled(text),
            *social_numbers(text),
            *_behind_insurers(text),
            *_on_cards(text),
            *_of_blue_plans(text),
            *_medicare(text),
        )
        for match in others:
            if taken.claim(match.start, match.end):
                yield match


def _medicare(text: Text) -> Iterator[Match]:
    reason = "grammar of Medicare identifiers"
    of_medicare = "medicare" in lowered(text)
    for cell in cells_with_numbers(text):
        raw = dashed(text)[cell.start : cell.end]
        for pattern in (_MBI, _MBI_SPACED):
            for found in pattern.finditer(raw):
                yield Match(cell.start + found.start(), cell.start + found.end(), 0.85, reason)
    for found in search_numbered(_MBI_MISREAD, text, dashed(text), digits=3):
        wrong = sum(map(str.isalpha, _DIGITS_OF_MBI(found.group())))
        score = 0.8 if of_medicare else 0.85 - 0.15 * wrong
        if 0 < wrong <= _MOST_MISREAD:
            yield Match(*found.span(), score, f"{reason}, misread")


IDENTIFIER = HealthPlanId()
