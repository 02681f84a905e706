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


def shows_the_same(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Return whether two frames show the same but for noise."""
    import cv2

    if one.shape != other.shape:
        return False
    difference = cv2.absdiff(one, other)
    if difference.mean() >= _SAME_MEAN:
        return False
    height, width = difference.shape[:2]
    small = cv2.resize(difference, (-(-width // 8), -(-height // 8)), interpolation=cv2.INTER_AREA)
    return bool(small.max() < _SAME_BLOCK)
