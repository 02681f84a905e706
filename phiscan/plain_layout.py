"""Lay a plain string out as if it were a photo: its places are columns and rows of characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from phiscan.geometry import Region
from phiscan.text import Cell, Text, Word

_BETWEEN_CELLS = re.compile(r"[\t|]| {3,}|(?<=[^\s.!?:]) {2}(?! )")
_WORD = re.compile(r"\S+")
_IN_LINE = 3
"""Columns that left edges may be apart under each other: 1.5 line heights, as on a photo."""
_WIDE = 40
"""Cells of a line from which a search through all of them takes longer than one by squares."""
Rows = list[tuple[int, str, list[tuple[int, int, int]]]]
"""Lines of a block: number, text, and of its cells the left border, start and end of the words."""


class _PlainText(Text):
    """A plain string laid out; its words are made when somebody first asks for one.

    Identifiers ask for cells only, and words are nine tenths of the work.
    """

    def __init__(self, flow: str, cells: tuple[Cell, ...]) -> None:
        """Take the place of the generated one: frozen dataclasses set their fields this way."""
        object.__setattr__(self, "flow", flow)
        object.__setattr__(self, "cells", cells)

    @cached_property
    def _made(self) -> tuple[tuple[Word, ...], tuple[tuple[int, int], ...]]:
        return _words_of(self.flow, self.cells)

    @cached_property
    def _rows(self) -> dict[int, list[tuple[float, float, Cell]]]:
        """The cells of each line with their left and right ends."""
        rows: dict[int, list[tuple[float, float, Cell]]] = {}
        for cell in self.cells:
            corners = cell.region.corners
            rows.setdefault(cell.line, []).append((corners[0][0], corners[1][0], cell))
        return rows

    def _find_below(self, cell: Cell) -> Cell | None:
        """Return the same as for any text, looked for on the next two lines: all are upright."""
        rows = [self._rows.get(cell.line + down, ()) for down in (1, 2)]
        if max(map(len, rows)) > _WIDE:
            return super()._find_below(cell)
        left, right = cell.region.corners[0][0], cell.region.corners[1][0]
        for row in rows:
            for start, end, other in row:
                shared = min(end, right) - max(start, left)
                if abs(start - left) < _IN_LINE or 2 * shared > min(right - left, end - start):
                    return other
        return None

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words of the cells."""
        return self._made[0]

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The offsets of the words."""
        return self._made[1]


def lay_out(text: str) -> Text:
    """Return a plain string as a Text whose places are columns and rows of characters.

    Offsets stay those of `text`. Tabs, bars and two or more blanks part cells, but two blanks
    behind a sentence do not; an empty line parts blocks. A character is 1 wide and 2 high, so that
    heights compare as on a photo. Columns that tabs or bars part start at the same place in every
    line of a block.
    """
    cells: list[Cell] = []
    offset = 0
    for block, rows in enumerate(_paragraphs(text.split("\n"))):
        columns = _columns(rows)
        for row, line, spans in rows:
            tabbed = _is_tabbed(line)
            for column, (border, start, end) in enumerate(spans):
                x = start + max(columns[column] - border, 0) if tabbed else start
                region = _rectangle(x, x + end - start, row)
                cells.append(Cell(offset + start, offset + end, row, block, region))
            offset += len(line) + 1
    return _PlainText(text, tuple(cells))


def _rectangle(x0: float, x1: float, row: int) -> Region:
    """Return the place of characters on a row, each 1 wide and 2 high."""
    top, bottom = 2 * row, 2 * row + 2
    return Region(0, ((x0, top), (x1, top), (x1, bottom), (x0, bottom)))


def _words_of(
    flow: str, cells: Iterable[Cell]
) -> tuple[tuple[Word, ...], tuple[tuple[int, int], ...]]:
    """Return the words of a plain string's cells, and their offsets."""
    words: list[Word] = []
    spans: list[tuple[int, int]] = []
    for cell in cells:
        x = cell.region.corners[0][0] - cell.start
        for found in _WORD.finditer(flow, cell.start, cell.end):
            start, end = found.span()
            words.append(Word(found.group(), _rectangle(x + start, x + end, cell.line), 1.0))
            spans.append((start, end))
    return tuple(words), tuple(spans)


def _paragraphs(lines: Sequence[str]) -> list[Rows]:
    """Group lines with their numbers and cells; an empty line starts a new group."""
    groups: list[Rows] = [[]]
    for row, line in enumerate(lines):
        spans = _cells_of(line)
        if not spans and groups[-1]:
            groups.append([])
        groups[-1].append((row, line, spans))
    return groups


def _cells_of(line: str) -> list[tuple[int, int, int]]:
    """Return the left border of each cell of a line, and where its words start and end.

    Cells without a word are left out.
    """
    bare = line.strip()
    if not bare:
        return []
    lead = line.index(bare)
    blank = line[:lead].count(" ") == lead
    if blank and "  " not in bare and "\t" not in line and "|" not in line:
        return [(lead if lead > 2 else 0, lead, lead + len(bare))]
    borders = [found.span() for found in _BETWEEN_CELLS.finditer(line)]
    starts, ends = [0, *(end for _, end in borders)], [start for start, _ in borders]
    pieces = list(zip(starts, [*ends, len(line)], strict=True))
    spans = []
    for start, end in pieces:
        written = line[start:end]
        bare = written.strip()
        if bare:
            at = start + len(written) - len(written.lstrip())
            spans.append((start, at, at + len(bare)))
    return spans


def _is_tabbed(line: str) -> bool:
    return "\t" in line or "|" in line


def _columns(rows: Rows) -> list[int]:
    """Return where each column of a block starts: as far right as in any of its tabbed lines."""
    columns: list[int] = []
    for _, line, spans in rows:
        tabbed = _is_tabbed(line)
        for column, (border, *_) in enumerate(spans):
            if column == len(columns):
                columns.append(border)
            elif tabbed:
                columns[column] = max(columns[column], border)
    return columns
