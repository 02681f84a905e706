"""Which pieces of a group of text stand on which sheet: several may lie side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from phiscan.detectors._groups import height_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from phiscan.detectors._sheets import Sheet
    from phiscan.text import Cell

_BESIDE = 2.0
"""Empty space, in line heights, up to which a piece beside a sheet's print is print of that sheet:
four straight sides are a rough outline of a page that curls, and of a screen in its frame."""


class Part(NamedTuple):
    """Pieces of a group that stand together, and the sheet that they stand on, if one is seen."""

    cells: list[Cell]
    sheet: Sheet | None


def parts_of(cells: Sequence[Cell], sheets: Sequence[Sheet]) -> list[Part]:
    """Return the pieces of a group that stand on each sheet, and last those that stand on none."""
    left, parts = list(cells), []
    for sheet in sheets:
        on_it = [cell for cell in left if sheet.holds(cell.region)]
        if len(on_it) > 1:
            left = [cell for cell in left if cell not in on_it]
            parts.append(Part(on_it, sheet))
    if parts and left:
        left = _take_in(parts, left, _BESIDE * height_of(cells))
    if left:
        parts.append(Part(left, None))
    return [Part(sorted(part.cells, key=lambda cell: cell.start), part.sheet) for part in parts]


def _take_in(parts: Sequence[Part], left: list[Cell], reach: float) -> list[Cell]:
    """Add each piece to the part that it stands beside, and then what stands beside it.

    Returns the pieces that stand beside none.
    """
    placed = [(cell, part) for part in parts for cell in part.cells]
    while left:
        gaps = _gaps([cell for cell, _ in placed], left)
        nearest = gaps.argmin(axis=0)
        beside = gaps.min(axis=0) <= reach
        if not beside.any():
            break
        for cell, index, near in zip(left, nearest.tolist(), beside.tolist(), strict=True):
            if near:
                part = placed[index][1]
                part.cells.append(cell)
                placed.append((cell, part))
        left = [cell for cell, near in zip(left, beside.tolist(), strict=True) if not near]
    return left


def _gaps(some: Sequence[Cell], others: Sequence[Cell]) -> NDArray[np.float64]:
    """Return the empty space between each of some cells and each of others: `(some, others)`."""
    one, two = (
        np.array([(box.x0, box.y0, box.x1, box.y1) for box in (cell.region.box for cell in cells)])
        for cells in (some, others)
    )
    apart = [
        np.maximum(one[:, None, side] - two[:, 2 + side], two[:, side] - one[:, None, 2 + side])
        for side in (0, 1)
    ]
    gaps: NDArray[np.float64] = np.hypot(*(np.maximum(each, 0.0) for each in apart))
    return gaps
