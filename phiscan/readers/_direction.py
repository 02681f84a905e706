"""Which way up lines stand, before they are read: asked of a small network, line by line.

Of one line it is often unsure. Lines of one text stand the same way up, so a few tell of all.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phiscan.grouping import close_pairs, connected

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from phiscan.protocols import Network
    from phiscan.readers._line import Line

    Strip = NDArray[np.uint8]

_WIDTH = 192
"""Width in pixels of the network's input."""
_TURNED = math.log(0.9 / 0.1)
"""Logarithm of the odds of standing on its head from which a line is turned before it is read. Of
762 lines on upright photos 29 % get more than even odds and 7 % more than these, of 1,046 on the
same photos turned by 180 degrees 77 and 54 %."""
_WITNESSES, _AGREED = 5, 8.0
"""Lines of one text that are asked, and the sum of what they say, none more than _MOST, from which
all stand as they say. Of 102 upright lines with letters one in ten says 0.1 and more, of 184 on
their head one in ten 0.2 and less; the median is -9 and 6."""
_MOST = 5.0
_NEAR, _PARALLEL = 3.0, 0.95
"""Thicknesses between lines, and cosine of the angle between them, up to which they are of one
text."""


class Directions:
    """Tells which lines stand on their head; asks side by side, by `pool`."""

    def __init__(self, network: Network, pool: Executor) -> None:
        self._network = network
        self._pool = pool

    def turned(self, lines: Sequence[Line], strips: Sequence[Strip]) -> list[bool]:
        """Return which lines stand on their head; `strips` show them as they would be read."""
        texts = [sorted(text, key=lambda n: -strips[n].shape[1]) for text in _texts(lines)]
        said = self._asked(strips, [n for text in texts for n in text[:_WITNESSES]])
        turned: dict[int, bool] = {}
        for text in texts:
            ways = _ways(lines, text)
            vote = sum(ways[n] * min(max(said[n], -_MOST), _MOST) for n in text[:_WITNESSES])
            if len(text) > _WITNESSES and abs(vote) >= _AGREED:
                turned |= {n: ways[n] * vote > 0 for n in text}
        said |= self._asked(strips, [n for n in range(len(lines)) if n not in turned | said])
        return [turned.get(n, said.get(n, 0.0) > _TURNED) for n in range(len(lines))]

    def _asked(self, strips: Sequence[Strip], numbers: Sequence[int]) -> dict[int, float]:
        """Return the logarithm of the odds that each of some lines stands on its head."""
        odds = self._pool.map(lambda n: self._odds(strips[n]), numbers)
        return dict(zip(numbers, odds, strict=True))

    def _odds(self, strip: Strip) -> float:
        """Return the logarithm of the odds that a line stands on its head; takes 1 ms."""
        height = strip.shape[0]
        batch = np.zeros((1, 3, height, _WIDTH), dtype=np.float32)
        width = min(strip.shape[1], _WIDTH)
        small = cv2.resize(strip, (width, height), interpolation=cv2.INTER_AREA)
        batch[0, :, :, :width] = small[:, :, ::-1].transpose(2, 0, 1) / np.float32(127.5) - 1
        (scores,) = self._network.run(batch)
        upright, turned = (max(float(score), 1e-9) for score in scores[0])
        return math.log(turned / upright)


def _texts(lines: Sequence[Line]) -> list[list[int]]:
    """Return the numbers of lines that stand close together and run the same way or its reverse."""
    boxes = [line.region.box for line in lines]
    thick = np.array([line.region.thickness for line in lines])
    ahead = _ahead(lines)
    parallel = np.abs(ahead @ ahead.T) > _PARALLEL
    near = close_pairs(boxes, [0] * len(lines), _NEAR * np.minimum(thick[:, None], thick[None]))
    return connected(len(lines), [(i, j) for i, j in near if parallel[i, j]])


def _ways(lines: Sequence[Line], text: Sequence[int]) -> dict[int, float]:
    """Return 1 for each line of a text that runs the same way as its first, -1 for the others."""
    ahead = _ahead([lines[n] for n in text])
    return dict(zip(text, np.where(ahead @ ahead[0] < 0, -1.0, 1.0).tolist(), strict=True))


def _ahead(lines: Sequence[Line]) -> NDArray[np.float64]:
    """Return the directions in which lines run, of length 1: (lines, 2) of x, y."""
    angles = np.array([line.region.angle for line in lines])
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)
