"""Decode with OpenCV: as fast as can be, straight to RGB, and with six bytes a pixel at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phiscan.errors import UnreadableImage
from phiscan.intake.codec import DAMAGED, decoding

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGE = 25_000_000
"""Pixels from which a picture is worth the least memory, and not the last tenth of a second."""
COST = 7
"""Bytes a pixel: OpenCV hands its picture over as a copy, and lossless WebP takes one more."""
_LONGEST = 65_535
"""Pixels of a side up to which OpenCV is asked: it refuses pictures longer than 1,048,576."""


def takes(width: int, height: int) -> bool:
    """Return whether a picture is so large that OpenCV is to decode it where it can."""
    return width * height > LARGE and max(width, height) <= _LONGEST


def decode(data: bytes) -> NDArray[np.uint8]:
    """Return the pixels of a JPEG, PNG or WebP without alpha as stored, in RGB.

    Raises UnreadableImage when it does not decode.
    """
    import cv2

    with decoding():
        # OpenCV 4.10 has no flag for RGB yet; where there is one, the two exclude each other.
        rgb = getattr(cv2, "IMREAD_COLOR_RGB", 0)
        flags = (rgb or cv2.IMREAD_COLOR) | cv2.IMREAD_IGNORE_ORIENTATION
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
        if decoded is None:
            raise UnreadableImage(DAMAGED)
        return np.asarray(decoded if rgb else decoded[..., ::-1], dtype=np.uint8)
