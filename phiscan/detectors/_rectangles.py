"""Rectangles seen askew on a picture: sheets, screens, bands, and all else with four sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from phiscan.geometry import Region

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

_LEVELS = 7
"""Brightnesses at which the picture is cut into black and white, and strengths of edges."""
_EDGES = ((20, 60), (60, 160))
_NEAR = ((51, 8), (151, 10))
"""Squares over which the brightness round a pixel is averaged, in pixels, and grey values by which
it is brighter or darker: one brightness for the whole picture ties a sheet to what lies across its
rim, and loses one that shadow and lamp reach. Of 61 generated records 57 are outlined so, 51 by
levels and edges alone; with colours as well 59."""
_NEAR_COLOURS = 51, 4
"""The same for each of the two colours, of a picture half as large: a band as grey as the skin."""
_SMALLEST, _LARGEST = 350.0, 0.9
"""Area in pixels at least, and as part of the picture at most."""
_FEWEST = 3
"""Points of an outline that has no four corners."""
_NARROWEST = 6
"""Shorter side of the upright rectangle round it, in pixels, at least."""
_FILLS, _SOLID = 0.82, 0.6
"""Part of its rectangle that the hull of an outline must fill, and the outline itself."""
_MOST = 40
"""Rectangles that are returned at most, those first that stand out most."""
_SAME = 0.7


def rectangles_of(picture: NDArray[np.uint8], frame: int) -> list[Region]:
    """Return the rectangles on a small picture (RGB, about 0.8 megapixels), in its pixels."""
    grey = _smooth(picture)
    return _rectangles(grey, _outlines(grey), frame, [])


def faint_rectangles_of(
    picture: NDArray[np.uint8], frame: int, known: Sequence[Region]
) -> list[Region]:
    """Return rectangles besides those that are known, which stand out from what lies round them.

    Among them are squares round what is no rectangle: the shade that it leaves on an average.
    """
    grey = _smooth(picture)
    outlines = (*_faint_outlines(grey), *_colour_outlines(picture))
    return _rectangles(grey, outlines, frame, known)


def _smooth(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    grey: NDArray[np.uint8] = cv2.medianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 5)
    return grey


def _rectangles(
    grey: NDArray[np.uint8],
    outlines: Iterable[NDArray[np.int32]],
    frame: int,
    known: Sequence[Region],
) -> list[Region]:
    """Return the outlines that are rectangles, none of them twice."""
    found: list[tuple[float, NDArray[np.float32]]] = []
    for outline in outlines:
        corners = _corners(outline, float(grey.size))
        if corners is not None:
            found.append((_contrast(grey, corners), corners))
    found.sort(key=lambda each: -each[0])
    kept: list[Region] = []
    boxes = [region.box for region in known]
    for _, corners in found:
        region = _region(corners, frame)
        box = region.box
        if not any(box.iou(other) > _SAME for other in boxes):
            kept.append(region)
            boxes.append(box)
        if len(kept) == _MOST:
            break
    return kept


def _outlines(grey: NDArray[np.uint8]) -> Iterator[NDArray[np.int32]]:
    """Yield the outlines of what is brighter or darker than a level, or has an edge."""
    for low, high in _EDGES:
        yield from _outlines_in(cv2.dilate(cv2.Canny(grey, low, high), np.ones((3, 3), np.uint8)))
    for level in np.quantile(grey, np.linspace(0.05, 0.95, _LEVELS)):
        yield from _outlines_in(_closed(grey > level))


def _faint_outlines(grey: NDArray[np.uint8]) -> Iterator[NDArray[np.int32]]:
    """Yield the outlines of what is brighter or darker than what lies round it."""
    for side, least in _NEAR:
        yield from _apart(grey, side, least)


def _colour_outlines(picture: NDArray[np.uint8]) -> Iterator[NDArray[np.int32]]:
    """Yield the outlines of what is of another colour than what lies round it."""
    half = max(picture.shape[1] // 2, 1), max(picture.shape[0] // 2, 1)
    small = cv2.cvtColor(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2LAB)
    for colour in (1, 2):
        channel = cv2.medianBlur(np.ascontiguousarray(small[..., colour]), 3)
        for outline in _apart(channel, *_NEAR_COLOURS):
            yield outline * 2


def _apart(channel: NDArray[np.uint8], side: int, least: int) -> Iterator[NDArray[np.int32]]:
    """Yield the outlines of what stands out from what lies round it, to either side."""
    around = cv2.blur(channel, (side, side))
    yield from _outlines_in(_closed(cv2.subtract(channel, around) > least))
    yield from _outlines_in(_closed(cv2.subtract(around, channel) <= least))


def _closed(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    closed: NDArray[np.uint8] = cv2.morphologyEx(
        mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)
    )
    return closed


def _outlines_in(mask: NDArray[np.uint8]) -> Iterator[NDArray[np.int32]]:
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    yield from (outline for outline in outlines if len(outline) > _FEWEST)


def _corners(outline: NDArray[np.int32], picture: float) -> NDArray[np.float32] | None:
    """Return the four corners of an outline that is a rectangle seen askew, else None."""
    *_, width, height = cv2.boundingRect(outline)
    if not _SMALLEST < width * height < _LARGEST * picture or min(width, height) < _NARROWEST:
        return None
    hull = cv2.convexHull(outline)
    area = cv2.contourArea(hull)
    if area < _SMALLEST:
        return None
    four = cv2.approxPolyDP(hull, 0.04 * cv2.arcLength(hull, closed=True), closed=True)
    corners = four if len(four) == 4 and cv2.contourArea(four) > _FILLS * area else _box(hull)
    corners = corners.reshape(4, 2).astype(np.float32)
    inside = cv2.contourArea(corners)
    if area < _FILLS * inside or cv2.contourArea(outline) < _SOLID * inside:
        return None
    return corners


def _box(hull: NDArray[np.int32]) -> NDArray[np.float32]:
    box: NDArray[np.float32] = cv2.boxPoints(cv2.minAreaRect(hull))
    return box


def _contrast(grey: NDArray[np.uint8], corners: NDArray[np.float32]) -> float:
    """Return how much a rectangle differs from what lies round it, weighted by its size."""
    middle = corners.mean(axis=0)
    low = np.maximum((corners.min(axis=0) - middle) * 1.3 + middle, 0).astype(int)
    high = ((corners.max(axis=0) - middle) * 1.3 + middle + 1).astype(int)
    part = grey[low[1] : high[1], low[0] : high[0]]
    inside, around = np.zeros(part.shape, np.uint8), np.zeros(part.shape, np.uint8)
    cv2.fillPoly(around, [((corners - middle) * 1.25 + middle - low).astype(np.int32)], 1)
    cv2.fillPoly(inside, [(corners - low).astype(np.int32)], 1)
    around[inside > 0] = 0
    difference = abs(cv2.mean(part, inside)[0] - cv2.mean(part, around)[0])
    return float(difference * inside.sum() ** 0.25)


def _region(corners: NDArray[np.float32], frame: int) -> Region:
    """Return the corners clockwise, the longer side first, as text on it would mostly run."""
    middle = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    ordered = corners[np.argsort(angles)]
    sides = np.linalg.norm(np.roll(ordered, -1, axis=0) - ordered, axis=1)
    if sides[0] + sides[2] < sides[1] + sides[3]:
        ordered = np.roll(ordered, -1, axis=0)
    return Region(frame, tuple((float(x), float(y)) for x, y in ordered))
