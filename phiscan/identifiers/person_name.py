"""Names of patients, relatives and household members, 45 CFR 164.514(b)(2)(i)(A).

Labelled names need little else. `LAST, FIRST`, `LAST^FIRST` (HL7, DICOM) and bare names are weighed
with the US census lists of 1990 against ordinary words. Names of staff are left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers import _mrz
from phiscan.identifiers._announced import announced
from phiscan.identifiers._boards import is_row, listed
from phiscan.identifiers._card_holders import card_holders
from phiscan.identifiers._clinic import signs_near
from phiscan.identifiers._evidence import believed
from phiscan.identifiers._houses import is_street
from phiscan.identifiers._labels import IN_COLUMN, ON_LINE, Field, Labels, labelled
from phiscan.identifiers._names import (
    STAFF,
    SUFFIXES,
    TITLES,
    Piece,
    bare_score,
    has_form_of_name,
    is_company,
    pieces,
)
from phiscan.identifiers._notes import noted
from phiscan.identifiers._record import is_record
from phiscan.identifiers._rows import FAINT, leading
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._split_names import split_names
from phiscan.identifiers._tags import Tag
from phiscan.identifiers._timed import timed
from phiscan.identifiers._unlabelled_names import unlabelled
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_JOINT = re.compile(r"[ .,^]{0,3}")
_LEAD = re.compile(r"[ :#.\-=*_\[(•●○■□>]*(?:\d{1,4}[.)]? +)?")
_SMALL = re.compile(r"^(?:[a-z]+[ :]+)+")
_OF_LETTERS = frozenset({"re", "subject"})
"""Labels of what a letter is about, which to those who treat is most often a patient."""
_OF_MAIL = frozenset({"from", "to", "ship to", "cc"})
"""Labels of mail and parcels: beside words of a patient's care, whose they are is a patient."""
_MISREAD = re.compile(r"[nhm][aeo](?:m|n|nn|rn)[ec]")
"""What the word "name" is read as in small print: of a blank form in two languages, its second
label stands where a value would."""
_GENERIC = frozenset(
    {"name", "names", "nom", "nume", "nombre", "alias", "full name", "mother", "father"}
)


def _parse(value: str, field: Field) -> tuple[int, int] | None:
    """Read the run of name-like words at the start of a label's value."""
    tag, lead = field.tag, _LEAD.match(value)
    run = _run(value, lead.end() if lead else 0, tag)
    if not run or is_company(run) or STAFF.match(value, run[0].start):
        return None
    if field.how != ON_LINE and is_street(value, run):
        return None  # below an empty line of a form stands where to send it
    core = [word for word in run if not word.initial]
    if not core or (core[0].ordinary and not core[0].census) or _is_the_label(core):
        return None
    if not tag.firm and not (
        bare_score(_raised(run)) >= (0.3 if tag.phrase.endswith("name") else 0.5)
        or (run[0].initial and core[0].plain)
        or ("," in value and any(w.plain for w in core))
    ):
        return None
    following = value[run[-1].end : run[-1].end + 1]
    if following and following in "@/\\_=":
        return None
    return (run[0].start, run[-1].end) if _nameable(core) else None


def _raised(run: list[Piece]) -> list[Piece]:
    """Return a run with its first letter a capital: by hand, `L` is often read as `l`."""
    first = run[0]
    if first.capital or len(run) < 2 or not run[-1].capital or not first.census:
        return run
    return [Piece(first.start, first.end, first.text.capitalize()), *run[1:]]


def _is_the_label(core: list[Piece]) -> bool:
    """Return whether a value is the word "name" once more, in the next language, misread."""
    return len(core) == 1 and not core[0].plain and bool(_MISREAD.fullmatch(core[0].bare))


def _run(value: str, start: int, tag: Tag) -> list[Piece]:
    run: list[Piece] = []
    for word in pieces(value, start):
        gap = value[run[-1].end if run else start : word.start]
        if not (_JOINT.fullmatch(gap) if run else not gap.strip("\"'“ ")) or len(run) == 6:
            break
        if not run and word.bare in TITLES:
            start = word.end
            continue
        lower_after_capital = run and run[0].capital and not word.capital and len(word.bare) > 3
        initial = word.initial and word.capital
        if (word.ordinary and not word.census and not initial) or lower_after_capital:
            break
        if word.bare == tag.phrase or STAFF.fullmatch(word.text):
            break
        run.append(word)
    while run and run[-1].initial and run[-1].text.islower():
        run.pop()
    return run


