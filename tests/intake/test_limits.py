"""Memory: a file is refused before it is decoded where that would take too much."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from phiscan.errors import TooLarge
from phiscan.intake import Limits, changes, colours, load, opencv
from phiscan.intake.changes import shows_the_same
from phiscan.intake.colours import to_rgb
from phiscan.intake.limits import Budget


def encode(form: str, size: tuple[int, int] = (96, 64), **options: Any) -> bytes:
    buffer = BytesIO()
    picture = Image.linear_gradient("L").resize(size).convert(options.pop("mode", "RGB"))
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def test_memory_is_a_gigabyte_and_a_half_and_grows_with_larger_frames() -> None:
    assert Limits().memory == Limits(pixels=10).memory == 1_500_000_000
    assert Limits(pixels=210_000_000).memory == 2_100_000_000


@pytest.mark.parametrize(
    ("side", "each", "held", "shown", "is_taken"),
    [
        (12_200, 7, 0, 0, True),
        (12_200, 7, 190_000_000, 0, False),
        (12_200, 7, 0, 100_000_000, False),
        (12_200, 9, 0, 0, False),
        (5_000, 19, 300_000_000, 100_000_000, True),
        (12_300, 1, 0, 0, False),
    ],
)
def test_a_frame_is_admitted_where_it_fits(
    *, side: int, each: int, held: int, shown: int, is_taken: bool
) -> None:
    told: list[int] = []
    budget = Budget(Limits(), held=held, shown=shown, make_room=told.append)
    if is_taken:
        budget.admit(side, side, each)
        assert told == [side * side * each]
    else:
        with pytest.raises(TooLarge, match="too large"):
            budget.admit(side, side, each)
        assert told == []


def test_frames_are_kept_while_all_of_them_fit() -> None:
    budget = Budget(Limits())
    assert [budget.take(10_000, 10_000) for _ in range(4)] == [True, True, False, False]
    assert (budget.kept, budget.shown) == (2, 200_000_000)


def test_the_first_frame_is_kept_whatever_it_takes() -> None:
    assert Budget(replace(Limits(), pixels=10**9)).take(20_000, 20_000)


@pytest.mark.parametrize(
    ("form", "options"),
    [
        *(("JPEG", {}), ("JPEG", {"progressive": True}), ("JPEG", {"mode": "CMYK"})),
        *(("PNG", {}), ("WEBP", {"lossless": True}), ("TIFF", {}), ("BMP", {}), ("AVIF", {})),
    ],
)
def test_room_is_made_before_a_picture_is_decoded(form: str, options: dict[str, Any]) -> None:
    told: list[int] = []
    load(encode(form, **options), None, told.append)
    assert max(told) >= 96 * 64 * 6


@pytest.mark.parametrize(
    ("form", "options"),
    [
        *(("PNG", {}), ("PNG", {"mode": "L"}), ("PNG", {"mode": "P"}), ("PNG", {"mode": "RGBA"})),
        *(("WEBP", {"lossless": True}), ("WEBP", {"lossless": True, "mode": "RGBA"})),
        *(("JPEG", {}), ("JPEG", {"progressive": True}), ("TIFF", {}), ("GIF", {})),
    ],
)
def test_large_pictures_are_the_same_pixel_for_pixel(
    form: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encode(form, **options)
    usual = load(data)
    monkeypatch.setattr(opencv, "LARGE", 100)
    monkeypatch.setattr(colours, "_WHOLE", 100)
    monkeypatch.setattr(colours, "_STRIP", 1000)
    large = load(data)
    assert large.gaps == usual.gaps == ()
    for frame, other in zip(large.frames, usual.frames, strict=True):
        assert np.array_equal(frame.pixels, other.pixels)


@pytest.mark.parametrize("cut", [13, 40, 200])
def test_a_large_png_that_lacks_rows_is_refused(cut: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opencv, "LARGE", 100)
    with pytest.raises(Exception, match=r"truncated|damaged"):
        load(encode("PNG", (300, 200), mode="L")[:-cut])


def test_what_transparency_hides_in_a_huge_picture_is_refused_and_not_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = Image.linear_gradient("L").convert("RGB")
    picture.putalpha(0)
    assert len(to_rgb(picture)) == 2
    monkeypatch.setattr(colours, "_MOST_HIDDEN", 100)
    with pytest.raises(TooLarge, match="transparency"):
        to_rgb(picture)


@pytest.mark.parametrize(
    ("row", "level", "same"), [(3, 1, True), (3, 200, False), (61, 200, False)]
)
def test_frames_are_compared_in_strips_as_in_one(
    *, row: int, level: int, same: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = np.full((64, 96, 3), 30, np.uint8)
    other = one.copy()
    other[row, 5:40] += np.uint8(level)
    for strip in (16_000_000, 96 * 16):
        monkeypatch.setattr(changes, "_STRIP", strip)
        assert shows_the_same(one, other) is same
