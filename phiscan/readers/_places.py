"""Where small text may stand: a small network of our own that looks at every part of a photo.

The text detector sees no print of less than 12 px in a 12-megapixel photo that it looks at
coarsely, and at full size it would take 4 s. This network takes 0.04 s for all of it. It cannot
tell where a line begins; it only tells in which squares a closer look pays, and how small the print
is there.
`python -m benchmarks.text_places` made it, from generated photos alone.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from phiscan.shrinking import halved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phiscan.protocols import Network

CELL = 16
"""Side in pixels of the squares that the network judges."""
HEIGHTS = (10.0, 17.0, 27.0)
"""Heights in pixels of a line's box that it tells apart: 8 to 14, 14 to 24, 24 to 42. Larger print
is found without it. These are below the middles, for it takes print for larger rather than smaller
than it is."""
_STEP = 96
"""Sides of its input are padded to multiples of this, for each new size takes time once."""
_TILE, _REACH = 13_000_000, 8 * CELL
"""Pixels that are judged at once, in 60 MB of memory: 140 million took 0.8 GB. And how far the
network sees beyond a square: with that much around them, tiles are judged like the whole."""

Places: TypeAlias = "NDArray[np.float32]"
"""How likely each square holds print of each of HEIGHTS, 0 to 1: (rows, columns, 3)."""


def places_of(network: Network, pixels: NDArray[np.uint8]) -> Places:
    """Return for each square of `pixels` (RGB) how likely it holds small print.

    A large picture is judged in tiles along its longer side, with what the network sees around.
    """
    axis = 0 if pixels.shape[0] > pixels.shape[1] else 1
    length, across = pixels.shape[axis], pixels.shape[1 - axis]
    if length * across <= _TILE:
        return _judged(network, pixels)
    step = max(_TILE // across // CELL, 1) * CELL
    parts = []
    for start in range(0, length, step):
        end, first = min(start + step, length), max(start - _REACH, 0)
        seen = _judged(network, pixels[_along(axis, first, min(end + _REACH, length))])
        parts.append(seen[_along(axis, (start - first) // CELL, math.ceil((end - first) / CELL))])
    return np.concatenate(parts, axis)


def _along(axis: int, start: int, end: int) -> tuple[slice, ...]:
    return (*[slice(None)] * axis, slice(start, end))


def _judged(network: Network, pixels: NDArray[np.uint8]) -> Places:
    """Return the network's word on a picture, or on one tile of it."""
    rows, columns = (math.ceil(side / CELL) for side in pixels.shape[:2])
    grey = cv2.cvtColor(halved(pixels), cv2.COLOR_RGB2GRAY)
    height, width = (math.ceil(side / _STEP) * _STEP for side in grey.shape)
    batch = np.zeros((1, 1, height, width), dtype=np.float32)
    np.multiply(grey, 1 / 255, out=batch[0, 0, : grey.shape[0], : grey.shape[1]], casting="unsafe")
    batch[0, 0, : grey.shape[0], : grey.shape[1]] -= 0.5
    (scores,) = network.run(batch)
    likely = scores[0, :, :rows, :columns].transpose(1, 2, 0)
    likely = np.exp(likely - likely.max(axis=2, keepdims=True))
    likely /= likely.sum(axis=2, keepdims=True)
    found: Places = likely[:, :, 1:4]
    return found
