"""Small files and pieces of files, made by hand, for the tests of what hides in them."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageDraw


def picture(size: tuple[int, int] = (64, 48), seed: int = 0) -> Image.Image:
    """A smooth picture that differs with the seed."""
    random = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    return Image.fromarray(random).resize(size, Image.Resampling.BILINEAR)


SIZE = 48, 32


def scene(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture that no turn or mirror leaves as it is: red top left, blue bottom right."""
    image = Image.new("RGB", size, (200, 200, 200))
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.rectangle((0, 0, width // 3, height // 3), fill=(220, 20, 20))
    draw.rectangle((2 * width // 3, 2 * height // 3, width, height), fill=(20, 20, 220))
    return image.convert(mode)


def encode(form: str, image: Image.Image | None = None, **options: Any) -> bytes:
    buffer = BytesIO()
    shown = image or picture()
    if form == "HEIF":
        pillow_heif.from_pillow(shown).save(buffer, quality=90, **options)
    else:
        shown.save(buffer, form, **options)
    return buffer.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def with_segments(*segments: bytes, image: Image.Image | None = None) -> bytes:
    """A JPEG with application segments of one's own."""
    data = encode("JPEG", image)
    return data[:2] + b"".join(segments) + data[2:]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunk(kind: bytes, body: bytes) -> bytes:
    """A PNG with a chunk of one's own before its pixels."""
    data = encode("PNG")
    return data[:33] + chunk(kind, body) + data[33:]


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def full(kind: bytes, *parts: bytes, flags: int = 0, version: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


_MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def film(
    *frames: bytes,
    size: tuple[int, int],
    place: str = "",
    codec: tuple[bytes, bytes] = (b"jpeg", b""),
    before: bytes = b"",
    handler: bytes = b"vide",
) -> bytes:
    """A film of a second a frame, by ISO/IEC 14496-12; its frames are JPEGs unless said else.

    `before` is what the file starts with in place of its own first box.
    """
    width, height = size
    count = len(frames)
    offset = struct.pack(">I", 0)
    for _ in range(2):  # the first round tells how long the boxes are
        entry = box(
            codec[0],
            bytes(6) + struct.pack(">H", 1) + bytes(16) + struct.pack(">HH", width, height),
            struct.pack(">II", 0x480000, 0x480000) + bytes(4) + struct.pack(">H", 1) + bytes(32),
            struct.pack(">Hh", 24, -1),
            codec[1],
        )
        table = box(
            b"stbl",
            full(b"stsd", struct.pack(">I", 1), entry),
            full(b"stts", struct.pack(">III", 1, count, 1000)),
            full(b"stsc", struct.pack(">IIII", 1, 1, count, 1)),
            full(
                b"stsz", struct.pack(">II", 0, count), *(struct.pack(">I", len(f)) for f in frames)
            ),
            full(b"stco", struct.pack(">I", 1), offset),
        )
        head = struct.pack(">IIII", 0, 0, 1000, 1000 * count)
        media = box(
            b"mdia",
            full(b"mdhd", head + struct.pack(">HH", 0, 0)),
            full(b"hdlr", bytes(4) + handler + bytes(13)),
            box(
                b"minf",
                full(b"vmhd", bytes(8), flags=1),
                box(b"dinf", full(b"dref", struct.pack(">I", 1), full(b"url ", flags=1))),
                table,
            ),
        )
        track = full(
            b"tkhd",
            struct.pack(">IIII", 0, 0, 1, 0) + struct.pack(">I", 1000 * count) + bytes(16),
            _MATRIX + struct.pack(">II", width << 16, height << 16),
            flags=3,
        )
        udta = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(place), 0), place.encode()))
        movie = full(
            b"mvhd", head + struct.pack(">IH", 0x10000, 0x100) + bytes(10) + _MATRIX + bytes(28)
        )
        moov = box(b"moov", movie, box(b"trak", track, media), udta if place else b"")
        start = (before or box(b"ftyp", b"mp42" + bytes(4) + b"mp42isom")) + moov
        offset = struct.pack(">I", len(start) + 8)
    return start + box(b"mdat", *frames)


def frame_of(image: Image.Image) -> bytes:
    return encode("JPEG", image, quality=90)


def mean_difference(one: NDArray[np.uint8], other: Image.Image) -> float:
    expected = np.asarray(other.convert("RGB").resize((one.shape[1], one.shape[0]))).astype(int)
    return float(np.abs(one.astype(int) - expected).mean())
