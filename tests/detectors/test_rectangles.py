from __future__ import annotations

import cv2
import numpy as np
import pytest

from phiscan.detectors._rectangles import faint_rectangles_of, rectangles_of
from phiscan.geometry import Region

SHEET = ((120, 80), (420, 110), (400, 330), (100, 300))


def painted(corners: tuple[tuple[int, int], ...], ink: int, ground: int = 120) -> np.ndarray:
    pixels = np.full((480, 640, 3), ground, np.uint8)
    cv2.fillPoly(pixels, [np.array(corners)], (ink, ink, ink))
    return pixels


def best(found: list[Region], corners: tuple[tuple[int, int], ...]) -> float:
    wanted = Region(0, tuple((float(x), float(y)) for x, y in corners)).box
    return max((region.box.iou(wanted) for region in found), default=0.0)


@pytest.mark.parametrize("ink", [240, 20, 150])
@pytest.mark.parametrize("blur", [0, 6])
def test_it_finds_a_sheet_brighter_or_darker_sharp_or_blurred(ink: int, blur: int) -> None:
    pixels = painted(SHEET, ink)
    if blur:
        pixels = cv2.GaussianBlur(pixels, (0, 0), blur)
    assert best(rectangles_of(pixels, 0), SHEET) > 0.85


def test_the_longer_side_comes_first_and_corners_run_clockwise() -> None:
    standing = ((200, 50), (300, 50), (300, 400), (200, 400))
    (region, *_) = rectangles_of(painted(standing, 240), 0)
    assert region.length > 3 * region.thickness
    area = sum(
        x0 * y1 - x1 * y0
        for (x0, y0), (x1, y1) in zip(
            region.corners, (*region.corners[1:], region.corners[0]), strict=True
        )
    )
    assert area > 0


def test_a_disc_and_a_star_are_none() -> None:
    disc = np.full((480, 640, 3), 120, np.uint8)
    cv2.circle(disc, (320, 240), 100, (240, 240, 240), -1)
    star = painted(
        (
            (320, 40),
            (360, 200),
            (600, 240),
            (360, 280),
            (320, 440),
            (280, 280),
            (40, 240),
            (280, 200),
        ),
        240,
    )
    assert rectangles_of(disc, 0) == []
    assert rectangles_of(star, 0) == []


def test_a_sheet_that_light_falls_off_across_is_found_by_what_lies_round_it() -> None:
    small = tuple((150 + x // 2, 120 + y // 2) for x, y in SHEET)
    pixels = np.tile(np.linspace(40, 215, 640), (480, 1))
    pixels[painted(small, 255, ground=0)[..., 0] > 0] += 30
    pixels = cv2.GaussianBlur(pixels, (0, 0), 4).astype(np.uint8)[..., None].repeat(3, axis=2)
    known = rectangles_of(pixels, 0)
    assert best(known, small) < 0.5
    assert best(faint_rectangles_of(pixels, 0, known), small) > 0.75


def test_a_sheet_as_bright_as_its_ground_is_found_by_its_colour() -> None:
    inside = painted(SHEET, 255, ground=0)[..., 0] > 0
    pixels = np.full((480, 640, 3), 150, np.uint8)
    pixels[inside] = 150, 163, 80
    assert np.ptp(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)) <= 2
    known = rectangles_of(pixels, 0)
    assert best(known, SHEET) < 0.6
    assert best(faint_rectangles_of(pixels, 0, known), SHEET) > 0.6


def test_what_is_known_is_not_found_again() -> None:
    pixels = painted(SHEET, 240)
    known = rectangles_of(pixels, 0)
    assert best(known, SHEET) > 0.85
    assert best(faint_rectangles_of(pixels, 0, known), SHEET) < 0.8


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (64, 64)])
def test_it_survives_pictures_of_any_shape(size: tuple[int, int]) -> None:
    assert rectangles_of(np.zeros((*size, 3), np.uint8), 0) == []


def test_noise_gives_no_more_than_it_may() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    assert len(rectangles_of(noise, 0)) <= 40
