"""The parts of a picture that deserve a closer look, and how much each is enlarged for it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from phiscan.geometry import Box
from phiscan.readers._places import CELL, HEIGHTS, Places
from phiscan.readers._print_clues import UNKNOWN, Clues, clues_of, evidence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phiscan.readers._line import Line

_LIKELY = 0.2
"""Probability from which a square is looked at again: 84 % of the squares with print of 8 to 14 px,
97 % of those with 14 to 24 px, and 2 % of those without (benchmarks.text_places measure)."""
_FEW = 2
"""Squares that a group must have more of to be looked at again: the smallest word covers three, the
knot of a ribbon one or two."""
_MARGIN = 3
"""Squares round the likely ones that are looked at with them: a word goes on, a name stands beside
its label."""
WANTED = 24.0
"""Height in pixels of a line's box at which the detector finds lines best: capitals of 16 px."""
_PRINT = 0.7
"""Height of a line's box over the thickness of what the detector returns for it."""
_SHARE = 0.2
"""Part of a zone's likely squares that must hold a small print for the zone to be enlarged
for it."""
_LEAST_GAIN = 1.2
"""Enlargement over that of the coarse look from which a second look shows more."""
_PART = 0.1
"""Part of the squares of a large line that could not be read that must be likely to hold print for
all of it to be looked at again: it may be several lines that ran together."""
_HIDDEN = 6.0
"""Height of a line over that of the print on it from which it is no line: of some 900 lines of 60
generated photos that could be read, one is higher than long and so, the sheet it was made for."""
_NEARLY = 1.07
"""How much higher a zone may be than a step of the network's sizes and still be made to fit: of
14 photos without print the second look takes 7 % fewer pixels."""
_HOPELESS, _DOUBTFUL, _FARTHER, _LESS = -3.5, 2.0, 0.7, 0.3
"""Sum of the evidence from which a zone is looked at at all, that from which it is enlarged as much
as its print would want, how much less the others are, and the part of the pixels that these get.
Of 534 zones of generated photos with print none had less than the first, of 35 of real ones not
fitted on three had; in scenes without text most have less than the second (benchmarks.text_zones).
Of 1,217 lines of 12 px and more on 160 photos, 80 of which these numbers were chosen on, 1,173 are
read so and 1,172 where all zones shared the pixels; scenes without text take half as many.
"""
_LARGEST = 2.0
"""How much a picture is enlarged at most."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the picture to look at again: its rectangle, its own squares, its enlargement.

    Rectangles may overlap; `cells` says for each square of it (CELL pixels, from the rectangle's
    corner) whether it belongs to this zone, and no square belongs to two.
    """

    box: Box
    cells: NDArray[np.bool_]
    scale: float
    clues: Clues = UNKNOWN
    """What speaks for print in it."""

    @property
    def is_doubtful(self) -> bool:
        """Whether there may well be no print in it."""
        return evidence(self.clues) < _DOUBTFUL

    @property
    def size(self) -> tuple[int, int]:
        """Height and width when looked at, in pixels."""
        return round(self.box.height * self.scale), round(self.box.width * self.scale)

    def farther(self, times: float) -> Zone:
        """Return the same part, enlarged so many times as much."""
        return replace(self, scale=times * self.scale)

    def fitted(self, step: int) -> Zone:
        """Return the same part a little smaller where its height would go just over `step`s."""
        height = self.size[0]
        fits = height // step * step
        is_near = fits < height <= _NEARLY * fits
        return replace(self, scale=fits / self.box.height) if is_near else self

    def grown(self, height: int, width: int, frame: tuple[int, ...]) -> Box:
        """Return the rectangle and what lies round it, as much as fits into so many pixels.

        `frame` is the frame's height and width: at its edge more is taken from the other side.
        """
        x0, x1 = _grown(self.box.x0, self.box.x1, width / self.scale, frame[1])
        y0, y1 = _grown(self.box.y0, self.box.y1, height / self.scale, frame[0])
        return Box(x0, y0, x1, y1)

    def owns(self, line: Line) -> bool:
        """Return whether a line seen here is this zone's, not the edge of a neighbour's."""
        x, y = line.region.centre
        if not (self.box.x0 <= x < self.box.x1 and self.box.y0 <= y < self.box.y1):
            return False
        row, column = int((y - self.box.y0) // CELL), int((x - self.box.x0) // CELL)
        rows, columns = self.cells.shape
        return bool(self.cells[min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)])


