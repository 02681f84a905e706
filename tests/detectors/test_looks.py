from __future__ import annotations

import math

import numpy as np
import pytest

from phiscan.detectors._looks import LOOKS, SIDE, looks_of, view_of
from phiscan.geometry import Box, Region
from phiscan.inference import open_network

GREY, RED = (128, 128, 128), (200, 20, 20)


def scene(size: tuple[int, int] = (400, 600)) -> np.ndarray:
    """Return a grey picture with a red rectangle from (200, 100) to (400, 160)."""
    pixels = np.full((*size, 3), GREY, np.uint8)
    pixels[100:160, 200:400] = RED
    return pixels


def is_red(pixel: np.ndarray) -> bool:
    return int(pixel[0]) - int(pixel[1]) > 90


def turned(region: Region, angle: float) -> Region:
    x0, y0 = region.centre
    cos, sin = math.cos(angle), math.sin(angle)
    return Region(
        0,
        tuple(
            (x0 + (x - x0) * cos - (y - y0) * sin, y0 + (x - x0) * sin + (y - y0) * cos)
            for x, y in region.corners
        ),
    )


def test_a_view_shows_the_region_and_what_lies_round_it() -> None:
    view = view_of(scene(), Region.from_box(0, Box(200, 100, 400, 160)))
    assert view.shape == (SIDE, SIDE, 3)
    middle = SIDE // 2
    assert is_red(view[middle, middle])
    assert is_red(view[middle, 22])
    assert not is_red(view[middle, 12])
    assert not is_red(view[middle - 14, middle])


def test_a_view_is_turned_so_that_the_text_lies() -> None:
    lying = np.rot90(scene(), 1).copy()  # the rectangle stands now, its text runs upward
    x, y = 130.0, 300.0
    region = turned(Region.from_box(0, Box(x - 100, y - 30, x + 100, y + 30)), -math.pi / 2)
    view = view_of(lying, region)
    assert is_red(view[SIDE // 2, 22])
    assert not is_red(view[22, SIDE // 2])


@pytest.mark.parametrize(
    "box",
    [
        Box(0, 0, 1, 1),
        Box(-50, -50, -40, -40),
        Box(590, 390, 700, 500),
        Box(5000, 5000, 5001, 5001),
        Box(-1000, -1000, 3000, 3000),
    ],
)
def test_a_view_survives_regions_at_the_edge_and_beyond(box: Box) -> None:
    assert view_of(scene(), Region.from_box(0, box)).shape == (SIDE, SIDE, 3)


@pytest.mark.parametrize("size", [(1, 1), (2, 3000)])
def test_it_survives_pictures_of_any_shape(size: tuple[int, int]) -> None:
    pixels = np.zeros((*size, 3), np.uint8)
    likely = looks_of(open_network("surface_looks"), pixels, [Region.from_box(0, Box(0, 0, 9, 9))])
    assert likely.shape == (1, len(LOOKS))
    assert likely.sum() == pytest.approx(1, abs=1e-4)


def test_no_region_no_looks() -> None:
    assert looks_of(open_network("surface_looks"), scene(), []).shape == (0, len(LOOKS))
