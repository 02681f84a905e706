"""The surfaces that a picture plainly shows: found by their four sides, told by their look."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phiscan.detectors._looks import LOOKS, looks_of
from phiscan.detectors._rectangles import rectangles_of
from phiscan.geometry import Region

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from phiscan.model import Frame
    from phiscan.protocols import Network

_PIXELS = 0.77e6
"""Pixels that are looked at: of a photo of 12 megapixels a quarter of its sides."""
_NEARLY = 0.02
"""How far the scale may be off so that whole squares of pixels become one."""
_PLAIN = 0.5
"""Likelihood from which a rectangle counts as a surface that may bear a record."""
_LARGE = 0.06
"""Power of its area by which the larger of two rectangles that are as likely goes before."""
_INSIDE = 0.5
"""Part of the smaller of two rectangles from which they are one surface, or one on the other."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A surface: its outline in pixels of the frame, and how likely it is of each look."""

    region: Region
    likely: NDArray[np.float32]

    def share(self, look: str) -> float:
        """Return how likely it is of a look, 0 to 1."""
        return float(self.likely[LOOKS.index(look)])

    def holds(self, region: Region) -> bool:
        """Return whether the middle of a region lies on it."""
        if region.frame != self.region.frame:
            return False
        outline = np.array(self.region.corners, dtype=np.float32)
        return bool(cv2.pointPolygonTest(outline, region.centre, measureDist=False) >= 0)

    @property
    def plain(self) -> float:
        """How likely it is a surface that may bear a record, of whatever look."""
        return 1.0 - self.share("nothing") - self.share("sign")


class Sight:
    """A frame as it is looked at for surfaces: small, and with its network."""

    def __init__(self, network: Network, frame: Frame) -> None:
        self._network = network
        self.frame = frame
        self._scale = min(1.0, math.sqrt(_PIXELS / (frame.width * frame.height)))
        if abs(1 / self._scale - round(1 / self._scale)) < _NEARLY / self._scale:
            self._scale = 1 / round(1 / self._scale)  # four times as fast as 1 / 3.98
        self._small = frame.pixels
        if self._scale < 1:
            size = (max(round(side * self._scale), 1) for side in (frame.width, frame.height))
            self._small = cv2.resize(frame.pixels, tuple(size), interpolation=cv2.INTER_AREA)

    def looks(self, region: Region) -> NDArray[np.float32]:
        """Return how likely a region of the frame is of each look."""
        likely: NDArray[np.float32] = self._looks([_scaled(region, self._scale)])[0]
        return likely

    def sheets(self) -> list[Sheet]:
        """Return the surfaces that the frame plainly shows, none of them twice."""
        seen = rectangles_of(self._small, self.frame.index)
        sheets = [
            Sheet(_scaled(region, 1 / self._scale), likely)
            for region, likely in zip(seen, self._looks(seen), strict=True)
        ]
        plain = [sheet for sheet in sheets if sheet.plain >= _PLAIN]
        kept: list[Sheet] = []
        for sheet in sorted(plain, key=lambda each: -each.plain * each.region.box.area**_LARGE):
            if not any(_overlap(sheet, other) > _INSIDE for other in kept):
                kept.append(sheet)
        return kept

    def _looks(self, regions: Sequence[Region]) -> NDArray[np.float32]:
        return looks_of(self._network, self._small, regions)


def _overlap(sheet: Sheet, other: Sheet) -> float:
    a, b = sheet.region.box, other.region.box
    return a.overlap(b) / max(min(a.area, b.area), 1e-6)


def _scaled(region: Region, scale: float) -> Region:
    return Region(region.frame, tuple((x * scale, y * scale) for x, y in region.corners))
