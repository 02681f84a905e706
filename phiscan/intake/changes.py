"""Whether two frames of one file show the same: what is told apart from noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SAME_MEAN, _SAME_BLOCK = 2.0, 12.0
"""Mean difference, and mean difference of the worst 8 x 8 block, below which a frame shows the
same as the last one kept: GIF dithering moves the mean by about 1, a stroke one pixel wide a block
by 30."""
_STRIP = 16_000_000
"""Pixels that are compared at a time."""


def shows_the_same(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Return whether two frames show the same but for noise."""
    import cv2

    if one.shape != other.shape:
        return False
    total = worst = 0.0
    height, width = one.shape[:2]
    step = max(_STRIP // max(8 * width, 1), 1) * 8
    for top in range(0, height, step):
        difference = cv2.absdiff(one[top : top + step], other[top : top + step])
        total += float(difference.sum())
        size = -(-width // 8), -(-len(difference) // 8)
        blocks = cv2.resize(difference, size, interpolation=cv2.INTER_AREA)
        worst = max(worst, float(blocks.max()))
    return total / max(one.size, 1) < _SAME_MEAN and worst < _SAME_BLOCK
