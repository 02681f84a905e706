"""Ages over 89, 45 CFR 164.514(b)(2)(i)(C), and years of birth that mean such an age.

The rule lets such ages be merged into one class "90 or older", so that `90+` and `over 90` tell
nothing. The oldest person known lived 122 years. An age needs a label, `years old` or its short
forms, or the sex beside it: a number alone is anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from phiscan.identifiers._labels import ON_LINE, Field, Labels, labelled
from phiscan.identifiers._ocr import as_digits, plain_dashes
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._views import dashed, search_numbered
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_YOUNGEST, _OLDEST = 90, 122
_AGE = r"(?P<age>[9g][\dOolI]|[1lI][012OolI][\dOolI])"
_YEARS = r" ?(?:y|yrs?|years?)\.?"
_CANDIDATE = re.compile(rf"(?<![\w.,:$€£#+]){_AGE}(?![\d%])")
_AFTER = re.compile(
    r"(?P<old> ?-? ?(?:y/o|yo|y\.o\.|(?:yrs?\.?|years?)[ -]?old|years? of age)(?![\w-]))"
    rf"|(?P<sex>{_YEARS}[ ,/(]{{0,3}}(?:M|F|male|female|man|woman)\b)"
    rf"|(?P<birthday>(?:th|st|nd|rd) birthday\b)|(?P<years>{_YEARS}\))"
    r"|(?P<slash>/[MF](?![\w/]))|(?P<closed> ?,? ?[MF]\))|(?P<end>\))|(?P<free>(?![\w/.:%-]))",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:(?P<turned>\b(?:aged?|age of|turn(?:s|ed|ing)) )|(?P<slash>(?<![\w/])[MF]/)"
    r"|(?P<sexed>\([MF] ?,? ?)|(?P<open>\())$",
    re.IGNORECASE,
)
_REACH = 12
"""Characters before an age that are looked at."""
_SCORES = {"old": 0.8, "sex": 0.85, "birthday": 0.6, "slash": 0.6}
"""Scores of what follows an age and needs nothing before it."""
_SCORES_OF_BOTH = {
    ("open", "years"): 0.75,
    ("open", "closed"): 0.6,
    ("sexed", "end"): 0.6,
    ("turned", "free"): 0.6,
    ("slash", "free"): 0.6,
}
_LABELLED = re.compile(
    rf"[ :#.=(~]*{_AGE} ?(?:y/?o|y(?:ea)?rs?\.?(?: old)?|y)?(?!\w|[.,]\d|/\d| ?-? ?\d| ?(?:mos?\b"
    r"|months?|weeks?|wks?|days?|hours?|min|%|\+))",
    re.IGNORECASE,
)
_NOT_BEFORE = re.compile(
    r"(?:\d ?(?:-|to|through|and|bis|~|…)|[<>≤≥=~]|\b(?:over|under|above|below|than|until|up to"
    r"|at least|beyond|ages|every)) ?$",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(
    r" ?(?:\+|plus\b|-+ ?\d|to \d|(?:and|or) (?:over|older|above|more|up|beyond)\b"
    r"|mos?\b|months?|weeks?|days?|hours?|min)",
    re.IGNORECASE,
)
_THING = re.compile(
    r"[ -](?:\w+ )?(?:building|house|home|hospital|church|school|bridge|theat(?:re|er)|company|firm"
    r"|business|institution|tradition|history|tree|oak|whisky|whiskey|wine|port|cognac|record|law"
    r"|city|town|university|club|brand|recipe)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"[ :#.=]*((?:18|19)\d\d)(?![\w/.-]| ?- ?\d)")


def _years(digits: str) -> int | None:
    """Return an age over 89 that the characters may stand for, or None."""
    age = int(as_digits(digits)) if any(char.isdigit() for char in digits) else 0
    return age if _YOUNGEST <= age <= _OLDEST else None


def _parse(value: str, field: Field) -> tuple[int, int] | None:
    """Read an age, or a year of birth at least ninety years ago, at the start of a label's value.

    A full date of birth is another kind.
    """
    if field.tag.meaning == "age":
        found = _LABELLED.match(plain_dashes(value))
        if found is None or _years(found["age"]) is None or _NOT_AFTER.match(value, found.end()):
            return None
        return found.start("age"), found.end()
    year = _YEAR.match(plain_dashes(value))
    if year is None or not _YOUNGEST <= datetime.now(UTC).year - int(year[1]) <= _OLDEST:
        return None
    return year.span(1)


@dataclass(frozen=True, slots=True)
class AgeOver89:
    """Finds labelled ages and years of birth, and ages in the short forms of records."""

    kind: str = "age_over_89"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield labelled ages and years, then the ages that running text spells out."""
        taken = Covered(len(text.flow))
        meanings = "age", "birth_year", "birth_date"
        for start, end, field in labelled(Labels(text), _parse, *meanings):
            if taken.claim(start, end):
                sure = field.tag.marked or field.how != ON_LINE or field.tag.meaning != "birth_date"
                score = 0.85 if sure else 0.5
                yield Match(start, end, _repaired(text.flow[start:end], score), field.reason)
        flow = dashed(text)
        for found in search_numbered(_CANDIDATE, text, flow):
            end, score = _graded(flow, found)
            if score and taken.claim(found.start(), end):
                score = _repaired(found["age"], score)
                yield Match(found.start(), end, score, "form of an age over 89")


def _graded(flow: str, found: re.Match[str]) -> tuple[int, float]:
    """Return where an age ends with its unit, and how sure it is one: 0 for no."""
    start, end = found.span()
    before = _BEFORE.search(flow, max(start - _REACH, 0), start)
    after = _AFTER.match(flow, end)
    if after is None or _years(found["age"]) is None or _speaks_of_others(flow, start, after.end()):
        return end, 0.0
    follows, leads = after.lastgroup or "", before.lastgroup or "" if before else ""
    score = _SCORES.get(follows, _SCORES_OF_BOTH.get((leads, follows), 0.0))
    return (after.end() if follows in {"old", "sex"} else end), score


def _repaired(written: str, score: float) -> float:
    """Return a lower score where letters were taken for digits."""
    return score - 0.15 if re.search("[OoIlg]", written[:3].rstrip("yo ")) else score


def _speaks_of_others(flow: str, start: int, end: int) -> bool:
    """Return whether the age is a range or a limit, or that of a building or a whisky."""
    return bool(
        _NOT_BEFORE.search(flow, max(start - _REACH, 0), start)
        or _NOT_AFTER.match(flow, end)
        or _THING.match(flow, end)
    )


IDENTIFIER = AgeOver89()
