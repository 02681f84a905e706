"""What a sheet shows whether or not it can be read: an even ground, rows of print, glare."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from phiscan.detectors._rows import rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phiscan.geometry import Region

_SIDE = 160
"""Pixels along the longer side of a sheet as it is looked at: a page has a line for each 4 to 8."""
_EDGE = 0.08
"""Part of the sheet at each side that is left out: its border is no ground."""
_STEP, _NEAR = 8, 1
"""Grey values that count as one brightness, and how many of those to either side do as well."""
_GLARE = 248.0
"""Grey value from which a pixel is burnt out."""


class Ground(NamedTuple):
    """What a sheet's pixels show.

    `even` is the part of it that is about as bright as most: that of paper and glass is, clutter is
    not. `rows` is how plainly something stands in rows on it, 0 to 3, `burnt` the part in glare.
    """

    even: float
    rows: float
    burnt: float


def ground_of(pixels: NDArray[np.uint8], region: Region) -> Ground:
    """Return what the sheet `region` of `pixels` (RGB) shows."""
    flat = _within(_flat(pixels, region), _EDGE)
    counts = np.bincount((flat.ravel().clip(0, 255) // _STEP).astype(int), minlength=256 // _STEP)
    most = int(counts.argmax())
    even = float(counts[max(most - _NEAR, 0) : most + _NEAR + 1].sum() / flat.size)
    return Ground(even, rows_of(flat), float((flat >= _GLARE).mean()))


def _within(sheet: NDArray[np.float32], edge: float) -> NDArray[np.float32]:
    """Return a sheet without a part of it at each side."""
    rows, columns = (round(edge * side) for side in sheet.shape)
    return sheet[rows : sheet.shape[0] - rows or None, columns : sheet.shape[1] - columns or None]


def _flat(pixels: NDArray[np.uint8], region: Region) -> NDArray[np.float32]:
    """Return the sheet as it is seen straight on, grey and small."""
    scale = _SIDE / max(region.length, region.thickness, 1.0)
    width = max(round(region.length * scale), 4)
    height = max(round(region.thickness * scale), 4)
    corners = np.array(region.corners, dtype=np.float32)
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    high = np.maximum(np.ceil(corners.max(axis=0)).astype(int), low + 1)
    step = max(int(0.5 / scale), 1)  # of a sheet that fills the picture every few pixels will do
    part = pixels[low[1] : high[1] : step, low[0] : high[0] : step]
    if part.size == 0:
        return np.zeros((height, width), dtype=np.float32)
    corners, scale = ((corners - low) / step).astype(np.float32), scale * step
    if scale < 1:  # shrink first: sampling alone would skip pixels
        size = max(round(part.shape[1] * scale), 1), max(round(part.shape[0] * scale), 1)
        corners *= np.array([size[0] / part.shape[1], size[1] / part.shape[0]], dtype=np.float32)
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    flat = cv2.warpPerspective(
        cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), matrix, (width, height), flags=cv2.INTER_LINEAR
    )
    return np.asarray(flat, dtype=np.float32)
