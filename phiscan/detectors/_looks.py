"""What a part of a picture looks like: paper, a wristband, a screen, a label, a card, a board.

A small network of our own tells it from outline, ground and texture, whether or not the print can
be read (benchmarks.surface_looks makes and measures it). It knows nothing of what the print says.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phiscan.geometry import Region

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from phiscan.protocols import Network

LOOKS = ("nothing", "paper", "wristband", "screen", "label", "card", "board", "sign")
"""What the network tells apart, in the order of its outputs."""
SIDE = 96
"""Pixels along a side of what the network sees."""
_AROUND = 1.6
"""Side of that square over the longer side of the region: what lies round a surface tells what it
is, a wristband by the arm, a screen by its rim."""
_LEAST = 32.0
"""Side in pixels of the picture at least."""


def looks_of(
    network: Network, pixels: NDArray[np.uint8], regions: Sequence[Region]
) -> NDArray[np.float32]:
    """Return how likely each region of `pixels` (RGB) is of each look: `(regions, 8)`, 0 to 1."""
    found = [network.run(as_batch([view_of(pixels, region)]))[0][0] for region in regions]
    return np.array(found, dtype=np.float32).reshape(len(regions), len(LOOKS))


def as_batch(views: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Return views as the network takes them: `(N, 3, 96, 96)` from -0.5 to 0.5."""
    batch = np.stack(views).transpose(0, 3, 1, 2).astype(np.float32)
    return batch / np.float32(255) - np.float32(0.5)


def view_of(pixels: NDArray[np.uint8], region: Region) -> NDArray[np.uint8]:
    """Return what the network sees of a region: a square round it, turned so that its text lies."""
    x, y = region.centre
    side = max(_AROUND * max(region.length, region.thickness), _LEAST)
    reach = side * math.sqrt(0.5) + 2  # half of the square's diagonal
    x0, y0 = max(math.floor(x - reach), 0), max(math.floor(y - reach), 0)
    part = pixels[y0 : max(math.ceil(y + reach), y0 + 1), x0 : max(math.ceil(x + reach), x0 + 1)]
    if part.size == 0:
        return np.zeros((SIDE, SIDE, 3), dtype=np.uint8)
    shrink = min(1.5 * SIDE / side, 1.0)  # shrink first: sampling alone would skip pixels
    size = max(round(part.shape[1] * shrink), 1), max(round(part.shape[0] * shrink), 1)
    if shrink < 1:
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    scale, turn = SIDE / (side * shrink), -region.angle
    cos, sin = scale * math.cos(turn), scale * math.sin(turn)
    cx, cy = (x - x0) * shrink, (y - y0) * shrink
    matrix = np.array(
        [
            [cos, -sin, SIDE / 2 - cos * cx + sin * cy],
            [sin, cos, SIDE / 2 - sin * cx - cos * cy],
        ]
    )
    view: NDArray[np.uint8] = cv2.warpAffine(
        part, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return view
