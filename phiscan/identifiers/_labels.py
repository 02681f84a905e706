"""Find the values of labels: on the same line, glued together, in the next cell, in the column."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import dataclass
from heapq import merge
from typing import TYPE_CHECKING

from phiscan.identifiers._tags import GAP, NUMBERING, Tag, tags_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from phiscan.text import Cell, Text

_PROSE = re.compile(r"[ ,]*[a-z]{2,} [a-z]{2,}[a-z ]*[.,]? |\. {1,2}[A-Z][a-z]+ [a-z]{2,}")
"""What goes on as a sentence: whatever stands below is not its label's value."""
_COLUMN = 80
"""Most rows of a table that are read under one header."""
_CHAIN = 5
"""Most labels that share one value: passports print up to four languages."""
_IN_COLUMN = 1.0
"""Height of a line by which a value may stand beside the column of its header."""
_LONGEST_VALUE = 160
"""Characters of a cell in which a label's value is looked for."""
_LISTED = frozenset({"name", "names", "patient", "patients", "resident", "member"})
"""Headers that stand alone above a list."""
ON_LINE, AT_RIGHT = "on the same line", "in the cell to the left"
BELOW, IN_COLUMN = "in the cell above", "above the column"


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


class _Found:
    """What every identifier needs to know of a text's labels; worked out once for all of them."""

    def __init__(self, text: Text) -> None:
        self.tags = list(tags_in(text))
        self.starts = [tag.start for tag in self.tags]
        self.of: dict[str, list[int]] = {}
        for index, tag in enumerate(self.tags):
            self.of.setdefault(tag.meaning, []).append(index)
        self.heads: dict[int, bool] = {}
        self.opens: dict[int, bool] = {}
        self.lines: dict[int, list[Cell]] = {}
        for cell in text.cells:
            self.lines.setdefault(cell.line, []).append(cell)


class Labels:
    """All labels of a text, and the stretches in which their values may stand."""

    def __init__(self, text: Text) -> None:
        self.text = text
        found = text.worked_out(_Found)
        self.tags, self._tag_starts, self._lines = found.tags, found.starts, found.lines
        self._of, self._heads, self._opens = found.of, found.heads, found.opens

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
        numbering = end - start < 3 and NUMBERING.fullmatch(self.text.flow, start, end)
        if not numbering or tag.meaning == "age":  # the only value of two digits
            yield Field(start, end, ON_LINE, tag)
        if not tag.firm or _PROSE.match(self.text.flow, start, end):
            return
        right = self.text.right_of(cell)
        heads = start == end == cell.end and not tag.marked and self._heads_columns(cell)
        if right is not None and end == cell.end and not self.opens(right) and not heads:
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
            if tag.marked or not near or not GAP.fullmatch(self.text.flow, tag.end, follower.start):
                return rest, min(max(follower.start, rest), rest + _LONGEST_VALUE)
            tag, rest = follower, follower.rest
        return min(rest, cell.end), min(cell.end, rest + _LONGEST_VALUE)

    def _column(self, cell: Cell, tag: Tag) -> Iterator[Field]:
        below = self._below(cell)
        if below is None or self.opens(below):
            return
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
            below = following[bisect_left(row, cell.start, key=lambda each: each.start)]
            below = below if _in_column(cell, below) else None
        return below

    def _heads_table(self, cell: Cell, tag: Tag) -> bool:
        """Return whether a label stands in a row of labels, so that a whole column is its value."""
        if tag.marked:
            return False
        neighbours = self.text.right_of(cell), self._left_of(cell)
        row = any(other is not None and self.opens(other) for other in neighbours)
        row = row or self._heads_columns(cell)
        first, end = self._among(cell.start, cell.end)
        return row or tag.phrase in _LISTED or end - first > 2

    def _heads_columns(self, cell: Cell) -> bool:
        """Return whether a line of three cells or more stands above another of as many.

        Where the next line begins with a label of its own, it is a form and no table.
        """
        if cell.line not in self._heads:
            row, following = self._lines[cell.line], self._lines.get(cell.line + 1, [])
            equal = len(row) == len(following) > 2
            self._heads[cell.line] = equal and not any(map(self.opens, following))
        return self._heads[cell.line]

    def _left_of(self, cell: Cell) -> Cell | None:
        before = self.text.cell_at(cell.start - 1) if cell.start else cell
        return before if before.line == cell.line and before is not cell else None

    def announces(self, cell: Cell) -> bool:
        """Return whether a label ends the cell before `cell`, or stands in one right above it."""
        left = self._left_of(cell)
        if left is not None and (tags := self.within(left.start, left.end)):
            return tags[-1].rest >= left.end
        return any(
            above.line == cell.line - 1 and self.opens(above) and self.text.below(above) is cell
            for above in self._lines.get(cell.line - 1, ())
        )

    def opens(self, cell: Cell) -> bool:
        """Return whether `cell` begins with a label, so that it is nobody's value."""
        opens = self._opens.get(cell.start)
        if opens is None:
            opens = self._opens[cell.start] = self._begins_with_label(cell)
        return opens

    def _begins_with_label(self, cell: Cell) -> bool:
        index = bisect_left(self._tag_starts, cell.start)
        if index == len(self.tags) or not self.tags[index].firm:
            return False
        start = self.tags[index].start
        if start == cell.start:
            return True
        return start < cell.end and bool(NUMBERING.fullmatch(self.text.flow, cell.start, start))

    def _up_to_label(self, cell: Cell, how: str, tag: Tag) -> Field:
        limit = min(cell.end, cell.start + _LONGEST_VALUE)
        firm = [other for other in self.within(cell.start + 1, limit) if other.firm]
        return Field(cell.start, firm[0].start if firm else limit, how, tag)


def _in_column(cell: Cell, below: Cell) -> bool:
    """Return whether two cells of the same number could stand in one column of a table.

    Rows of which a cell was not read have as many cells as others, but elsewhere.
    """
    region, other = cell.region, below.region
    (x, y), (left, top) = region.corners[0], other.corners[0]
    cos, sin = math.cos(region.angle), math.sin(region.angle)
    start = (left - x) * cos + (top - y) * sin
    reach = _IN_COLUMN * max(region.thickness, other.thickness)
    return -other.length - reach < start < region.length + reach


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
