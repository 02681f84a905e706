"""Find the lines of text on a picture: PP-OCR's detection network and its post-processing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phiscan.geometry import Region

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phiscan.protocols import Network

_BUDGET = 2.0e6
"""Pixels that the network sees of one picture: 0.55 s on two cores, and letters of 8 px and more
are found. A 12-megapixel photo is shrunk by 2.4, a screenshot not at all."""
_ENLARGE_BELOW = 640
"""A picture whose longer side is smaller is enlarged: 12 px letters are found far better at 24."""
_TILE = 1.25e6
"""Pixels that the network is given at once: at 2.0e6 it holds 700 MB of memory, at this 350."""
_OVERLAP = 96
"""Pixels that neighbouring tiles share, so that each pixel is judged with its surroundings."""
_STEP = 160
"""Sides are padded to multiples of this. Each new input size costs OpenVINO about 0.5 s once."""
_INK = 0.3
_BOX = 0.45
"""Thresholds of DB post-processing: on one pixel, and on the mean of a box (PP-OCR: 0.3 and 0.5;
the lower one keeps faint lines, the recogniser's score tells whether they are text)."""
_UNCLIP = 1.6
"""How far to grow a box, times area over perimeter: the network marks the core of a line only."""
_MOST_BOXES = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, not read yet: where it stands and how sure the network is, 0 to 1."""

    region: Region
    score: float


def find_lines(network: Network, pixels: NDArray[np.uint8], frame: int) -> list[Line]:
    """Return the lines of text on `pixels` (RGB), in its pixels, left-to-right where possible."""
    height, width = pixels.shape[:2]
    scale = _scale(width, height)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    shrinking = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = cv2.resize(pixels, size, interpolation=shrinking) if scale != 1 else pixels
    heatmap = _heatmap(network, picture)
    return [
        Line(_region(corners, width / size[0], height / size[1], frame), score)
        for corners, score in _boxes(heatmap)
    ]


def _heatmap(network: Network, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how likely each pixel belongs to text, 0 to 1.

    Large pictures are seen in tiles along their longer side, whose maps are put together before
    any line is looked for: a line that runs over a border stays one line.
    """
    if picture.shape[0] > picture.shape[1]:
        rows = [_run(network, picture[top:bottom]) for top, bottom in _tiles(picture, 0)]
        return _join(rows, _tiles(picture, 0), 0)
    columns = [_run(network, picture[:, left:right]) for left, right in _tiles(picture, 1)]
    return _join(columns, _tiles(picture, 1), 1)


def _tiles(picture: NDArray[np.uint8], axis: int) -> list[tuple[int, int]]:
    """Return where tiles along one axis start and end: equally long, each small enough."""
    length = picture.shape[axis]
    count = max(math.ceil(picture.shape[0] * picture.shape[1] / _TILE), 1)
    share = math.ceil((length + (count - 1) * _OVERLAP) / count)
    starts = [min(n * (share - _OVERLAP), length - share) for n in range(count)]
    return [(max(start, 0), min(start + share, length)) for start in starts]


def _join(
    parts: list[NDArray[np.float32]], places: list[tuple[int, int]], axis: int
) -> NDArray[np.float32]:
    """Put the maps of tiles together, each up to the middle of what it shares with the next."""
    borders = [(before[1] + after[0]) // 2 for before, after in pairwise(places)]
    starts = [0, *borders]
    ends = [*borders, places[-1][1]]
    kept = [
        part.take(range(start - place[0], end - place[0]), axis)
        for part, place, start, end in zip(parts, places, starts, ends, strict=True)
    ]
    return np.concatenate(kept, axis)


def _run(network: Network, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    (heat,) = network.run(_canvas(picture))
    return heat[0, 0, : picture.shape[0], : picture.shape[1]]


def _scale(width: int, height: int) -> float:
    longest = max(width, height)
    if longest < _ENLARGE_BELOW:
        return min(2.0, 2 * _ENLARGE_BELOW / longest)
    return min(1.0, math.sqrt(_BUDGET / (width * height)))


def _canvas(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the network's input: BGR from -1 to 1, padded with middle grey."""
    height, width = picture.shape[:2]
    canvas = np.zeros((1, 3, _padded(height), _padded(width)), dtype=np.float32)
    for channel in range(3):
        target = canvas[0, channel, :height, :width]
        np.multiply(picture[:, :, 2 - channel], 1 / 127.5, out=target, casting="unsafe")
        target -= 1.0
    return canvas


def _padded(side: int) -> int:
    return math.ceil(side / _STEP) * _STEP


def _boxes(heatmap: NDArray[np.float32]) -> list[tuple[NDArray[np.float32], float]]:
    """Return the four corners and the score of each line on the heat map."""
    ink = (heatmap > _INK).astype(np.uint8)
    ink = cv2.dilate(ink, np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in sorted(contours, key=len, reverse=True)[:_MOST_BOXES]:
        centre, (side_a, side_b), angle = cv2.minAreaRect(contour)
        if min(side_a, side_b) < 3:
            continue
        score = _mean_heat(heatmap, cv2.boxPoints((centre, (side_a, side_b), angle)))
        if score < _BOX:
            continue
        grow = 2 * _UNCLIP * side_a * side_b / (2 * (side_a + side_b))
        corners = cv2.boxPoints((centre, (side_a + grow, side_b + grow), angle))
        found.append((corners.astype(np.float32), score))
    return found


def _mean_heat(heatmap: NDArray[np.float32], corners: NDArray[np.float32]) -> float:
    """Return the mean heat inside a quadrilateral."""
    x, y, width, height = cv2.boundingRect(corners)
    x0, y0 = max(x, 0), max(y, 0)
    part = heatmap[y0 : y + height, x0 : x + width]
    mask = np.zeros(part.shape, dtype=np.uint8)
    cv2.fillPoly(mask, [np.round(corners - (x0, y0)).astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0])


def _region(corners: NDArray[np.float32], x_scale: float, y_scale: float, frame: int) -> Region:
    """Return the corners in the picture's pixels, starting where the text probably starts.

    The longer side runs along the text; of its two directions the one that points right is taken,
    and downward for upright strips. The recogniser turns a line that proves to be upside down.
    """
    points = corners * np.array([x_scale, y_scale], dtype=np.float32)
    sides = [float(np.linalg.norm(points[(i + 1) % 4] - points[i])) for i in range(4)]
    # Short texts ("7B") are about as wide as high: count them as lying unless clearly upright.
    first = max(range(4), key=lambda i: _eagerness(points[i], points[(i + 1) % 4], sides, i))
    ordered = [points[(first + i) % 4] for i in range(4)]
    return Region(frame, tuple((float(x), float(y)) for x, y in ordered))


def _eagerness(
    start: NDArray[np.float32], end: NDArray[np.float32], sides: list[float], index: int
) -> float:
    """Return how well a side would do as the top of a line."""
    across = float(end[0] - start[0]) / max(sides[index], 1e-6)
    down = float(end[1] - start[1]) / max(sides[index], 1e-6)
    long_enough = sides[index] > 1.5 * sides[(index + 1) % 4]
    return 2.0 * long_enough + across + 0.1 * down
