"""Names of patients, relatives and household members, 45 CFR 164.514(b)(2)(i)(A).

Labelled names need little else. `LAST, FIRST`, `LAST^FIRST` (HL7, DICOM) and bare names are weighed
with the US census lists of 1990 against ordinary words. Names of staff are left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers import _mrz
from phiscan.identifiers._announced import announced, beside_job, in_company, names_job
from phiscan.identifiers._clinic import signs_near
from phiscan.identifiers._labels import ON_LINE, Field, Labels, Tag, labelled
from phiscan.identifiers._names import (
    STAFF,
    SUFFIXES,
    TITLES,
    Piece,
    bare_score,
    has_form_of_name,
    is_company,
    pieces,
    unknown_words,
)
from phiscan.identifiers._places import STATES
from phiscan.identifiers._rows import leading
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._weigh import vouched, weighed
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Cell, Text

_JOINT = re.compile(r"[ .,^]{0,3}")
_LEAD = re.compile(r"[ :#.\-=*_\[(•●○■□>]*(?:\d{1,4}[.)]? +)?")
_COMMA = re.compile(
    r"(?<![\w'’.@/-])([^\W\d_][^\W\d_'’-]{1,24}(?: [^\W\d_][^\W\d_'’-]{2,24})?)(, ?|\^)"
    r"([^\W\d_][^\W\d_'’-]{1,24})"
    r"((?: |\^)[A-Z]\b\.?| [A-Z][^\W\d_]{2,14}(?=$| ?[\[(\d]))?(?![\w@'’])"
)
_CONTEXT = re.compile(
    r"[\[(]\s?[MFU]\s?[\])]|\b(?:DOB|D0B|MRN|male|female|sex|y/?o|yrs?|age)\b|\b\d{1,3} ?[yY]\b"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\b[MF] ?[/,]? ?\d{1,3}\b|\b\d{1,3} ?/? ?[MF]\b",
    re.IGNORECASE,
)
_CONTEXT_REACH = 80
_CAPITAL = "[^\\W\\d_a-zß-öø-ÿ]"
_PAIR = re.compile(rf"{_CAPITAL}[^\W\d_]*[^\w\n]{{1,4}}(?:\w\.? )?{_CAPITAL}|[a-zß-öø-ÿ]{_CAPITAL}")
"""Two capitals near each other: cells without are no names, and most lines of prose are such."""
_PART = rf"{_CAPITAL}[^\W\d_]+(?:['’`-][^\W\d_]+)*\.?"
_SIDE_BY_SIDE = re.compile(rf"(?<!\w)({_PART}) (?=({_PART}))")
_NOISE = re.compile(r"[\[(][^\])]{0,12}[\])]|\S*\d\S*|^[oO○●•©®*>\-] |[•●○■□*>|_:;~]+")
_SMALL = re.compile(r"^(?:[a-z]+[ :]+)+")
_GENERIC = frozenset(
    {"name", "names", "nom", "nume", "nombre", "alias", "full name", "mother", "father"}
)


def _parse(value: str, field: Field) -> tuple[int, int] | None:
    """Read the run of name-like words at the start of a label's value."""
    tag, lead = field.tag, _LEAD.match(value)
    run = _run(value, lead.end() if lead else 0, tag)
    if not run or is_company(run) or STAFF.match(value, run[0].start):
        return None
    core = [word for word in run if not word.initial]
    if not core or (core[0].ordinary and not core[0].census):
        return None
    if not tag.firm and not (
        bare_score(run) >= 0.5
        or (run[0].initial and core[0].plain)
        or ("," in value and any(w.plain for w in core))
    ):
        return None
    following = value[run[-1].end : run[-1].end + 1]
    if following and following in "@/\\_=":
        return None
    return (run[0].start, run[-1].end) if _nameable(core) else None


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
    if any(word.plain for word in core):
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
        for start, end in _not_people(labels):
            taken.add(start, end)
        for zone in _mrz.names(text):
            taken.add(zone.start, zone.end)
            yield Match(zone.start, zone.end, 0.9, "machine-readable zone of a travel document")
        found = (
            *_labelled(labels),
            *announced(text),
            *leading(text),
            *_written(text),
            *_bare(text),
        )
        kept = [weighed(text, match) for match in found if taken.claim(match.start, match.end)]
        yield from vouched(kept)


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
        sure = field.how == ON_LINE or field.tag.meaning == "staff"
        if sure or not has_form_of_name(_SMALL.sub("", labels.text.flow[start:end])):
            yield start, end


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


