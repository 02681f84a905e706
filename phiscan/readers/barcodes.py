"""Barcodes of every common kind: what they say becomes lines of text that lie on the code.

A code on a band, label or licence says what is printed beside it, and any phone reads it. Payloads
are parsed (`_payloads`) and written as a form would print them, `DOB: 03/04/1950`, so that every
identifier checks them like any other text. A code that is plainly there but does not decode becomes
the one word UNREAD, which the detector `codes` reports.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from phiscan.errors import MissingDependency
from phiscan.geometry import Region
from phiscan.text import Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.geometry import Point
    from phiscan.model import Frame
    from phiscan.protocols import Tools
    from phiscan.readers._code_passes import Code

    Corners = tuple[Point, Point, Point, Point]

_MOST_LINES, _MOST_ON_FRAME = 64, 512
"""Lines of one code and of all codes on a frame: the layout compares all words with each other."""
_THINNEST = 0.15
"""Thickness of a code over its length, at least: decoders name a linear code's scan line only."""
_SURE, _UNSURE = 1.0, 0.7
"""Scores: every format's checksum has been verified; bars or finder marks without content."""


class Barcodes:
    """Decodes linear codes at every angle, stacked ones, and square ones, from 2 px a module."""

    name = "barcodes"

    def __init__(self, _tools: Tools) -> None:
        try:
            from phiscan.readers import _code_passes, _payloads
        except ImportError as exc:
            raise MissingDependency(
                "the barcode decoder is missing; run: pip install zxing-cpp"
            ) from exc
        self._find_codes = _code_passes.find_codes
        self._lines_of = _payloads.lines_of
        self._unread = _payloads.UNREAD

    def read(self, frame: Frame) -> Iterator[Word]:
        """Yield the lines of every code: one word each, blanks and all, lying on the code."""
        import cv2

        codes = self._find_codes(cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY))
        most = min(_MOST_LINES, max(_MOST_ON_FRAME // max(len(codes), 1), 2))
        for code in codes:
            lines = [self._unread]
            if code.decoded:
                lines = self._lines_of(code.text, gs1_flag=code.gs1, most=most)
            place = _spread(code, frame.width, frame.height)
            for row, line in enumerate(lines):
                score = _SURE if line != self._unread else _UNSURE
                yield Word(line, Region(frame.index, _slice(place, row, len(lines))), score)


def _spread(code: Code, width: int, height: int) -> Corners:
    """Return the code's corners inside the frame, thick enough to lie on it visibly."""
    a, b, c, d = code.corners
    down = ((d[0] + c[0] - a[0] - b[0]) / 2, (d[1] + c[1] - a[1] - b[1]) / 2)
    along = ((b[0] + c[0] - a[0] - d[0]) / 2, (b[1] + c[1] - a[1] - d[1]) / 2)
    length, thickness = math.hypot(*along), math.hypot(*down)
    lacking = (max(_THINNEST * length, 2.0) - thickness) / 2
    if lacking > 0 and length > 0:
        x, y = -along[1] / length * lacking, along[0] / length * lacking
        a, b, c, d = _moved(a, -x, -y), _moved(b, -x, -y), _moved(c, x, y), _moved(d, x, y)
    return (
        _inside(a, width, height),
        _inside(b, width, height),
        _inside(c, width, height),
        _inside(d, width, height),
    )


def _moved(point: Point, x: float, y: float) -> Point:
    return point[0] + x, point[1] + y


def _inside(point: Point, width: int, height: int) -> Point:
    return min(max(point[0], 0.0), float(width)), min(max(point[1], 0.0), float(height))


def _slice(place: Corners, row: int, rows: int) -> Corners:
    """Return the part of a code that its line number `row` of `rows` takes up."""
    a, b, c, d = place
    top, low = row / rows, (row + 1) / rows
    return _between(a, d, top), _between(b, c, top), _between(b, c, low), _between(a, d, low)


def _between(start: Point, end: Point, part: float) -> Point:
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


READER = Barcodes
