"""Find labels and their values: on the same line, glued together, in the next cell, in the column.

OCR drops blanks and colons, reads `DOB` as `D0B`, and merges `MRN: 123` into one word. A label is
therefore compared by its letters alone, and a long one may be off by one letter.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from heapq import merge
from typing import TYPE_CHECKING

from phiscan.identifiers._phrases import LONGEST, Letters, known, phrase_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from phiscan.text import Cell, Text

_MARK = re.compile(
    r"[ .]*(?:\([^()\n\t]{1,30}\)[ .]*)?((?:no\b|nr\b)?[ .]*[:#=;：№]|$)[ :#=.;\-]*", re.IGNORECASE
)
_GAP = re.compile(r"[\s.,;:|/\\&()\[\]\-–—_>•*]*(?:(?:and|or|und|et|y)\b[\s/]*)?", re.IGNORECASE)
_NUMBERING = re.compile(r"[\s\d.,()\[\]/|:#*•\-_]*")
_WORD = re.compile(r"[^\W\d_]+")
_PROSE = re.compile(r"[ ,]*[a-z]{2,} [a-z]{2,}[a-z ]*[.,]? |\. {1,2}[A-Z][a-z]+ [a-z]{2,}")
"""What goes on as a sentence: whatever stands below is not its label's value."""
_COLUMN = 80
"""Most rows of a table that are read under one header."""
_CHAIN = 5
"""Most labels that share one value: passports print up to four languages."""
_LONGEST_VALUE = 160
"""Characters of a cell in which a label's value is looked for."""
_LISTED = frozenset({"name", "names", "patient", "patients", "resident", "member"})
"""Headers that stand alone above a list."""
ON_LINE, AT_RIGHT = "on the same line", "in the cell to the left"
BELOW, IN_COLUMN = "in the cell above", "above the column"


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


@dataclass(frozen=True, slots=True)
class Field:
    """A stretch of the flow in which a label's value may stand, and how the two lie."""

    start: int
    end: int
    how: str
    tag: Tag

    @property
    def reason(self) -> str:
        """Say which label announced the value and where it stands."""
        return f"label '{self.tag.phrase}' {self.how}"


def _tags_in(cell: Cell, flow: str) -> list[Tag]:
    letters = Letters(flow[cell.start : cell.end])
    offsets, tags = letters.offsets, list[Tag]()
    after = 0
    for index in letters.starts():
        hit = phrase_at(letters, index) if index >= after else None
        if hit is None:
            continue
        key, stop = hit
        span = cell.start + offsets[index], cell.start + offsets[stop - 1] + 1
        tag = _tag(flow, span, cell.end, key)
        if _placed(flow, cell, tag, tags):
            tags.append(tag)
            after = stop
            if tag.marked:
                after = max(stop, bisect_left(offsets, tag.rest - cell.start))
    return _firmed(flow, cell, tags) if tags else tags


def _tag(flow: str, span: tuple[int, int], limit: int, key: str) -> Tag:
    meaning, phrase, weak = known()[key]
    mark = _MARK.match(flow, span[1], limit)
    marked = mark is not None and mark.group(1) != ""
    rest = mark.end() if mark is not None else span[1]
    firm = marked or not weak
    return Tag(*span, rest, meaning, phrase, marked=marked, firm=firm)


def _placed(flow: str, cell: Cell, tag: Tag, tags: list[Tag]) -> bool:
    """Return whether no word of prose runs into the label, as in `garden name: Eden`."""
    window = flow[max(tag.start - LONGEST, cell.start) : tag.start]
    before = window.rstrip(" ")
    last = _WORD.match(before[::-1]) if before != window else None
    if last is None:
        return True
    if tags and _GAP.fullmatch(flow, tags[-1].end, tag.start):
        return True
    return " " in tag.phrase or (
        tag.phrase not in {"name", "names", "nom"} and (tag.marked or not last[0].islower())
    )


def _firmed(flow: str, cell: Cell, tags: list[Tag]) -> list[Tag]:
    """Harden the weak labels of a cell that holds nothing but labels; drop those inside prose."""
    position, only_labels = cell.start, True
    for tag in tags:
        span = position, tag.start
        only_labels &= bool(_GAP.fullmatch(flow, *span) or _NUMBERING.fullmatch(flow, *span))
        position = tag.end
    tail = flow[position : cell.end]
    only_labels &= bool(_GAP.fullmatch(tail) or (len(tail) < 3 and _NUMBERING.fullmatch(tail)))
    kept = []
    for tag in tags:
        if only_labels and not tag.firm:
            kept.append(replace(tag, firm=True))
        elif tag.firm or _NUMBERING.fullmatch(flow, cell.start, tag.start):
            kept.append(tag)
    return kept


class _Found:
    """What every identifier needs to know of a text's labels; worked out once for all of them."""

    def __init__(self, text: Text) -> None:
        self.tags = [tag for cell in text.cells for tag in _tags_in(cell, text.flow)]
        self.starts = [tag.start for tag in self.tags]
        self.of: dict[str, list[int]] = {}
        for index, tag in enumerate(self.tags):
            self.of.setdefault(tag.meaning, []).append(index)
        self.lines: dict[int, list[Cell]] = {}
        for cell in text.cells:
            self.lines.setdefault(cell.line, []).append(cell)


