"""Find the labels of a text, as forms, screens and wristbands print them.

OCR drops blanks and colons, reads `DOB` as `D0B`, and merges `MRN: 123` into one word. A label is
therefore compared by its letters alone, and a long one may be off by one letter.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._letters import Letters
from phiscan.identifiers._phrases import LONGEST, known, phrase_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Cell, Text

_MARK = re.compile(
    r"[ .]*+(?:\([^()\n\t]{1,30}\)[ .]*+)?((?:no\b|nr\b)?[ .]*[:#=;：№]|$)[ :#=.;\-]*",
    re.IGNORECASE,
)
"""Nothing is given back of a row of dots: what follows would take the same again, dot by dot."""
GAP = re.compile(r"[\s.,;:|/\\&()\[\]\-–—_>•*]*(?:(?:and|or|und|et|y)\b[\s/]*)?", re.IGNORECASE)
NUMBERING = re.compile(r"(?:[^\x00-\u024f] )?(?:\d{1,2}[a-d](?=[. ]))?[\s\d.,()\[\]/|:#*•\-_]*")
"""What may stand before a label: bullets, brackets, the number of a field as `4d` on a licence, and
the icon of a screen, which is read as some Chinese sign."""
_WORD = re.compile(r"[^\W\d_]+")
_LONG_NUMBER = re.compile(r"[ :#.]{0,3}[A-Z]{0,3}-?\d{5,}")


@dataclass(frozen=True, slots=True)
class Tag:
    """A label in the flow.

    `rest` is the offset where its value may start. `marked` says that a colon or the like follows,
    `firm` that it stands as a label does, so that it cannot be a value or a word of prose.
    """

    start: int
    end: int
    rest: int
    meaning: str
    phrase: str
    marked: bool
    firm: bool


def tags_in(text: Text) -> Iterator[Tag]:
    """Yield the labels of all cells; the letters of the whole text are looked up in one pass."""
    flow, letters = text.flow, Letters(_parted(text))
    offsets, tags, after, numbered = letters.offsets, list[Tag](), 0, 0
    cell: Cell | None = None
    for index, written in letters.starts():
        hit = phrase_at(letters, index, written) if index >= after else None
        if hit is None:
            continue
        key, stop = hit
        if cell is None or offsets[index] >= cell.end:
            yield from _firmed(flow, cell, tags) if cell is not None and tags else ()
            cell, tags = text.cell_at(offsets[index]), []
            numbered = _numbering_end(flow, cell)
        tag = _tag(flow, (offsets[index], offsets[stop - 1] + 1), cell.end, key)
        if _placed(flow, cell, tag, tags, numbered):
            tags.append(tag)
            after = max(stop, bisect_left(offsets, tag.rest)) if tag.marked else stop
    yield from _firmed(flow, cell, tags) if cell is not None and tags else ()


def _parted(text: Text) -> str:
    """Return the flow with a line break for every character between two cells."""
    pieces, end = list[str](), 0
    for cell in text.cells:
        pieces += ("\n" * (cell.start - end), text.flow[cell.start : cell.end])
        end = cell.end
    return "".join(pieces)


def _tag(flow: str, span: tuple[int, int], limit: int, key: str) -> Tag:
    meaning, phrase, weak = known()[key]
    mark = _MARK.match(flow, span[1], limit)
    marked = mark is not None and mark.group(1) != ""
    rest = mark.end() if mark is not None else span[1]
    firm = marked or not weak
    return Tag(*span, rest, meaning, phrase, marked=marked, firm=firm)


def _placed(flow: str, cell: Cell, tag: Tag, tags: list[Tag], numbered: int) -> bool:
    """Return whether no word of prose runs into the label, as in `garden name: Eden`."""
    window = flow[max(tag.start - LONGEST, cell.start) : tag.start]
    before = window.rstrip(" ")
    last = _WORD.match(before[::-1]) if before != window else None
    if last is None or _is_first(flow, cell, tag, numbered):
        return True
    if tags and GAP.fullmatch(flow, tags[-1].end, tag.start):
        return True
    return " " in tag.phrase or (
        tag.phrase not in {"name", "names", "nom"} and (tag.marked or not last[0].islower())
    )


def _numbering_end(flow: str, cell: Cell) -> int:
    """Return how far a cell begins with numbers and signs: none of its labels behind is first."""
    found = NUMBERING.match(flow, cell.start, cell.end)
    return cell.start if found is None else found.end()


def _is_first(flow: str, cell: Cell, tag: Tag, numbered: int) -> bool:
    """Return whether nothing but a number or a sign stands before a label in its cell.

    A long number at the head of a cell, up to `numbered`, is not read for each label behind it.
    """
    return tag.start <= numbered and bool(NUMBERING.fullmatch(flow, cell.start, tag.start))


def _firmed(flow: str, cell: Cell, tags: list[Tag]) -> list[Tag]:
    """Harden the weak labels of a cell that holds nothing but labels; drop those inside prose."""
    position, only_labels, numbered = cell.start, True, _numbering_end(flow, cell)
    for tag in tags:
        span = position, tag.start
        only_labels &= bool(GAP.fullmatch(flow, *span) or NUMBERING.fullmatch(flow, *span))
        position = tag.end
    tail = flow[position : cell.end]
    only_labels &= bool(GAP.fullmatch(tail) or (len(tail) < 3 and NUMBERING.fullmatch(tail)))
    kept = []
    for tag in tags:
        if only_labels and not tag.firm:
            kept.append(_firm(tag))
        elif tag.firm or _is_first(flow, cell, tag, numbered) or _shouts(flow, tag):
            kept.append(tag)
    return kept


def _firm(tag: Tag) -> Tag:
    """Return a label that is firm; `replace` takes five times as long, and tables have many."""
    place = tag.start, tag.end, tag.rest
    return Tag(*place, tag.meaning, tag.phrase, marked=tag.marked, firm=True)


def _shouts(flow: str, tag: Tag) -> bool:
    """Return whether a label is an abbreviation in capitals with a long number behind: `SN 22191`.

    Prose has neither.
    """
    return flow[tag.start : tag.end].isupper() and _LONG_NUMBER.match(flow, tag.end) is not None
