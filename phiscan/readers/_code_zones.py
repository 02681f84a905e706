"""Find where a photo may show a barcode, from the gradients in small cells.

Bars all run one way, so that the gradients of a cell agree; the modules of a square code flip
between dark and light far more often than print does. Both are seen in 0.05 s on 12 megapixels,
where a decoder that looks everywhere takes 0.4 s and still misses codes that lie askew.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phiscan.geometry import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phiscan.geometry import Point

    Cells = NDArray[np.float32]

CELL = 16
"""Side of a cell in pixels: a code of 20 modules at 2 px covers more than two."""
_BAND = 16
"""Rows of cells whose steps are taken at once: they stay in the processor's cache."""
_ENERGY = 250.0
"""Least mean squared step between neighbouring pixels: blurred codes of 1.5 px a module have 600,
a flat wall with noise of 5 grey values has 100."""
_FLIPS = (0.012, 0.02, 0.03)
"""Least energy over squared contrast: 0.02 to 0.07 in codes of 6 to 1.5 px a module. Several
levels, as at the lowest one a code grows together with the gravel that it lies on."""
_AGREEMENT = 0.40
"""Least coherence of the gradients (0 none, 1 all one way): bars 0.46 to 0.84, PDF417 0.45 to
0.52, square codes 0.1 to 0.25."""
_SAME_WAY = math.radians(20)
_SAME_ZONE = 0.8
"""Overlap (intersection over union) from which two zones are worth one look only."""
_MOST_ZONES = 100
_LARGE = 0.7
"""Weight of zones seen on the smaller copy: large modules are mostly decoded at first look."""
_EDGE = 0.07
"""Part of its length by which a zone is made longer: the wide bars at a code's ends flip seldom."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A place that may hold a code: `corners` clockwise, the first side along the reading.

    `striped` says that its gradients agree; `weight` orders zones, those most like a code first.
    """

    corners: tuple[Point, Point, Point, Point]
    striped: bool
    weight: float

    @property
    def size(self) -> tuple[float, float]:
        """Length and thickness in pixels."""
        a, b, c, _ = self.corners
        return math.dist(a, b), math.dist(b, c)

    @property
    def box(self) -> Box:
        """The upright rectangle round the zone."""
        xs, ys = zip(*self.corners, strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))


def find_zones(grey: NDArray[np.uint8], half: NDArray[np.uint8]) -> list[Zone]:
    """Return the places on a grey picture that may hold a code, the likeliest first.

    Small modules are seen at full size, large and blurred ones on its copy made `half` as large.
    """
    if min(grey.shape) < 2 * CELL:
        return []
    return _distinct([*_zones(grey), *(_doubled(zone) for zone in _zones(half))])


def _doubled(zone: Zone) -> Zone:
    a, b, c, d = ((2 * x, 2 * y) for x, y in zone.corners)
    return Zone((a, b, c, d), zone.striped, zone.weight * _LARGE)


def _zones(grey: NDArray[np.uint8]) -> list[Zone]:
    rows, columns = grey.shape[0] // CELL, grey.shape[1] // CELL
    if rows < 2 or columns < 2:
        return []
    grey = grey[: rows * CELL, : columns * CELL]
    along, across, mixed = _structure(grey, (columns, rows))
    energy = along + across
    flips = energy / (_contrast(grey, (columns, rows)) ** 2 + 1.0)
    agreement = np.sqrt((along - across) ** 2 + 4 * mixed**2) / (energy + 1e-3)
    way = np.arctan2(2 * mixed, along - across) / 2
    zones: list[Zone] = []
    for level in _FLIPS:
        lively = (energy > _ENERGY) & (flips > level)
        zones += _striped(lively & (agreement > _AGREEMENT), way, flips)
        zones += _square(lively, flips)
    return zones


def _distinct(zones: list[Zone]) -> list[Zone]:
    """Return the zones by falling weight, without those that repeat a likelier one."""
    kept: list[tuple[Zone, Box]] = []
    for zone in sorted(zones, key=lambda z: -z.weight)[: 4 * _MOST_ZONES]:
        box = zone.box
        if not any(box.iou(b) > _SAME_ZONE for k, b in kept if k.striped == zone.striped):
            kept.append((zone, box))
        if len(kept) == _MOST_ZONES:
            break
    return [zone for zone, _ in kept]


