"""Where lines of text stand: PP-OCR's detection network, its input and its post-processing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from phiscan.geometry import Box, Region
from phiscan.readers._line import Line
from phiscan.readers._line_ends import lengthened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from phiscan.protocols import Network

_TILE = 1.25e6
"""Pixels that the network is given at once: at 2.0e6 it holds 700 MB of memory, at this 350."""
_OVERLAP = 96
"""Pixels that neighbouring tiles share, so that each pixel is judged with its surroundings."""
_STEP = 32
"""Sides are padded to multiples of this, the network's own."""
ROOM = 128, 192
"""Multiples of which height and width are chosen where the picture can be: each new size costs
OpenVINO 0.05 s of one core, as much as 0.3 megapixels do, and zones of photos are of every size.
Fourteen photos without text needed twelve new sizes each, and need two."""
_INK = 0.3
_BOX = 0.45
"""Thresholds of DB post-processing: on one pixel, and on the mean of a box (PP-OCR: 0.3 and 0.5;
the lower one keeps faint lines, the recogniser's score tells whether they are text)."""
_FAINT, _LEAKY, _HOT = 0.45, 0.8, 0.8
"""Between these scores a box may be several lines that ran together, and at this heat they come
apart: single lines score 0.8 and more, a column of prices 0.6 to 0.7, patches of print too small to
be told apart less."""
_LONG, _BEND, _FULL = 4.0, 0.12, 1.25
"""A band is bent when it is this many times as long as thick, its ends stand off by this part of
its thickness, and a parabola's band of the same length holds at most this many times its pixels:
two lines that run together leave a gap between them."""
_UNCLIP = 1.6
"""How far to grow a box, times area over perimeter: the network marks the core of a line only."""
_MOST_BOXES = 2000


Heat: TypeAlias = "NDArray[np.float32]"
"""How likely each pixel belongs to text, 0 to 1, of shape (height, width)."""


@dataclass(frozen=True, slots=True)
class _Core:
    """A line on a heat map: the corners of its rectangle, how hot it is, and its bend.

    `bend` is the way from the line's middle to the middle of its ends, 0 for a straight line.
    """

    corners: NDArray[np.float32]
    score: float
    bend: NDArray[np.float64]


def heatmap(network: Network, picture: NDArray[np.uint8], steps: tuple[int, int] = (1, 1)) -> Heat:
    """Return how likely each pixel belongs to text, 0 to 1.

    The height and width of `picture` are multiples of `steps`, and those of its tiles will be.

    Large pictures are seen in tiles along their longer side, whose maps are put together before
    any line is looked for: a line that runs over a border stays one line.
    """
    axis = 0 if picture.shape[0] > picture.shape[1] else 1
    places = _tiles(picture, axis, steps[axis])
    parts = [_run(network, picture.take(range(*place), axis)) for place in places]
    return _join(parts, places, axis)


