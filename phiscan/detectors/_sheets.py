"""The surfaces that a picture plainly shows: found by their four sides, told by their look."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phiscan.detectors._looks import LOOKS, looks_of
from phiscan.detectors._rectangles import faint_rectangles_of, rectangles_of
from phiscan.geometry import Region
from phiscan.shrinking import shrunk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
_CLOSER, _FARTHER = 0.9, 1.12
"""How much smaller and larger an outline is when it is looked at again."""
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

    def holds(self, region: Region, beside: float = 0.0) -> bool:
        """Return whether the middle of a region lies on it, or at most so many pixels beside it."""
        if region.frame != self.region.frame:
            return False
        outline = np.array(self.region.corners, dtype=np.float32)
        inside = cv2.pointPolygonTest(outline, region.centre, measureDist=True)
        return bool(inside >= -beside)

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
            wide, high = (max(round(side * self._scale), 1) for side in (frame.width, frame.height))
            size = wide, high
            self._small = shrunk(frame.pixels, size)

    def looks(self, region: Region) -> NDArray[np.float32]:
        """Return how likely a region of the frame is of each look."""
        likely: NDArray[np.float32] = self._looks([_scaled(region, self._scale)])[0]
        return likely

    def looked_at_again(self, sheet: Sheet) -> Sheet:
        """Return a sheet with how likely it is on average of four views.

        Seen a little closer, from a little farther and turned, windows and tiles are no longer
        taken for sheets, and records are.
        """
        region = sheet.region
        turned = Region(region.frame, (*region.corners[1:], region.corners[0]))
        views = [_grown(region, _CLOSER), _grown(region, _FARTHER), turned]
        more = self._looks([_scaled(view, self._scale) for view in views])
        return Sheet(region, (sheet.likely + more.sum(axis=0)) / np.float32(len(views) + 1))

    @cached_property
    def outlines(self) -> list[Sheet]:
        """All rectangles that look like surfaces, the same surface perhaps many times."""
        return self._plain(self._rectangles)

    @cached_property
    def faint_outlines(self) -> list[Sheet]:
        """Those besides that stand out a little from what lies round them."""
        return self._plain(faint_rectangles_of(self._small, self.frame.index, self._rectangles))

    @cached_property
    def _rectangles(self) -> list[Region]:
        return rectangles_of(self._small, self.frame.index)

    def _plain(self, seen: Sequence[Region]) -> list[Sheet]:
        sheets = (
            Sheet(_scaled(region, 1 / self._scale), likely)
            for region, likely in zip(seen, self._looks(seen), strict=True)
        )
        return [sheet for sheet in sheets if sheet.plain >= _PLAIN]

    def _looks(self, regions: Sequence[Region]) -> NDArray[np.float32]:
        return looks_of(self._network, self._small, regions)


def sheets_of(outlines: Sequence[Sheet]) -> list[Sheet]:
    """Return the surfaces that outlines are of, none of them twice: the plainest and largest."""
    ordered = sorted(outlines, key=lambda each: -each.plain * each.region.box.area**_LARGE)
    return apart(ordered)


def apart(sheets: Iterable[Sheet]) -> list[Sheet]:
    """Return the sheets without those that lie on one before them, or under it."""
    kept: list[Sheet] = []
    for sheet in sheets:
        if not any(_overlap(sheet, other) > _INSIDE for other in kept):
            kept.append(sheet)
    return kept


def _overlap(sheet: Sheet, other: Sheet) -> float:
    a, b = sheet.region.box, other.region.box
    return a.overlap(b) / max(min(a.area, b.area), 1e-6)


def _grown(region: Region, times: float) -> Region:
    x, y = region.centre
    corners = ((x + times * (a - x), y + times * (b - y)) for a, b in region.corners)
    return Region(region.frame, tuple(corners))


def _scaled(region: Region, scale: float) -> Region:
    return Region(region.frame, tuple((x * scale, y * scale) for x, y in region.corners))
