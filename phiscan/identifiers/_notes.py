"""Names in notes of a line or two that speak of care: `ask about Ridley's trach sutures`.

A note has no label and no layout. In one so short a lone word that the lists know as a surname or
a common first name, and that is no ordinary word, is whom it is about, unless it treats.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.identifiers._clinic import is_short, signs_in, signs_on_line
from phiscan.identifiers._houses import ends_like_a_street
from phiscan.identifiers._jobs import follows_role
from phiscan.identifiers._names import STAFF, Piece, is_company, pieces
from phiscan.identifiers._rows import is_eponym
from phiscan.identifiers._surroundings import is_for_all
from phiscan.identifiers._words import first_rank, last_rank
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phiscan.text import Text

_NOTE = 24
"""Words up to which a text is a note about one or a few persons."""
_KNOWN_FIRST, _KNOWN_LAST = 1_500, 20_000
"""Ranks up to which a word that stands alone counts as a first name, and as a surname."""
_RARE_FIRST = 400
"""The rank from which a first name that is a surname as well is taken for one."""
_SCORE = 0.65
"""Enough for a look at the photo (policy), and no more: a first name alone is nobody yet."""
_LINE = 8
"""Words up to which a sign of care anywhere speaks for all names; else it is on their line."""
_OTHERS = re.compile(
    r"\b(?:hospital|clinic|pharmacy|street|st|ave|road|rd|blvd|dr|school|church|disease|syndrome|sign"
    r"|criteria|scale|catheter|drain|forceps|clamp|retractor|method|test|score|brand|inc|llc|ltd"
    r"|university|college|center|centre|park|hall|ct|ln|cir|ter|terrace|lane|way|view|close|sq|court|building|wing|pavilion|county|city|week|day)\b",
    re.IGNORECASE,
)
"""Words behind a name that make it a place's, a firm's or an illness's."""
_BEFORE = re.compile(
    r"(?:\b(?:dr|doctor|prof|nurse|rn|md|np|pa|tech|by|from|at|st|saint|mount|new|lake|san|santa|port"
    r"|fort|north|south|east|west|the|ask|call|told|per|see)\.?[ :]{1,2}|@|#|\w & )\Z",
    re.IGNORECASE,
)
"""Words before it that do so, or that name who treats."""
_WIDTH = 14


def noted(text: Text) -> Iterator[Match]:
    """Yield the names in a note that speaks of somebody's care."""
    if not is_short(text, _NOTE) or is_for_all(text) or not signs_in(text.flow):
        return
    brief = is_short(text, _LINE)
    for cell in text.cells:
        sure = brief or signs_on_line(text, cell.start) > 0
        for run in _runs(text.flow, cell.start, cell.end) if sure else ():
            if _is_somebody(text.flow, run):
                yield Match(run[0].start, run[-1].end, _SCORE, "name in a note of care")


def _runs(flow: str, start: int, end: int) -> Iterator[list[Piece]]:
    """Yield the capitalised words of a cell that follow each other and could be names."""
    run: list[Piece] = []
    for word in pieces(flow, start, end):
        fits = word.capital and not word.ordinary and not STAFF.fullmatch(word.text)
        fits = fits and _stands_free(flow, word)
        if run and (not fits or flow[run[-1].end : word.start].strip(" ")):
            yield run
            run = []
        if fits:
            run.append(word)
    if run:
        yield run


def _stands_free(flow: str, word: Piece) -> bool:
    """Return whether a word is no part of a longer one (`2-Pak`, `ApoB`) and no abbreviation."""
    beside = flow[max(word.start - 1, 0) : word.start] + flow[word.end : word.end + 1]
    acronym = word.text.isupper() and len(word.bare) in {2, 3, 4} and first_rank(word.bare) is None
    return not re.search(r"[\w/\"“”-]", beside) and not acronym


def _is_somebody(flow: str, run: Sequence[Piece]) -> bool:
    core = [word for word in run if not word.initial]
    if not 1 <= len(core) <= 3 or is_company(core) or not any(map(_is_known, core)):
        return False
    if len(run) == 1 and not _is_surname(core[0]) and not _leads(flow, core[0]):
        return False  # a first name within a line is anybody's
    first, last = run[0], run[-1]
    before = flow[max(first.start - _WIDTH, 0) : first.start]
    behind = flow[last.end : last.end + _WIDTH]
    if _BEFORE.search(before) or follows_role(flow, first.start):
        return False
    if is_eponym(behind) or (len(run) > 1 and ends_like_a_street(last.bare)):
        return False
    return not (_OTHERS.match(behind.lstrip(" ")) or STAFF.match(behind.lstrip(" ,")))


def _leads(flow: str, word: Piece) -> bool:
    """Return whether a word stands at the head of its line, but for signs and a letter."""
    line = flow.rfind("\n", 0, word.start) + 1
    return re.fullmatch(r"[\W\d]*(?:[A-Z]:)?\W*", flow[line : word.start]) is not None


def _is_surname(word: Piece) -> bool:
    """Return whether a word is a common surname, and not more common as a first name."""
    bare = re.sub(r"['’]s\Z", "", word.bare)
    last, first = last_rank(bare), first_rank(bare)
    return last is not None and last <= _KNOWN_LAST and (first is None or first > _RARE_FIRST)


def _is_known(word: Piece) -> bool:
    """Return whether a word that stands alone is a common enough name, and written as one."""
    bare = re.sub(r"['’]s\Z", "", word.bare)
    if len(bare) < 4 and not word.text.istitle():
        return False
    first, last = first_rank(bare), last_rank(bare)
    return (first is not None and first <= _KNOWN_FIRST) or (
        last is not None and last <= _KNOWN_LAST
    )
