"""From a map of heat to lines: their ends, where letters are only warm."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from phiscan.geometry import Box
from phiscan.readers._detection import Heat, lines_of

WIDE, HIGH = 400, 400


def heat(angle: float, *parts: tuple[float, float, float]) -> Heat:
    """A line of 12 px through the middle, turned by degrees: parts from, to and how hot."""
    flat = np.zeros((HIGH, WIDE), np.float32)
    for start, end, hot in parts:
        flat[194:206, round(start) : round(end)] = hot
    turn = cv2.getRotationMatrix2D((WIDE / 2, HIGH / 2), -angle, 1.0)
    turned: Heat = cv2.warpAffine(flat, turn, (WIDE, HIGH))
    return turned


def lengths(of: Heat) -> list[float]:
    return [line.region.length for line in lines_of(of, Box(0, 0, WIDE, HIGH), 0)]


@pytest.mark.parametrize("angle", [0, 33, 90, 157, 245])
def test_a_line_goes_on_where_it_is_warm(angle: float) -> None:
    (bare,) = lengths(heat(angle, (120, 240, 0.9)))
    (longer,) = lengths(heat(angle, (80, 120, 0.25), (120, 240, 0.9), (240, 300, 0.2)))
    assert longer == pytest.approx(bare + 100, abs=14)


@pytest.mark.parametrize("angle", [0, 33, 90])
def test_a_line_ends_where_it_is_cold(angle: float) -> None:
    (bare,) = lengths(heat(angle, (120, 240, 0.9)))
    (same,) = lengths(heat(angle, (40, 110, 0.25), (120, 240, 0.9), (240, 300, 0.08)))
    assert same == pytest.approx(bare, abs=4)


def test_a_warm_end_may_leave_the_picture() -> None:
    (line,) = lines_of(heat(0, (0, 120, 0.25), (120, 240, 0.9)), Box(0, 0, WIDE, HIGH), 0)
    assert line.region.box.x0 < 10


def test_a_sign_as_wide_as_high_does_not_grow() -> None:
    (bare,) = lengths(heat(0, (194, 206, 0.9)))
    (same,) = lengths(heat(0, (150, 194, 0.2), (194, 206, 0.9), (206, 250, 0.2)))
    assert same == pytest.approx(bare, abs=3)


@pytest.mark.parametrize(
    ("gap", "count"),
    [
        pytest.param(1, 1, id="moire splits a line along its length"),
        pytest.param(16, 2, id="two lines ran together"),
    ],
)
def test_hot_strips_in_one_warm_patch(gap: int, count: int) -> None:
    warm = np.zeros((HIGH, WIDE), np.float32)
    warm[180 : 204 + gap, 100:240] = 0.5
    warm[180:192, 102:238] = 0.85
    warm[192 + gap : 204 + gap, 102:238] = 0.85
    assert len(lengths(warm)) == count
