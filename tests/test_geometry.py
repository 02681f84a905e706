from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiscan.geometry import Box, Region, enclosing

NUMBER = st.floats(-1e4, 1e4)
BOXES = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h),
    NUMBER,
    NUMBER,
    st.floats(0, 1e4),
    st.floats(0, 1e4),
)


@pytest.mark.parametrize("corners", [(2, 0, 1, 1), (0, 2, 1, 1), (math.nan, 0, 1, 1)])
def test_a_box_refuses_corners_that_make_no_box(corners: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="box"):
        Box(*corners)


@pytest.mark.parametrize(
    "corners",
    [((0.0, 0.0), (1.0, 1.0)), ((0.0, 0.0), (1.0, math.inf), (2.0, 2.0))],
    ids=["two corners", "infinite"],
)
def test_a_region_refuses_polygons_without_an_inside(corners: tuple[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="corners"):
        Region(0, corners)


@given(BOXES, BOXES)
def test_overlap_is_mutual_and_never_more_than_either(a: Box, b: Box) -> None:
    assert a.overlap(b) == b.overlap(a)
    assert a.overlap(b) <= min(a.area, b.area) * (1 + 1e-9)
    assert 0 <= a.iou(b) <= 1 + 1e-9


@given(BOXES, BOXES)
def test_boxes_that_overlap_have_no_gap(a: Box, b: Box) -> None:
    if a.overlap(b) > 0:
        assert a.gap(b) == (0, 0)


@given(st.lists(BOXES, min_size=1))
def test_the_enclosing_box_holds_all(boxes: list[Box]) -> None:
    outer = enclosing(boxes)
    assert all(outer.overlap(box) == pytest.approx(box.area) for box in boxes)


@given(BOXES)
def test_clipping_stays_in_the_frame(box: Box) -> None:
    clipped = box.clip(100, 50)
    assert 0 <= clipped.x0 <= clipped.x1 <= 100
    assert 0 <= clipped.y0 <= clipped.y1 <= 50


@pytest.mark.parametrize(
    ("corners", "angle"),
    [
        (((0, 0), (10, 0), (10, 2), (0, 2)), 0),
        (((0, 10), (0, 0), (2, 0), (2, 10)), -90),
        (((10, 2), (0, 2), (0, 0), (10, 0)), 180),
    ],
    ids=["upright", "reading up", "upside down"],
)
def test_a_region_knows_its_direction_and_size(
    corners: tuple[tuple[float, float], ...], angle: float
) -> None:
    region = Region(0, corners)
    assert math.degrees(region.angle) == pytest.approx(angle)
    assert region.length == pytest.approx(10)
    assert region.thickness == pytest.approx(2)


def test_a_part_follows_the_reading_direction() -> None:
    upside_down = Region(0, ((10, 2), (0, 2), (0, 0), (10, 0)))
    assert upside_down.part(0, 0.5).box == Box(5, 0, 10, 2)


def test_joining_parts_gives_the_whole() -> None:
    whole = Region(0, ((0, 0), (10, 1), (10, 3), (0, 2)))
    joined = whole.part(0, 0.3).join(whole.part(0.6, 1))
    assert joined == whole
