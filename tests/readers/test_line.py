"""Bent lines: found on a heat map, straightened for reading, and put back where they stand."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from phiscan.geometry import Box, Region
from phiscan.readers._detection import lines_of
from phiscan.readers._line import Line, straightened

WIDTH, HEIGHT = 600, 400


def arc(
    sag: float, turn: float, thick: int = 14
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """A warm band that bends by `sag` pixels from its middle to its ends, turned by degrees."""
    at = np.linspace(-1, 1, 60)
    curve = np.stack([at * 180, sag * (at**2 - 1 / 3)], axis=1)
    angle = math.radians(turn)
    turned = curve @ np.array(
        [[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]
    )
    points = turned + np.array([WIDTH / 2, HEIGHT / 2])
    heat = np.zeros((HEIGHT, WIDTH), dtype=np.float32)
    cv2.polylines(
        heat, [np.round(points).astype(np.int32)], isClosed=False, color=0.95, thickness=thick
    )
    return heat, points


@pytest.mark.parametrize("sag", [-45, -25, 12, 25, 45])
@pytest.mark.parametrize("turn", [0, 30, 90, 150])
def test_a_bent_band_is_one_line_that_follows_it(sag: float, turn: float) -> None:
    heat, points = arc(sag, turn)
    (line,) = lines_of(heat, Box(0, 0, WIDTH, HEIGHT), 0)
    assert abs(line.bow) == pytest.approx(abs(sag), rel=0.35)  # its ends are grown
    middles = line.grid(np.linspace(0, 1, 50), np.array([0.5]))[0]
    away = [min(math.dist(point, middle) for middle in middles) for point in points]
    assert max(away) < 6


def test_a_straight_band_has_no_bow() -> None:
    heat, _ = arc(0, 20)
    (line,) = lines_of(heat, Box(0, 0, WIDTH, HEIGHT), 0)
    assert line.bow == 0


def test_two_lines_that_touch_at_one_end_are_no_bent_line() -> None:
    heat = np.zeros((HEIGHT, WIDTH), dtype=np.float32)
    for end in (120, 200):
        cv2.line(heat, (60, 160), (540, end), 0.95, 12)
    assert all(line.bow == 0 for line in lines_of(heat, Box(0, 0, WIDTH, HEIGHT), 0))


@pytest.mark.parametrize("bow", [-30.0, 0.0, 18.0])
def test_a_strip_shows_the_line_from_its_start_to_its_end(bow: float) -> None:
    line = Line(Region.from_box(0, Box(100, 150, 500, 180)), 0.9, bow)
    picture = np.full((HEIGHT, WIDTH, 3), 255, dtype=np.uint8)
    for part in (0.1, 0.5, 0.9):  # three dots on the line's middle
        x, y = line.grid(np.array([part]), np.array([0.5]))[0, 0]
        cv2.circle(picture, (round(x), round(y)), 4, (0, 0, 0), -1)
    strip = straightened(picture, line, 640, 48)
    dark = np.flatnonzero(strip[24, :, 0] < 100)
    groups = np.split(dark, np.flatnonzero(np.diff(dark) > 5) + 1)
    assert [group.mean() for group in groups] == pytest.approx([64, 320, 576], abs=5)


def test_parts_of_a_bent_line_stand_on_it() -> None:
    line = Line(Region.from_box(3, Box(100, 150, 500, 180)), 0.9, 30.0)
    first, middle, last = (line.part(start, start + 0.1) for start in (0.0, 0.45, 0.9))
    assert first.frame == 3
    assert first.centre[1] == pytest.approx(last.centre[1], abs=0.5)
    assert first.centre[1] - middle.centre[1] > 20  # the ends lie below the middle
    assert first.thickness == pytest.approx(30, abs=0.5)


def test_a_line_turned_twice_is_the_same_line() -> None:
    line = Line(Region.from_box(0, Box(100, 150, 500, 180)), 0.9, 30.0)
    turned = line.turned()
    assert turned.turned() == line
    here, there = line.part(0.0, 0.2), turned.part(0.8, 1.0)
    assert there.centre == pytest.approx(here.centre)


def test_a_line_beside_the_picture_is_an_empty_strip() -> None:
    line = Line(Region.from_box(0, Box(5000, 5000, 5400, 5030)), 0.9, 30.0)
    picture = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
    assert straightened(picture, line, 640, 48).shape == (48, 640, 3)
