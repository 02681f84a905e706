"""Names at the head of a line whose rest speaks of a patient: boards, lists, notes.

`204 Bellamy 88F hip ORIF`, `Theo dentist 3pm`, `TRIAGE Odom 28w r/o PTL`, `Agnes Rowe rm 15`,
`Bianca reports improved sleep`. A first name or surname alone is enough where the rest says more.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from phiscan.identifiers._alternatives import CAPITALS
from phiscan.identifiers._clinic import signs_in, signs_near
from phiscan.identifiers._company import AGE_AND_SEX, NO_SEAT
from phiscan.identifiers._houses import is_street
from phiscan.identifiers._jobs import follows_role, names_job, opens_with_role
from phiscan.identifiers._name_runs import run_of_names
from phiscan.identifiers._names import STAFF, bare_score, is_company, unknown_words
from phiscan.identifiers._words import first_rank, last_rank
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phiscan.identifiers._names import Piece
    from phiscan.identifiers._spans import Covered
    from phiscan.text import Text

_HEAD = re.compile(
    r"[^\w\n]{0,4}(?:(?P<place>(?:bed|rm|room|bay|cot|ldr|or|ed|chair|hall|triage|pod|l ?& ?d"
    r"|[nmps]?icu"
    r"|ccu|pacu|tele|station|trauma|resus|obs|cubicle|[a-z])?"
    r" ?#?(?:\d{2,4}[A-D]?|\d[A-D]|(?<=[a-z]|[ #])\d)(?:-\d{1,2})?|triage|hallway)[ .:)|\t-]{1,8}"
    r"|(?P<time>\d{1,2}[:.]\d\d(?: ?[ap]\.?(?:m\.?)?)?)[ \t:-]{1,8})?(?:pt:? "
    rf"|patient:? )?(?=[{CAPITALS}])",
    re.IGNORECASE,
)
_AGE = re.compile(rf"(?<![\w./-]){NO_SEAT}\(?(?:{AGE_AND_SEX})", re.IGNORECASE)
_IN_ROOM = re.compile(r"^[ ,(-]{0,3}(?:in|rm|room|bed|apt) ?#?\d{1,4}\b", re.IGNORECASE)
_DONE = re.compile(
    r"^ (?:reports|denies|states|complains|presents|presented|tolerated|ambulated|refused|passed"
    r"|underwent|verbalized|c/o|s/p|is (?:an? )?\d|was (?:seen|admitted|discharged|referred"
    r"|diagnosed|transferred|treated)|has been (?:seen|admitted|treated|referred)|going to"
    r"|(?:needs|wants|due|is due) )",
    re.IGNORECASE,
)
_DATED = re.compile(r"(?<![\d/.])\d{1,2}/\d{1,2}(?![\d/])|\b\d{1,2} ?(?:am|pm)\b", re.IGNORECASE)
_OF_EPONYMS = re.compile(
    r"^['’]?s?[ -](?:disease|syndrome|sign|signs|fracture|procedure|man(?:o?eu)?ver|forceps|clamps?"
    r"|catheter|retractors?|test|scale|score|tumou?r|cyst|criteria|elevator|scissors|drain|tube"
    r"|triad|reaction|phenomenon|nodes?|bod(?:y|ies)|cells?|palsy|point|line|lesions?|contracture"
    r"|rings?"
    r"|reflex|needle|position|stage|classification|coma|bag|pump|cage|plate|method|law|effect|tray|kit)\b",
    re.IGNORECASE,
)
_DOSED = re.compile(
    r"[ ,]{0,2}(?:[A-Z0-9]{1,5} )?\d+(?:[.,/]\d+)? ?-?(?:mg|mcg|µg|g|ml|iu|units?|%|hr|hour"
    r"|tabs?|caps?|ct|oz|fl)\b",
    re.IGNORECASE,
)
"""What follows the name of a drug at once, and of a person hardly: `ALLEGRA 24HR 180MG`."""
_PRICED = re.compile(
    r"[ \t]{0,4}[$€£]\d|[ \t]{1,3}\d{1,2}(?::\d\d)?[ap]?m? ?- ?\d{1,2}(?::\d\d)?[ap]?m?(?![\d/-])"
)
"""What follows a shop or a thing on sale, and the hours of somebody who works there."""
_JOINED = re.compile(rf" ?& ?[{CAPITALS}]")
_STREETS = frozenset(
    {"st", "rd", "ct", "ln", "ave", "blvd", "hwy", "pkwy", "cir", "ter", "terrace", "crescent"}
)
_OFTEN = 4
"""How often a word stands in a text before it is taken for a brand."""
_RARE = 20_000
"""The rank from which a surname is rare."""
_PLACE_WIDTH = 24
"""Characters before a cell in which the number of a bed or room stands."""
FAINT = 0.35
"""The score of a name that only the number of a bed or a date ties to a patient."""
_REST = 120
"""Characters behind a name that are read with it."""


def leading(text: Text, taken: Covered) -> Iterator[Match]:
    """Yield the names at the head of cells that the rest of their line ties to a patient.

    Not where the first letter is `taken`: most cells of a form begin with a label.
    """
    for cell in text.cells:
        head = _HEAD.match(text.flow, cell.start, cell.end)
        if head is None or cell.end - head.end() < 2 or not _opens(text.flow, head.end(), taken):
            continue
        end = text.flow.find("\n", head.end(), head.end() + _REST)
        line = text.flow[cell.start : end if end >= 0 else head.end() + _REST]
        run = run_of_names(line, head.end() - cell.start)
        if (
            not run
            or not _nameable(run, aged=bool(_AGE.match(line[run[-1].end :].lstrip())))
            or _many_commas(line, run)
            or STAFF.search(line[: run[-1].end + 8])
        ):
            continue
        rest = line[run[-1].end :]
        if rest.startswith("^"):
            continue
        if is_eponym(rest) or _DOSED.match(rest) or _PRICED.match(rest):
            continue
        if names_job(rest) or _is_brand(text, run) or _is_firm(run, rest):
            continue
        if is_street(line, run) and not _points(rest, placed=False):
            continue
        start, stop = cell.start + run[0].start, cell.start + run[-1].end
        if opens_with_role(text.flow[start:stop]) or follows_role(text.flow, start):
            continue
        placed = head["place"] is not None or (_place_before(text, cell.start))
        near, topic = signs_near(text, start, stop), rest.startswith(":")
        score = _score(run, _points(rest, placed=placed), near=near, topic=topic)
        if score:
            yield Match(start, stop, score, "name before words of a patient's care")


def _opens(flow: str, start: int, taken: Covered) -> bool:
    """Return whether a capital stands at an offset that nobody claimed."""
    return flow[start].isupper() and not taken.touches(start, start + 1)


def is_eponym(rest: str) -> bool:
    """Return whether what follows a name makes it that of a sign, an illness or a tool."""
    return _OF_EPONYMS.match(rest) is not None


def _is_brand(text: Text, run: Sequence[Piece]) -> bool:
    """Return whether the same words stand everywhere, as on a shelf, and not a patient's name."""
    seen = text.worked_out(_counts)
    return len({word.bare for word in run}) < len(run) or seen[run[0].bare] > _OFTEN


