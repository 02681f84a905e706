"""Photos from which the network for text places learns: what they look like, and where print is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks._reading_stage import as_region, cluttered_stage, develop, place
from benchmarks._reading_truth import BOX_PER_CAPITAL, CAPITAL_PER_MARK, MOST_SPREAD
from fixtures import lookalikes, papers, screens, signs, stickers, ward
from fixtures.chance import Rng, between, happens, pick, sample, stream, whole
from fixtures.phone import any_fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks._reading_stage import Printed

    Example = tuple[NDArray[np.uint8], NDArray[np.uint8]]

SIZE = 2016, 1536
"""Sides of a photo: a part of one of 12 megapixels."""
CELL = 8
"""Side of the network's squares, in pixels of the grey picture of half size."""
LARGE, UNKNOWN = 4, 255
"""Labels of squares with print that needs no second look, and of squares that may be either; 0 is
no print, and 1 to 3 are the heights of `phiscan.readers._places.HEIGHTS`."""
_BORDERS = (8.0, 14.0, 24.0, 42.0)
"""Heights in pixels of a line's box between which print has one label; less is unknown."""
_DESIGNS = (
    *papers.DESIGNS,
    *stickers.DESIGNS,
    *screens.DESIGNS,
    *lookalikes.DESIGNS,
    *signs.DESIGNS,
    *ward.DESIGNS,
)
_TEXT = ((6, 9), (8, 11), (10, 14), (12, 18), (16, 24), (22, 40), (40, 70))
"""Heights of a surface's body text in pixels, drawn from evenly."""
_GRID = 4
"""Pixels of the photo to a pixel of the map on which lines are drawn."""
_ENOUGH = 5
"""Of the 16 pixels of that map in a square, how many print must cover."""


