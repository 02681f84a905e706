"""Which lines a person could read, and in which rows they count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks._reading_truth import Ground, Value, row
from fixtures.phone import Fault
from phiscan.geometry import Box, Region

FAULT = Fault(blur=0.6, motion=0, way=0, noise=2, sharpening=0, quality=90)
PLACE = Region.from_box(0, Box(0, 0, 200, 16 / 0.755 / 1.5))
GROUND = Ground("chart", "test", PLACE, 16, 0, 0, "plain", fresh=False)
VALUE = Value("mrn", "12345678", PLACE, 150, 1.0, GROUND, FAULT)


def test_a_box_is_half_as_high_again_as_its_capitals() -> None:
    assert VALUE.height == pytest.approx(16)
    assert VALUE.capital == pytest.approx(16 / 1.5)


def test_the_height_is_measured_across_the_line() -> None:
    slanted = Region(0, ((0, 0), (200, 200), (200, 220), (0, 20)))
    assert replace(VALUE, region=slanted).capital == pytest.approx(0.755 * 20 / 2**0.5)


def test_a_sharp_line_can_be_read() -> None:
    assert not VALUE.beyond


@pytest.mark.parametrize(
    "harm",
    [
        replace(VALUE, fault=replace(FAULT, blur=2.2)),
        replace(VALUE, fault=replace(FAULT, motion=8)),
        replace(VALUE, contrast=12),
        replace(VALUE, contrast=40, fault=replace(FAULT, noise=14)),
        replace(VALUE, contrast=20, fault=replace(FAULT, quality=10)),
        replace(VALUE, width=0.4),
        replace(VALUE, region=Region.from_box(0, Box(0, 0, 100, 7))),
    ],
    ids=["blurred", "shaken", "pale", "noisy", "compressed", "askew", "small"],
)
def test_nobody_reads_what_a_camera_has_lost(harm: Value) -> None:
    assert harm.beyond


def test_noise_matters_less_to_large_letters() -> None:
    noisy = replace(VALUE, contrast=60, fault=replace(FAULT, noise=20))
    assert noisy.beyond
    assert not replace(noisy, region=Region.from_box(0, Box(0, 0, 900, 100))).beyond


@pytest.mark.parametrize(
    ("degrees", "name"), [(0, "  0 +- 22"), (-20, "  0 +- 22"), (200, "180 +- 22")]
)
def test_directions_go_round(degrees: float, name: str) -> None:
    import math

    x, y = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    corners = [(0, 0), (100, 0), (100, 20), (0, 20)]
    turned = Region(0, tuple((u * x - v * y, u * y + v * x) for u, v in corners))
    assert dict(replace(VALUE, region=turned).rows())["angle, degrees"] == name


@pytest.mark.parametrize(
    ("size", "name"),
    [
        (-5, "   0 to 10"),
        (9.99, "   0 to 10"),
        (10, "  10 to 20"),
        (20, "  10 to 20"),
        (99, "  10 to 20"),
    ],
)
def test_rows_hold_their_lower_border(size: float, name: str) -> None:
    assert row(size, (0, 10, 20)) == name