class Labels:
    """All labels of a text, and the stretches in which their values may stand."""

    def __init__(self, text: Text) -> None:
        self.text = text
        found = text.worked_out(_Found)
        self.tags, self._tag_starts, self._lines = found.tags, found.starts, found.lines
        self._of = found.of

    def _among(self, start: int, end: int) -> tuple[int, int]:
        """Return the first of the labels that start in a stretch, and the one after its last."""
        return bisect_left(self._tag_starts, start), bisect_left(self._tag_starts, end)

    def within(self, start: int, end: int) -> list[Tag]:
        """Return the labels that start from `start` up to `end`."""
        return self.tags[slice(*self._among(start, end))]

    def before(self, offset: int) -> Tag | None:
        """Return the last label before `offset` in the same cell."""
        index = bisect_left(self._tag_starts, offset) - 1
        if index < 0 or self.tags[index].start < self.text.cell_at(offset).start:
            return None
        return self.tags[index]

    def fields(self, *meanings: str) -> Iterator[Iterator[Field]]:
        """Yield for each label of these meanings the stretches to look at, nearest first."""
        for index in merge(*(self._of.get(meaning, ()) for meaning in set(meanings))):
            yield self._places(index)

    def _places(self, index: int) -> Iterator[Field]:
        tag, cell = self.tags[index], self.text.cell_at(self.tags[index].start)
        start, end = self._rest_of_cell(index, cell)
        numbering = end - start < 3 and _NUMBERING.fullmatch(self.text.flow, start, end)
        if not numbering or tag.meaning == "age":  # the only value of two digits
            yield Field(start, end, ON_LINE, tag)
        if not tag.firm or _PROSE.match(self.text.flow, start, end):
            return
        right = self.text.right_of(cell)
        if right is not None and end == cell.end and not self.opens(right):
            yield self._up_to_label(right, AT_RIGHT, tag)
        yield from self._column(cell, tag)

    def _rest_of_cell(self, index: int, cell: Cell) -> tuple[int, int]:
        """Return the stretch after a label, past labels that share its value (`Surname/Nom`)."""
        tag = self.tags[index]
        rest = tag.rest
        for follower in self.tags[index + 1 : index + 1 + _CHAIN]:
            if follower.start >= cell.end:
                break
            near = follower.start <= tag.end + 20
            if (
                tag.marked
                or not near
                or not _GAP.fullmatch(self.text.flow, tag.end, follower.start)
            ):
                return rest, min(max(follower.start, rest), rest + _LONGEST_VALUE)
            tag, rest = follower, follower.rest
        return min(rest, cell.end), min(cell.end, rest + _LONGEST_VALUE)

    def _column(self, cell: Cell, tag: Tag) -> Iterator[Field]:
        below = self._below(cell)
        for row in range(_COLUMN if self._heads_table(cell, tag) else 1):
            if below is None or self.opens(below):
                return
            yield self._up_to_label(below, BELOW if row == 0 else IN_COLUMN, tag)
            below = self._below(below)

    def _below(self, cell: Cell) -> Cell | None:
        """Return the cell below, or that of the same number in the next row of a table."""
        below = self.text.below(cell)
        row, following = self._lines[cell.line], self._lines.get(cell.line + 1, [])
        if below is None and len(row) == len(following) > 1:
            below = following[row.index(cell)]
        return below

    def _heads_table(self, cell: Cell, tag: Tag) -> bool:
        """Return whether a label stands in a row of labels, so that a whole column is its value."""
        if tag.marked:
            return False
        neighbours = self.text.right_of(cell), self._left_of(cell)
        row = any(other is not None and self.opens(other) for other in neighbours)
        first, end = self._among(cell.start, cell.end)
        return row or tag.phrase in _LISTED or end - first > 2

    def _left_of(self, cell: Cell) -> Cell | None:
        before = self.text.cell_at(cell.start - 1) if cell.start else cell
        return before if before.line == cell.line and before is not cell else None

    def opens(self, cell: Cell) -> bool:
        """Return whether `cell` begins with a label, so that it is nobody's value."""
        index = bisect_left(self._tag_starts, cell.start)
        if index == len(self.tags) or not self.tags[index].firm:
            return False
        start = self.tags[index].start
        return start < cell.end and bool(_NUMBERING.fullmatch(self.text.flow, cell.start, start))

    def _up_to_label(self, cell: Cell, how: str, tag: Tag) -> Field:
        limit = min(cell.end, cell.start + _LONGEST_VALUE)
        firm = [other for other in self.within(cell.start + 1, limit) if other.firm]
        return Field(cell.start, firm[0].start if firm else limit, how, tag)


Span = tuple[int, int]


def labelled(
    labels: Labels, parse: Callable[[str, Field], Span | None], *meanings: str
) -> Iterator[tuple[int, int, Field]]:
    """Yield the values that `parse` accepts.

    A value on the line ends the search for its label; under a header the whole column is read,
    up to two rows in a row that `parse` refuses.
    """
    for places in labels.fields(*meanings):
        refused = 0
        for field in places:
            span = parse(labels.text.flow[field.start : field.end], field)
            if span is None:
                refused += field.how in {BELOW, IN_COLUMN}
                if refused > 1:
                    break
                continue
            refused = 0
            yield field.start + span[0], field.start + span[1], field
            if field.how in {ON_LINE, AT_RIGHT}:
                break
