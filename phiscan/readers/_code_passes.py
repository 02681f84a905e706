"""Decode the barcodes of a picture: one look at all of it made small, then close looks at zones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import zxingcpp

from phiscan.geometry import Box
from phiscan.readers._code_bars import shows_bars
from phiscan.readers._code_views import cut, views
from phiscan.readers._code_zones import Zone, find_zones
from phiscan.shrinking import halved, shrunk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from phiscan.geometry import Point

    Matrix = NDArray[np.float64]
    Corners = tuple[Point, Point, Point, Point]

_WHOLE = 3.2e6
"""Pixels of the first look: 0.08 s, and finds codes of 4 px a module on 12 megapixels."""
_NEARLY = 0.02
"""How far the scale of the first look may be from a half for a picture made half as large to do:
that of 12 megapixels."""
_BUDGET = 4.0e6
"""Pixels of all close looks together, 0.15 s: the zones past it look less like codes than this."""
_SMALLEST, _MOST_SKEWED = 16.0, 1.6
"""Shortest side in pixels of a broken code, and most that two sides of a square one may differ."""
_WHOLE_CODE = 0.6
"""Part of a zone's length that an ITF code takes up at least, to be trusted not to be cut short."""
_THIN = 0.1
"""Part of its longer side by which a code's box is grown before it is compared with others."""
_STRIPED = zxingcpp.BarcodeFormats(
    (
        zxingcpp.BarcodeFormat.Codabar,
        zxingcpp.BarcodeFormat.Code39,
        zxingcpp.BarcodeFormat.Code93,
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.ITF,
        zxingcpp.BarcodeFormat.EANUPC,
        zxingcpp.BarcodeFormat.DataBarExp,
        zxingcpp.BarcodeFormat.DataBarOmni,
        zxingcpp.BarcodeFormat.PDF417,
    )
)
_SQUARE = zxingcpp.BarcodeFormats(
    (
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.MicroQRCode,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.Aztec,
    )
)
_EVERY = zxingcpp.BarcodeFormats(
    [each for each in (*_STRIPED, *_SQUARE) if each != zxingcpp.BarcodeFormat.ITF]
)
"""Formats of the first look. ITF has no check digit: a scan line that leaves a turned code through
its long side reads a shorter number, so it is read in zones only, which are turned upright."""
_PDF417 = zxingcpp.BarcodeFormat.PDF417
_PLAIN_WHEN_BROKEN = (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Aztec, _PDF417)
"""Formats whose marks are seen where a code is, though it does not decode: none in 178
photos without one. Data Matrix has only two solid borders to go by: wrong in 12 of 91 photos."""


@dataclass(frozen=True, slots=True, repr=False)
class Code:
    """A code on a picture: `corners` clockwise from its own top left, in pixels of the picture.

    `payload` is its content as bytes, `text` the same as the code's character set has it; both are
    empty when it was seen but not decoded.
    """

    corners: Corners
    kind: str
    text: str
    payload: bytes
    decoded: bool
    gs1: bool = False

    @property
    def box(self) -> Box:
        """The upright rectangle round the code."""
        xs, ys = zip(*self.corners, strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))

    def __repr__(self) -> str:
        """Print the kind and the length, never the content."""
        return f"Code({self.kind}, {len(self.payload)} bytes)"


def find_codes(grey: NDArray[np.uint8]) -> list[Code]:
    """Return every code on a grey picture once, those decoded first."""
    half = halved(grey)
    small, back = _whole(grey, half)
    found = list(_decode(small, back, _EVERY))
    spent = 0
    for zone in find_zones(grey, half):
        if spent > _BUDGET:
            break
        if any(_fills(code, zone) for code in found if code.decoded):
            continue
        seen, cost = _look_closely(grey, zone)
        found += seen
        spent += cost
    return _distinct(found)


def _whole(grey: NDArray[np.uint8], half: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Matrix]:
    """Return all of a picture for the first look, and the map from its pixels to the picture's."""
    height, width = grey.shape
    scale = math.sqrt(_WHOLE / (width * height))
    if scale >= 1:
        return grey, np.eye(3)
    if 0 <= scale - 0.5 < _NEARLY:
        return half, np.diag([2.0, 2.0, 1.0])
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    return shrunk(grey, size), np.diag([width / size[0], height / size[1], 1.0])


