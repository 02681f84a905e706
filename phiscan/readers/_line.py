"""One line of text that has been found and not read yet: straight, or bent round a wrist."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phiscan.geometry import Region

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Line:
    """Where a line of text stands, and how sure the network is, 0 to 1.

    `region` is the rectangle along the line's mean direction. `bow` says how far the line's ends
    lie below its middle, in pixels and in the direction of the region's foot: a text that bends
    like a parabola. 0 for straight lines.
    """

    region: Region
    score: float
    bow: float = 0.0

    def turned(self) -> Line:
        """Return the same line read from its other end, standing on its head."""
        corners = self.region.corners
        return replace(
            self, region=replace(self.region, corners=corners[2:] + corners[:2]), bow=-self.bow
        )

    def part(self, start: float, end: float) -> Region:
        """Return the piece between two fractions (0 to 1) of the reading direction."""
        if not self.bow:
            return self.region.part(start, end)
        grid = self.grid(np.array([start, end]), np.array([0.0, 1.0]))
        (top_left, top_right), (bottom_left, bottom_right) = grid.tolist()
        corners = (top_left, top_right, bottom_right, bottom_left)
        return Region(self.region.frame, tuple((x, y) for x, y in corners))

    def outline(self) -> NDArray[np.float32]:
        """Return the corners of the polygon that the line fills, bent as the line is."""
        if not self.bow:
            return np.array(self.region.corners, dtype=np.float32)
        top, foot = self.grid(np.linspace(0, 1, 9), np.array([0.0, 1.0]))
        return np.concatenate([top, foot[::-1]]).astype(np.float32)

    def grid(self, along: NDArray[np.float64], across: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the points at fractions along and across the line: (across, along, 2) of x, y."""
        middle, ahead, down = self._axes()
        half = self.region.length / 2
        at = 2 * along - 1
        centres = (
            middle
            + np.outer(at * half, ahead)
            + np.outer(self.bow * (at**2 - 1 / 3), down)  # 1/3: its mean stays where it is
        )
        slope = 2 * self.bow * at / max(half, 1.0)
        feet = (down - np.outer(slope, ahead)) / np.sqrt(1 + slope**2)[:, None]
        away = (across - 0.5) * self.region.thickness
        points: NDArray[np.float64] = centres + away[:, None, None] * feet
        return points

    def _axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return the middle, the direction of reading and the direction of the foot."""
        turn = self.region.angle
        ahead = np.array([math.cos(turn), math.sin(turn)])
        return np.array(self.region.centre), ahead, np.array([-ahead[1], ahead[0]])


def straightened(
    pixels: NDArray[np.uint8], line: Line, width: int, height: int
) -> NDArray[np.uint8]:
    """Return a bent line as a lying strip of this size, the paper's bend undone."""
    along = (np.arange(width) + 0.5) / width
    across = (np.arange(height) + 0.5) / height
    points = line.grid(along, across).astype(np.float32) - np.float32(0.5)
    low = np.maximum(np.floor(points.min(axis=(0, 1))).astype(int) - 2, 0)
    high = np.ceil(points.max(axis=(0, 1))).astype(int) + 3
    part = pixels[low[1] : high[1], low[0] : high[0]]
    if part.size == 0:
        return np.zeros((height, width, 3), dtype=np.uint8)
    points -= low.astype(np.float32)
    shrink = min(2 * height / max(line.region.thickness, 1.0), 1.0)
    if shrink < 1:  # shrink first: sampling alone would skip pixels
        size = max(round(part.shape[1] * shrink), 1), max(round(part.shape[0] * shrink), 1)
        points *= np.array([size[0] / part.shape[1], size[1] / part.shape[0]], dtype=np.float32)
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    strip: NDArray[np.uint8] = cv2.remap(
        part, points[..., 0], points[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return strip
