"""Names that stand alone, known by how they are written: `LAST, FIRST M`, two capitalised words.

They are weighed with the US census lists of 1990 against ordinary words, and by the lines round
them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.identifiers._abroad import begins_with_street
from phiscan.identifiers._alternatives import CAPITALS, SMALL
from phiscan.identifiers._clinic import is_short, signs_near
from phiscan.identifiers._company import in_company
from phiscan.identifiers._houses import is_street
from phiscan.identifiers._jobs import beside_job, names_job
from phiscan.identifiers._name_runs import first_is_common
from phiscan.identifiers._names import (
    BEFORE_SURNAMES,
    STAFF,
    Piece,
    bare_score,
    is_company,
    pieces,
    unknown_words,
)
from phiscan.identifiers._places import STATES
from phiscan.identifiers._record import is_record
from phiscan.identifiers._surroundings import on_list
from phiscan.identifiers._words import first_rank, is_name, last_rank
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.identifiers._labels import Labels
    from phiscan.identifiers._tags import Tag
    from phiscan.text import Cell, Text

_COMMA = re.compile(
    rf"(?<![\w'’.@/-])((?:{BEFORE_SURNAMES})?"
    r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]{2})){1,24}(?: [^\W\d_][^\W\d_'’-]{2,24})?)"
    r"(, ?(?:, ?)?|\^)"
    r"([^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]{2})){1,24})"
    r"((?: |\^)[A-Z]\b\.?| [A-Z][^\W\d_]{2,14}(?=$| ?[\[(\d]))?(?![\w@'’])"
)
_CONTEXT = re.compile(
    r"[\[(]\s?[MFU]\s?[\])]|\b(?:DOB|D0B|MRN|male|female|sex|y/?o|yrs?|age)\b|\b\d{1,3} ?[yY]\b"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\b[MF] ?[/,]? ?\d{1,3}\b|\b\d{1,3} ?/? ?[MF]\b",
    re.IGNORECASE,
)
_CONTEXT_REACH = 80
_CAPITAL = rf"[^\W\d_{SMALL}]"
_COMMA_BEFORE_NAME = re.compile(rf"[,^] ?[^\W\d_]?{_CAPITAL}")
"""The first name in `LAST, FIRST` is written with a capital, but for a small letter before it that
counts as a word of its own."""
_PAIR = re.compile(rf"{_CAPITAL}[^\W\d_]*[^\w\n]{{1,4}}(?:\w\.? )?{_CAPITAL}|[{SMALL}]{_CAPITAL}")
"""Two capitals near each other: cells without are no names, and most lines of prose are such."""
_PART = rf"{_CAPITAL}[^\W\d_]+(?:['’`-][^\W\d_]+)*\.?"
_SIDE_BY_SIDE = re.compile(rf"(?<!\w)({_PART}) (?=({_PART}))")
_NOISE = re.compile(
    r",? [mfwMFWV](?=,|$)|[\[(][^\])]{0,12}[\])]|\S*\d\S*|^[oO○●•©®*>\-] |[•●○■□*>|_:;~]+"
)
"""What stands in a name's cell beside it: a sex, a number, a bullet."""
_IN_A_DISC = re.compile(
    rf"^(?P<first>[{CAPITALS}])(?P<last>[{CAPITALS}]) "
    r"(?=(?P=first)[^\W\d_]['’\w-]*,? (?:\w\.? )?(?P=last)"
    r"|(?P=last)[^\W\d_]['’\w-]*, (?P=first))"
)
"""Somebody's initials, which screens draw in a disc before the name."""
_DISC = 0.2
"""How much surer a name is whose initials stand in a disc before it."""
_SMALL = re.compile("[a-z]")
_ON_DUTY = re.compile(
    r"[ \t|,(]{1,6}(?:RN|LPN|LVN|CNA|PCT|NP|PA-?C|MD|DO|RT|RRT|PT|OT|HUC|RPh|PharmD|APRN|CRNA)\b\)?"
    r"(?=[ \t|]*(?:$|\d{3,4} ?-|[DNE]\b|[-x]))",
    re.MULTILINE,
)
"""A training behind a name with nothing, or the hours of a shift, behind it."""
_PATIENTS = frozenset({"mrn", "birth_date", "health_plan_id"})
_KNOWN = 20_000
"""The rank up to which a surname that is written small is known well enough."""
_LABEL = 40
"""Words up to which a text is the label or wristband of one patient."""


def unlabelled(labels: Labels) -> Iterator[Match]:
    """Yield names by their written form, the surest form first."""
    yield from _written(labels.text)
    yield from _bare(labels.text)
    yield from _alone(labels)


def _written(text: Text) -> Iterator[Match]:
    """Yield `LAST, FIRST M` and `LAST^FIRST`."""
    for cell in text.cells:
        raw = text.flow[cell.start : cell.end]
        if _COMMA_BEFORE_NAME.search(raw) is None:
            continue
        for found in _COMMA.finditer(raw):
            score = _comma_score(raw, found)
            if 0.3 <= score < 0.65 and in_company(text, cell):
                score = 0.65
            elif score == 0 and _names_surname(raw, found) and in_company(text, cell):
                score = 0.5
            if score >= 0.3 and not _ON_DUTY.match(text.flow, cell.start + found.end()):
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
    if _is_prose(around.replace(found.group(), "", 1)):
        certain = last[-1].plain and first[0].plain and around.count(",") == 1
        return 0.45 if certain else 0.0
    if plain and (both or found[4]):
        return 0.8
    if plain or both:
        return 0.65
    return 0.0 if last[-1].ordinary or first[0].ordinary else 0.55 if found[4] else 0.4


