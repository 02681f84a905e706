"""Names in lists: boards of beds, queues, sheets of who is treated, and the fields of licences.

`401A MCGONIGLE, T`, `Jorge M.` below `NOW CALLING`, `DC TODAY: Ruiz, Bauer`, `1 MONTOYA` on a
driver's licence: alone each could be anything, as rows of a list they are people.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.identifiers._alternatives import CAPITALS
from phiscan.identifiers._clinic import signs_near
from phiscan.identifiers._name_runs import first_is_common, match_of, run_of_names
from phiscan.identifiers._names import BEFORE_SURNAMES, STAFF, is_company, pieces
from phiscan.identifiers._views import search_lines, search_numbered, search_words
from phiscan.identifiers._words import last_rank
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_LISTED = re.compile(
    r"(?:\W{0,3}[A-Z]{0,2}\d{1,4}[A-D]?[ .:-]{1,4})?"
    rf"(((?:{BEFORE_SURNAMES})?[{CAPITALS}][^\W\d_'’]*"
    r"(?:[ '’-][^\W\d_]+){0,2}), ?[A-Z]\.?)(?: x)?(?=[\W\d]*\Z|[ \t]{1,3}\d)"
)
_ROW = re.compile(
    rf"(?:\W{{0,3}}\d{{1,4}}[A-D]?[ .:-]{{1,4}})?(((?:{BEFORE_SURNAMES})?[{CAPITALS}][^\W\d_'’]+"
    r"(?:['’-][^\W\d_]+)?),? [A-Za-z0-9]\.?)"
)
"""A row whose comma may be lost and whose initial may be misread: `Okafor, 0`, `Lee, t`."""
_BED = re.compile(
    r"(?:bed|rm|room|bay)?[ #]{0,2}\d{3,4}[A-D]?[ \t.:|-]*",
    re.IGNORECASE,
)
"""The number of a bed before a row; small numbers count the entries of any list."""
_BED_OF_ROOM = re.compile(r"(?:bed|rm|room|bay)?[ #]{0,2}\d{1,2}-?[A-D][ \t.:|-]*", re.IGNORECASE)
"""`4A`: the room and the bed in it. Halls and aircraft number seats so: the words round it tell."""
_INITIALS = re.compile(
    r"^[^\S\n]*(?:bed|rm|room|bay|cot|ldr|or|ed|[a-z])?[ #]{0,2}\d{1,4}[a-d]?[ \t:|-]{1,8}"
    r"((?-i:[A-Z]\.[ ]?[A-Z]\.(?:[ ]?[A-Z]\.)?|[A-Z]{2,3}))(?=[ \t\n])",
    re.IGNORECASE | re.MULTILINE,
)
_FIRST_AND_INITIAL = re.compile(rf"([{CAPITALS}][^\W\d_]{{2,14}}) [A-Z]\.?(?= *\Z)")
_TOPIC = re.compile(
    r"^[^\S\n]*(?:DC|D/C|discharges?|discharged|admits?|admissions?|pending|add[- ]?ons?|NPO"
    r"|transfers?|consults?|pre-?ops?|post-?ops?|tests?|isolation|to see|still to (?:see|do))"
    rf"(?: today| tomorrow| am| pm)?[^\S\n]?:[^\S\n]?(?=[{CAPITALS}])",
    re.IGNORECASE | re.MULTILINE,
)
_COLON = re.compile(":")
_BEHIND = re.compile(
    rf"([{CAPITALS}][^\W\d_'’-]{{2,}}(?:[-'’][^\W\d_]+)?),? "
    r"(?:\d{3}[A-D]?|\d{1,2}[A-D])(?=\s*\Z)"
)
"""`HUTCHENS 217B`: a surname and the number of a bed, alone in a cell."""
_ON_TAPE = re.compile(rf"[{CAPITALS}'’-]{{4,}} \d{{3}}[A-D]")
"""The same in capitals with nothing else, as on the tape round somebody's things."""
_NUMBERED = re.compile(
    r"(?<![\w/.:-])\d{1,3}[A-D]?[ .:-]{1,3}"
    rf"([{CAPITALS}][^\W\d_'’-]{{2,}}|[a-z]{{4,}})(?![\w'’])"
)
_FREE = frozenset(
    {"empty", "vacant", "dirty", "blocked", "cleaning", "closed", "leer", "libre", "vide"}
)
"""What a board of beds says of those in which nobody lies, and hardly any other list of numbers."""
_ITEM = re.compile(r"[^,;\n]+")
_LETTERED = re.compile(rf"(LN|FN|MN)[ :.]{{0,2}}([{CAPITALS}][{CAPITALS}'’ -]{{1,40}})")
"""The same fields where a state prints their abbreviation instead of the number."""
_LICENCE = re.compile(
    r"\bdriv(?:er|ing)['’]?s? licen[cs]e\b|\bidentification card\b", re.IGNORECASE
)
_OF_LICENCES = ("driver", "drivers", "driving", "identification")
_OF_LICENCE = re.compile(r"[12]\.? ([A-Z][A-Z'’ -]{1,40}[A-Z])")
"""Fields 1 and 2 of a licence are the family name and the given names (AAMVA card design)."""
_COMMON = 20_000
"""The rank up to which a surname alone is one: makers number their goods so as well."""
_ROWS = 2
"""Rows of surname and initial that make a list of people."""
_WIDTH = 24
"""Characters before a row on its line in which the number of a bed stands."""


