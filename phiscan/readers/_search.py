"""Look at the whole picture coarsely, and again at full size where small text may stand.

Reading everything at full size costs eight times as much, and the coarse look alone finds nothing
under 12 px in a 12-megapixel photo. Small text shows in the coarse look: as thin lines, or as
patches of warmth where lines run into each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phiscan.geometry import Box, enclosing
from phiscan.readers._detection import Heat, Line, canvas_size, heatmap, lines_of, resized

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from phiscan.protocols import Network

_COARSE = 0.92e6
"""Pixels of the coarse look: 0.27 s on two cores. A 12-megapixel photo is shrunk by 3.6; at 1.15e6
one more of 321 small lines is read and each photo costs 0.2 s more."""
_ENLARGE_BELOW = 640
"""A picture whose longer side is smaller is enlarged: 12 px letters are found far better at 24."""
_SMALL, _BLOB = 15.0, 70.0
"""Thickness of a line on the coarse map, in its pixels, up to which its letters are too small to be
sure (about 7 px), and from which it may be a patch of many small lines."""
_WANTED = 30.0
"""Thickness at which the network finds lines best: letters of about 14 px."""
_WARM = 0.1
"""Heat from which text may stand where no line was found."""
_CELL = 24
"""Side of the squares in which zones are thought of, in pixels of the coarse map."""
_EDGE, _NEAR = 60, np.ones((7, 7), np.uint8)
"""Slope of an edge (Sobel), and how close a step up and a step down stand in a stroke: 6 px at half
size, the strokes of letters up to 60 px high."""
_BUSY = 0.15
"""Share of strokes from which a square may hold text: of 284 lines under 20 px, 98 % have more than
0.18; of the squares of a photo with balloons, cake and gifts, 5 % have more."""
_MOST, _MOST_ISLANDS = 2.5e6, 0.6e6
"""Pixels of the second look at most, in zones that look like text and in those that are only busy;
where zones are larger, they are enlarged less."""
_ISLAND = 2, 40
"""Squares from and up to which a busy group is looked at again although it is not warm: one square
is shorter than a word and a name."""
_GAP = 16
"""Empty pixels between zones that are looked at together."""


@dataclass(frozen=True, slots=True)
class _Zone:
    """A part of the picture to look at again, and how much to enlarge it."""

    box: Box
    scale: float

    @property
    def size(self) -> tuple[int, int]:
        """Height and width when looked at, in pixels."""
        return round(self.box.height * self.scale), round(self.box.width * self.scale)


def find_lines(network: Network, pixels: NDArray[np.uint8], frame: int) -> list[Line]:
    """Return the lines of text on `pixels` (RGB), in its pixels."""
    height, width = pixels.shape[:2]
    scale = _coarse_scale(width, height)
    picture = resized(pixels, scale)
    heat = heatmap(network, picture)
    coarse = lines_of(heat, Box(0, 0, width, height), frame)
    zones = list(_zones(pixels, heat, coarse, scale))
    fine = _look_again(network, pixels, zones, canvas_size(*picture.shape[:2]), frame)
    return _merge(coarse, fine, scale)


def _coarse_scale(width: int, height: int) -> float:
    longest = max(width, height)
    if longest < _ENLARGE_BELOW:
        return min(2.0, 2 * _ENLARGE_BELOW / longest)
    return min(1.0, math.sqrt(_COARSE / (width * height)))


def _is_small(line: Line, scale: float) -> bool:
    return line.region.thickness * scale < _SMALL


def _is_unclear(line: Line, scale: float) -> bool:
    """Return whether a line may be several: a patch of small print, or a column of numbers."""
    is_column = abs(math.sin(line.region.angle)) > 0.9
    return is_column or line.region.thickness * scale > _BLOB


def _zones(
    pixels: NDArray[np.uint8], heat: Heat, lines: Sequence[Line], scale: float
) -> Iterator[_Zone]:
    """Yield the parts of the picture where small text may stand."""
    doubtful = _warm(heat)
    read = np.zeros_like(doubtful)
    thickness = np.zeros_like(doubtful, dtype=np.float32)
    for line in lines:
        cells = _cells_of(line, scale, doubtful.shape)
        if _is_small(line, scale):
            doubtful[cells] = True
            thickness[cells] = line.region.thickness * scale
        elif _is_unclear(line, scale):
            doubtful[cells] = True
        else:
            read[cells] = True
    busy = _busy(pixels, doubtful.shape, scale) & ~read
    likely = doubtful & busy
    islands = _islands(busy & ~doubtful)
    zones = list(_rectangles(likely | islands, thickness, pixels.shape[:2], scale))
    side = _CELL / scale
    warm = [z for z in zones if likely[_squares(z.box, side)].any()]
    cold = [z for z in zones if not likely[_squares(z.box, side)].any()]
    yield from _within(warm, _MOST, scale)
    yield from _within(cold, _MOST_ISLANDS, scale)


def _squares(box: Box, side: float) -> tuple[slice, slice]:
    """Return the rows and columns of squares in a rectangle of whole squares."""
    return (
        slice(round(box.y0 / side), math.ceil(box.y1 / side - 1e-6)),
        slice(round(box.x0 / side), math.ceil(box.x1 / side - 1e-6)),
    )


def _within(zones: Sequence[_Zone], most: float, coarse: float) -> Iterator[_Zone]:
    """Yield the zones enlarged so far that together they have at most this many pixels."""
    wanted = sum(zone.box.area * zone.scale**2 for zone in zones)
    less = min(1.0, math.sqrt(most / wanted)) if wanted else 1.0
    for zone in zones:
        if zone.scale * less > 1.2 * coarse:  # hardly larger shows hardly more
            yield _Zone(zone.box, zone.scale * less)


def _islands(busy: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the squares of small busy groups: a label on a wall, but not a tree or a shelf.

    Print of 10 px in a 12-megapixel photo leaves the coarse look cold.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(busy.astype(np.uint8))
    area = stats[:, cv2.CC_STAT_AREA]
    small = (area >= _ISLAND[0]) & (area <= _ISLAND[1])
    small[0] = False
    found: NDArray[np.bool_] = small[labels]
    return found


def _warm(heat: Heat) -> NDArray[np.bool_]:
    """Return the squares in which some pixels may belong to text."""
    rows, columns = -(-heat.shape[0] // _CELL), -(-heat.shape[1] // _CELL)
    warm = (heat > _WARM).astype(np.float32)
    padded = np.pad(warm, ((0, rows * _CELL - heat.shape[0]), (0, columns * _CELL - heat.shape[1])))
    shares = padded.reshape(rows, _CELL, columns, _CELL).mean(axis=(1, 3))
    found: NDArray[np.bool_] = shares > 0.03
    return found


def _cells_of(line: Line, scale: float, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return the squares that a line covers."""
    mask = np.zeros(shape, dtype=np.uint8)
    corners = np.array(line.region.corners) * scale / _CELL - 0.5
    cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 1)
    x, y = line.region.centre
    row, column = int(y * scale / _CELL), int(x * scale / _CELL)
    mask[min(max(row, 0), shape[0] - 1), min(max(column, 0), shape[1] - 1)] = 1
    return mask.astype(bool)


