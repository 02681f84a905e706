"""Birth dates, 45 CFR 164.514(b)(2)(i)(C): all elements of dates, except the year.

Labelled in several languages, or in the machine-readable zone of a travel document (ICAO 9303),
or unlabelled beside an age or, where it is long ago, beside a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from phiscan.identifiers import _mrz
from phiscan.identifiers._clinic import signs_near
from phiscan.identifiers._dates import Date, dates_in, read_date
from phiscan.identifiers._labels import Field, Labels, labelled
from phiscan.identifiers._names import near_name
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._surroundings import among_public
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_AGE = re.compile(
    r"\b\d{1,3}\s?(?:y(?:ea)?rs?\.?(?: old)?|y/?o|y\.o\.|[yY](?![a-z])|years? old)"
    r"|\bage[: ]\s?\d{1,3}\b|\([MFmf]\)|\[[MFUmfu]\]|\b\d{1,3}[ /]?[MF]\b|\b[MF][ /]\d{1,3}\b",
    re.IGNORECASE,
)
_BORN = re.compile(
    r"(?:\bborn(?: on)?|\b(?:dob|birthday|date of birth|birth date) (?:is|was)"
    r"|\bgeb(?:oren)?\.?(?: am)?|\bn[ée]e? le|\bnat[oa](?: il)?|\bnacid[oa] el"
    r"|\bur\.|\bd\.?o\.?b\.?"
    r"|\*)[ :,]{0,3}$",
    re.IGNORECASE,
)
_SEX = r"(?:[MFWV]|Male|Female|male|female|MALE|FEMALE)"
_SEX_BEHIND = re.compile(rf"[ \t|,/]{{1,8}}\(?{_SEX}(?=[\s|,/)]|\Z)|, ?[mfw](?=,|\s|\Z)")
_SEX_BEFORE = re.compile(
    rf"(?:^|[\s|,/(]){_SEX}\)?[ \t|,/]{{1,8}}\Z|, ?[mfw],? {{1,3}}(?:\*|geb\.? ?)?\Z"
)
_OF_ANYBODY = frozenset({"born", "born on"})
"""Labels of births on posters and pages as well."""
_OF_FORMS = frozenset({"mrn", "health_plan_id", "ssn", "age", "address"})
_GAP = 14
"""Characters between a date and the sex beside it, with the word for the sex."""
_NEAR = 24
"""Characters between a date and the age that makes it a birth date: `(72 y, F)` and a bracket."""


def _parse(value: str, _field: Field) -> tuple[int, int] | None:
    date = read_date(value)
    if date is None or not (date.year < 100 or 1900 <= date.year <= 2035):
        return None
    return date.start, date.end


@dataclass(frozen=True, slots=True)
class BirthDate:
    """Finds labelled birth dates, those in machine-readable zones, and dates beside an age."""

    kind: str = "birth_date"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield birth dates, labelled ones first."""
        labels = Labels(text)
        taken = Covered(len(text.flow))
        for start, end, field in labelled(labels, _parse, "birth_date"):
            if taken.claim(start, end):
                match = Match(start, end, 0.95, field.reason)
                yield match if field.tag.phrase not in _OF_ANYBODY else _weighed(text, match)
        for zone in _mrz.birth_dates(text):
            score = 0.92 if zone.checked else 0.7
            yield Match(zone.start, zone.end, score, "machine-readable zone of a travel document")
        yield from _beside_age(text, labels, taken)


def _beside_age(text: Text, labels: Labels, taken: Covered) -> Iterator[Match]:
    for date in dates_in(text):
        tag = labels.before(date.start)
        if taken.touches(date.start, date.end) or (tag and "date" in tag.meaning):
            continue
        cell = text.cell_at(date.start)
        before = text.flow[max(date.start - _NEAR, cell.start) : date.start]
        after = text.flow[date.end : min(date.end + _NEAR, cell.end)]
        if _BORN.search(before):
            yield Match(date.start, date.end, 0.7, "word of birth before a date")
        elif _AGE.search(before) or _AGE.search(after):
            yield Match(date.start, date.end, 0.6, "date beside an age or sex")
        elif date.long_ago and tag is None and _beside_sex(text, date):
            yield Match(date.start, date.end, 0.8, "date of long ago beside a sex")
        elif date.long_ago and tag is None and near_name(text, cell):
            match = Match(date.start, date.end, 0.8, "date of long ago beside a name")
            yield _weighed(text, match)


def _weighed(text: Text, match: Match) -> Match:
    """Return a date with a low score where it is that of an actor, a record or a plaque."""
    nobody = signs_near(text, match.start, match.end) == 0 and not _says_sex(text)
    if nobody and among_public(text, match):
        return replace(match, score=0.35)
    return match


def _says_sex(text: Text) -> bool:
    """Return whether a text has another label of a person's: then it is a form."""
    return any(tag.firm and tag.meaning in _OF_FORMS for tag in Labels(text).tags)


def _beside_sex(text: Text, date: Date) -> bool:
    """Return whether a letter for the sex stands by itself right before or behind a date."""
    flow = text.flow
    before, after = flow[max(date.start - _GAP, 0) : date.start], flow[date.end : date.end + _GAP]
    return bool(_SEX_BEHIND.match(after) or _SEX_BEFORE.search(before))


IDENTIFIER = BirthDate()
