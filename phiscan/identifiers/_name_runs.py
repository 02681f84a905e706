"""Runs of capitalised words that may be a name, behind or before what announces one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.identifiers._names import STAFF, SUFFIXES, Piece, bare_score, is_company, pieces
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Sequence

REACH = 60
"""Characters in which a whole name must stand."""
_NOBODY = frozenset(
    {
        *("kollege", "kollegin", "doktor", "npo", "sir", "madam", "hey", "hi", "ok", "unk"),
        *("adult", "neonate", "pediatric", "empty", "vacant"),
        *("mom", "mum", "mama", "mommy", "dad", "daddy", "papa", "hello", "kin", "shade", "hall"),
        *("dirty", "clean", "blocked", "closed"),
    }
)
"""What stands behind a title or a room, or at the head of a line, and is no name."""
_CALENDAR = frozenset(
    {
        *("mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun"),
        *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("today", "tomorrow", "tonight"),
    }
)
"""What stands behind a name and is the day of an appointment."""


def match_of(run: Sequence[Piece], score: float, reason: str) -> Match:
    """Return a run of names as a match, without a full stop behind it."""
    last = run[-1]
    stop = last.text.endswith(".") and not last.initial and last.bare not in SUFFIXES
    return Match(run[0].start, last.end - stop, score, reason)


def run_of_names(raw: str, start: int, end: int | None = None) -> list[Piece]:
    """Return the capitalised words that follow each other from `start`, at most four."""
    run: list[Piece] = []
    limit = len(raw) if end is None else end
    for word in pieces(raw, start, min(start + REACH, limit)):
        gap = raw[run[-1].end if run else start : word.start]
        if not word.capital or len(run) == 4 or len(gap.replace(", ,", ",")) > 1 + bool(run):
            break
        if gap.strip(" .," if run else " "):
            break
        if run and _is_acronym(word) and not run[0].text.isupper():
            break  # `Ricci PA 160/90`
        if run and word.bare in _CALENDAR:
            break  # `Florence Diggs  Thu Dec 3`
        if word.bare in _NOBODY or (word.ordinary and not word.initial and not word.census):
            break
        run.append(word)
    return run


def _is_acronym(word: Piece) -> bool:
    """Return whether two or three capitals stand together that end no name."""
    return word.text.isupper() and 1 < len(word.bare) < 4 and word.bare not in SUFFIXES


def run_before(raw: str, end: int, start: int) -> list[Piece]:
    """Return the capitalised words behind `start` that end right before `end`, at most four."""
    run: list[Piece] = []
    for word in reversed(list(pieces(raw, max(end - REACH, start), end))):
        gap = raw[word.end : run[0].start if run else end]
        joined = re.fullmatch(r"[ .,]{1,2}" if run else r"[ .,]{0,2}", gap)
        if not word.capital or len(run) == 4 or not joined:
            break
        run.insert(0, word)
    return run


def may_be(run: Sequence[Piece], *, alone: bool) -> bool:
    """Return whether a run may be a name: somebody, no firm, no staff, no heading."""
    core = [word for word in run if not word.initial]
    if not core or is_company(core) or any(STAFF.fullmatch(word.text) for word in run):
        return False
    if all(word.ordinary for word in core) or core[-1].bare.endswith(("'s", "’s")):
        return False
    if alone:
        return len(core[-1].bare) > 2
    plain = sum(word.plain for word in core)
    return plain > 0 and (len(core) > 1 or first_is_common(core[0]))


def first_is_common(word: Piece) -> bool:
    """Return whether a word is a common first name, so that it may stand for a person alone."""
    return word.plain and bare_score([word, _SMITH]) >= 0.5


_SMITH = Piece(0, 5, "Smith")
