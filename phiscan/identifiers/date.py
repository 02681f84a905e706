"""Dates directly related to a person, 45 CFR 164.514(b)(2)(i)(C): admission, visit, death.

Only full dates: month and year alone are on every poster. Expiry, lot and print dates of products
are no one's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._clinic import signs_near
from phiscan.identifiers._company import aged
from phiscan.identifiers._dates import Date, dates_in, read_date
from phiscan.identifiers._labels import Field, Labels, labelled
from phiscan.identifiers._names import near_name
from phiscan.identifiers._record import is_record
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._views import lowered, search_numbered
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text


_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = re.compile(
    r"(?<![\w/.,-])(?<!page )(?<!pg )(?:(?P<first>\d{1,2})/(?P<second>\d{1,2})"
    r"(?! ?(?:tabs?|cup|inch|in|lb|oz|ns|normal|mile|pt|of|strength|dose)\b)(?![\w/.,%-]\d|\w|%)"
    rf"|(?i:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?(?![\w:/]|,? \d{{4}})"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\.? (?i:{_MONTH})(?! ?\d))"
)
"""A day without its year: on a note beside words of care it is that of a visit."""


_APP = re.compile(
    r"\b(?:last sync|sync(?:ed)?|version|build|updated?|weather|rain|sunny|forecast|boarding|boards"
    r"|gate|flight|seat|subtotal|total|cashier|server|change due|folio|checking|savings|transfer"
    r"|img_\d+|iphone|screenshot|events?|calendar|today|steps|bpm|assignee|fix|deploy|uptime|p99"
    r"|error rate|test page|laserjet|wi-?fi|battery|gb|km|min read|likes|followers|tickets?|tour"
    r"|returns? thru|table \d+|guests?|stop id|edt|est|pst|pdt|cet|utc|shares?|level \d+)\b",
)
"""Words of programs, tills and tickets, in small letters."""


_EXPIRY = frozenset({"exp", "exp date", "expires", "expiry", "expiration date", "expiration"})
"""Labels of products that licences have as well, where they most often tell the birthday."""


def _parse(value: str, _field: Field) -> tuple[int, int] | None:
    date = read_date(value)
    return (date.start, date.end) if date else None


@dataclass(frozen=True, slots=True)
class PersonalDate:
    """Finds labelled dates of care, and any other full date with a lower score."""

    kind: str = "date"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield labelled dates, then the others that no product label precedes."""
        labels = Labels(text)
        taken = Covered(len(text.flow))
        of_licence = {"licence_number", "birth_date"} <= {tag.meaning for tag in labels.tags}
        for start, end, field in labelled(labels, _parse, "product_date", "birth_date"):
            taken.add(start, end)
            if of_licence and field.tag.phrase in _EXPIRY:
                yield Match(start, end, 0.5, f"{field.reason}, on a licence")
        for start, end, field in labelled(labels, _parse, "date"):
            if taken.claim(start, end):
                generic = field.tag.phrase in {"date", "date time", "fecha", "datum", "printed"}
                yield Match(start, end, 0.6 if generic else 0.8, field.reason)
        for date in dates_in(text):
            tag = labels.before(date.start)
            if taken.touches(date.start, date.end) or (tag and tag.meaning == "product_date"):
                continue
            taken.add(date.start, date.end)
            score = 0.35 if _is_of_an_app(text, date) else 0.5 if date.clear else 0.45
            yield Match(date.start, date.end, score, "full date")
        for found in search_numbered(_DAY, text):
            known = not _is_day(found) or taken.touches(*found.span())
            if not known and signs_near(text, *found.span()):
                yield Match(*found.span(), 0.4, "day and month beside words of care")


def _is_of_an_app(text: Text, date: Date) -> bool:
    """Return whether a date is a program's, a till's or a ticket's, and nobody is near it."""
    if not text.worked_out(_speaks_of_apps) or date.long_ago or is_record(text):
        return False
    cell = text.cell_at(date.start)
    care = signs_near(text, date.start, date.end) > 0
    return not (care or near_name(text, cell) or aged(text, cell))


def _speaks_of_apps(text: Text) -> bool:
    return _APP.search(lowered(text)) is not None


def _is_day(found: re.Match[str]) -> bool:
    if found["first"] is None:
        return True
    first, second = int(found["first"]), int(found["second"])
    return 1 <= min(first, second) <= 12 and 1 <= max(first, second) <= 31


IDENTIFIER = PersonalDate()
