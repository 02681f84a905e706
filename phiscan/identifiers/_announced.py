"""Names that no label marks, but that the words or numbers beside them announce.

`For Quentin Abara-Holt`, `Mme Kouassi`, `BED12 KIPCHOGE`, `M. Szabo 78M`, `Ngozi Eze` above a date
of long ago: what stands beside says that this is somebody who is cared for.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from phiscan.identifiers._clinic import signs_near
from phiscan.identifiers._names import STAFF, SUFFIXES, Piece, bare_score, is_company, pieces
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phiscan.text import Cell, Text

_TITLE = re.compile(
    r"(?<![\w'’])(?:(?:Mr|Mrs|Ms|Mx|Mme|Mlle|Sig|Dhr|Mevr|Sra|Srta|Ny|Tn|Nn|Smt|Shri|Hr|Puan"
    r"|Encik|Md|Mohd)(?:\. {0,2}| {1,2})"
    r"|(?:Miss|Mister|Monsieur|Madame|Herrn?|Frau|Señora?|Signora?|Pani?) {1,2}"
    r"|(?:Nana|Grandma|Grandpa) {1,2}"
    r"|(?:M|Sr)\. {1,2}|(?:MR|MRS|MS|MISS|MME|HERR|FRAU|SRA?)(?:\. {0,2}| {1,2}))(?=[^\W\d_])"
)
_OF_KIN = re.compile(
    r"\b(?:(?:my|our|her|his|their|called|mother|told|spoke to) (?:dad|mom|mum|mother|father|son"
    r"|daughter"
    r"|wife|husband|baby|sister|brother)|deceased|decedent|informant|caregiver|owner"
    r"|appointment for"
    r"|reminder for|results (?:of|for)|prescribed (?:to|for)|prepared for|statement for|admitted:?"
    r"|discharged:?|certif(?:y|ies) that|injured worker|hereby authori[sz]e|i, the undersigned,?"
    r"|excuse|regarding|pt|patient|payor|name of (?:deceased|minor|child|patient|resident)"
    r"|records? (?:of|for)|chart (?:of|for)|visit for|balance for|programme? for"
    r"|acc(?:oun)?t (?:\w+ )?for|concern(?:ing|e)|betreff|paciente|para)[ :,-]{1,3}(?=[A-ZÀ-Þ])",
    re.IGNORECASE,
)
_FOR = re.compile(
    r"\b(?:[Ff]or|FOR|[Dd]ear|[Cc]all|[Aa]ttn|Re|RE|[Rr]esident|H(?:i|ello|ey),?|Welcome,?"
    r"|REMINDER -"
    r"|[Rr]eminder,?|[Mm]other|[Ff]ather|[Mm]om|[Mm]um|[Dd]ad|[Ss]on|[Dd]aughter|[Ww]ife|[Hh]usband"
    r"|[Ss]ister|[Bb]rother|Baby|[Tt]ell|[Cc]alled|[Ss]een)(?:[ :]| - ){1,3}(?=[A-ZÀ-Þ])"
)
_WHOSE = re.compile(
    r"\b(?!(?:company|hospital|clinic|pet|dog|cat|school|firm|product|doctor|physician|provider|nurse"
    r"|employer|business|brand|facility|pharmacy)\b)[a-z]{3,14}['’]?s (?:full |legal |printed "
    r"|first |last )?"
    r"name ?[:=]? {0,4}(?=[A-ZÀ-Þ])|\b(?:my|his|her) name is (?=[A-ZÀ-Þ])"
    r"|\bthis is (?=[A-Z][a-z]+ [A-Z][a-z]+,)",
    re.IGNORECASE,
)
_MYSELF = re.compile(r"(?<![\w.,])I,? (?=[A-ZÀ-Þ][^\W\d_]+ [^,;\n]{2,40},)")
_PLACE = re.compile(
    r"(?<![\w])(?:bed|rm|room|bay|cot|icu|nicu|ldr|stretcher|crib)[ #.:-]{0,2}\d{1,4} ?[A-D]?\b"
    r"[ :.,|\t-]{1,8}(?=[A-ZÀ-Þ])",
    re.IGNORECASE,
)
AGE_AND_SEX = (
    r"\d{1,3} ?(?:[MFW]\b|y/?o\b|yrs?\b|years\b|ans\b|[yY]\b|Jahre\b|años\b|anni\b)"
    r"|[MFW] ?/? ?\d{1,3}\b"
)
_PLACE_BEHIND = re.compile(r"\(?\b(?:rm|room|bed)\.? ?#?\d{1,4}[A-D]?\b", re.IGNORECASE)
_SHORT = re.compile(
    r"(?<![\w.])([A-Z])\. ?([A-ZÀ-Þ][^\W\d_'’-]+(?:[-'’][^\W\d_]+)?)[ ,\t]{1,4}"
    rf"(?:{AGE_AND_SEX})"
)
_DOING = re.compile(
    r"(?:has an? app(?:ointmen)?t|is (?:due|scheduled|ready)|was (?:seen|admitted|discharged"
    r"|referred)"
    r"|presented (?:to|with)|needs (?:her|his|a)|is an? (?:person with|\d\d[ -]year)|underwent"
    r"|(?:tested|is) (?:positive|pregnant|diabetic|allergic))\b"
)
"""What is said of a patient right behind the name."""
_PERSONAL = re.compile(
    rf"(?<![\w./-])(?:{AGE_AND_SEX}|male\b|female\b|homme\b|femme\b|DOB\b|\d{{1,3}} ?[yY]\b)"
    r"|(?:^|[ \t(\[])[MFW](?=[ \t)\].,]|$)|(?<![\w-])[#A-Z]{0,2}\d{6,9}(?![\w-])",
    re.MULTILINE,
)
_FULL_DATE = re.compile(
    r"(?<![\d./-])(?:\d{1,2}([./-])\d{1,2}\1((?:19|20)\d\d)|((?:19|20)\d\d)([./-])\d{1,2}\4\d{1,2})(?!\d)"
)
_JOB = re.compile(
    r"\b(?:executive|manager|director|president|founder|engineer|consultant|realtor|attorney|chair"
    r"|coordinator|administrator|officer|editor|author|artist|representative|assistant|agent|presenter)\b",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"(?:\W{0,3}[A-Z]{0,2}\d{1,4}[A-D]?[ .:-]{1,4})?"
    r"(([A-ZÀ-Þ][^\W\d_'’]*(?:[ '’-][^\W\d_]+){0,2}), ?[A-Z]\.?)(?: x)?(?=[\W\d]*\Z|[ \t]{1,3}\d)"
)
_INITIALS = re.compile(
    r"^[^\S\n]*(?:bed|rm|room|bay|cot|ldr|or|ed|[a-z])?[ #]{0,2}\d{1,4}[a-d]?[ \t:|-]{1,8}"
    r"((?-i:[A-Z]\.[ ]?[A-Z]\.(?:[ ]?[A-Z]\.)?|[A-Z]{2,3}))(?=[ \t\n])",
    re.IGNORECASE | re.MULTILINE,
)
_REACH = 60
"""Characters in which a whole name must stand."""
_WIDTH = 300
"""Characters before and behind a cell that count as the lines round it."""
_ROWS = 2
"""Rows of surname and initial that make a list of people."""
_NOBODY = frozenset({"kollege", "kollegin", "doktor", "npo", "sir", "madam"})
"""What stands behind a title or a room and is no name."""
_PAST = 3
"""Years after which a date beside a name is taken for one of birth, not of a visit."""


def announced(text: Text) -> Iterator[Match]:
    """Yield names by what stands before them on their line, in falling order of certainty."""
    flow = text.flow
    for pattern, score, reason, alone in (
        (_OF_KIN, 0.8, "words that announce a patient or relative", True),
        (_TITLE, 0.7, "title before a name", True),
        (_WHOSE, 0.75, "words that say whose name follows", True),
        (_MYSELF, 0.75, "words of a statement before a name", False),
        (_FOR, 0.5, "words that announce somebody", False),
    ):
        for found in pattern.finditer(flow):
            run = run_of_names(flow, found.end(), _cell_end(text, found.end()))
            if run and _may_be(run, alone=alone):
                yield _match(0, run, score, reason)
    for found in _DOING.finditer(flow):
        start = text.cell_at(found.start()).start
        run = _run_before(flow, found.start(), start)
        if run and _may_be(run, alone=len(run) > 1):
            yield _match(0, run, 0.7, "words that say what a patient does")
    for found in _SHORT.finditer(flow):
        surname = next(pieces(flow, found.start(2), found.end(2)))
        if not surname.ordinary or surname.census:
            span = found.start(), found.end(2)
            yield Match(*span, 0.65, "initial and surname beside age and sex")
    yield from _in_places(text)
    yield from _in_lists(text)
    yield from _in_rows_of_initials(text)


def _cell_end(text: Text, offset: int) -> int:
    cell = text.cell_at(offset)
    return cell.end if cell.start <= offset <= cell.end else len(text.flow)


def _in_places(text: Text) -> Iterator[Match]:
    """Yield what stands behind the number of a bed or room, as on boards and monitors."""
    for found in _PLACE_BEHIND.finditer(text.flow):
        run = _run_before(text.flow, found.start(), text.cell_at(found.start()).start)
        if run and _may_be(run, alone=len(run) > 1):
            yield _match(0, run, 0.7, "name beside a bed or room")
    for found in _PLACE.finditer(text.flow):
        end = text.flow.find("\n", found.end(), found.end() + _REACH)
        run = run_of_names(text.flow, found.end(), end if end >= 0 else None)
        if run and _may_be(run, alone=True):
            yield _match(0, run, 0.7, "name beside a bed or room")


def _in_lists(text: Text) -> Iterator[Match]:
    """Yield `COHEN, M`, as boards have them; one alone could be the author of a book."""
    rows = [
        row
        for cell in text.cells
        if (row := _LISTED.match(text.flow, cell.start, cell.end)) and _is_surname(row[2])
    ]
    for row in rows:
        if len(rows) >= _ROWS:
            reason = "surnames with an initial, one below the other"
            yield Match(row.start(1), row.end(1), 0.65, reason)
        elif row[2].isupper() and signs_near(text, *row.span(1)):
            yield Match(row.start(1), row.end(1), 0.5, "surname with an initial")


def _in_rows_of_initials(text: Text) -> Iterator[Match]:
    """Yield `J.K.` behind the number of a room, as discreet boards have them."""
    rows = list(_INITIALS.finditer(text.flow))
    if len(rows) >= _ROWS:
        for row in rows:
            yield Match(*row.span(1), 0.45, "initials beside a bed or room")


def _is_surname(written: str) -> bool:
    words = list(pieces(written))
    return bool(words) and not is_company(words) and not words[-1].ordinary


def _match(offset: int, run: Sequence[Piece], score: float, reason: str) -> Match:
    last = run[-1]
    stop = last.text.endswith(".") and not last.initial and last.bare not in SUFFIXES
    return Match(offset + run[0].start, offset + last.end - stop, score, reason)


def run_of_names(raw: str, start: int, end: int | None = None) -> list[Piece]:
    """Return the capitalised words that follow each other from `start`, at most four."""
    run: list[Piece] = []
    limit = len(raw) if end is None else end
    for word in pieces(raw, start, min(start + _REACH, limit)):
        gap = raw[run[-1].end if run else start : word.start]
        joined = re.fullmatch(r"[ .,]{0,2}" if run else r" ?", gap)
        if not joined or not word.capital or len(run) == 4:
            break
        if word.bare in _NOBODY or (word.ordinary and not word.census and not word.initial):
            break
        run.append(word)
    return run


def _run_before(raw: str, end: int, start: int) -> list[Piece]:
    """Return the capitalised words behind `start` that end right before `end`, at most four."""
    run: list[Piece] = []
    for word in reversed(list(pieces(raw, max(end - _REACH, start), end))):
        gap = raw[word.end : run[0].start if run else end]
        if not word.capital or len(run) == 4 or not re.fullmatch(r"[ .,]{1,2}", gap):
            break
        run.insert(0, word)
    return run


def _may_be(run: Sequence[Piece], *, alone: bool) -> bool:
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


def in_company(text: Text, cell: Cell) -> bool:
    """Return whether the lines round a cell say age, sex, a number, or a date of long ago."""
    others = _around(text, cell)
    return bool(_PERSONAL.search(others)) or any(
        datetime.now(UTC).year - year > _PAST for year in _years(others)
    )


def beside_job(text: Text, cell: Cell) -> bool:
    """Return whether the lines round a cell name a job, as business cards do."""
    return names_job(_around(text, cell))


def names_job(written: str) -> bool:
    """Return whether a text names a job."""
    return bool(_JOB.search(written))


def _around(text: Text, cell: Cell) -> str:
    """Return the line of a cell with those above and below, the cell itself blanked out."""
    start = max(_lines_from(text.flow, cell.start), cell.start - _WIDTH)
    end = min(_lines_to(text.flow, cell.end), cell.end + _WIDTH)
    return f"{text.flow[start : cell.start]} {text.flow[cell.end : end]}"


def _years(around: str) -> Iterator[int]:
    for found in _FULL_DATE.finditer(around):
        yield int(found[2] or found[3])


def _lines_from(flow: str, start: int) -> int:
    """Return where the line before the one at `start` begins, in the same block."""
    furthest = max(start - 2 * _WIDTH, 0)
    line = max(flow.rfind("\n", furthest, start) + 1, furthest)
    before = max(flow.rfind("\n", furthest, max(line - 1, 0)) + 1, furthest)
    return line if flow[before:line].strip() == "" else before


def _lines_to(flow: str, end: int) -> int:
    """Return where the line after the one at `end` ends."""
    furthest = min(end + 2 * _WIDTH, len(flow))
    line = flow.find("\n", end, furthest)
    if line < 0:
        return furthest
    following = flow.find("\n", line + 1, furthest)
    return following if following >= 0 else furthest
