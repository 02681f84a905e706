"""Words with their places, and the only map from characters back to pixels."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from phiscan.geometry import Region


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
    """

    words: tuple[Word, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    cells: tuple[Cell, ...] = ()
    flow: str = ""

    def __post_init__(self) -> None:
        """Refuse spans that do not belong to the words: a wrong map covers the wrong pixels."""
        if len(self.words) != len(self.spans):
            raise ValueError("a text needs one span for each word")

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _ in self.spans]

    @cached_property
    def _cell_starts(self) -> list[int]:
        return [cell.start for cell in self.cells]

    def _pieces(self, start: int, end: int) -> Iterator[tuple[int, Word, int, int]]:
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
        for index, word, inner_start, inner_end in self._pieces(start, end):
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
        return min((word.score for _, word, *_ in self._pieces(start, end)), default=0.0)

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
        return self._below.get(cell.start)

    @cached_property
    def _below(self) -> dict[int, Cell]:
        """Map each cell's start to the cell below it; worked out once, for tables are walked."""
        found = {}
        for cell in self.cells:
            nearest = min(
                ((drop, other.start, other) for other, drop in _under(cell, self.cells)),
                default=None,
            )
            if nearest is not None:
                found[cell.start] = nearest[2]
        return found

    def line_of(self, cell: Cell) -> tuple[Cell, ...]:
        """Return all cells of the line that `cell` stands on, left to right."""
        return tuple(other for other in self.cells if other.line == cell.line)

    def block_span(self, block: int) -> tuple[int, int]:
        """Return the offsets where a block starts and ends; ValueError when there is none."""
        members = [cell for cell in self.cells if cell.block == block]
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


def _under(cell: Cell, cells: tuple[Cell, ...]) -> Iterator[tuple[Cell, float]]:
    """Yield the cells that stand under `cell` with the distance in line heights."""
    region = cell.region
    height, length = max(region.thickness, 1e-6), region.length
    cos, sin = math.cos(region.angle), math.sin(region.angle)
    x0 = (region.corners[0][0] + region.corners[3][0]) / 2
    y0 = (region.corners[0][1] + region.corners[3][1]) / 2
    for other in cells:
        if other is cell or other.region.frame != region.frame:
            continue
        left, right = other.region.corners[0], other.region.corners[1]
        low_left = other.region.corners[3]
        mid = (left[0] + low_left[0]) / 2 - x0, (left[1] + low_left[1]) / 2 - y0
        start, drop = mid[0] * cos + mid[1] * sin, mid[1] * cos - mid[0] * sin
        if not 0.6 * height < drop < _REACH * height:
            continue
        if abs(_turn(other.region.angle - region.angle)) > math.radians(20):
            continue
        end = start + math.dist(left, right)
        overlap = min(end, length) - max(start, 0.0)
        if abs(start) < 1.5 * height or overlap > 0.5 * min(length, end - start):
            yield other, drop / height


def _turn(angle: float) -> float:
    """Bring an angle in radians into -pi to pi."""
    return (angle + math.pi) % (2 * math.pi) - math.pi
