"""Cut a zone out of a picture as a decoder likes it: upright, freed from perspective, enlarged."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from phiscan.readers._code_zones import Zone

    Matrix = NDArray[np.float64]

_CLOSE = 0.8e6
"""Pixels of one close look: a larger zone is shrunk, as its modules are large too."""
_MARGIN = 20
"""Pixels of paper kept round a straightened code: decoders want a quiet zone."""
_OUTLINE = 10
"""Part of a crop's shorter side over which steps are averaged to see a code's outline."""


def views(grey: NDArray[np.uint8], zone: Zone) -> Iterator[tuple[NDArray[np.uint8], Matrix]]:
    """Yield a zone as it is, freed from perspective, and enlarged, each with its way back."""
    crop, back = cut(grey, zone, 1.0)
    yield crop, back
    if not zone.striped:
        yield cut(grey, zone, 2.0)
    quad = _outline(crop)
    if quad is not None:
        flat, flat_back = _flatten(crop, quad, 1.0 if zone.striped else 2.0)
        yield flat, back @ flat_back
    if zone.striped:
        yield cut(grey, zone, 2.0)


def cut(grey: NDArray[np.uint8], zone: Zone, enlarged: float) -> tuple[NDArray[np.uint8], Matrix]:
    """Return a zone as an upright picture, and the map from its pixels to the frame's."""
    length, thickness = zone.size
    scale = min(enlarged, math.sqrt(_CLOSE / (length * thickness)))
    (x0, y0), (x1, y1), _, (x3, y3) = zone.corners
    size = max(round(length * scale), 8), max(round(thickness * scale), 8)
    back = np.array(
        [
            [(x1 - x0) / size[0], (x3 - x0) / size[1], x0],
            [(y1 - y0) / size[0], (y3 - y0) / size[1], y0],
            [0, 0, 1],
        ]
    )
    how = cv2.INTER_CUBIC if enlarged > 1 else cv2.INTER_LINEAR
    crop = cv2.warpAffine(
        grey, back[:2], size, flags=how | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return crop, back


def _outline(crop: NDArray[np.uint8]) -> NDArray[np.float32] | None:
    """Return the four corners of the restless part of a crop, clockwise from the top left."""
    reach = max(min(crop.shape) // _OUTLINE, 5)
    steps = cv2.absdiff(crop[1:, 1:], crop[:-1, :-1])
    restless = cv2.blur(cv2.max(steps, cv2.absdiff(crop[1:, :-1], crop[:-1, 1:])), (reach, reach))
    mask = (restless > 0.5 * np.percentile(restless, 90)).astype(np.uint8)
    patches, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not patches:
        return None
    hull = cv2.convexHull(max(patches, key=cv2.contourArea))
    for slack in (0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.13, 0.17):
        shape = cv2.approxPolyDP(hull, slack * cv2.arcLength(hull, closed=True), closed=True)
        if len(shape) == 4 and cv2.contourArea(shape) > 64:
            quad = shape[:, 0].astype(np.float32)
            if cv2.contourArea(quad, oriented=True) < 0:
                quad = quad[::-1]
            first = int(quad.sum(axis=1).argmin())
            return np.asarray(np.roll(quad, -first, axis=0), np.float32)
    return None


def _flatten(
    crop: NDArray[np.uint8], quad: NDArray[np.float32], enlarged: float
) -> tuple[NDArray[np.uint8], Matrix]:
    """Return the part inside four corners as a rectangle, and the map back to the crop."""
    wide = float(np.linalg.norm(quad[1] - quad[0] + quad[2] - quad[3])) / 2
    high = float(np.linalg.norm(quad[3] - quad[0] + quad[2] - quad[1])) / 2
    scale = min(enlarged, math.sqrt(_CLOSE / max(wide * high, 1)))
    x1, y1 = wide * scale + _MARGIN, high * scale + _MARGIN
    flat = np.array([[_MARGIN, _MARGIN], [x1, _MARGIN], [x1, y1], [_MARGIN, y1]], np.float32)
    back = cv2.getPerspectiveTransform(flat, quad)
    size = round(x1) + _MARGIN, round(y1) + _MARGIN
    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return cv2.warpPerspective(crop, back, size, flags=how, borderMode=cv2.BORDER_REPLICATE), back