def _names_surname(raw: str, found: re.Match[str]) -> bool:
    """Return whether a surname that is an ordinary word, too, stands before what is on no list.

    `PARK, MEILING N` above a birth date is a patient, and `Park, Lakeside` elsewhere is not.
    """
    last, first = list(pieces(found[1])), list(pieces(found[3]))
    if not last or not first or not _may_be_comma(raw, found, [*last, *first]):
        return False
    return last[-1].census and not first[0].ordinary and found[0] == raw.strip()


def _is_prose(around: str) -> bool:
    """Return whether words in small letters stand round a name, apart from what is no word."""
    return _SMALL.search(around) is not None and bool(re.search("[a-z]{2}", _NOISE.sub("", around)))


def _may_be_comma(raw: str, found: re.Match[str], words: list[Piece]) -> bool:
    """Return whether nothing speaks against `LAST, FIRST`: small letters, firms, states, staff."""
    core = [word for word in words if not word.initial]
    if re.fullmatch(STATES, found[3]) or not all(word.capital for word in core):
        return False
    if is_company(core):
        return False
    before = raw[max(found.start() - 8, 0) : found.start()].rstrip()
    short = any(len(word.bare) < 3 and not word.census for word in core)
    if names_job(found.group()) or short:
        return False
    if STAFF.search(raw, found.start(3), found.end() + 12) or STAFF.search(before):
        return False
    first = next(pieces(found[3]))
    doubles = [word for word in words if "-" in word.text]
    if len(doubles) > 1 and not all(is_name(part) for word in doubles for part in word.parts[1:]):
        return False  # two laws of chemistry
    return not first.ordinary or bool(found[4]) or found[2] == "^"


def _bare(text: Text) -> Iterator[Match]:
    for cell in text.cells:
        raw = text.flow[cell.start : cell.end]
        if len(raw) > 200 or "&" in raw or "@" in raw or not _PAIR.search(raw):
            continue
        disc = _IN_A_DISC.match(raw)
        words = list(pieces(_blanked(raw), disc.end() if disc else 0))
        if len(words) > 5 or STAFF.search(raw):
            yield from _in_prose(raw, cell.start)
        elif len(words) >= 2:
            score = _bare_score(text, cell, raw, words) + (_DISC if disc else 0.0)
            if score >= 0.3:
                start, end = cell.start + words[0].start, cell.start + words[-1].end
                yield Match(start, end, score, "form of a name")


def _of_a_patient(tag: Tag) -> bool:
    """Return whether a label, firm or not, is one of patients; banks have accounts, too."""
    return tag.meaning in _PATIENTS and not tag.phrase.startswith(("account", "acct"))


def _alone(labels: Labels) -> Iterator[Match]:
    """Yield a surname alone in its cell on a record, beside an age, a date or a sex.

    In capitals, or one that is no rare surname and no first name: `Summit` could be a heading.
    """
    text = labels.text
    if not is_short(text, _LABEL):
        return
    for cell in text.cells:
        words = list(pieces(text.flow[cell.start : cell.end]))
        whole = len(words) == 1 and words[0].end == cell.end - cell.start
        if not whole or not words[0].plain or len(words[0].bare) < 4:
            continue
        if not words[0].text.isupper() and not _is_surname(words[0]):
            continue
        if (is_record(text) or any(map(_of_a_patient, labels.tags))) and in_company(text, cell):
            yield Match(cell.start, cell.end, 0.5, "surname alone on a record")


def _is_surname(word: Piece) -> bool:
    rank = last_rank(word.bare)
    return word.text.istitle() and rank is not None and rank <= _KNOWN and not first_rank(word.bare)


def _bare_score(text: Text, cell: Cell, raw: str, words: list[Piece]) -> float:
    """Grade two to five words that fill a cell, by themselves and by the lines round them."""
    if _is_a_thing(raw, words):
        return 0.0
    score = bare_score(words) or _short_score(text, cell, words)
    if score and beside_job(text, cell):
        return 0.3
    if score and _CONTEXT.search(raw):
        return min(score + 0.3, 0.8)
    if (score or unknown_words(words)) and in_company(text, cell):
        return min(score + 0.2, 0.65) if score else 0.5
    if (score or unknown_words(words)) and _is_addressed(text, cell):
        return max(score, 0.5)
    return 0.5 if not score and unknown_words(words) and on_list(text, cell.start) else score


def _is_a_thing(raw: str, words: list[Piece]) -> bool:
    """Return whether words are a street behind its number, or one such as `mRNA` or `mOsmol/L`."""
    if is_street(raw, words) and not _CONTEXT.search(raw):
        return True
    solid = words[-1].end - words[0].start == sum(len(word.text) for word in words)
    return (solid or words[0].text.islower()) and bare_score(words) == 0


def _is_addressed(text: Text, cell: Cell) -> bool:
    """Return whether a street stands below a cell, and words of a patient's care near."""
    below = text.below(cell)
    if below is None or not signs_near(text, cell.start, cell.end):
        return False
    return begins_with_street(text.flow[below.start : below.end])


def _short_score(text: Text, cell: Cell, words: list[Piece]) -> float:
    """Grade `R. Haverford` and `Mildred O.`, which could be anything, beside words of care."""
    core = [word for word in words if not word.initial]
    if len(core) != 1 or core[0].ordinary or not core[0].capital:
        return 0.0
    if not words[0].initial and not first_is_common(core[0]):
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
