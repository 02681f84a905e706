"""What speaks for a name being a patient's and what against it, added up to a probability.

No word decides by itself: a title before a name is a patient's among words of care and a guest's
among those of a hotel. Each observation below is true or not; its weight of evidence, in
`_evidence.toml`, was fitted to the half of the benchmark's documents that rules may be written
with (logistic regression; `python -m benchmarks.name_evidence`). The sum of the weights is the
logarithm of the odds.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from phiscan.identifiers._beside import beside, dated_long_ago
from phiscan.identifiers._clinic import signs_in_all, signs_near, signs_on_line
from phiscan.identifiers._company import aged, in_company, reachable
from phiscan.identifiers._dates import dates_in
from phiscan.identifiers._names import bare_score, pieces
from phiscan.identifiers._record import is_record
from phiscan.identifiers._row_forms import vouched
from phiscan.identifiers._surroundings import (
    ANYBODYS,
    among_public,
    heads_a_letter,
    is_aged,
    is_at_work,
    is_for_all,
    is_nobodys,
    is_of_an_animal,
    on_list,
    surroundings,
)
from phiscan.identifiers._views import lowered
from phiscan.identifiers._words import first_rank, last_rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from phiscan.identifiers._names import Piece
    from phiscan.protocols import Match
    from phiscan.text import Text

_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_QUOTED = re.compile(r"'[^']*' ")
_MONEY = re.compile(r"[$€£] ?\d|\d ?[€£]|\b\d+\.\d\d\b")
_CARE = "words of a patient's care"
_LEAST = 0.3
"""The score below which a name is not told of: one in seven of those was a patient's."""
_LABEL_ALONE = 0.7
"""The score of `Name: Theo Grant` with nothing else: a look, no more (policy)."""
_MADE_UP = 0.35
"""The score of a patient in the question of an exam, or with paws."""
_SURE = ("machine-readable zone", "holder's name", "field of a driver's licence")
_ANNOUNCED = ("label", "words that announce a patient", "words that say", "name beside")
"""Reasons that say more than the form of a name does."""
_TIED = (
    *("name beside a bed", "words that announce a newborn", "surnames beside beds"),
    *("initials beside a bed", "names behind the topic", "words that say what a patient does"),
    *("words that announce a patient", "what belongs to a patient"),
)
"""Reasons that are words of care themselves."""
_KNOWN = 0.4
"""The score from which both words of a name are on the lists in their places (`bare_score`)."""
_CROWD, _STRETCH = 64, 256
"""Names of one cell from which they share their surroundings, and the characters over which they
do. A line across a photo of 4000 pixels has room for 40 names in the smallest print that is read;
signs of care count by the line, so that those of a crowd have the same."""
_MOST_SIGNS, _MOST_NAMES, _MOST_WORDS = 3, 4, 3


_CARE_WORDS = "words of care"
_ELSEWHERE_WORDS = "words of other settings"
_FIRST_CARE, _FIRST_ELSEWHERE = f"{_CARE_WORDS}: 1", f"{_ELSEWHERE_WORDS}: 1"
_ELSEWHERE = (
    *("shop", "table", "travel", "school", "sport", "law", "code", "office", "stage", "animals"),
)
"""Settings in which nobody is cared for; the others are those of hospitals and their schools."""


@cache
def _settings() -> dict[str, frozenset[str]]:
    file = resources.files("phiscan.identifiers").joinpath("_settings.toml")
    lists: dict[str, str] = tomllib.loads(file.read_text("utf-8"))
    return {setting: frozenset(words.split()) for setting, words in lists.items()}


@cache
def _weights() -> dict[str, float]:
    file = resources.files("phiscan.identifiers").joinpath("_evidence.toml")
    weights: dict[str, float] = tomllib.loads(file.read_text("utf-8"))
    return weights


def observations(text: Text, match: Match, names: int) -> Iterator[str]:
    """Yield what is true of a name and of what stands round it.

    `match` is as it was found, before anything near it was weighed; `names` is how many there are.
    """
    yield from text.worked_out(_of_text)
    yield from _near(text, match, names)