def example(seed: int, number: int) -> Example:
    """Return a grey photo of half size, and the label of each of its squares."""
    rng = stream(seed, 9, number)
    stage = cluttered_stage(rng, SIZE)
    for design in sample(rng, _DESIGNS, whole(rng, 0, 5)):
        place(stage, design, between(rng, *pick(rng, _TEXT)), fresh=False)
    smallest = min((ground.text_px for ground in stage.grounds), default=30.0)
    blur = MOST_SPREAD * max(smallest, 9.0) / BOX_PER_CAPITAL
    shot = develop(stage, number, any_fault(rng, blur))
    width, height = stage.studio.size
    photo = cv2.imdecode(np.frombuffer(shot.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    half = cv2.resize(photo, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return half.astype(np.uint8), labels(stage.printed, (height, width))


def labels(printed: Sequence[Printed], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the label of each square of a photo of this height and width."""
    lines = [each.mark.corners for each in printed if each.mark.kind == "line"]
    drawn = np.zeros((size[0] // _GRID, size[1] // _GRID), dtype=np.uint8)
    for corners in lines:
        _draw(drawn, corners, 8.0, UNKNOWN)
    for corners in lines:
        _draw(drawn, corners, 2.0, _label(corners))
    return _squares(drawn)


def _label(corners: object) -> int:
    height = as_region(corners).thickness * CAPITAL_PER_MARK * BOX_PER_CAPITAL
    return UNKNOWN if height < _BORDERS[0] else sum(height >= border for border in _BORDERS)


def _draw(drawn: NDArray[np.uint8], corners: object, margin: float, label: int) -> None:
    """Fill a line, grown by some pixels of the photo."""
    points = np.asarray(corners, np.float64)
    ahead, down = points[1] - points[0], points[3] - points[0]
    ahead, down = (margin * way / max(np.linalg.norm(way), 1e-6) for way in (ahead, down))
    grown = points + np.array([-ahead - down, ahead - down, ahead + down, down - ahead])
    cv2.fillPoly(drawn, [np.round(grown / _GRID - 0.5).astype(np.int32)], label)


def _squares(drawn: NDArray[np.uint8]) -> NDArray[np.uint8]:
    rows, columns = drawn.shape[0] // 4, drawn.shape[1] // 4
    cut = drawn[: rows * 4, : columns * 4].reshape(rows, 4, columns, 4)
    counts = np.stack([(cut == label).sum(axis=(1, 3)) for label in range(1, LARGE + 1)], axis=-1)
    most = counts.max(axis=-1)
    touched = (cut == UNKNOWN).any(axis=(1, 3)) | (most > 0)
    found = np.where(most >= _ENOUGH, counts.argmax(axis=-1) + 1, np.where(touched, UNKNOWN, 0))
    return found.astype(np.uint8)


def clutter(rng: Rng, side: int) -> NDArray[np.float32]:
    """Return a grey square full of things that are no print: noise, hairs, stripes, pebbles."""
    ground = np.full((side, side), between(rng, 40, 220), dtype=np.float32)
    paint = pick(rng, (_noise, _hairs, _stripes, _pebbles, _shapes))
    paint(rng, ground)
    cv2.GaussianBlur(ground, (0, 0), between(rng, 0.3, 2.0), dst=ground)
    return ground


def _noise(rng: Rng, ground: NDArray[np.float32]) -> None:
    """Add noise between white and that of clouds."""
    side = len(ground)
    waves = np.fft.rfft2(rng.normal(size=(side, side)))
    far = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None]) + 1 / side
    noise = np.fft.irfft2(waves / far ** between(rng, 0.0, 1.6))
    ground += (noise / noise.std() * between(rng, 5, 50)).astype(np.float32)


def _hairs(rng: Rng, ground: NDArray[np.float32]) -> None:
    for _ in range(whole(rng, 50, 900)):
        start, turn = rng.uniform(0, len(ground), 2), between(rng, 0, np.pi)
        end = start + between(rng, 4, 120) * np.array([np.cos(turn), np.sin(turn)])
        corners = np.array([start, end]).astype(np.int32)
        ink = between(rng, 0, 255)
        cv2.polylines(ground, [corners], isClosed=False, color=ink, thickness=whole(rng, 1, 4))


def _stripes(rng: Rng, ground: NDArray[np.float32]) -> None:
    """Add stripes or squares, soft or hard."""
    y, x = np.mgrid[: len(ground), : len(ground)]
    turn, pace = between(rng, 0, np.pi), 2 * np.pi / between(rng, 3, 60)
    wave = np.sin(pace * (x * np.cos(turn) + y * np.sin(turn)))
    if happens(rng, 0.5):
        wave = np.maximum(wave, np.sin(pace * (y * np.cos(turn) - x * np.sin(turn))))
    if happens(rng, 0.5):
        wave = np.sign(wave - between(rng, 0, 0.9))
    ground += (wave * between(rng, 10, 90)).astype(np.float32)


def _pebbles(rng: Rng, ground: NDArray[np.float32]) -> None:
    side, width = len(ground), between(rng, 3, 40)
    for _ in range(min(2500, round(between(rng, 0.3, 1.5) * (side / width) ** 2))):
        centre = tuple(int(v) for v in rng.uniform(0, side, 2))
        axes = tuple(max(int(v * width), 1) for v in rng.uniform(0.3, 1, 2))
        thick = -1 if happens(rng, 0.7) else 1
        turn, ink = between(rng, 0, 180), between(rng, 0, 255)
        cv2.ellipse(ground, centre, axes, turn, 0, 360, ink, thick, cv2.LINE_AA)


def _shapes(rng: Rng, ground: NDArray[np.float32]) -> None:
    for _ in range(whole(rng, 5, 80)):
        corners = rng.uniform(0, len(ground), 2) + rng.normal(size=(whole(rng, 3, 6), 2)) * between(
            rng, 5, 120
        )
        cv2.fillPoly(ground, [corners.astype(np.int32)], between(rng, 0, 255), cv2.LINE_AA)