def _nameable(core: list[Piece]) -> bool:
    """Return whether the words may be a name at all: two ordinary small words are not."""
    if any(word.plain for word in core):
        return True
    if core[0].caseless:
        return 2 <= len(core[0].bare) <= 12
    if not core[0].capital:
        return len(core[0].bare) > 2 and not any(word.ordinary for word in core)
    return not all(word.ordinary for word in core) or len(core) >= 2


def _labelled_score(run: list[Piece], field: Field) -> float:
    core = [word for word in run if not word.initial and word.bare not in SUFFIXES]
    generic = field.tag.phrase in _GENERIC
    # A column headed "Name" lists files and settings as well: coco, max, val.
    listed = generic and field.how == IN_COLUMN and len(core) == 1 and not core[0].capital
    if any(word.plain for word in core) and not listed:
        acronym = len(core) == 1 and core[0].text.isupper() and len(core[0].bare) < 6
        return 0.55 if acronym and generic and not field.tag.marked else 0.9
    if all(word.ordinary for word in core):
        return 0.5 if generic or not field.tag.marked else 0.75
    if core[0].caseless:
        return 0.85 if field.tag.marked else 0.6
    if not core[0].capital:
        return 0.5
    if generic:
        comma = len(run) > 1 and run[0].capital and run[0].end < run[1].start - 1
        return 0.75 if len(core) >= 2 or comma else 0.4 if core[0].text.isupper() else 0.55
    return 0.9 if len(core) >= 2 or field.tag.marked else 0.8


@dataclass(frozen=True, slots=True)
class PersonName:
    """Finds names by label, by written form, and by the census lists."""

    kind: str = "name"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield names, the surest ways of knowing them first; no name twice."""
        labels = Labels(text)
        taken = Covered(len(text.flow))
        addressed = [each for each in _addressed(labels) if taken.claim(each.start, each.end)]
        for start, end in _not_people(labels):
            taken.add(start, end)
        for zone in _mrz.names(text):
            taken.add(zone.start, zone.end)
            yield Match(zone.start, zone.end, 0.9, "machine-readable zone of a travel document")
        heads = list(leading(text, taken))
        found = (
            *_labelled(labels),
            *announced(text),
            *listed(text),
            *(each for each in heads if each.score > FAINT),
            *card_holders(text),
            *unlabelled(labels),
            *split_names(text, taken),
            *timed(text),
            *noted(text),
            *heads,
        )
        kept = [each for each in found if taken.claim(each.start, each.end)]
        yield from believed(text, (*addressed, *kept))


def _not_people(labels: Labels) -> Iterator[tuple[int, int]]:
    """Yield the labels themselves, and the values of labels that announce staff or no person.

    The columns of a photographed table are not sure to be told apart: under the header of another
    column, what has the form of a name stays one.
    """
    for tag in labels.tags:
        if tag.firm:
            yield tag.start, tag.end
    for start, end, field in labelled(
        labels, lambda value, _: (0, len(value)), "staff", "other", "address"
    ):
        if not field.tag.firm or (field.how == ON_LINE and not field.tag.marked):
            continue
        if field.tag.phrase in _OF_LETTERS:
            continue
        sure = field.how == ON_LINE or field.tag.meaning == "staff"
        value = labels.text.flow[start:end]
        if sure or not (is_row(value) or has_form_of_name(_SMALL.sub("", value))):
            yield start, end


def _addressed(labels: Labels) -> Iterator[Match]:
    """Yield whom a letter or parcel is for or from, where it speaks of a patient's care."""
    if not any(tag.phrase in _OF_MAIL for tag in labels.tags):
        return
    for start, end, field in labelled(labels, _parse, "other"):
        if field.tag.phrase not in _OF_MAIL or field.how != ON_LINE:
            continue
        if STAFF.match(labels.text.flow[end : end + 8].lstrip(" ,(")):
            continue
        known = bare_score(list(pieces(labels.text.flow, start, end))) >= 0.4
        if known and (is_record(labels.text) or signs_near(labels.text, start, end)):
            yield Match(start, end, 0.65, field.reason)


def _labelled(labels: Labels) -> Iterator[Match]:
    groups: dict[int, list[tuple[int, int, Field]]] = {}
    for start, end, field in labelled(labels, _parse, "name"):
        groups.setdefault(field.tag.start, []).append((start, end, field))
    for rows in groups.values():
        scores = [_labelled_score(list(pieces(labels.text.flow, s, e)), f) for s, e, f in rows]
        known = sum(score >= 0.75 for score in scores) / len(rows)
        if len(rows) > 2:  # a column vouches for its rows, and against them
            scores = [0.9 if known >= 0.5 else min(s, 0.45 if known < 0.25 else s) for s in scores]
        for (start, end, field), score in zip(rows, scores, strict=True):
            yield Match(start, end, score, field.reason)


IDENTIFIER = PersonName()