def _near(text: Text, match: Match, names: int) -> Iterator[str]:
    """Yield what is true of a name, but for what is true of all names of its text."""
    yield f"found as: {_sort(match)}"
    yield from surroundings(text, match)
    yield from beside(text, match)
    near = signs_near(text, match.start, match.end)
    yield from _up_to("words of care on its line", signs_on_line(text, match.start), _MOST_SIGNS)
    yield from _up_to("words of care near", near, _MOST_SIGNS)
    yield from _up_to("names in the text", names, _MOST_NAMES)
    cell = text.cell_at(match.start)
    company = in_company(text, cell)
    if company:
        yield "age, sex, number or old date near"
    words = list(pieces(text.flow, match.start, match.end))
    grade = bare_score(words)
    personal = company or is_aged(text, match) or dated_long_ago(text, match)
    care = near > 0 or is_record(text)
    if not personal and not _is_known(words, grade):
        yield "no list knows it, and nothing personal near"
    yield from _alone(text, match, personal=personal, care=care)
    if aged(text, cell):
        yield "age and sex or old date near"
    yield f"lists of names: {grade:.1f}"
    if len([word for word in words if not word.initial]) < 2:
        yield "one word"


def _alone(text: Text, match: Match, *, personal: bool, care: bool) -> Iterator[str]:
    """Yield what speaks against a name where nothing near it is a person's."""
    announced = match.reason.startswith(_ANNOUNCED)
    if not (personal and care) and not announced and among_public(text, match):
        yield "a stage or a shelf, and no patient near"
    if care:
        return
    tied = match.reason.startswith(_TIED) or on_list(text, match.start)
    if not (tied or _is_cared_for(text, match)):
        yield "no word of care in the text, and nothing personal near"
        if match.reason.startswith(("label", "title", "words that announce")):
            yield "announced, and no word of care in the text"
    for sort in ("label", "title"):
        if match.reason.startswith(sort) and _is_elsewhere(text, match):
            yield f"a {sort} that anybody has, words of other settings, and no word of care near"


def _is_known(words: Sequence[Piece], grade: float) -> bool:
    """Return whether the lists know a name well: brands and headings stand before words of care."""
    core = [word for word in words if not word.initial]
    if len(core) > 1:
        return grade >= _KNOWN
    return any(last_rank(word.bare) or first_rank(word.bare) for word in core)


def _sort(match: Match) -> str:
    """Return the reason of a match without the words of its label."""
    if match.reason.startswith("label"):
        return "a label that anybody has"
    return _QUOTED.sub("", match.reason)


def _up_to(what: str, count: int, most: int) -> tuple[str, ...]:
    """Return that there is one, two ... of something."""
    return _counted(what, min(count, most))


@cache
def _counted(what: str, count: int) -> tuple[str, ...]:
    return tuple(f"{what}: {number}" for number in range(1, count + 1))


def _of_text(text: Text) -> tuple[str, ...]:
    """Return what is true of the whole of a text."""
    small = lowered(text)
    words = frozenset(_WORD.findall(small))
    found: list[str] = []
    for setting, known in _settings().items():
        found += _up_to(f"words of {setting}", len(words & known), _MOST_WORDS)
    found += _up_to(_CARE_WORDS, signs_in_all(text, _MOST_SIGNS), _MOST_SIGNS)
    elsewhere = words & frozenset[str]().union(*(_settings()[each] for each in _ELSEWHERE))
    found += _up_to(_ELSEWHERE_WORDS, len(elsewhere), _MOST_SIGNS)
    if is_record(text):
        found.append("a record")
    if is_for_all(text):
        found.append("speaks to everybody")
    if any(date.long_ago for date in dates_in(text)):
        found.append("a date of long ago")
    if _MONEY.search(small):
        found.append("a price")
    length = len(small.split())
    found += [f"words: {size}" for size in (8, 16, 32) if length >= size]
    return tuple(found)


