"""Words in places of a file that hold none by rights, and values that no decoder agrees on."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from phiscan.errors import UnreadableImage
from phiscan.intake import load

WORDS = b"Patient Jane Doe"


def encode(form: str) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (32, 24), "olive").save(buffer, form)
    return buffer.getvalue()


def png_with(kind: bytes, body: bytes) -> bytes:
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    data = encode("PNG")
    return data[:33] + chunk + data[33:]


def jpeg_with(marker: int, body: bytes) -> bytes:
    data = encode("JPEG")
    return data[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body + data[2:]


def texts(data: bytes) -> str:
    return "\n".join(tag.value for tag in load(data).tags)


@pytest.mark.parametrize(
    ("kind", "before"),
    [
        *((b"sPLT", b""), (b"pCAL", b""), (b"sCAL", b"\1"), (b"iDOT", b""), (b"dSIG", b"")),
        *((b"vpAg", b""), (b"gIFg", b""), (b"gIFx", b"APPLNAMEabc")),
    ],
)
def test_words_in_chunks_that_hold_settings(kind: bytes, before: bytes) -> None:
    assert WORDS.decode() in texts(png_with(kind, before + WORDS + b"\0"))


@pytest.mark.parametrize(
    ("marker", "before"),
    [
        *((0xE0, b"JFXX\0\x99"), (0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"), (0xDC, b"")),
        *((0xEE, b"Adobe\0"), (0xEC, b"Ducky"), (0xEF, b"")),
    ],
)
def test_words_in_segments_that_decoders_pass_over(marker: int, before: bytes) -> None:
    assert WORDS.decode() in texts(jpeg_with(marker, before + WORDS + b"\0"))


@pytest.mark.parametrize(("record", "number"), [(1, 5), (3, 250), (7, 1), (9, 10)])
def test_words_in_records_that_captions_do_not_use(record: int, number: int) -> None:
    data = bytes([0x1C, record, number]) + struct.pack(">H", len(WORDS)) + WORDS
    block = b"Photoshop 3.0\0008BIM\4\4\0\0" + struct.pack(">I", len(data)) + data
    tags = load(jpeg_with(0xED, block + b"\0" * (len(data) % 2))).tags
    assert [(tag.name, tag.value) for tag in tags if tag.group == "iptc"] == [
        (f"{record}:{number}", WORDS.decode())
    ]


def test_what_holds_no_words_adds_no_tag() -> None:
    plain = load(encode("JPEG")).tags
    assert load(jpeg_with(0xDD, b"\0\0")).tags == plain
    assert load(jpeg_with(0xEE, b"Adobe\0d\0\0\0\0\1")).tags == plain
    assert load(png_with(b"sCAL", b"\1" + b"0.01\0" + b"0.01")).tags == load(encode("PNG")).tags


@pytest.mark.parametrize("wide", [False, True])
def test_a_divisor_of_zero_is_refused(*, wide: bool) -> None:
    table = bytes([0x10 | 3]) + b"\0\5" * 63 + b"\0\0" if wide else bytes([3]) + b"\5" * 63 + b"\0"
    with pytest.raises(UnreadableImage, match="damaged"):
        load(jpeg_with(0xDB, table))
    whole = bytes([0x13]) + b"\0\5" * 64 if wide else bytes([3]) + b"\5" * 64
    assert load(jpeg_with(0xDB, whole)).frames