def _busy(pixels: NDArray[np.uint8], shape: tuple[int, ...], scale: float) -> NDArray[np.bool_]:
    """Return which squares are full of strokes: places between a step up and a step down.

    An object's outline has a step in one direction only, however sharp it is.
    """
    zoom = max(scale, 0.5)
    green = resized(pixels[:, :, 1], zoom)
    strokes = np.zeros_like(green)
    for way in ((1, 0), (0, 1)):
        slope = cv2.Sobel(green, cv2.CV_16S, *way)
        up, down = (slope > _EDGE).astype(np.uint8), (slope < -_EDGE).astype(np.uint8)
        strokes |= cv2.dilate(up, _NEAR) & cv2.dilate(down, _NEAR)
    side = _CELL * zoom / scale
    whole = np.zeros((math.ceil(shape[0] * side), math.ceil(shape[1] * side)), dtype=np.float32)
    fitting = strokes[: whole.shape[0], : whole.shape[1]]
    whole[: fitting.shape[0], : fitting.shape[1]] = fitting
    shares = cv2.resize(whole, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    busy: NDArray[np.bool_] = shares > _BUSY
    return busy


def _rectangles(
    cells: NDArray[np.bool_],
    thickness: NDArray[np.float32],
    frame: tuple[int, ...],
    scale: float,
) -> Iterator[_Zone]:
    """Yield rectangles with a margin round the groups of squares that touch; none overlap."""
    grown = cv2.dilate(cells.astype(np.uint8), np.ones((3, 3), np.uint8))
    stats = cv2.connectedComponentsWithStats(grown)[2][1:].tolist()
    side = _CELL / scale
    boxes = [Box(x, y, x + width, y + height) for x, y, width, height, _ in stats]
    for box in _apart(boxes):
        known = thickness[_squares(box, 1)]
        known = known[known > 0]
        # Only where lines are known to be small is more than the picture's own size worth its cost.
        wanted = _WANTED / max(float(np.median(known)), 1.0) if known.size else 1.0 / scale
        place = Box(box.x0 * side, box.y0 * side, box.x1 * side, box.y1 * side)
        yield _Zone(place.clip(frame[1], frame[0]), min(scale * wanted, 2.0))


def _apart(boxes: Sequence[Box]) -> list[Box]:
    """Join boxes that overlap until none do, so that no line is seen in two zones."""
    apart: list[Box] = []
    for box in boxes:
        joined = box
        while touching := [other for other in apart if other.overlap(joined) > 0]:
            joined = enclosing([joined, *touching])
            apart = [other for other in apart if other not in touching]
        apart.append(joined)
    return apart


def _look_again(
    network: Network,
    pixels: NDArray[np.uint8],
    zones: Iterable[_Zone],
    canvas: tuple[int, int],
    frame: int,
) -> list[Line]:
    """Return the lines in the zones; as many zones as fit are looked at on one canvas."""
    lines: list[Line] = []
    for sheet in _sheets(zones, canvas):
        height = max(top + zone.size[0] for zone, top, _ in sheet)
        width = max(left + zone.size[1] for zone, _, left in sheet)
        picture = np.full((max(height, 1), max(width, 1), 3), 128, dtype=np.uint8)
        for zone, top, left in sheet:
            part = resized(_crop(pixels, zone.box), zone.scale)
            rows, columns = part.shape[:2]
            target = picture[top : top + rows, left : left + columns]
            target[:] = part[: target.shape[0], : target.shape[1]]
        heat = heatmap(network, picture)
        for zone, top, left in sheet:
            rows, columns = zone.size
            lines += lines_of(heat[top : top + rows, left : left + columns], zone.box, frame)
    return lines


def _crop(pixels: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    return pixels[round(box.y0) : round(box.y1), round(box.x0) : round(box.x1)]


def _sheets(
    zones: Iterable[_Zone], canvas: tuple[int, int]
) -> Iterator[list[tuple[_Zone, int, int]]]:
    """Lay the zones out in rows on as few canvases as may be; one that does not fit has its own."""
    sheet: list[tuple[_Zone, int, int]] = []
    top = left = depth = 0
    for zone in sorted(zones, key=lambda z: -z.size[0]):
        height, width = zone.size
        if height > canvas[0] or width > canvas[1]:
            yield [(zone, 0, 0)]
            continue
        if left + width > canvas[1]:
            top, left, depth = top + depth + _GAP, 0, 0
        if top + height > canvas[0]:
            yield sheet
            sheet, top, left, depth = [], 0, 0, 0
        sheet.append((zone, top, left))
        left, depth = left + width + _GAP, max(depth, height)
    if sheet:
        yield sheet


def _merge(coarse: Sequence[Line], fine: Sequence[Line], scale: float) -> list[Line]:
    """Return all lines once: small ones as the second look saw them, large ones as the first."""
    large = [line for line in coarse if not _is_small(line, scale) and not _is_unclear(line, scale)]
    kept = [line for line in fine if not any(_covers(other, line) for other in large)]
    rest = [line for line in coarse if line not in large]
    return [
        *large,
        *kept,
        *(r for r in rest if not any(_covers(r, f) or _covers(f, r) for f in kept)),
    ]


def _covers(line: Line, other: Line) -> bool:
    """Return whether the middle of `other` lies on `line`."""
    corners = np.array(line.region.corners, dtype=np.float32)
    return bool(cv2.pointPolygonTest(corners, other.region.centre, measureDist=False) >= 0)
