"""Words with their places, and the only map from characters back to pixels."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from phiscan.geometry import Region

if TYPE_CHECKING:
    from phiscan.traces import Traces

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class Word:
    """One word as a reader saw it.

    `score` is the reader's own confidence, 0 to 1. `cuts` are the borders of its characters along
    the reading direction as fractions of the region, one more than there are characters; without
    them the characters count as equally wide.
    """

    text: str
    region: Region
    score: float
    cuts: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse empty words, scores outside 0 to 1, and borders that do not fit the text."""
        if not self.text:
            raise ValueError("a word needs at least one character")
        if not 0.0 <= self.score <= 1.0 or math.isnan(self.score):
            raise ValueError("a score must be a number from 0 to 1")
        if self.cuts and len(self.cuts) != len(self.text) + 1:
            raise ValueError("a word needs one cut more than it has characters")

    def part(self, start: int, end: int) -> Region:
        """Return the region of the characters from `start` up to `end`."""
        if start <= 0 and end >= len(self.text):
            return self.region
        if self.cuts:
            return self.region.part(self.cuts[max(start, 0)], self.cuts[min(end, len(self.text))])
        return self.region.part(max(start, 0) / len(self.text), min(end / len(self.text), 1.0))

    def __repr__(self) -> str:
        """Print the length, never the word."""
        return f"Word({len(self.text)} characters)"


UNREAD = "\ufffd"
"""The word that stands for a code which is plainly there and could not be read: Unicode keeps this
character for what cannot be shown."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Words that stand together on one line: a table cell, or the whole line of running text.

    `start` and `end` are offsets in the flow; `line` and `block` number the line and the surface
    that it belongs to; `region` reaches from its first word to its last.
    """

    start: int
    end: int
    line: int
    block: int
    region: Region


@dataclass(frozen=True, repr=False)
class Text:
    """All words of a photo in reading order.

    `flow` is the text as one string: a blank between words, a tab between cells, a line feed
    between lines, an empty line between blocks. `spans` are the offsets of each word in it.
    Offsets into `flow` are the currency of the identifiers; `regions()` turns them into pixels.
    `traces` tell where readers saw something like print.
    """

    words: tuple[Word, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    cells: tuple[Cell, ...] = ()
    flow: str = ""
    traces: tuple[Traces, ...] = ()

    def __post_init__(self) -> None:
        """Refuse spans that do not belong to the words: a wrong map covers the wrong pixels."""
        if len(self.words) != len(self.spans):
            raise ValueError("a text needs one span for each word")

    @cached_property
    def _worked_out(self) -> dict[object, Any]:
        return {}

    def worked_out(self, make: Callable[[Text], T]) -> T:
        """Return `make(self)`, which runs at the first call only: twenty identifiers share it.

        The result lives as long as the text, so that no words outlast their photo.
        """
        if make not in self._worked_out:
            self._worked_out[make] = make(self)
        result: T = self._worked_out[make]
        return result

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _ in self.spans]

    @cached_property
    def _cell_starts(self) -> list[int]:
        return [cell.start for cell in self.cells]

    def pieces(self, start: int, end: int) -> Iterator[tuple[int, Word, int, int]]:
        """Yield the index, word and inner offsets of every word that the span touches."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        for index in range(first, len(self.words)):
            word_start, word_end = self.spans[index]
            if word_start >= end:
                return
            if word_end > start:
                inner = max(start - word_start, 0), min(end, word_end) - word_start
                yield index, self.words[index], *inner

    def regions(self, start: int, end: int) -> tuple[Region, ...]:
        """Return where the characters from `start` up to `end` stand: one region for each cell."""
        found: list[Region] = []
        last_cell = -1
        for index, word, inner_start, inner_end in self.pieces(start, end):
            part = word.part(inner_start, inner_end)
            cell = self._cell_index(self.spans[index][0])
            if found and cell == last_cell:
                found[-1] = found[-1].join(part)
            else:
                found.append(part)
            last_cell = cell
        return tuple(found)

    def confidence(self, start: int, end: int) -> float:
        """Return the lowest reader's score among the words that the span touches, 0 to 1."""
        return min((word.score for _, word, *_ in self.pieces(start, end)), default=0.0)

    def _cell_index(self, offset: int) -> int:
        return bisect_right(self._cell_starts, offset) - 1

    def cell_at(self, offset: int) -> Cell:
        """Return the cell that holds the character at `offset`; IndexError without cells."""
        return self.cells[max(self._cell_index(offset), 0)]

    def right_of(self, cell: Cell) -> Cell | None:
        """Return the next cell on the same line, or None."""
        index = self._cell_index(cell.start) + 1
        if index < len(self.cells) and self.cells[index].line == cell.line:
            return self.cells[index]
        return None

    def below(self, cell: Cell) -> Cell | None:
        """Return the nearest cell under `cell`, seen along its own reading direction, or None.

        Under means: at most three line heights lower, and left edges in line or half overlapping.
        """
        if cell.start not in self._below:
            self._below[cell.start] = self._find_below(cell)
        return self._below[cell.start]

    @cached_property
    def _below(self) -> dict[int, Cell | None]:
        """What stands below the cells that were asked for, by their start: tables are walked."""
        return {}

    @cached_property
    def _grid(self) -> _Grid:
        return _Grid(self.cells)

    def _find_below(self, cell: Cell) -> Cell | None:
        of = self._grid.laid[cell.start]
        under = ((drop, other.start, other) for other, drop in _under(of, self._grid.near(of)))
        nearest = min(under, default=None)
        return nearest[2] if nearest is not None else None

    def line_of(self, cell: Cell) -> tuple[Cell, ...]:
        """Return all cells of the line that `cell` stands on, left to right."""
        return self._lines[cell.line]

    @cached_property
    def _lines(self) -> dict[int, tuple[Cell, ...]]:
        """The cells of each line: a line of many is asked for again for each of them."""
        return {line: tuple(cells) for line, cells in groupby(self.cells, attrgetter("line"))}

    def block_span(self, block: int) -> tuple[int, int]:
        """Return the offsets where a block starts and ends; ValueError when there is none."""
        members = next((cells for cells in self.blocks if cells[0].block == block), ())
        return min(cell.start for cell in members), max(cell.end for cell in members)

    @cached_property
    def blocks(self) -> tuple[tuple[Cell, ...], ...]:
        """The cells of each block, in reading order."""
        grouped: dict[int, list[Cell]] = {}
        for cell in self.cells:
            grouped.setdefault(cell.block, []).append(cell)
        return tuple(tuple(cells) for cells in grouped.values())

    def __repr__(self) -> str:
        """Print the number of words, never the words."""
        return f"Text({len(self.words)} words)"