def _written(text: Text) -> Iterator[Match]:
    """Yield `LAST, FIRST M` and `LAST^FIRST`."""
    for cell in text.cells:
        raw = text.flow[cell.start : cell.end]
        for found in _COMMA.finditer(raw):
            score = _comma_score(raw, found)
            if 0.3 <= score < 0.65 and in_company(text, cell):
                score = 0.65
            if score >= 0.3:
                span = cell.start + found.start(), cell.start + found.end()
                yield Match(*span, score, "surname before first name")


def _comma_score(raw: str, found: re.Match[str]) -> float:
    last, first = list(pieces(found[1])), list(pieces(found[3]))
    if not last or not first or not _may_be_comma(raw, found, [*last, *first]):
        return 0.0
    plain = last[-1].plain or (first[0].plain and not last[-1].ordinary)
    both = last[-1].census and first[0].census and not (last[-1].ordinary and first[0].ordinary)
    if found[2] == "^":
        return 0.85 if plain or both else 0.6
    around = raw[max(found.start() - _CONTEXT_REACH, 0) : found.end() + _CONTEXT_REACH]
    if re.search("[a-z]{2}", _NOISE.sub("", around.replace(found.group(), "", 1))):  # in prose
        certain = last[-1].plain and first[0].plain and around.count(",") == 1
        return 0.45 if certain else 0.0
    if plain and (both or found[4]):
        return 0.8
    if plain or both:
        return 0.65
    return 0.0 if last[-1].ordinary or first[0].ordinary else 0.55 if found[4] else 0.4


def _may_be_comma(raw: str, found: re.Match[str], words: list[Piece]) -> bool:
    """Return whether nothing speaks against `LAST, FIRST`: small letters, firms, states, staff."""
    core = [word for word in words if not word.initial]
    if re.fullmatch(STATES, found[3]) or not all(word.capital for word in core) or is_company(core):
        return False
    before = raw[max(found.start() - 8, 0) : found.start()].rstrip()
    short = any(len(word.bare) < 3 and not word.census for word in core)
    if names_job(found.group()) or short:
        return False
    if STAFF.search(raw, found.start(3), found.end() + 12) or STAFF.search(before):
        return False
    first = next(pieces(found[3]))
    return not first.ordinary or bool(found[4]) or found[2] == "^"


def _bare(text: Text) -> Iterator[Match]:
    for cell in text.cells:
        raw = text.flow[cell.start : cell.end]
        if len(raw) > 200 or "&" in raw or "@" in raw or not _PAIR.search(raw):
            continue
        words = list(pieces(_blanked(raw)))
        if len(words) > 5 or STAFF.search(raw):
            yield from _in_prose(raw, cell.start)
        elif len(words) >= 2:
            score = _bare_score(text, cell, raw, words)
            if score >= 0.3:
                start, end = cell.start + words[0].start, cell.start + words[-1].end
                yield Match(start, end, score, "form of a name")


def _bare_score(text: Text, cell: Cell, raw: str, words: list[Piece]) -> float:
    """Grade two to five words that fill a cell, by themselves and by the lines round them."""
    score = bare_score(words) or _short_score(text, cell, words)
    if score and beside_job(text, cell):
        return 0.3
    if score and _CONTEXT.search(raw):
        return min(score + 0.3, 0.8)
    if (score or unknown_words(words)) and in_company(text, cell):
        return min(score + 0.2, 0.65) if score else 0.5
    return score


def _short_score(text: Text, cell: Cell, words: list[Piece]) -> float:
    """Grade `R. Haverford`, which alone could be anything, beside words of a patient's care."""
    core = [word for word in words if not word.initial]
    if len(core) != 1 or not words[0].initial or core[0].ordinary or not core[0].capital:
        return 0.0
    near = len(core[0].bare) > 2 and signs_near(text, cell.start, cell.end)
    return 0.5 if near else 0.0


def _blanked(raw: str) -> str:
    """Return `raw` with numbers, brackets and bullets blanked out, same length."""
    return _NOISE.sub(lambda found: " " * len(found.group()), raw)


def _in_prose(raw: str, offset: int) -> Iterator[Match]:
    """Yield pairs of very common first name and surname in running text, with a low score."""
    for found in _SIDE_BY_SIDE.finditer(raw):
        first = Piece(*found.span(1), found[1])
        last = Piece(*found.span(2), found[2])
        if not (first.plain and last.plain) or bare_score([first, last]) < 0.5:
            continue
        if STAFF.search(raw[max(first.start - 8, 0) : first.start]) or STAFF.match(
            raw, last.end + 2
        ):
            continue
        yield Match(offset + first.start, offset + last.end, 0.4, "names in running text")


IDENTIFIER = PersonName()
