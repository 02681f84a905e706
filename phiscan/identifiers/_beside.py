"""What stands on the lines of a name, apart from words of care: numbers, beds, dates, streets.

Each is told of a record more often than of a menu, and none says so alone: hotels have rooms, and
business cards streets. `_evidence.py` weighs them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from phiscan.identifiers._abroad import begins_with_street
from phiscan.identifiers._alternatives import grouped
from phiscan.identifiers._dates import dates_in
from phiscan.identifiers._labels import Labels
from phiscan.identifiers._national_ids import personal_numbers
from phiscan.identifiers._views import search_numbered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.protocols import Match
    from phiscan.text import Text

_OF_A_PATIENT = frozenset({"mrn", "birth_date", "health_plan_id", "ssn", "unique_code"})
_MONEY = ("account", "acct", "order", "auth", "acc")
"""Labels of those meanings that banks and shops have as well."""
_PLACE = re.compile(
    r"\b"
    + grouped("bed|rm|room|bay|cot|ward|cama|lit|chambre|zimmer|bett|letto|kamer")
    + r" ?#?\d{1,4}[a-d]?\b",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"(?<![\d/.:-])(\d{1,2})(?::\d\d)? ?(?:[ap]m?)? ?[-\u2013] ?"
    r"(\d{1,2})(?::\d\d)? ?(?:[ap]m?)?(?![\d/.:-])"
)
_SHIFT = 4
"""Hours from which a range is when somebody works, and no appointment."""
_WIDTH = 160
"""Characters before and behind a name that count as its line and those beside it."""


class _Places:
    """Where the numbers of persons stand in a text, and the labels that announce them."""

    def __init__(self, text: Text) -> None:
        labels = [
            tag.start
            for tag in Labels(text).tags
            if tag.firm and tag.meaning in _OF_A_PATIENT and not tag.phrase.startswith(_MONEY)
        ]
        numbers = [match.start for match in personal_numbers(text)]
        self.numbered = sorted([*labels, *numbers])
        self.dated = sorted(date.start for date in dates_in(text))
        self.beds = [found.start() for found in search_numbered(_PLACE, text)]
        self.shifts = [
            found.start() for found in search_numbered(_HOURS, text, digits=2) if _is_shift(found)
        ]
        self.streets: dict[int, bool] = {}
        self.old = sorted(date.start for date in dates_in(text) if date.long_ago)


def dated_long_ago(text: Text, match: Match) -> bool:
    """Return whether a date of long ago stands on the line of a name: one of birth, most often."""
    return _some(text.worked_out(_Places).old, *_line(text.flow, match))


def beside(text: Text, match: Match) -> Iterator[str]:
    """Yield what the lines of a name and those right above and below say of it."""
    places, flow = text.worked_out(_Places), text.flow
    start, end = _line(flow, match)
    above = max(flow.rfind("\n", max(start - _WIDTH, 0), max(start - 1, 0)), start - _WIDTH, 0)
    below = flow.find("\n", end + 1, end + _WIDTH)
    if _some(places.numbered, above, below if below >= 0 else end + _WIDTH):
        yield "a person's number or its label near"
    if _some(places.dated, start, end):
        yield "a date on its line"
    if _some(places.beds, start, end):
        yield "a bed or room on its line"
    if _some(places.shifts, start, end):
        yield "hours of work on its line"
    yield from _form(text, match)
    if end not in places.streets:
        places.streets[end] = begins_with_street(flow[end + 1 : end + _WIDTH])
    if places.streets[end]:
        yield "a street below"


_RUNNING = "names in running text"
"""Found so, a name at the beginning of a line begins a sentence, no cell."""


def _form(text: Text, match: Match) -> Iterator[str]:
    """Yield how a name is written, and where in its cell it stands."""
    cell = text.cell_at(match.start)
    begins, ends = match.start <= cell.start + 1, match.end >= cell.end - 1
    if begins != ends and not match.reason.startswith(_RUNNING):
        yield "begins its cell" if begins else "ends its cell"
    if "," in text.flow[match.start : match.end]:
        yield "a comma inside"
    if text.cells[0].line == cell.line:
        yield "on the first line"


def _line(flow: str, match: Match) -> tuple[int, int]:
    """Return where the line of a match starts and ends, so far as it is near."""
    start = flow.rfind("\n", max(match.start - _WIDTH, 0), match.start) + 1
    end = flow.find("\n", match.end, match.end + _WIDTH)
    return max(start, match.start - _WIDTH), end if end >= 0 else min(match.end + _WIDTH, len(flow))


def _some(places: list[int], first: int, last: int) -> bool:
    index = bisect_left(places, first)
    return index < len(places) and places[index] < last


def _is_shift(hours: re.Match[str]) -> bool:
    first, last = int(hours[1]), int(hours[2])
    return first <= 24 and last <= 24 and (last - first) % 12 >= _SHIFT
