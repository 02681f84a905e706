"""How even a sheet's ground is: that of paper and glass is of one brightness, clutter is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phiscan.geometry import Region

_SIDE = 160
"""Pixels along the longer side of a sheet as it is looked at: a page has a line for each 4 to 8."""
_EDGE = 0.08
"""Part of the sheet at each side that is left out: its border is no ground."""
_STEP, _NEAR = 8, 1
"""Grey values that count as one brightness, and how many of those to either side do as well."""


def evenness(pixels: NDArray[np.uint8], region: Region) -> float:
    """Return the part of the sheet `region` of `pixels` (RGB) that is about as bright as most."""
    flat = _within(_flat(pixels, region), _EDGE)
    counts = np.bincount((flat.ravel().clip(0, 255) // _STEP).astype(int), minlength=256 // _STEP)
    most = int(counts.argmax())
    return float(counts[max(most - _NEAR, 0) : most + _NEAR + 1].sum() / flat.size)


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