def resized(pixels: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Return the picture in another size, at least one pixel wide and high."""
    if scale == 1:
        return pixels
    size = max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1)
    # Not by halves: pixels that differ by a grey value lose lines here and win some there.
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture: NDArray[np.uint8] = cv2.resize(pixels, size, interpolation=how)
    return picture


def lines_of(heat: Heat, box: Box, frame: int) -> list[Line]:
    """Return the lines on a heat map that shows the part `box` of a frame, in the frame's pixels.

    Their corners run clockwise from where the text starts, as far as that can be told.
    """
    scale = np.array([box.width / heat.shape[1], box.height / heat.shape[0]])
    origin = np.array([box.x0, box.y0])
    lines = []
    for core in _cores(heat):
        region = _region(core.corners * scale + origin, frame)
        down = np.array([-math.sin(region.angle), math.cos(region.angle)])
        lines.append(Line(region, core.score, float(core.bend * scale @ down)))
    return lines


def room_for(height: int, width: int) -> tuple[int, int]:
    """Return the height and width of a picture, in multiples of ROOM, that has room for another."""
    high, wide = (
        max(math.ceil(side / step), 1) * step
        for side, step in zip((height, width), ROOM, strict=True)
    )
    return high, wide


def _tiles(picture: NDArray[np.uint8], axis: int, step: int = 1) -> list[tuple[int, int]]:
    """Return where tiles along one axis start and end: equally long, each small enough.

    What counts are pixels of the network's input: one of 60,000 x 3 is padded to 60,000 x 96.
    """
    length, across = picture.shape[axis], _padded(picture.shape[1 - axis])
    count, share = 0, length
    while not count or (share > step and (share - _OVERLAP) * across > _TILE):
        count = max(math.ceil(across * length / _TILE), count + 1)
        share = math.ceil((length + (count - 1) * _OVERLAP) / count / step) * step
    starts = [min(n * (share - _OVERLAP), length - share) for n in range(count)]
    return [(max(start, 0), min(start + share, length)) for start in starts]


def _join(parts: list[Heat], places: list[tuple[int, int]], axis: int) -> Heat:
    """Put the maps of tiles together, each up to the middle of what it shares with the next."""
    borders = [(before[1] + after[0]) // 2 for before, after in pairwise(places)]
    starts = [0, *borders]
    ends = [*borders, places[-1][1]]
    kept = [
        part.take(range(start - place[0], end - place[0]), axis)
        for part, place, start, end in zip(parts, places, starts, ends, strict=True)
    ]
    return np.concatenate(kept, axis)


def _run(network: Network, picture: NDArray[np.uint8]) -> Heat:
    (heat,) = network.run(_canvas(picture))
    return heat[0, 0, : picture.shape[0], : picture.shape[1]]


def canvas_size(height: int, width: int) -> tuple[int, int]:
    """Return the height and width of the network's input that a picture is padded to."""
    return _padded(height), _padded(width)


def _canvas(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the network's input: BGR from -1 to 1, padded with middle grey."""
    height, width = picture.shape[:2]
    canvas = np.zeros((1, 3, *canvas_size(height, width)), dtype=np.float32)
    for channel in range(3):
        target = canvas[0, channel, :height, :width]
        np.multiply(picture[:, :, 2 - channel], 1 / 127.5, out=target, casting="unsafe")
        target -= 1.0
    return canvas


def _padded(side: int) -> int:
    return math.ceil(side / _STEP) * _STEP


def _cores(heat: Heat) -> Iterator[_Core]:
    """Yield the core of each line on the heat map, grown to the line's own size."""
    ink = (heat > _INK).astype(np.uint8)
    ink = cv2.dilate(ink, np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for contour in sorted(contours, key=len, reverse=True)[:_MOST_BOXES]:
        core = _core(heat, contour)
        if core is None:
            continue
        may_be_several = _FAINT < core.score < _LEAKY and not core.bend.any()
        pieces = _pieces(heat, contour) if may_be_several else []
        yield from pieces if len(pieces) > 1 else [core]


def _core(heat: Heat, contour: NDArray[np.int32]) -> _Core | None:
    """Return the line that a contour is the core of, straight or bent."""
    centre, (side_a, side_b), angle = cv2.minAreaRect(contour)
    if min(side_a, side_b) < 3:
        return None
    score = _mean_heat(heat, cv2.boxPoints((centre, (side_a, side_b), angle)))
    if score < _LEAKY and max(side_a, side_b) > _LONG * min(side_a, side_b):
        bent = _bent(heat, contour)
        if bent is not None:
            return bent
    if score < _BOX:
        return None
    centre, (side_a, side_b) = lengthened(heat, centre, (side_a, side_b), angle)
    grow = _UNCLIP * side_a * side_b / (side_a + side_b)
    corners = cv2.boxPoints((centre, (side_a + grow, side_b + grow), angle))
    return _Core(corners.astype(np.float32), score, np.zeros(2))


def _bent(heat: Heat, contour: NDArray[np.int32]) -> _Core | None:
    """Return the bent line that a contour is the core of; None where no parabola fits it."""
    x, y, width, height = cv2.boundingRect(contour)
    mask = np.zeros((height, width), dtype=np.uint8)
    cv2.fillPoly(mask, [contour - (x, y)], 1)
    rows, columns = np.nonzero(mask)
    points = np.stack([columns + x + 0.5, rows + y + 0.5], axis=1)
    middle = points.mean(axis=0)
    axes = np.linalg.svd(np.cov((points - middle).T))[0]
    along, across = ((points - middle) @ axes).T
    half = (along.max() - along.min()) / 2
    at = (along - (along.max() + along.min()) / 2) / half
    curve = np.polyfit(at, across, 2)
    thick = math.sqrt(12) * float(np.std(across - np.polyval(curve, at)))  # as of an even band
    is_band = 2 * half * thick < _FULL * len(points)
    if not is_band or thick < 2 or 2 * half < _LONG * thick or abs(curve[0]) < _BEND * thick:
        return None
    ahead = axes[:, 0] * half + axes[:, 1] * curve[1]
    centre = middle + axes @ [(along.max() + along.min()) / 2, curve[2] + curve[0] / 3]
    length = 2 * float(np.linalg.norm(ahead))
    grow = _UNCLIP * length * thick / (length + thick)
    angle = math.degrees(math.atan2(ahead[1], ahead[0]))
    corners = cv2.boxPoints((centre.tolist(), (length + grow, thick + grow), angle))
    part = heat[y : y + height, x : x + width]
    score = float(cv2.mean(part, mask[: part.shape[0], : part.shape[1]])[0])
    if score < _BOX:
        return None
    longer = ((length + grow) / length) ** 2  # the parabola goes on in what is grown
    return _Core(corners.astype(np.float32), score, axes[:, 1] * curve[0] * longer)


def _pieces(heat: Heat, contour: NDArray[np.int32]) -> list[_Core]:
    """Return the lines inside a contour whose warmth ran together, as in a column of numbers."""
    x, y, width, height = cv2.boundingRect(contour)
    mask = np.zeros((height, width), dtype=np.uint8)
    cv2.fillPoly(mask, [contour - (x, y)], 1)
    part = heat[y : y + height, x : x + width]
    hot = mask & (part[: mask.shape[0], : mask.shape[1]] > _HOT)
    contours, _ = cv2.findContours(hot, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE, offset=(x, y))
    cores = [core for piece in contours if (core := _core(heat, piece)) is not None]
    pieces: list[_Core] = []
    for core in sorted(cores, key=lambda each: -cv2.contourArea(each.corners)):
        if not any(_holds(piece, core) for piece in pieces):
            pieces.append(core)
    return pieces


def _holds(core: _Core, other: _Core) -> bool:
    """Return whether the middle of another core lies on one: both are parts of one line.

    Moire splits the warmth of a line along its length.
    """
    x, y = other.corners.mean(axis=0).tolist()
    return cv2.pointPolygonTest(core.corners, (x, y), measureDist=False) >= 0


def _mean_heat(heat: Heat, corners: NDArray[np.float32]) -> float:
    """Return the mean heat inside a quadrilateral."""
    x, y, width, height = cv2.boundingRect(corners)
    x0, y0 = max(x, 0), max(y, 0)
    part = heat[y0 : y + height, x0 : x + width]
    mask = np.zeros(part.shape, dtype=np.uint8)
    cv2.fillPoly(mask, [np.round(corners - (x0, y0)).astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0])


def _region(points: NDArray[np.float64], frame: int) -> Region:
    """Return the corners in order, starting where the text probably starts.

    The longer side runs along the text; of its two directions the one that points right is taken,
    and downward for upright strips. The recogniser turns a line that proves to be upside down.
    """
    sides = [float(np.linalg.norm(points[(i + 1) % 4] - points[i])) for i in range(4)]
    # Short texts ("7B") are about as wide as high: count them as lying unless clearly upright.
    first = max(range(4), key=lambda i: _eagerness(points[i], points[(i + 1) % 4], sides, i))
    ordered = [points[(first + i) % 4] for i in range(4)]
    return Region(frame, tuple((float(x), float(y)) for x, y in ordered))


def _eagerness(
    start: NDArray[np.float64], end: NDArray[np.float64], sides: list[float], index: int
) -> float:
    """Return how well a side would do as the top of a line."""
    across = float(end[0] - start[0]) / max(sides[index], 1e-6)
    down = float(end[1] - start[1]) / max(sides[index], 1e-6)
    long_enough = sides[index] > 1.5 * sides[(index + 1) % 4]
    return 2.0 * long_enough + across + 0.1 * down
