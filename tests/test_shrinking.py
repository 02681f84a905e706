from __future__ import annotations

import cv2
import numpy as np
import pytest

from phiscan.shrinking import halved, shrunk


@pytest.mark.parametrize("shape", [(3024, 4032), (2847, 4281), (4281, 2847), (1500, 1100)])
@pytest.mark.parametrize("times", [0.2, 0.28, 0.5, 0.8])
def test_a_picture_shrinks_to_the_mean_of_its_pixels(shape: tuple[int, int], times: float) -> None:
    rough = np.random.default_rng(1).integers(0, 256, (shape[0] // 30, shape[1] // 30, 3))
    pixels = np.asarray(cv2.resize(rough.astype(np.uint8), shape[::-1]), np.uint8)
    size = round(shape[1] * times), round(shape[0] * times)
    small = shrunk(pixels, size)
    assert small.shape == (size[1], size[0], 3)
    exact = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - exact).mean() < 5  # of 255: an odd pixel is lost


def test_a_picture_of_the_size_wanted_stays_as_it_is() -> None:
    pixels = np.arange(300, dtype=np.uint16).astype(np.uint8).reshape(10, 10, 3)
    assert shrunk(pixels, (10, 10)) is pixels


def test_a_small_odd_picture_loses_nothing() -> None:
    pixels = np.zeros((33, 33), np.uint8)
    pixels[:, -1] = 255
    assert shrunk(pixels, (16, 16))[:, -1].min() > 0


def test_each_square_of_four_pixels_becomes_one() -> None:
    pixels = np.array([[0, 4, 9], [8, 12, 9], [9, 9, 9]], np.uint8)
    assert halved(pixels).tolist() == [[6]]
    assert halved(pixels[:1, :1]).tolist() == [[0]]