def _structure(grey: NDArray[np.uint8], size: tuple[int, int]) -> tuple[Cells, Cells, Cells]:
    """Return the structure tensor's parts in each cell: xx, yy and xy.

    The steps are taken along both diagonals of every second square of pixels: they share no pixel,
    so that noise does not turn the answer, as it does with steps to the right and down.
    """
    columns, rows = size
    cells = np.empty((3, rows, columns), np.float32)
    for top in range(0, rows, _BAND):
        end = min(top + _BAND, rows)
        band = grey[top * CELL : end * CELL]
        falling = cv2.subtract(band[1::2, 1::2], band[::2, ::2], dtype=cv2.CV_16S)
        rising = cv2.subtract(band[::2, 1::2], band[1::2, ::2], dtype=cv2.CV_16S)
        for mean, a, b in zip(
            cells, (falling, rising, falling), (falling, rising, rising), strict=True
        ):
            product = cv2.multiply(a, b, dtype=cv2.CV_32F)
            cv2.resize(product, (columns, end - top), mean[top:end], interpolation=cv2.INTER_AREA)
    ff, rr, fr = (np.asarray(cv2.blur(mean, (3, 3)), dtype=np.float32) for mean in cells)
    # x = (falling + rising) / 2 and y = (falling - rising) / 2, in grey values a pixel.
    both, quarter = ff + rr, np.float32(0.25)
    return (both + 2 * fr) * quarter, (both - 2 * fr) * quarter, (ff - rr) * quarter


def _contrast(grey: NDArray[np.uint8], size: tuple[int, int]) -> Cells:
    """Return the span of grey values around each cell, five cells wide."""
    half = cv2.resize(grey, (size[0] * 4, size[1] * 4), interpolation=cv2.INTER_AREA)
    around = np.ones((20, 20), np.uint8)
    span = cv2.subtract(cv2.dilate(half, around), cv2.erode(half, around))
    return np.asarray(span[2::4, 2::4], dtype=np.float32)


def _striped(mask: NDArray[np.bool_], way: Cells, worth: Cells) -> list[Zone]:
    """Return oriented zones, one for each patch of cells whose gradients agree."""
    count, marks = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    zones: list[Zone] = []
    for ys, xs in _patches(marks, count):
        turns, weights = way[ys, xs], worth[ys, xs]
        doubled = np.sum(weights * np.exp(2j * turns))
        angle = float(np.angle(doubled)) / 2
        same = np.abs(np.angle(np.exp(2j * (turns - angle)))) / 2 < _SAME_WAY
        if same.sum() >= 2:
            zones.append(_oriented(xs[same], ys[same], angle, float(weights[same].mean())))
    return zones


def _patches(
    marks: NDArray[np.int32], count: int
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Return the rows and columns of every patch, in one sweep over the cells."""
    ys, xs = np.nonzero(marks)
    labels = marks[ys, xs]
    order = np.argsort(labels, kind="stable")
    cuts = np.searchsorted(labels[order], np.arange(1, count + 1))
    members = [order[a:b] for a, b in pairwise(cuts) if b - a >= 2]
    return [(ys[group], xs[group]) for group in members]


def _oriented(xs: NDArray[np.intp], ys: NDArray[np.intp], angle: float, weight: float) -> Zone:
    """Return the rectangle round some cells whose first side runs along `angle` (radians)."""
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = (xs + 0.5) * CELL, (ys + 0.5) * CELL
    u, v = x * cos + y * sin, y * cos - x * sin
    du, dv = _EDGE * np.ptp(u) + CELL, _EDGE * np.ptp(v) + CELL / 2
    u0, u1 = u.min() - du, u.max() + du
    v0, v1 = v.min() - dv, v.max() + dv
    corners = tuple(
        (float(a * cos - b * sin), float(a * sin + b * cos))
        for a, b in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))
    )
    filled = len(xs) * CELL**2 / ((u1 - u0) * (v1 - v0))
    return Zone(corners, striped=True, weight=_weight(filled, weight, len(xs)) * 1.5)  # type: ignore[arg-type]


def _weight(filled: float, flips: float, cells: int) -> float:
    """Return how much a patch is like a code: solid, restless, and not of a few cells only."""
    return min(filled, 1.0) * math.sqrt(flips) * min(1.0, cells / 16)


def _square(mask: NDArray[np.bool_], worth: Cells) -> list[Zone]:
    """Return upright zones, one for each patch of lively cells."""
    count, marks, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    sums = np.bincount(marks.ravel(), weights=worth.ravel(), minlength=count)
    zones: list[Zone] = []
    for mark in range(1, count):
        x, y, wide, high, area = (int(n) for n in stats[mark])
        if area < 4 or min(wide, high) < 2:
            continue
        x0, y0, x1, y1 = x * CELL, y * CELL, (x + wide) * CELL, (y + high) * CELL
        corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
        zones.append(
            Zone(
                corners,
                striped=False,
                weight=_weight(area / (wide * high), float(sums[mark]) / area, area),
            )
        )
    return zones
