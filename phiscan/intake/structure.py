"""Check from its own lengths and checksums that a file holds all of its picture."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from phiscan.errors import UnreadableImage
from phiscan.intake.codec import DAMAGED, TRUNCATED

_NAME = re.compile(rb"[\x20-\x7e\xa9]{4}")
_MOST_CHUNKS = 200_000
"""Data chunks of 8 KiB, the smallest that encoders write, make 38,000 in 300 MiB."""

_MOST_BOXES = 20_000
"""A burst of pictures in tiles has a few thousand items; a top level has a dozen boxes."""


def png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield `(type, start, end)` of every chunk's body up to IEND; UnreadableImage on any flaw.

    Each chunk carries a CRC-32, so a flipped bit anywhere up to IEND is seen.
    """
    at, seen_data = 8, False
    for _ in range(_MOST_CHUNKS):
        if at + 12 > len(data):
            raise UnreadableImage(TRUNCATED)
        kind, start = data[at + 4 : at + 8], at + 8
        end = start + int.from_bytes(data[at : at + 4], "big")
        if end + 4 > len(data):
            raise UnreadableImage(TRUNCATED)
        if zlib.crc32(memoryview(data)[at + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            raise UnreadableImage(DAMAGED)
        if at == 8 and kind != b"IHDR":
            raise UnreadableImage(DAMAGED)
        seen_data |= kind == b"IDAT"
        at = end + 4
        yield kind, start, end
        if kind == b"IEND" and seen_data:
            return
    raise UnreadableImage(DAMAGED)


def png_size(data: bytes) -> tuple[int, int]:
    """Return width and height from the header chunk."""
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PASSES = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)
"""Adam7: first column and row of each pass, and the steps between them (PNG, part 8.2)."""


def check_png_rows(data: bytes) -> None:
    """Refuse a PNG whose pixel data end, in good order, before its last row does.

    Decoders leave the rest empty. Inflating 12 megapixels takes 0.1 s.
    """
    width, height = png_size(data)
    depth, colour, interlaced = data[24], data[25], data[28]
    bits = depth * _CHANNELS.get(colour, 4)
    wanted = 0
    for left, top, across, down in _PASSES if interlaced else ((0, 0, 1, 1),):
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        wanted += (1 + (columns * bits + 7) // 8) * rows if columns > 0 and rows > 0 else 0
    machine, seen = zlib.decompressobj(), 0
    for kind, start, end in png_chunks(data):
        waiting = data[start:end] if kind == b"IDAT" else b""
        while waiting and seen < wanted:
            try:
                seen += len(machine.decompress(waiting, _INFLATED))
            except zlib.error:
                raise UnreadableImage(DAMAGED) from None
            waiting = machine.unconsumed_tail
    if seen < wanted:
        raise UnreadableImage(TRUNCATED)


_INFLATED = 1024 * 1024


def gif_end(data: bytes) -> tuple[int, tuple[int, int]]:
    """Return the offset behind the trailer, and the size that the frames reach together."""
    if len(data) < 13:
        raise UnreadableImage(TRUNCATED)
    right, bottom = _little(data, 6), _little(data, 8)
    at = 13 + _palette(data[10])
    while at < len(data):
        kind = data[at]
        if kind == 0x3B:
            return at + 1, (right, bottom)
        if kind == 0x21:
            at = _skip_blocks(data, at + 2)
        elif kind == 0x2C and at + 10 <= len(data):
            left, top, width, height = (_little(data, at + n) for n in (1, 3, 5, 7))
            right, bottom = max(right, left + width), max(bottom, top + height)
            at = _skip_blocks(data, at + 11 + _palette(data[at + 9]))
        elif kind == 0x2C:
            break
        elif kind == 0:
            at += 1  # stray block ends are common and Pillow skips them too
        else:
            raise UnreadableImage(DAMAGED)
    raise UnreadableImage(TRUNCATED)


def gif_extensions(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield label and content of every extension of a GIF that `gif_end` has found whole."""
    at = 13 + _palette(data[10])
    while at < len(data) and data[at] != 0x3B:
        kind, start = data[at], at
        if kind == 0x21:
            at = _skip_blocks(data, at + 2)
            yield data[start + 1], _joined(data, start + 2)
        elif kind == 0x2C:
            at = _skip_blocks(data, at + 11 + _palette(data[at + 9]))
        else:
            at += 1


def _joined(data: bytes, at: int) -> bytes:
    """Return the content of a chain of sub-blocks."""
    pieces = []
    while size := data[at]:
        pieces.append(data[at + 1 : at + 1 + size])
        at += size + 1
    return b"".join(pieces)


def _little(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


def _palette(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip_blocks(data: bytes, at: int) -> int:
    while at < len(data):
        size = data[at]
        at += size + 1
        if size == 0:
            return at
    raise UnreadableImage(TRUNCATED)


def webp_end(data: bytes) -> int:
    """Return the offset behind the RIFF container."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if len(data) < max(end, 30):
        raise UnreadableImage(TRUNCATED)
    return end


def webp_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield `(type, start, end)` of every chunk's body; UnreadableImage when one reaches out."""
    at, end = 12, webp_end(data)
    for _ in range(_MOST_CHUNKS):
        if at + 8 > end:
            return
        start = at + 8
        at = start + int.from_bytes(data[at + 4 : at + 8], "little")
        if at > end:
            raise UnreadableImage(DAMAGED)
        yield data[start - 8 : start - 4], start, at
        at += at % 2
    raise UnreadableImage(DAMAGED)


def webp_size(data: bytes) -> tuple[int, int]:
    """Return width and height from the first chunk: extended, lossless or lossy."""
    kind = data[12:16]
    if kind == b"VP8X":
        return _little24(data, 24) + 1, _little24(data, 27) + 1
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return _little(data, 26) & 0x3FFF, _little(data, 28) & 0x3FFF


def _little24(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 3], "little")


def bmp_end(data: bytes) -> int:
    """Return the offset behind a BMP's pixels, by its rows where they are not packed."""
    stated, start = _little32(data, 2), _little32(data, 10)
    if _little32(data, 14) < 40:
        return max(stated, start)
    width, height = (int.from_bytes(data[at : at + 4], "little", signed=True) for at in (18, 22))
    bits, packing = _little(data, 28), _little32(data, 30)
    if packing in {0, 3, 6}:
        return start + (abs(width) * bits + 31) // 32 * 4 * abs(height)
    return max(stated, start + _little32(data, 34))


def _little32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def boxes(data: bytes) -> tuple[list[tuple[bytes, int, int]], int]:
    """Return `(type, start, end)` of every top-level box of a HEIF or AVIF file, and their end.

    They end where the next file begins, for phones append films, and before what is no box.
    """
    found: list[tuple[bytes, int, int]] = []
    for kind, start, end in box_chain(data, 0):
        if found and kind == b"ftyp":
            break
        found.append((kind, start, end))
    at = found[-1][2] if found else 0
    kinds = {kind for kind, _, _ in found}
    whole = {b"ftyp", b"meta"} <= kinds and (at == len(data) or b"mdat" in kinds)
    if not whole:
        raise UnreadableImage(TRUNCATED)
    return found, at


def box_chain(data: bytes, at: int, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Yield `(type, start, end)` of each box from an offset on, up to the first that is none."""
    stop = len(data) if end is None else end
    for _ in range(_MOST_BOXES):
        if at + 8 > stop:
            return
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        elif size == 0:
            size = stop - at
        if size < 8 or at + size > stop or not _NAME.fullmatch(kind):
            return
        yield kind, at, at + size
        at += size
