"""Packed rows of BMP: whole ones load, damaged ones are refused."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiscan.errors import PhiscanError, UnreadableImage
from phiscan.intake import bmp, load


def packed(runs: bytes, *, packing: int = 1, size: tuple[int, int] = (4, 2)) -> bytes:
    """Return a BMP of 4 x 2 pixels whose rows are packed as these runs."""
    bits = 8 if packing == 1 else 4
    palette = bytes(4 << bits)
    info = struct.pack(
        "<IiiHHIIiiII", 40, *size, 1, bits, packing, len(runs), 2835, 2835, 1 << bits, 0
    )
    start = 14 + len(info) + len(palette)
    head = b"BM" + struct.pack("<IHHI", start + len(runs), 0, 0, start)
    return head + info + palette + runs


WHOLE = {
    "runs": b"\4\1\0\0\4\2\0\1",
    "no end of the last row": b"\4\1\0\0\4\2\0\1",
    "pixels as they are": b"\0\4\1\2\3\4\0\0\4\2\0\1",
    "an odd number of them": b"\0\3\1\2\3\0\1\5\0\0\4\2\0\1",
    "a jump": b"\2\1\0\2\2\0\0\0\4\2\0\1",
    "an end of the last row": b"\4\1\0\0\4\2\0\0\0\1",
    "bytes to a whole word": b"\4\1\0\0\4\2\0\1\0\0",
}
DAMAGED = {
    "a run over the row's end": b"\5\1\0\0\4\2\0\1",
    "pixels over the row's end": b"\0\6\1\2\3\4\5\6\0\0\4\2\0\1",
    "a jump out of the picture": b"\4\1\0\0\0\2\0\5\1\1\0\1",
    "a row too many": b"\4\1\0\0\4\2\0\0\4\2\0\1",
    "an end too early": b"\4\1\0\1",
    "an end before the rest": b"\4\1\0\0\4\2\0\1" + b"\4\7" * 5,
    "no end": b"\4\1\0\0\4\2",
    "nothing": b"",
}


@pytest.mark.parametrize("name", WHOLE)
def test_whole_rows_load(name: str) -> None:
    assert load(packed(WHOLE[name])).frames[0].pixels.shape == (2, 4, 3)


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_rows_are_refused(name: str) -> None:
    with pytest.raises(UnreadableImage, match=r"truncated|damaged"):
        load(packed(DAMAGED[name]))


def test_half_bytes_are_counted_as_pixels() -> None:
    assert bmp.check(packed(b"\0\3\x12\x30\1\5\0\0\4\x22\0\1", packing=2))
    with pytest.raises(UnreadableImage):
        bmp.check(packed(b"\0\5\x12\x34\x50\0\0\0\4\x22\0\1", packing=2))


def test_more_runs_than_are_followed_are_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bmp, "_MOST_RUNS", 2)
    with pytest.raises(UnreadableImage, match="too large"):
        bmp.check(packed(WHOLE["runs"]))


@given(st.binary(max_size=60))
def test_any_rows_load_or_are_refused(runs: bytes) -> None:
    with suppress(PhiscanError):
        assert load(packed(runs)).frames