def _is_firm(run: Sequence[Piece], rest: str) -> bool:
    """Return whether `&` joins a surname to the next: `Everest & Jennings`, and not `Ann & Bo`."""
    return _JOINED.match(rest) is not None and len(run) == 1 and first_rank(run[0].bare) is None


def _counts(text: Text) -> Counter[str]:
    return Counter(text.flow.lower().split())


def _many_commas(line: str, run: Sequence[Piece]) -> bool:
    """Return whether a run is an enumeration, as of diseases that bear names."""
    return line.count(",", run[0].start, run[-1].end) > 1


def _place_before(text: Text, start: int) -> bool:
    """Return whether a number of a bed or room stands in the cell before."""
    first = max(start - _PLACE_WIDTH, 0)
    line = text.flow[max(text.flow.rfind("\n", first, start) + 1, first) : start]
    head = _HEAD.match(line + "X")
    return head is not None and head["place"] is not None and head.end() >= len(line)


def _points(rest: str, *, placed: bool) -> int:
    """Return how much the rest of a line says of a patient: 0 for nothing."""
    signs = min(len(signs_in(rest)), 2)
    said = 2 * bool(_DONE.match(rest)) + 2 * bool(_AGE.search(rest[:40]))
    return said + signs + (placed or bool(_IN_ROOM.match(rest))) + bool(_DATED.search(rest))


def _score(run: Sequence[Piece], points: int, *, near: int, topic: bool) -> float:
    """Grade a name by what the rest of its line says; before a colon it may be a heading."""
    core = [word for word in run if not word.initial]
    whole = len(core) > 1 and (bare_score(run) > 0 or unknown_words(run))
    known = core[0].plain and not topic
    if near == 0 and points < 2:
        return FAINT if points and (whole or known) else 0.0
    points += near > 1
    if whole and not topic:
        return 0.8 if points > 2 else 0.65 if points > 1 else 0.5
    if points > 3 or (known and points > 2):
        return 0.75 if near else 0.5
    if not (known and points):
        return 0.0
    return FAINT if not near else 0.65 if points > 1 else 0.45


def _nameable(run: Sequence[Piece], *, aged: bool) -> bool:
    """Return whether a run may be a name; one ordinary word only where an age follows at once."""
    core = [word for word in run if not word.initial]
    if not core or is_company(core) or any(word.ordinary and not word.census for word in core):
        return False
    if core[-1].bare.endswith(("'s", "’s")) or any(word.bare in _STREETS for word in core[1:]):
        return False
    if len(core) == 1:
        alone = core[0]
        acronym = alone.text.isupper() and len(alone.bare) < 4 and not _is_surname(alone)
        return len(alone.bare) > 2 and (aged or not alone.ordinary) and not acronym
    return any(not word.ordinary for word in core)


def _is_surname(word: Piece) -> bool:
    """Return whether a word of three capitals is a common surname: `LEE`, and not `ESI`."""
    return (last_rank(word.bare) or _RARE) < _RARE and not word.ordinary
