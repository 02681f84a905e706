"""Names behind the hours of a day's list: `9:45 Howard - parallel bars`, one row below another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.identifiers._alternatives import CAPITALS
from phiscan.identifiers._clinic import signs_near
from phiscan.identifiers._jobs import follows_role, names_job
from phiscan.identifiers._name_runs import match_of, may_be, run_of_names
from phiscan.identifiers._names import STAFF, TITLES, pieces
from phiscan.identifiers._surroundings import on_list
from phiscan.identifiers._views import search_numbered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phiscan.identifiers._names import Piece
    from phiscan.protocols import Match
    from phiscan.text import Text

_HOUR = re.compile(
    r"(?:^[^\S\n]*|(?<![ \t|])[ \t|]{3,})(?:[01]?\d|2[0-3])"
    r"(?:[:.h][0-5]\d ?(?:[ap]\.?m?\.?)?| ?[ap]\.?m\.?)[ \t|:–-]{1,8}"
    rf"(?=[{CAPITALS}])",
    re.MULTILINE,
)
_ROWS = 2
"""Rows with a name behind the hour that make a list of who comes when."""
_CARE_SCORE, _SCORE = 0.65, 0.45


def timed(text: Text) -> Iterator[Match]:
    """Yield names behind hours where most rows have one: a list of who comes when."""
    hours = list(search_numbered(_HOUR, text))
    if len(hours) < _ROWS:
        return
    runs = [run for found in hours if (run := _run(text, found.end()))]
    if len(runs) < _ROWS or 2 * len(runs) < len(hours):
        return
    for run in runs:
        care = signs_near(text, run[0].start, run[-1].end) or on_list(text, run[0].start)
        score = _CARE_SCORE if care else _SCORE
        yield match_of(run, score, "name behind the hour on a list")


def _run(text: Text, start: int) -> Sequence[Piece]:
    """Return the name that starts at an offset, without its title, or nothing."""
    end = text.flow.find("\n", start)
    line_end = end if end >= 0 else len(text.flow)
    first = next(pieces(text.flow, start, line_end), None)
    if first is not None and first.bare in TITLES:
        start = first.end + 1
    run = run_of_names(text.flow, start, line_end)
    line = text.flow[start:line_end]
    if not run or STAFF.search(line) or names_job(line) or follows_role(text.flow, start):
        return ()
    titled = first is not None and first.bare in TITLES
    return run if may_be(run, alone=titled) else ()
