"""Draw findings onto a frame, for a person who reviews a photo."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from phiscan.kinds import kinds
from phiscan.model import Finding, Frame

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

    from phiscan.geometry import Region

_COLOURS = {"people": "#e4002b", "surface": "#0057b8", "text": "#b8008a", "hidden": "#555555"}
"""Line colours by group of kinds: red, blue, magenta and grey stand out on most photos."""

_QUALITY = 88
"""JPEG quality of the copy: it is looked at once, at screen size."""

_LONGEST = 65_500
"""Pixels a side beyond which libjpeg writes no file (its JPEG_MAX_DIMENSION)."""


def marked(frame: Frame, findings: Iterable[Finding]) -> bytes:
    """Return the frame with every finding outlined and named, as a JPEG without metadata."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(frame.pixels)
    draw = ImageDraw.Draw(image)
    line = max(2, max(image.size) // 400)
    font = ImageFont.load_default(size=max(12.0, max(image.size) / 60))
    for finding in findings:
        for region in finding.regions:
            if region.frame == frame.index:
                _mark(draw, region, finding, line, font)
    image.thumbnail((_LONGEST, _LONGEST))  # leaves smaller ones as they are
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _mark(
    draw: ImageDraw, region: Region, finding: Finding, line: int, font: FreeTypeFont | ImageFont
) -> None:
    known = kinds().get(finding.kind)
    colour = _COLOURS[known.group] if known else "black"
    draw.line([*region.corners, region.corners[0]], fill=colour, width=line, joint="curve")
    label = f" {finding.kind} {finding.score:.2f} "
    left, top, right, bottom = draw.textbbox((0, 0), label, font=font)
    x = max(0.0, min(region.box.x0, draw.im.size[0] - right))
    y = region.box.y0 - bottom - line
    if y < 0:
        y = min(region.box.y1 + line, draw.im.size[1] - bottom)
    draw.rectangle((x + left, y + top - line, x + right, y + bottom + line), fill=colour)
    draw.text((x, y), label, fill="white", font=font)
