"""Whether a face in a thumbnail is a face of the main picture, only smaller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from phiscan.geometry import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ROUND = 0.3
"""Part of a face's sides that is compared with it on every side: hair and ground tell pictures
apart where the face itself is 15 px high."""
_SLACK = 2
"""Pixels by which the small picture may be shifted: its size was rounded."""
_SAME_PLACE = 0.3
"""Overlap (intersection over union) from which two boxes are at one place."""
_ALIKE = 0.9
"""Correlation from which two pictures of a face are the same picture. On shared photos, thumbnails
reach 0.908 with their own photo's faces of 12 px or more (but for two that show another picture),
and 0.85 at most with the faces of another photo (11,652 places)."""


def is_copy(small: NDArray[np.uint8], face: Box, main: NDArray[np.uint8], shown: Box) -> bool:
    """Return whether `face` in the RGB picture `small` is the face `shown` in the larger `main`.

    It has to be where it is when `main` is scaled down, with bars or cut edges where the shapes
    differ, and look the same there.
    """
    return any(
        place.iou(face) > _SAME_PLACE and alike >= _ALIKE
        for place, alike in likenesses(small, main, shown)
    )


def likenesses(
    small: NDArray[np.uint8], main: NDArray[np.uint8], shown: Box
) -> Iterator[tuple[Box, float]]:
    """Yield where a box of `main` comes to lie in `small`, and how alike the two are there.

    That is the correlation of their pixels, -1 to 1, at the best small shift.
    """
    import cv2

    height, width = small.shape[:2]
    full_height, full_width = main.shape[:2]
    scales = width / full_width, height / full_height
    for scale in {min(scales), max(scales)}:
        size = max(round(full_width * scale), 1), max(round(full_height * scale), 1)
        shrunk = cv2.resize(main, size, interpolation=cv2.INTER_AREA)
        box = Box(*(side * scale for side in (shown.x0, shown.y0, shown.x1, shown.y1)))
        dx, dy = round((width - size[0]) / 2), round((height - size[1]) / 2)
        place = Box(box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy)
        # Where the small picture has cut edges, only what is left of the face can be compared.
        part = box.inflate(_ROUND * box.width, _ROUND * box.height)
        part = _within(part, -dx, -dy, width - dx, height - dy).clip(*size)
        piece = _pixels(shrunk, part)
        there = _pixels(small, Box(part.x0 + dx, part.y0 + dy, part.x1 + dx, part.y1 + dy), _SLACK)
        if min(piece.shape[:2]) > 1 and all(
            whole >= side for whole, side in zip(there.shape, piece.shape, strict=True)
        ):
            yield place, float(cv2.matchTemplate(there, piece, cv2.TM_CCOEFF_NORMED).max())
        else:
            yield place, 0.0


def _within(box: Box, x0: float, y0: float, x1: float, y1: float) -> Box:
    """Return the part of a box that lies in another one given by its sides."""
    left, top = min(max(box.x0, x0), x1), min(max(box.y0, y0), y1)
    return Box(left, top, max(min(box.x1, x1), left), max(min(box.y1, y1), top))


def _pixels(picture: NDArray[np.uint8], box: Box, slack: int = 0) -> NDArray[np.uint8]:
    x0, y0 = max(round(box.x0) - slack, 0), max(round(box.y0) - slack, 0)
    return picture[y0 : round(box.y1) + slack, x0 : round(box.x1) + slack]