class Squares(NamedTuple):
    """Squares of CELL pixels: whether print is likely and how likely, its height, and warmth.

    Its height is in pixels, 0 where that is unknown; `warmth` is the coarse look's.
    """

    likely: NDArray[np.bool_]
    likeliest: NDArray[np.float32]
    height: NDArray[np.float32]
    warmth: NDArray[np.float32]


class Coarse(NamedTuple):
    """What the coarse look saw: its lines by what is to become of them, and its scale.

    `small` are too small to be sure of, `clear` need no second look, `vague` are other large ones:
    where print is likely on a part of one, all of it is looked at again. `warmth` says of each
    square how hot the detector's heat map is there.
    """

    small: Sequence[Line]
    clear: Sequence[Line]
    vague: Sequence[Line]
    scale: float
    warmth: NDArray[np.float32]


def zones_of(places: Places, coarse: Coarse, frame: tuple[int, int], most: float) -> list[Zone]:
    """Return the parts of a picture of size `frame` (height, width) to look at again.

    They are enlarged so that those with print hold no more than `most` pixels together, and those
    that may have none a third of that: these must not take from a page that fills the picture.
    """
    groups = groups_of(places, coarse, frame)
    worth = [zone for zone in groups if evidence(zone.clues) > _HOPELESS]
    shared = list(_shared_out(worth, places.shape))
    sure = [zone for zone in shared if not zone.is_doubtful]
    doubtful = [zone.farther(_FARTHER) for zone in shared if zone.is_doubtful]
    zones = [*_within_limit(sure, most), *_within_limit(doubtful, _LESS * most)]
    return [zone for zone in zones if zone.scale > _LEAST_GAIN * coarse.scale]


def groups_of(places: Places, coarse: Coarse, frame: tuple[int, int]) -> Iterator[Zone]:
    """Yield a zone for each group of squares that are likely to hold print, worth a look or not."""
    likely = places.max(axis=2) > _LIKELY
    for line in coarse.clear:
        likely &= ~_cells_of(line, likely.shape)
    height = np.array(HEIGHTS, np.float32)[places.argmax(axis=2)] * likely
    for line in coarse.small:
        cells = _cells_of(line, likely.shape)
        height[cells & ~likely] = line.region.thickness * _PRINT
        likely |= cells
    for line in coarse.vague:
        cells = _cells_of(line, likely.shape)
        if (likely & cells).sum() >= _PART * cells.sum():
            likely |= cells
    likeliest = places.max(axis=2)
    for line in coarse.small:
        likeliest[_cells_of(line, likely.shape)] = 1.0
    squares = Squares(likely, likeliest, height, coarse.warmth)
    yield from _grouped(squares, coarse.scale, frame)


