"""What a photo of the reading benchmark truly shows, and in which table rows that counts."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fixtures.phone import Fault
from phiscan.geometry import Region

CAPITAL_PER_MARK = 0.755
"""Height of a capital over that of a mark, which reaches from the top of an H to the foot of a g:
0.737 to 0.775 in the eight printed faces of the fixtures."""
BOX_PER_CAPITAL = 1.5
"""Height of a line's box over that of its capitals: a box of 12 px has capitals of 8 px."""
MOST_SPREAD = 0.17
"""Blur over the height of a capital beyond which a person cannot read digits for sure: looked at in
pictures enlarged four times."""
LEAST_CONTRAST, LEAST_OVER_GRAIN = 13.0, 3.0
"""Grey values that must be left of the strokes' contrast after blur, alone and over the grain of
noise and compression; looked at in the same way."""
LEAST_WIDTH = 0.5
"""Width over height of a line seen askew, as part of what it is seen straight on."""
HEIGHTS = (0, 10, 12, 16, 20, 28, 40, 80, 10_000)
"""Borders of the rows by text height, in pixels."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A surface with text: its kind as detectors call it (`none`: harmless) and its print's look.

    `text_px` is the height of its body text seen straight on, or a code's pixels a module. `arc` is
    the angle over which it bends round a wrist or bottle, `tilt` how far it is turned away from the
    camera, both in degrees. `fresh` says that no rule of phiscan was written after it. `damage`
    names what made it illegible on purpose.
    """

    kind: str
    design: str
    region: Region
    text_px: float
    arc: float
    tilt: float
    look: str
    fresh: bool
    damage: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """One printed identifier: where its letters stand, and how hard the photo makes them to read.

    `contrast` is that of strokes and paper in grey values before blur; `width` is the line's width
    over its height as part of what it would be seen straight on.
    """

    kind: str
    text: str
    region: Region
    contrast: float
    width: float
    ground: Ground
    fault: Fault
    handwritten: bool = False

    @property
    def capital(self) -> float:
        """Height of a capital in pixels."""
        return CAPITAL_PER_MARK * _area(self.region) / max(self.region.length, 1e-6)

    @property
    def height(self) -> float:
        """Height of the line's box in pixels, ascender and descender included."""
        return BOX_PER_CAPITAL * self.capital

    @property
    def spread(self) -> float:
        """Blur over the height of a capital."""
        return self.fault.spread / max(self.capital, 1e-6)

    @property
    def beyond(self) -> bool:
        """Whether even a person who zooms in cannot be expected to read it."""
        # Digits differ in strokes that are half a capital apart: two cycles in its height.
        left = self.contrast * math.exp(-2 * (math.pi * 2 * self.spread) ** 2)
        grain = self.fault.grain * min(1.0, math.sqrt(12 / self.capital))
        return (
            self.height < HEIGHTS[1]
            or self.spread > MOST_SPREAD
            or left < max(LEAST_CONTRAST, LEAST_OVER_GRAIN * grain)
            or self.width < LEAST_WIDTH
        )

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield the table and the row of each condition that it was photographed under."""
        turn = math.degrees(self.region.angle) % 360
        yield "angle, degrees", f"{round(turn / 45) % 8 * 45:3} +- 22"
        yield "blur over capital", row(self.spread, (0, 0.05, 0.08, 0.11, 0.14, MOST_SPREAD), 2)
        yield "noise, grey values", row(self.fault.noise, (0, 2, 4, 7, 11))
        yield "curvature, degrees", row(self.ground.arc, (0, 1, 40, 70, 100, 131))
        yield "tilt, degrees", row(self.ground.tilt, (0, 10, 20, 30, 60))
        yield "contrast, grey values", row(self.contrast, (0, 40, 70, 110, 150, 256))
        yield "JPEG quality", f"{self.fault.quality:3}"
        yield "look of the print", self.ground.look
        yield "kind of identifier", self.kind
        yield "surface", self.ground.kind


@dataclass(frozen=True, slots=True)
class Code:
    """One barcode: what it says, where it stands, how many pixels a module of it measures."""

    symbology: str
    payload: str
    region: Region
    module: float
    fault: Fault

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield the table and the row of each condition that it was photographed under."""
        yield "px a module", f"{self.module:3}"
        yield "symbology, 3 px and more" if self.module >= 3 else "symbology, below", self.symbology
        yield "blur over module", row(self.fault.spread / self.module, (0, 0.2, 0.35, 0.5, 3), 2)
        turn = math.degrees(self.region.angle) % 90
        yield "degrees off upright", row(min(turn, 90 - turn), (0, 5, 15, 30, 46))


@dataclass(frozen=True, slots=True)
class Shot:
    """One generated photo: its JPEG file and everything it shows."""

    number: int
    jpeg: bytes
    size: tuple[int, int]
    fault: Fault
    grounds: tuple[Ground, ...] = ()
    values: tuple[Value, ...] = ()
    codes: tuple[Code, ...] = ()


def row(size: float, borders: Sequence[float], digits: int = 0) -> str:
    """Return the name of the row between two borders that a size belongs to."""
    index = min(max(bisect_right(borders, size), 1), len(borders) - 1)
    return f"{borders[index - 1]:{4 + digits}.{digits}f} to {borders[index]:.{digits}f}"


def _area(region: Region) -> float:
    corners = region.corners
    pairs = zip(corners, (*corners[1:], corners[0]), strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2
