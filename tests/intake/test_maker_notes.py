"""Serial numbers in makers' own notes, as ExifTool's tables lay them out."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parts import encode, segment, with_segments

from phiscan.errors import UnreadableImage
from phiscan.intake import load, maker_notes

BARE = b"II*\0\x08\0\0\0" + bytes(6)
"""An EXIF block that says nothing."""


def olympus(serial: bytes, head: bytes = b"OLYMPUS\0", order: str = "<", at: int = 64) -> bytes:
    """A note whose second directory, at `at`, holds the serial number of the body."""
    mark = b"II\x03\0" if order == "<" else b"MM\0\x03"
    note = head + mark + struct.pack(f"{order}HHHII", 1, 0x2010, 13, 1, at) + bytes(4)
    inner = struct.pack(f"{order}HHHII", 1, 0x0101, 2, len(serial), 64 + 18) + bytes(4)
    return note.ljust(64, b"\0") + inner + serial


def reconyx(serial: str) -> bytes:
    return b"\x01\xf1".ljust(0x2A, b"\0") + serial.encode("utf-16-le").ljust(30, b"\0") + b"rest"


@pytest.mark.parametrize(
    ("note", "told"),
    [
        (olympus(b"H41500123\0"), [("MakerNote BodySerialNumber", "H41500123")]),
        (olympus(b"B2C0099\0", order=">"), [("MakerNote BodySerialNumber", "B2C0099")]),
        (olympus(b"BHP9912\0", b"OM SYSTEM\0\0\0"), [("MakerNote BodySerialNumber", "BHP9912")]),
        (olympus(b"        \0"), []),
        (olympus(b"H41500123\0", at=5_000), []),
        (olympus(b"H41500123\0", b"OLYMPIA\0"), []),
        (reconyx("H500HF0912345"), [("MakerNote SerialNumber", "H500HF0912345")]),
        (reconyx(""), []),
        (b"\x01\xf1", []),
        (b"", []),
    ],
)
def test_serial_numbers_of_olympus_and_reconyx(note: bytes, told: list[tuple[str, str]]) -> None:
    assert list(maker_notes.read(BARE, note)) == told


def test_the_number_reaches_the_tags_of_a_photo() -> None:
    note = olympus(b"H41500123\0")
    inner = struct.pack("<HHHII", 1, 0x927C, 7, len(note), 44) + bytes(4)
    outer = struct.pack("<HHHII", 1, 0x8769, 4, 1, 26) + bytes(4)
    block = b"II*\0\x08\0\0\0" + outer + inner + note
    photo = load(with_segments(segment(0xE1, b"Exif\0\0" + block)))
    assert [tag.value for tag in photo.tags if "Serial" in tag.name] == ["H41500123"]
    assert load(encode("JPEG")).tags == ()


def test_a_block_that_is_too_long_is_told() -> None:
    with pytest.raises(UnreadableImage):
        list(maker_notes.read(BARE + bytes(1024 * 1024), b""))


@given(st.sampled_from([b"OLYMPUS\0II\x03\0", b"OLYMPUS\0MM\0\x03", b"\x01\xf1"]), st.binary())
def test_no_note_does_more_than_raise_what_is_told(head: bytes, rest: bytes) -> None:
    with suppress(UnreadableImage):
        list(maker_notes.read(BARE, head + rest))
