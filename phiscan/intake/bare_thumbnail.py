"""EXIF thumbnails without compression: rows of RGB, or of YCbCr with shared colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phiscan.errors import UnreadableImage
from phiscan.intake import tiff
from phiscan.intake.codec import DAMAGED

if TYPE_CHECKING:
    from numpy.typing import NDArray

_COMPRESSION, _PHOTOMETRIC, _SAMPLING = 259, 262, 530
_RGB, _YCBCR = 2, 6
_MOST_SIDE = 4096
_TO_RGB = np.array([[1, 0, 1.402], [1, -0.344136, -0.714136], [1, 1.772, 0]])
"""ITU-R BT.601 with all of 0 to 255 in use, as JFIF has it."""


def decode(data: memoryview, directory: tiff.Directory) -> NDArray[np.uint8]:
    """Return the thumbnail as RGB (EXIF 2.32, part 4.5.8); UnreadableImage when it is not whole."""
    width, height = directory.first(tiff.WIDTH), directory.first(tiff.HEIGHT)
    if directory.first(_COMPRESSION) != 1 or not 0 < max(width, height) <= _MOST_SIDE:
        raise UnreadableImage(DAMAGED)
    strips = zip(
        directory.numbers(tiff.STRIP_OFFSETS), directory.numbers(tiff.STRIP_COUNTS), strict=False
    )
    values = np.frombuffer(b"".join(data[at : at + size] for at, size in strips), np.uint8)
    kind = directory.first(_PHOTOMETRIC)
    across, down = (*directory.numbers(_SAMPLING), 2, 1)[:2] if kind == _YCBCR else (1, 1)
    if kind not in {_RGB, _YCBCR} or not (across in {1, 2, 4} and down in {1, 2, 4}):
        raise UnreadableImage(DAMAGED)
    columns, rows = -(-width // across), -(-height // down)
    unit = across * down + 2
    if values.size < rows * columns * unit:
        raise UnreadableImage(DAMAGED)
    units = values[: rows * columns * unit].reshape(rows, columns, unit)
    squares = units[..., :-2].reshape(rows, columns, down, across)
    light = squares.transpose(0, 2, 1, 3).reshape(rows * down, columns * across)
    colours = units[..., -2:].repeat(down, axis=0).repeat(across, axis=1)
    picture = np.dstack([light, colours])[:height, :width]
    return np.ascontiguousarray(picture if kind == _RGB else _from_ycbcr(picture))


def _from_ycbcr(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    values = (picture.astype(np.float64) - (0, 128, 128)) @ _TO_RGB.T
    return np.asarray(values.round().clip(0, 255), dtype=np.uint8)
