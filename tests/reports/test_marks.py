from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from phiscan.geometry import Box, Region
from phiscan.model import Finding, Frame
from phiscan.reports._marks import marked

GREY = Frame(0, "main", np.full((300, 400, 3), 128, np.uint8))


def pixels(content: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB"), np.int16)


def test_a_finding_is_outlined_and_the_rest_left_alone() -> None:
    box = Region.from_box(0, Box(100, 100, 200, 200))
    drawn = pixels(marked(GREY, [Finding("face", 0.9, (box,))]))
    assert abs(drawn[150, 100] - 128).max() > 60
    assert abs(drawn[150, 150] - 128).max() < 12
    assert abs(drawn[280, 380] - 128).max() < 12


def test_the_copy_holds_no_metadata_and_the_frame_is_untouched() -> None:
    content = marked(GREY, [])
    with Image.open(io.BytesIO(content)) as image:
        assert not image.getexif()
        assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)
    assert (GREY.pixels == 128).all()


def test_findings_on_other_frames_are_not_drawn() -> None:
    box = Region.from_box(1, Box(100, 100, 200, 200))
    assert marked(GREY, [Finding("face", 0.9, (box,))]) == marked(GREY, [])


@pytest.mark.parametrize(
    "box", [Box(-50, -50, 20, 20), Box(390, 290, 500, 400), Box(0, 0, 400, 300), Box(5, 5, 5, 5)]
)
def test_findings_at_the_edge_can_be_drawn(box: Box) -> None:
    drawn = pixels(marked(GREY, [Finding("unheard_of", 0.5, (Region.from_box(0, box),))]))
    assert drawn.shape == (300, 400, 3)


def test_a_tiny_frame_can_be_drawn() -> None:
    tiny = Frame(0, "main", np.zeros((1, 1, 3), np.uint8))
    box = Region.from_box(0, Box(0, 0, 1, 1))
    assert pixels(marked(tiny, [Finding("face", 0.9, (box,))])).shape == (1, 1, 3)


def test_a_frame_longer_than_jpeg_can_be_is_shrunk() -> None:
    long = Frame(0, "main", np.full((4, 70_000, 3), 128, np.uint8))
    box = Region.from_box(0, Box(0, 0, 69_000, 4))
    assert pixels(marked(long, [Finding("face", 0.9, (box,))])).shape == (4, 65_500, 3)