def listed(text: Text) -> Iterator[Match]:
    """Yield names that the list they stand in gives away."""
    yield from _surnames(text)
    yield from _rows_of_initials(text)
    yield from _first_names(text)
    yield from _topics(text)
    yield from _between_free_beds(text)
    if _ON_TAPE.fullmatch(text.flow.strip()):
        yield from _on_tape(text)
    for cell in text.cells:
        row = _BEHIND.match(text.flow, cell.start, cell.end)
        if row is not None and _is_known(row[1]) and signs_near(text, *row.span()):
            yield Match(*row.span(1), 0.65, "surname before a bed")
    yield from _of_licences(text)


def is_row(written: str) -> bool:
    """Return whether a cell has the form of a row: the number of a bed, a surname, an initial."""
    return "," in written and _ROW.fullmatch(written) is not None


def _of_licences(text: Text) -> Iterator[Match]:
    """Yield the names on a driver's licence, known by its words or by two of its fields."""
    fields = [_LETTERED.fullmatch(text.flow, cell.start, cell.end) for cell in text.cells]
    lettered = {field[1] for field in fields if field}
    is_licence = any(search_words(_LICENCE, text, _OF_LICENCES))
    if len(lettered) > 1 or (lettered and is_licence):
        for field in fields:
            if field is not None and not is_company(list(pieces(field[2]))):
                yield Match(*field.span(2), 0.8, "field of a driver's licence")
    elif is_licence:
        for cell in text.cells:
            field = _OF_LICENCE.fullmatch(text.flow, cell.start, cell.end)
            if field is not None and not is_company(list(pieces(field[1]))):
                yield Match(*field.span(1), 0.8, "field of a driver's licence")


def _surnames(text: Text) -> Iterator[Match]:
    """Yield `COHEN, M`, as boards have them; one alone could be the author of a book."""
    rows = [
        row
        for cell in text.cells
        if (row := _LISTED.match(text.flow, cell.start, cell.end)) and _is_surname(row[2])
    ]
    placed = sum(_in_bed(text, row.start(1)) for row in rows)
    if placed >= _ROWS:
        yield from _doubtful(text, {row.start(1) for row in rows})
    for row in rows:
        in_bed = _in_bed(text, row.start(1))
        if len(rows) >= _ROWS:
            sure = placed >= _ROWS and in_bed
            score = 0.8 if sure else 0.65
            reason = "surnames beside beds" if sure else "surnames with an initial"
            yield Match(*row.span(1), score, f"{reason}, one below the other")
        elif in_bed and row[2].isupper():
            yield Match(*row.span(1), 0.65, "name beside a bed or room")
        elif row[2].isupper() and signs_near(text, *row.span(1)):
            yield Match(*row.span(1), 0.5, "surname with an initial")


