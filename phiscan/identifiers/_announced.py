"""Names that no label marks, but that the words or numbers beside them announce.

`For Quentin Abara-Holt`, `Mme Kouassi`, `BED12 KIPCHOGE`, `M. Szabo 78M`, `Ngozi Eze` above a date
of long ago: what stands beside says that this is somebody who is cared for.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from phiscan.identifiers._names import STAFF, SUFFIXES, Piece, bare_score, is_company, pieces
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phiscan.text import Cell, Text

_TITLE = re.compile(
    r"(?<![\w'’])(?:(?:Mr|Mrs|Ms|Mx|Mme|Mlle|Sig|Dhr|Mevr|Sra|Srta)(?:\. {0,2}| {1,2})"
    r"|(?:Miss|Mister|Monsieur|Madame|Herrn?|Frau|Señora?|Signora?|Pani?) {1,2}"
    r"|(?:Nana|Grandma|Grandpa) {1,2}"
    r"|(?:M|Sr)\. {1,2}|(?:MR|MRS|MS|MISS|MME|HERR|FRAU|SRA?)(?:\. {0,2}| {1,2}))(?=[^\W\d_])"
)
_OF_KIN = re.compile(
    r"\b(?:(?:my|our|her|his|their) (?:dad|mom|mum|mother|father|son|daughter|wife|husband|baby)"
    r"|deceased|decedent|informant|caregiver|owner|appointment for|reminder for|results (?:of|for)"
    r"|prescribed (?:to|for)|statement for|admitted:?|discharged:?)[ :,-]{1,3}(?=[A-ZÀ-Þ])",
    re.IGNORECASE,
)
_FOR = re.compile(
    r"\b(?:[Ff]or|FOR|[Dd]ear|[Cc]all|[Aa]ttn|Re|[Pp]atient|[Rr]esident)[ :]{1,3}(?=[A-ZÀ-Þ])"
)
_PLACE = re.compile(
    r"(?<![\w])(?:bed|rm|room|bay|cot|icu|nicu|ldr|stretcher|crib)[ #.:-]{0,2}\d{1,4} ?[A-D]?\b"
    r"[ :.,|\t-]{1,8}(?=[A-ZÀ-Þ])",
    re.IGNORECASE,
)
_AGE_AND_SEX = (
    r"\d{1,3} ?(?:[MFW]\b|y/?o\b|yrs?\b|years\b|ans\b|Jahre\b|años\b|anni\b)|[MFW] ?/? ?\d{1,3}\b"
)
_SHORT = re.compile(
    r"(?<![\w.])([A-Z])\. ?([A-ZÀ-Þ][^\W\d_'’-]+(?:[-'’][^\W\d_]+)?)[ ,\t]{1,4}"
    rf"(?:{_AGE_AND_SEX})"
)
_DOING = re.compile(
    r"(?:has an? app(?:ointmen)?t|is (?:due|scheduled|ready)|was (?:seen|admitted|discharged)"
    r"|presented (?:to|with)|needs (?:her|his|a))\b"
)
"""What is said of a patient right behind the name."""
_PERSONAL = re.compile(
    rf"(?<![\w./-])(?:{_AGE_AND_SEX}|male\b|female\b|homme\b|femme\b|DOB\b|\d{{1,3}} ?[yY]\b)"
    r"|(?:^|[ \t(\[])[MFW](?=[ \t)\].,]|$)|(?<![\w-])[#A-Z]{0,2}\d{6,9}(?![\w-])",
    re.MULTILINE,
)
_FULL_DATE = re.compile(
    r"(?<![\d./-])(?:\d{1,2}([./-])\d{1,2}\1((?:19|20)\d\d)|((?:19|20)\d\d)([./-])\d{1,2}\4\d{1,2})(?!\d)"
)
_JOB = re.compile(
    r"\b(?:executive|manager|director|president|founder|engineer|consultant|realtor|attorney|chair"
    r"|coordinator|administrator|officer|editor|author|artist|representative|assistant)\b",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"(?:\W{0,3}\d{1,4}[A-D]?[ .:-]{1,4})?"
    r"(([A-ZÀ-Þ][^\W\d_'’]*(?:[ '’-][^\W\d_]+){0,2}), ?[A-Z]\.?)\W{0,3}"
)
_ROWS = 2
"""Rows of surname and initial that make a list of people."""
_NOBODY = frozenset({"kollege", "kollegin", "doktor", "npo", "sir", "madam"})
"""What stands behind a title or a room and is no name."""
_PAST = 3
"""Years after which a date beside a name is taken for one of birth, not of a visit."""


def announced(text: Text) -> Iterator[Match]:
    """Yield names by what stands before them on their line, in falling order of certainty."""
    for cell in text.cells:
        raw = text.flow[cell.start : cell.end]
        for pattern, score, reason, alone in (
            (_OF_KIN, 0.7, "words that announce a patient or relative", True),
            (_TITLE, 0.7, "title before a name", True),
            (_FOR, 0.5, "words that announce somebody", False),
        ):
            for found in pattern.finditer(raw):
                run = _run(raw, found.end())
                if run and _may_be(run, alone=alone):
                    yield _match(cell.start, run, score, reason)
        for found in _DOING.finditer(raw):
            run = _run_before(raw, found.start())
            if run and _may_be(run, alone=len(run) > 1):
                yield _match(cell.start, run, 0.7, "words that say what a patient does")
        for found in _SHORT.finditer(raw):
            surname = next(pieces(raw, found.start(2)))
            if not surname.ordinary or surname.census:
                span = cell.start + found.start(), cell.start + found.end(2)
                yield Match(*span, 0.65, "initial and surname beside age and sex")
    yield from _in_places(text)
    yield from _in_lists(text)


def _in_places(text: Text) -> Iterator[Match]:
    """Yield what stands behind the number of a bed or room, as on boards and monitors."""
    for found in _PLACE.finditer(text.flow):
        end = text.flow.find("\n", found.end())
        run = _run(text.flow[: end if end >= 0 else None], found.end())
        if run and _may_be(run, alone=True):
            yield _match(0, run, 0.7, "name beside a bed or room")


def _in_lists(text: Text) -> Iterator[Match]:
    """Yield `COHEN, M`, as boards have them; one alone could be the author of a book."""
    rows = [
        row
        for cell in text.cells
        if (row := _LISTED.fullmatch(text.flow, cell.start, cell.end)) and _is_surname(row[2])
    ]
    if len(rows) >= _ROWS:
        for row in rows:
            yield Match(
                row.start(1), row.end(1), 0.65, "surnames with an initial, one below the other"
            )


def _is_surname(written: str) -> bool:
    words = list(pieces(written))
    return bool(words) and not is_company(words) and not words[-1].ordinary


def _match(offset: int, run: Sequence[Piece], score: float, reason: str) -> Match:
    last = run[-1]
    stop = last.text.endswith(".") and not last.initial and last.bare not in SUFFIXES
    return Match(offset + run[0].start, offset + last.end - stop, score, reason)


def _run(raw: str, start: int) -> list[Piece]:
    """Return the capitalised words that follow each other from `start`, at most four."""
    run: list[Piece] = []
    for word in pieces(raw, start, min(start + 60, len(raw))):
        gap = raw[run[-1].end if run else start : word.start]
        joined = re.fullmatch(r"[ .,]{0,2}" if run else r" ?", gap)
        if not joined or not word.capital or len(run) == 4:
            break
        if word.bare in _NOBODY or (word.ordinary and not word.census and not word.initial):
            break
        run.append(word)
    return run


def _run_before(raw: str, end: int) -> list[Piece]:
    """Return the capitalised words that end right before `end`, at most four."""
    run: list[Piece] = []
    for word in reversed(list(pieces(raw, max(end - 60, 0), end))):
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
    if all(word.ordinary for word in core):
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
    start, end = _lines_from(text.flow, cell.start), _lines_to(text.flow, cell.end)
    return f"{text.flow[start : cell.start]} {text.flow[cell.end : end]}"


def _years(around: str) -> Iterator[int]:
    for found in _FULL_DATE.finditer(around):
        yield int(found[2] or found[3])


def _lines_from(flow: str, start: int) -> int:
    """Return where the line before the one at `start` begins, in the same block."""
    line = flow.rfind("\n", 0, start) + 1
    before = flow.rfind("\n", 0, max(line - 1, 0)) + 1
    return line if flow[before:line].strip() == "" else before


def _lines_to(flow: str, end: int) -> int:
    """Return where the line after the one at `end` ends."""
    line = flow.find("\n", end)
    if line < 0:
        return len(flow)
    following = flow.find("\n", line + 1)
    return following if following >= 0 else len(flow)