def _shared_out(zones: Sequence[Zone], shape: tuple[int, ...]) -> Iterator[Zone]:
    """Yield the zones with each square of their rectangles given to the nearest one.

    Small print between two large lines that were read lies on squares that are those lines'.
    """
    if not zones:
        return
    owners = np.zeros(shape[:2], np.int32)
    for number, zone in enumerate(zones, start=1):
        owners[_squares_of(zone)][zone.cells] = number
    free = (owners == 0).astype(np.uint8)
    way = cv2.distanceTransformWithLabels(free, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    number_at = np.zeros(way[1].max() + 1, np.int32)
    number_at[way[1][free == 0]] = owners[free == 0]
    owners = number_at[way[1]]
    for number, zone in enumerate(zones, start=1):
        yield replace(zone, cells=owners[_squares_of(zone)] == number)


def _squares_of(zone: Zone) -> tuple[slice, slice]:
    """Return which rows and columns of squares a zone's rectangle holds."""
    row, column = int(zone.box.y0 // CELL), int(zone.box.x0 // CELL)
    rows, columns = zone.cells.shape
    return slice(row, row + rows), slice(column, column + columns)


def hides_print(line: Line, places: Places) -> bool:
    """Return whether a line as high as it is long may be a sheet whose small print ran into one.

    Such a line reads as a single letter, and surely: a pharmacy's label as `D`.
    """
    if line.region.length > line.region.thickness:
        return False
    cells = _cells_of(line, places.shape[:2])
    height = np.array(HEIGHTS, np.float32)[places.argmax(axis=2)]
    small = (places.max(axis=2) > _LIKELY) & (height * _HIDDEN < line.region.thickness)
    return bool((small & cells).sum() >= max(_PART * cells.sum(), _FEW))


def _grown(start: float, end: float, length: float, most: int) -> tuple[int, int]:
    """Return a stretch of `length`, if that is longer, round another one and inside 0 to `most`."""
    long = min(math.floor(length), most)
    if long <= end - start:
        return round(start), round(end)
    first = round(min(max((start + end - long) / 2, 0), most - long))
    return first, first + long


def _within_limit(zones: Sequence[Zone], most: float) -> list[Zone]:
    """Return the zones with the large ones enlarged less, so that all together are few pixels.

    A wristband that is far away keeps its enlargement beside a page that fills the picture.
    """
    pixels = np.array([zone.box.area * zone.scale**2 for zone in zones])
    left, fair = most, math.inf
    for done, area in enumerate(np.sort(pixels)):
        fair = left / (len(pixels) - done)
        if area > fair:
            break
        left -= area
        fair = math.inf
    return [
        replace(zone, scale=zone.scale * min(1.0, math.sqrt(fair / area)))
        for zone, area in zip(zones, pixels, strict=True)
    ]


def _grouped(squares: Squares, scale: float, frame: tuple[int, int]) -> Iterator[Zone]:
    """Yield a zone for each group of squares that touch and are likely enough, with a margin."""
    joined = cv2.dilate(squares.likely.astype(np.uint8), np.ones((3, 3), np.uint8))
    count, labels = cv2.connectedComponents(joined)
    labels = labels.astype(np.float32)
    for _ in range(_MARGIN - 1):  # what two groups reach belongs to one of them
        labels = np.where(labels > 0, labels, cv2.dilate(labels, np.ones((3, 3), np.uint8)))
    for label in range(1, count):
        x, y, width, rows = cv2.boundingRect((labels == label).astype(np.uint8))
        part = slice(y, y + rows), slice(x, x + width)
        cells = labels[part] == label
        its_own = cells & squares.likely[part]
        likeliest = squares.likeliest[part]
        if int(its_own.sum()) <= _FEW:
            continue
        height = squares.height[part]
        smallest = float(np.quantile(height[cells & (height > 0)], _SHARE))  # not a few squares'
        enlarged = min(WANTED / smallest, _LARGEST)
        if enlarged <= _LEAST_GAIN * scale:
            continue
        place = Box(x * CELL, y * CELL, (x + width) * CELL, (y + rows) * CELL)
        clues = clues_of(likeliest[cells], squares.warmth[part][its_own], enlarged / scale)
        yield Zone(place.clip(frame[1], frame[0]), cells, enlarged, clues)


def _cells_of(line: Line, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return the squares that a line covers."""
    mask = np.zeros(shape, dtype=np.uint8)
    cv2.fillPoly(mask, [np.round(line.outline() / CELL - 0.5).astype(np.int32)], 1)
    x, y = line.region.centre
    row, column = int(y // CELL), int(x // CELL)
    mask[min(max(row, 0), shape[0] - 1), min(max(column, 0), shape[1] - 1)] = 1
    return mask.astype(bool)