def _doubtful(text: Text, known: set[int]) -> Iterator[Match]:
    """Yield what stands in a bed among surnames: `Park, L`, and `Li N` whose comma was lost."""
    for cell in text.cells:
        row = _ROW.fullmatch(text.flow, cell.start, cell.end)
        if row is None or row.start(1) in known or not _in_bed(text, row.start(1)):
            continue
        words = list(pieces(row[2]))
        parted = "," in row[1] and not any(word.ordinary for word in words)
        may_be = parted or all(word.census for word in words)
        if words and may_be and not is_company(words):
            yield Match(*row.span(1), 0.65, "surnames beside beds, one below the other")


def _in_bed(text: Text, start: int) -> bool:
    """Return whether nothing but the number of a bed stands before a place on its line.

    Or on the line above, where the place begins its own: a number by hand is written higher.
    """
    first = max(start - _WIDTH, 0)
    line = text.flow.rfind("\n", first, start) + 1
    if line == start > 0:
        line = text.flow.rfind("\n", first, start - 1) + 1
    whole = line > 0 or first == 0
    before = text.flow[line:start].strip()
    return whole and bool(_BED.fullmatch(before) or _BED_OF_ROOM.fullmatch(before))


def _rows_of_initials(text: Text) -> Iterator[Match]:
    """Yield `J.K.` behind the number of a room, as discreet boards have them."""
    rows = list(search_numbered(_INITIALS, text))
    if len(rows) >= _ROWS:
        for row in rows:
            yield Match(*row.span(1), 0.45, "initials beside a bed or room")


def _first_names(text: Text) -> Iterator[Match]:
    """Yield `Jorge M.`, as queues and lists call people, where two or more rows have that form."""
    rows = [
        row
        for cell in text.cells
        if (row := _FIRST_AND_INITIAL.match(text.flow, cell.start, cell.end))
        and first_is_common(next(pieces(text.flow, *row.span(1))))
    ]
    if len(rows) >= _ROWS:
        for row in rows:
            yield Match(*row.span(), 0.45, "first names with an initial, one below the other")


def _topics(text: Text) -> Iterator[Match]:
    """Yield the surnames behind `DC TODAY:` and its like, parted by commas."""
    for topic in search_lines(_TOPIC, text, _COLON):
        end = text.flow.find("\n", topic.end())
        for item in _ITEM.finditer(text.flow, topic.end(), end if end >= 0 else len(text.flow)):
            start = item.start() + len(item.group()) - len(item.group().lstrip())
            run = run_of_names(text.flow, start, item.end())
            known = run and all(word.initial or word.census for word in run)
            if known and not is_company(run) and not STAFF.search(item.group()):
                yield match_of(run, 0.65, "names behind the topic of a ward's board")


def _between_free_beds(text: Text) -> Iterator[Match]:
    """Yield `1 Sims  2 Torres  3 empty`: surnames behind numbers of which some bed is free."""
    rows = list(search_numbered(_NUMBERED, text))
    if not any(row[1].lower() in _FREE for row in rows):
        return
    known = [row for row in rows if row[1][0].isupper() and _is_known(row[1])]
    if len(known) >= _ROWS:
        for row in known:
            yield Match(*row.span(1), 0.65, "name beside a bed or room")


def _on_tape(text: Text) -> Iterator[Match]:
    word = next(pieces(text.flow))
    rank = last_rank(word.bare)
    if word.plain and rank is not None and rank <= _COMMON and not is_company([word]):
        yield Match(word.start, word.end, 0.65, "name beside a bed or room")


def _is_known(written: str) -> bool:
    return all(word.plain for word in pieces(written))


def _is_surname(written: str) -> bool:
    words = list(pieces(written))
    return bool(words) and not is_company(words) and not words[-1].ordinary
