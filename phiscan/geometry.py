"""Boxes and polygons as plain data, in pixels of the upright frame: x to the right, y down."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels, half open: `x0 <= x < x1` and `y0 <= y < y1`."""

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        """Refuse NaN and corners out of order: a box of negative size hides what it covers."""
        if not (self.x0 <= self.x1 and self.y0 <= self.y1):
            raise ValueError("a box needs x0 <= x1 and y0 <= y1, and no NaN")

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        """Area in square pixels."""
        return self.width * self.height

    @property
    def centre(self) -> Point:
        """The middle point."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def inflate(self, dx: float, dy: float) -> Box:
        """Return the box moved out by `dx` pixels left and right and `dy` up and down."""
        return Box(self.x0 - dx, self.y0 - dy, self.x1 + dx, self.y1 + dy)

    def clip(self, width: float, height: float) -> Box:
        """Return the part inside a frame of `width` x `height` pixels (may be empty)."""
        return Box(
            min(max(self.x0, 0.0), width),
            min(max(self.y0, 0.0), height),
            min(max(self.x1, 0.0), width),
            min(max(self.y1, 0.0), height),
        )

    def overlap(self, other: Box) -> float:
        """Return the area shared with `other`, in square pixels."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(width, 0.0) * max(height, 0.0)

    def iou(self, other: Box) -> float:
        """Return the shared area over the joint area, 0 to 1."""
        shared = self.overlap(other)
        joint = self.area + other.area - shared
        return shared / joint if joint > 0 else 0.0

    def gap(self, other: Box) -> Point:
        """Return how far apart the boxes are along x and along y, 0 where they overlap."""
        return (
            max(self.x0 - other.x1, other.x0 - self.x1, 0.0),
            max(self.y0 - other.y1, other.y0 - self.y1, 0.0),
        )


def enclosing(boxes: Iterable[Box]) -> Box:
    """Return the smallest box round all `boxes`; ValueError when there are none."""
    every = list(boxes)
    return Box(
        min(box.x0 for box in every),
        min(box.y0 for box in every),
        max(box.x1 for box in every),
        max(box.y1 for box in every),
    )


@dataclass(frozen=True, slots=True)
class Region:
    """A polygon on one frame.

    Text regions have four corners, clockwise from the top left *of the text*, so that the first
    side runs along the reading direction whatever way the text is turned.
    """

    frame: int
    corners: tuple[Point, ...]

    def __post_init__(self) -> None:
        """Refuse polygons without an inside and coordinates that are not numbers."""
        if len(self.corners) < 3:
            raise ValueError("a region needs at least three corners")
        finite = math.isfinite(sum(map(sum, self.corners)))  # one sum is soon looked at
        if not finite and not all(map(math.isfinite, chain.from_iterable(self.corners))):
            raise ValueError("a region's corners must be finite numbers")

    @classmethod
    def from_box(cls, frame: int, box: Box) -> Region:
        """Return the upright rectangle `box` as a region."""
        return cls(frame, ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)))

    @property
    def box(self) -> Box:
        """The upright rectangle round the polygon."""
        xs, ys = zip(*self.corners, strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))

    @property
    def centre(self) -> Point:
        """The mean of the corners."""
        xs, ys = zip(*self.corners, strict=True)
        return sum(xs) / len(xs), sum(ys) / len(ys)

    @property
    def angle(self) -> float:
        """The direction of reading in radians, from the left side's middle to the right side's."""
        left, right = _middle(self.corners[0], self.corners[-1]), _middle(*self.corners[1:3])
        return math.atan2(right[1] - left[1], right[0] - left[0])

    @property
    def length(self) -> float:
        """The mean extent along the reading direction, in pixels."""
        return math.dist(
            _middle(self.corners[0], self.corners[-1]), _middle(self.corners[1], self.corners[2])
        )

    @property
    def thickness(self) -> float:
        """The mean extent across the reading direction, in pixels: a line's height."""
        return math.dist(
            _middle(self.corners[0], self.corners[1]), _middle(self.corners[-1], self.corners[2])
        )

    def part(self, start: float, end: float) -> Region:
        """Return the piece between two fractions (0 to 1) of the reading direction."""
        top_left, top_right, bottom_right, bottom_left = self.corners
        return Region(
            self.frame,
            (
                _along(top_left, top_right, start),
                _along(top_left, top_right, end),
                _along(bottom_left, bottom_right, end),
                _along(bottom_left, bottom_right, start),
            ),
        )

    def join(self, other: Region) -> Region:
        """Return the quadrilateral from this region's left side to `other`'s right side."""
        return Region(
            self.frame,
            (self.corners[0], other.corners[1], other.corners[2], self.corners[3]),
        )


def _middle(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def _along(a: Point, b: Point, fraction: float) -> Point:
    return a[0] + (b[0] - a[0]) * fraction, a[1] + (b[1] - a[1]) * fraction