_REACH = 3.0
"""How far below a label its value may stand, in heights of the label's line: forms leave one empty
line between them, tables with padded rows a little more."""


def _mid_left(cell: Cell) -> tuple[float, float]:
    """Return the middle of the side where a cell's text starts."""
    top, bottom = cell.region.corners[0], cell.region.corners[3]
    return (top[0] + bottom[0]) / 2, (top[1] + bottom[1]) / 2


@dataclass(frozen=True, slots=True)
class _Laid:
    """A cell with what the search below others asks of its place, worked out once."""

    cell: Cell
    x: float
    y: float
    angle: float
    length: float
    height: float


def _laid(cell: Cell) -> _Laid:
    region = cell.region
    x, y = _mid_left(cell)
    return _Laid(cell, x, y, region.angle, region.length, max(region.thickness, 1e-6))


class _Grid:
    """Cells by the square in which they start, so that a cell under another is soon found.

    Cells of like length share squares as wide as the longest of them: none that stands under a
    cell starts further than one square before it, and not many fit under it.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.laid = {cell.start: _laid(cell) for cell in cells}
        heights = [each.height for each in self.laid.values()]
        self._least = max(_REACH * statistics.median(heights), 1e-6)
        self._levels: dict[float, dict[tuple[int, int, int], list[_Laid]]] = {}
        for each in self.laid.values():
            doublings = math.ceil(math.log2(max(each.length / self._least, 1.0)))
            side = self._least * 2.0**doublings
            square = each.cell.region.frame, math.floor(each.x / side), math.floor(each.y / side)
            self._levels.setdefault(side, {}).setdefault(square, []).append(each)

    def near(self, of: _Laid) -> Iterator[_Laid]:
        """Yield all cells that may stand under one, and some others."""
        cos, sin = math.cos(of.angle), math.sin(of.angle)
        frame = of.cell.region.frame
        for side, squares in self._levels.items():
            reach = max(side, 1.5 * of.height), max(of.length, 1.5 * of.height)
            corners = [(a, d) for a in (-reach[0], reach[1]) for d in (0.0, _REACH * of.height)]
            across = sorted((of.x + a * cos - d * sin) / side for a, d in corners)
            down = sorted((of.y + a * sin + d * cos) / side for a, d in corners)
            columns = range(math.floor(across[0]), math.floor(across[-1]) + 1)
            rows = range(math.floor(down[0]), math.floor(down[-1]) + 1)
            if len(columns) * len(rows) > len(squares):
                wanted: Iterable[tuple[int, int, int]] = squares
            else:
                wanted = ((frame, column, row) for column in columns for row in rows)
            for square in wanted:
                yield from squares.get(square, ())


def _under(of: _Laid, cells: Iterable[_Laid]) -> Iterator[tuple[Cell, float]]:
    """Yield the cells that stand under one with the distance in line heights."""
    cos, sin = math.cos(of.angle), math.sin(of.angle)
    frame = of.cell.region.frame
    for other in cells:
        drop = (other.y - of.y) * cos - (other.x - of.x) * sin
        if not 0.6 * of.height < drop < _REACH * of.height:
            continue
        if other.cell.region.frame != frame:
            continue
        if abs(math.remainder(other.angle - of.angle, math.tau)) > math.radians(20):
            continue
        start = (other.x - of.x) * cos + (other.y - of.y) * sin
        end = start + other.length
        overlap = min(end, of.length) - max(start, 0.0)
        if abs(start) < 1.5 * of.height or overlap > 0.5 * min(of.length, end - start):
            yield other.cell, drop / of.height
