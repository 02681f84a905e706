"""How plainly something stands in rows on a sheet: lines of print do, however blurred they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST_SIDE = 8
"""Pixels along the shorter side of a sheet from which rows can be told."""
_NEAR = 6
"""Part of the sheet over which the strokes round a row are averaged: one over this."""
_NOISE = 0.3
"""Strokes in grey values a pixel that count as none, so that grain has no rows."""
_CALM = 0.12
"""How much busier or calmer than those round it a row must be."""
_PLAINEST = 0.8
"""How much rows differ from the gaps between them, from which more says no more."""
MOST_ROWS = 3.0
"""What `rows_of` returns at most: of sheets that nobody can read one in seven has more."""


def rows_of(flat: NDArray[np.float32]) -> float:
    """Return how plainly rows stand on a sheet seen straight on, along either side: 0 to 3.

    It is the number of rows times how much they differ from the gaps between them.
    """
    if min(flat.shape) < _LEAST_SIDE:
        return 0.0
    calm = cv2.GaussianBlur(flat, (0, 0), 1.0)
    across = np.abs(cv2.Sobel(calm, cv2.CV_32F, 1, 0)).mean(axis=1)
    down = np.abs(cv2.Sobel(calm, cv2.CV_32F, 0, 1)).mean(axis=0)
    return max(_rows(across / 8), _rows(down / 8))


def _rows(strokes: NDArray[np.float32]) -> float:
    """Return the same for rows of pixels, by the strokes that cross each."""
    reach = max(7, len(strokes) // _NEAR) | 1
    column = strokes.reshape(-1, 1)
    around = cv2.blur(column, (1, reach), borderType=cv2.BORDER_REFLECT).ravel() + _NOISE
    busier = strokes + _NOISE - around
    signs = np.sign(busier)[np.abs(busier) >= _CALM * around]
    rows = np.count_nonzero(np.diff(signs)) / 2
    differs = float(busier.std() / around.mean())
    return float(min(min(differs, _PLAINEST) * rows, MOST_ROWS))
