"""Small copies of a frame, for the page of a reviewer."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from phiscan.model import Frame

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 320
"""Longest side of a thumbnail in pixels: enough to see what a box is drawn round."""

_HINT_SIDE = 12
"""Longest side of the picture that stands there until somebody asks for the thumbnail: it shows
colours, and no face and no word even when it fills the whole frame."""

_QUALITY = 80
"""JPEG quality: 13 KB for a thumbnail of the mean real photo, 31 KB for the largest of 105."""

_ENOUGH = 4
"""A frame is first thinned out to this many times the size that is wanted: Pillow would otherwise
copy all of its pixels, four bytes each."""


def thumbnail(frame: Frame) -> bytes:
    """Return the frame with at most SIDE pixels a side, as a JPEG without metadata."""
    return _jpeg(frame, SIDE)


def hint(frame: Frame) -> bytes:
    """Return the frame with so few pixels that it shows nothing but colours, as a JPEG."""
    return _jpeg(frame, _HINT_SIDE)


def _jpeg(frame: Frame, side: int) -> bytes:
    image = _small(frame, side)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def _small(frame: Frame, side: int) -> Image:
    from PIL import Image

    step = max(1, max(frame.width, frame.height) // (side * _ENOUGH))
    image = Image.fromarray(frame.pixels[::step, ::step])
    image.thumbnail((side, side))
    return image
