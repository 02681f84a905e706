"""Where lines of text stand: PP-OCR's detection network, its input and its post-processing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from phiscan.geometry import Box, Region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from phiscan.protocols import Network

_TILE = 1.25e6
"""Pixels that the network is given at once: at 2.0e6 it holds 700 MB of memory, at this 350."""
_OVERLAP = 96
"""Pixels that neighbouring tiles share, so that each pixel is judged with its surroundings."""
_STEP = 96
"""Sides are padded to multiples of this. Each new input size costs OpenVINO about 0.5 s once."""
_INK = 0.3
_BOX = 0.45
"""Thresholds of DB post-processing: on one pixel, and on the mean of a box (PP-OCR: 0.3 and 0.5;
the lower one keeps faint lines, the recogniser's score tells whether they are text)."""
_FAINT, _LEAKY, _HOT = 0.45, 0.8, 0.8
"""Between these scores a box may be several lines that ran together, and at this heat they come
apart: single lines score 0.8 and more, a column of prices 0.6 to 0.7, patches of print too small to
be told apart less."""
_UNCLIP = 1.6
"""How far to grow a box, times area over perimeter: the network marks the core of a line only."""
_MOST_BOXES = 2000


Heat: TypeAlias = "NDArray[np.float32]"
"""How likely each pixel belongs to text, 0 to 1, of shape (height, width)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, not read yet: where it stands and how sure the network is, 0 to 1."""

    region: Region
    score: float


def heatmap(network: Network, picture: NDArray[np.uint8]) -> Heat:
    """Return how likely each pixel belongs to text, 0 to 1.

    Large pictures are seen in tiles along their longer side, whose maps are put together before
    any line is looked for: a line that runs over a border stays one line.
    """
    axis = 0 if picture.shape[0] > picture.shape[1] else 1
    places = _tiles(picture, axis)
    parts = [_run(network, picture.take(range(*place), axis)) for place in places]
    return _join(parts, places, axis)


def resized(pixels: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Return the picture in another size, at least one pixel wide and high."""
    if scale == 1:
        return pixels
    size = max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture: NDArray[np.uint8] = cv2.resize(pixels, size, interpolation=how)
    return picture


def lines_of(heat: Heat, box: Box, frame: int) -> list[Line]:
    """Return the lines on a heat map that shows the part `box` of a frame, in the frame's pixels.

    Their corners run clockwise from where the text starts, as far as that can be told.
    """
    scale = np.array([box.width / heat.shape[1], box.height / heat.shape[0]])
    origin = np.array([box.x0, box.y0])
    return [
        Line(_region(corners * scale + origin, frame), score) for corners, score in _boxes(heat)
    ]


def _tiles(picture: NDArray[np.uint8], axis: int) -> list[tuple[int, int]]:
    """Return where tiles along one axis start and end: equally long, each small enough."""
    length = picture.shape[axis]
    count = max(math.ceil(picture.shape[0] * picture.shape[1] / _TILE), 1)
    share = math.ceil((length + (count - 1) * _OVERLAP) / count)
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


def _boxes(heat: Heat) -> Iterator[tuple[NDArray[np.float32], float]]:
    """Yield the four corners and the score of each line on the heat map."""
    ink = (heat > _INK).astype(np.uint8)
    ink = cv2.dilate(ink, np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for contour in sorted(contours, key=len, reverse=True)[:_MOST_BOXES]:
        box = _box(heat, contour)
        if box is None:
            continue
        pieces = _pieces(heat, contour) if _FAINT < box[1] < _LEAKY else []
        yield from pieces if len(pieces) > 1 else [box]


def _box(heat: Heat, contour: NDArray[np.int32]) -> tuple[NDArray[np.float32], float] | None:
    """Return the corners of the line that a contour is the core of, and its score."""
    centre, (side_a, side_b), angle = cv2.minAreaRect(contour)
    if min(side_a, side_b) < 3:
        return None
    score = _mean_heat(heat, cv2.boxPoints((centre, (side_a, side_b), angle)))
    if score < _BOX:
        return None
    grow = _UNCLIP * side_a * side_b / (side_a + side_b)
    corners = cv2.boxPoints((centre, (side_a + grow, side_b + grow), angle))
    return corners.astype(np.float32), score


def _pieces(heat: Heat, contour: NDArray[np.int32]) -> list[tuple[NDArray[np.float32], float]]:
    """Return the lines inside a contour whose warmth ran together, as in a column of numbers."""
    x, y, width, height = cv2.boundingRect(contour)
    mask = np.zeros((height, width), dtype=np.uint8)
    cv2.fillPoly(mask, [contour - (x, y)], 1)
    part = heat[y : y + height, x : x + width]
    hot = mask & (part[: mask.shape[0], : mask.shape[1]] > _HOT)
    contours, _ = cv2.findContours(hot, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE, offset=(x, y))
    boxes = (_box(heat, piece) for piece in contours)
    return [box for box in boxes if box is not None]


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