def is_weighed(text: Text, match: Match) -> bool:
    """Return whether a name is weighed.

    One behind a label that only patients have is not, nor one behind `Name:` on a record, among
    many words of care, or where no word of another setting stands: what is photographed where
    people are cared for is about them. A word of an office does not make them guests.
    """
    if match.reason.startswith("label"):
        of_care = is_record(text) or signs_in_all(text, _MOST_SIGNS) == _MOST_SIGNS
        elsewhere = _is_elsewhere(text, match) and not of_care
        return match.reason.startswith(ANYBODYS) and elsewhere
    return not match.reason.startswith(_SURE)


def _is_elsewhere(text: Text, match: Match) -> bool:
    """Return whether words of another setting stand near a name, or anywhere in a text."""
    return _FIRST_ELSEWHERE in text.worked_out(_of_text) or is_at_work(text, match)


def is_vetoed(text: Text, match: Match) -> bool:
    """Return whether a name is certainly no patient's: one of an exam, a house, or with paws."""
    labelled = match.reason.startswith("label") and not match.reason.startswith(ANYBODYS)
    return is_nobodys(text, match) or (labelled and text.worked_out(is_of_an_animal))


def believed(text: Text, matches: Sequence[Match]) -> Iterator[Match]:
    """Yield all names of a text with their probability as score.

    In a cell of more names than a photo's line has room for, names found alike that stand within
    a stretch of each other share what stands round them; every one of them is told of.
    """
    base = _sum(text.worked_out(_of_text)) if matches else 0.0
    cells = [text.cell_at(match.start).start for match in matches]
    counts = Counter(cells)
    shared: dict[tuple[int, int, float, str, bool], Match] = {}
    judged: list[Match] = []
    for match, cell in zip(matches, cells, strict=True):
        if counts[cell] <= _CROWD:
            one = _judged(text, match, base, len(matches))
        else:
            stretch, followed = match.start // _STRETCH, is_aged(text, match)
            key = cell, stretch, match.score, match.reason, followed
            if key not in shared:
                shared[key] = _judged(text, match, base, len(matches))
            one = shared[key]
        judged.append(replace(one, start=match.start, end=match.end))
    yield from (match for match in vouched(text, judged) if match.score >= _LEAST)


def _judged(text: Text, match: Match, base: float, names: int) -> Match:
    """Return a name with its probability, given the evidence of its text."""
    if heads_a_letter(text, match) and not match.reason.startswith("label"):
        return replace(match, score=0.0)
    if is_vetoed(text, match):
        return replace(match, score=min(match.score, _MADE_UP))
    if not is_weighed(text, match):
        alone = match.reason.startswith(ANYBODYS) and not _is_cared_for(text, match)
        return replace(match, score=min(match.score, _LABEL_ALONE)) if alone else match
    score = _probability(base + _sum(_near(text, match, names)), match.score)
    care = signs_near(text, match.start, match.end) > 0 and _CARE not in match.reason
    return replace(
        match, score=score, reason=f"{match.reason}, beside {_CARE}" if care else match.reason
    )


def _is_cared_for(text: Text, match: Match) -> bool:
    """Return whether a text speaks of care, or an age, sex or number of somebody stands near."""
    cell = text.cell_at(match.start)
    if is_record(text) or in_company(text, cell) or reachable(text, cell):
        return True
    return _FIRST_CARE in text.worked_out(_of_text)


def log_odds(score: float) -> float:
    """Return the logarithm of the odds of a score, at most about 4 either way."""
    kept = min(max(score, 0.02), 0.98)
    return math.log(kept / (1 - kept))


def probability(observed: Iterable[str], score: float) -> float:
    """Return how likely a name is a patient's, 0 to 1, by what is true of it and its own score."""
    return _probability(_sum(observed), score)


def _sum(observed: Iterable[str]) -> float:
    weights = _weights()
    return sum(weights.get(each, 0.0) for each in observed)


def _probability(evidence: float, score: float) -> float:
    weights = _weights()
    odds = weights["nothing"] + weights["own score"] * log_odds(score) + evidence
    return 1 / (1 + math.exp(-odds))
