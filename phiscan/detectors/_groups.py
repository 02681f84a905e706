"""Which pieces of text stand on one surface: blocks close together, without what is no print."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING

from phiscan.geometry import enclosing
from phiscan.grouping import close_pairs, connected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phiscan.text import Cell, Text

_REACH = 5.0
"""Empty space, in line heights, that a surface may have between two of its blocks of text."""
_STRAY_SCORE, _STRAY_LETTERS = 0.6, 3
"""Score below which a piece of so many letters at most is no print for sure: readers see signs in
knots of wood, keys and leaves, large ones, which tie a whole desk into one surface."""
_INSIDE, _AS_HIGH = 0.5, 1.6
"""Part of a stray piece that must lie among a group's cells for it to be one of them, and its
height over theirs at most."""


def groups_of(text: Text) -> Iterator[list[Cell]]:
    """Yield the cells of blocks that lie close together on one frame."""
    strays = [cell for cell in text.cells if _is_stray(text, cell)]
    groups = list(_grown(text, strays))
    places = [_Place(group) for group in groups]
    for stray in strays:
        home = next((group for group, at in zip(groups, places, strict=True) if stray in at), None)
        if home is not None:
            home.append(stray)
    for group in groups:
        yield sorted(group, key=lambda cell: cell.start)


class _Place:
    """Where a group stands, and how high its lines are."""

    def __init__(self, group: Sequence[Cell]) -> None:
        self._frame = group[0].region.frame
        self._box = enclosing(cell.region.box for cell in group)
        self._most = _AS_HIGH * height_of(group)

    def __contains__(self, stray: Cell) -> bool:
        """Return whether a stray piece stands among the cells of the group and is as high."""
        if stray.region.frame != self._frame or stray.region.thickness > self._most:
            return False
        box = stray.region.box
        return box.overlap(self._box) >= _INSIDE * box.area


def height_of(cells: Sequence[Cell]) -> float:
    """Return the usual line height of cells: that of a headline or a misread mark counts little."""
    return statistics.median(cell.region.thickness for cell in cells)


def _grown(text: Text, strays: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Yield groups of blocks, grown from one block to the next that lies close to it."""
    apart = {cell.start for cell in strays}
    blocks = [[cell for cell in block if cell.start not in apart] for block in text.blocks]
    blocks = [block for block in blocks if block]
    boxes = [enclosing(cell.region.box for cell in block) for block in blocks]
    heights = [height_of(block) for block in blocks]
    frames = [block[0].region.frame for block in blocks]
    pairs = (
        (i, j)
        for i, j in close_pairs(boxes, frames, _REACH * max(heights, default=0.0))
        if math.hypot(*boxes[i].gap(boxes[j])) <= _REACH * min(heights[i], heights[j])
    )
    for group in connected(len(blocks), pairs):
        yield [cell for index in group for cell in blocks[index]]


def _is_stray(text: Text, cell: Cell) -> bool:
    """Return whether a piece is a lone sign, or a few that the reader doubts."""
    letters = sum(sign.isalnum() for sign in text.flow[cell.start : cell.end])
    if letters <= 1:
        return True
    return letters <= _STRAY_LETTERS and text.confidence(cell.start, cell.end) < _STRAY_SCORE