def _look_closely(grey: NDArray[np.uint8], zone: Zone) -> tuple[list[Code], int]:
    """Return the codes in a zone, and how many pixels were looked at."""
    found: list[Code] = []
    spent = 0
    for crop, back in views(grey, zone):
        spent += crop.size
        found += _decode(crop, back, _STRIPED if zone.striped else _SQUARE)
        if any(code.decoded for code in found):
            return found, spent
    if zone.striped and _oblong(zone) and shows_bars(cut(grey, zone, 1.0)[0]):
        found.append(Code(zone.corners, "linear code", "", b"", decoded=False))
    return found, spent


def _oblong(zone: Zone) -> bool:
    """Return whether a zone is longer than high by far: the rows of a form are stripes as well."""
    length, thickness = zone.size
    return length > 1.5 * thickness


def _decode(
    picture: NDArray[np.uint8],
    back: Matrix,
    formats: zxingcpp.BarcodeFormats,
) -> Iterator[Code]:
    """Yield the codes that zxing sees; `back` maps the picture's pixels to the frame's."""
    for seen in zxingcpp.read_barcodes(
        picture,
        formats=formats,
        try_rotate=formats is not _STRIPED,  # those have been turned already
        try_downscale=formats is not _STRIPED,
        try_invert=formats is not _STRIPED,
        text_mode=zxingcpp.TextMode.Plain,
        return_errors=True,
    ):
        place = seen.position
        points = np.array(
            [
                (corner.x + 0.5, corner.y + 0.5, 1.0)
                for corner in (
                    place.top_left,
                    place.top_right,
                    place.bottom_right,
                    place.bottom_left,
                )
            ]
        )
        extent = np.ptp(points[:, 0]) / picture.shape[1]
        if seen.format == zxingcpp.BarcodeFormat.ITF and extent < _WHOLE_CODE:
            continue
        placed = points @ back.T
        corners = _clockwise([(float(x / w), float(y / w)) for x, y, w in placed])
        if not all(math.isfinite(x) and math.isfinite(y) for x, y in corners):
            continue
        if seen.valid:
            raw = bytes(seen.bytes)
            gs1 = seen.content_type == zxingcpp.ContentType.GS1
            yield Code(corners, str(seen.format), _text(seen), raw, decoded=True, gs1=gs1)
        elif seen.format in _PLAIN_WHEN_BROKEN and _shaped(corners, square=seen.format != _PDF417):
            yield Code(corners, str(seen.format), "", b"", decoded=False)


def _text(seen: Any) -> str:
    """Return a code's text; bytes without a declared character set are UTF-8 if they can be."""
    raw = bytes(seen.bytes)
    if seen.content_type == zxingcpp.ContentType.Binary:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode("latin-1")
    return str(seen.text)


def _clockwise(corners: list[Point]) -> Corners:
    """Return the corners of a mirrored code in the order of one that is not."""
    a, b, c, d = corners
    area = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise([*corners, a]))
    return (a, b, c, d) if area >= 0 else (a, d, c, b)


def _shaped(corners: Corners, *, square: bool) -> bool:
    """Return whether a broken code's outline is large enough for one, and about square if it is."""
    a, b, c, d = corners
    sides = math.dist(a, b), math.dist(b, c), math.dist(c, d), math.dist(d, a)
    return min(sides) >= _SMALLEST and (not square or max(sides) <= _MOST_SKEWED * min(sides))


def _distinct(codes: list[Code]) -> list[Code]:
    """Return each code once: those decoded, then those that no decoded one covers.

    A part of a code, cut off by the border of a zone, can pass for a shorter code (ITF has no check
    digit): what lies in a longer one and says a part of it is dropped.
    """
    kept: list[Code] = []
    for code in sorted(codes, key=lambda c: (not c.decoded, -len(c.payload))):
        if not any(
            code.payload in other.payload or not code.decoded
            for other in kept
            if _one_place(code.box, other.box)
        ):
            kept.append(code)
    return kept


def _one_place(box: Box, other: Box) -> bool:
    """Return whether two boxes show one code: a linear one may be known by a thin line only."""
    a, b = (each.inflate(*(_THIN * max(each.width, each.height),) * 2) for each in (box, other))
    return a.overlap(b) > 0.5 * min(a.area, b.area)


def _fills(code: Code, zone: Zone) -> bool:
    """Return whether a zone holds not much more than a code that has been decoded."""
    (x, y), box = code.box.centre, zone.box
    inside = box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1
    sides = max(code.box.width, code.box.height), max(box.width, box.height)
    return inside and sides[0] > 0.5 * sides[1]
