"""Print that cannot be read: bands of grey across a sheet, and sheets that a lamp burns out."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np

from phiscan.geometry import Region

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)

_SIDE = 160
"""Pixels along the longer side of a sheet as it is looked at: a page has a line for each 4 to 8."""
_EDGE = 0.08
"""Part of the sheet at each side that is left out: its border is no line."""
_SWING = 2.5
"""Grey values between a line and the paper beside it, averaged over the sheet, at least."""
_BRIGHT, _AROUND, _DARKER = 250, 1.35, 215
"""Grey value from which a pixel is burnt out, how far beyond a sheet is looked at, relative to its
size, and the grey value there at most: what is as white as all round it, is no sheet in a glare."""


def bands_on(pixels: NDArray[np.uint8], region: Region) -> int:
    """Return how many dark or bright bands run across the sheet `region` of `pixels` (RGB)."""
    inner = _within(_flat(pixels, region), _EDGE)
    return max(_bands(inner.mean(axis=1)), _bands(inner.mean(axis=0)))


def burnt_out(pixels: NDArray[np.uint8], region: Region) -> float:
    """Return the part of the sheet `region` that is white to the limit, 0 where all round it is."""
    x, y = region.centre
    wider = tuple((x + _AROUND * (a - x), y + _AROUND * (b - y)) for a, b in region.corners)
    around = _flat(pixels, Region(region.frame, wider))
    rim = np.ones(around.shape, dtype=bool)
    _within(rim, (1 - 1 / _AROUND) / 2)[...] = False
    if np.median(around[rim]) > _DARKER:
        return 0.0
    return float((_within(_flat(pixels, region), _EDGE) >= _BRIGHT).mean())


def _within(sheet: NDArray[T], edge: float) -> NDArray[T]:
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


def _bands(profile: NDArray[np.float32]) -> int:
    """Return how often a profile swings to one side of its course and back."""
    if len(profile) < 8:
        return 0
    course = cv2.blur(profile.reshape(-1, 1), (1, 15), borderType=cv2.BORDER_REFLECT)[:, 0]
    away = profile - course
    sides = np.sign(away) * (np.abs(away) > _SWING / 2)
    steps = sides[sides != 0]
    return int((np.diff(steps) != 0).sum()) // 2 if len(steps) else 0
