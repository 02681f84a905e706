"""The directories of TIFF, which EXIF shares: read without trusting an offset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from phiscan.errors import UnreadableImage
from phiscan.intake.codec import DAMAGED, TRUNCATED

WIDTH, HEIGHT, STRIP_OFFSETS, STRIP_COUNTS = 256, 257, 273, 279
TILE_OFFSETS, TILE_COUNTS, SUB_IFDS, DNG_VERSION = 324, 325, 330, 50706
LAYERS = 37724
"""Photoshop's ImageSourceData: every layer of the picture, also those that are not shown."""
JPEG_OFFSET, JPEG_LENGTH = 513, 514
EXIF_IFD, GPS_IFD, INTEROP_IFD = 0x8769, 0x8825, 0xA005

BYTE, ASCII, SBYTE, UNDEFINED = 1, 2, 6, 7
RATIONALS = frozenset({5, 10})
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_SIZES |= {16: 8, 17: 8, 18: 8}
_SIGNED = frozenset({6, 8, 9, 10, 17})
_FLOATS = frozenset({11, 12})
_MOST_DIRECTORIES, _MOST_ENTRIES = 1000, 20_000
"""Directories may overlap, so a small file can describe millions of entries; real ones have 100."""
_EXTENTS = (
    (STRIP_OFFSETS, STRIP_COUNTS),
    (TILE_OFFSETS, TILE_COUNTS),
    (JPEG_OFFSET, JPEG_LENGTH),
)
_POINTERS = (EXIF_IFD, GPS_IFD, INTEROP_IFD, SUB_IFDS)
_MOST_STRIPS = 1_000_000
"""150 million pixels in strips of one line of 150."""

Order = Literal["little", "big"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag: its number, its type, and its bytes, or None when they lie outside the file."""

    tag: int
    kind: int
    raw: memoryview | None
    order: Order

    def numbers(self) -> tuple[int, ...]:
        """Return the value as integers; rationals as numerator and denominator, floats as ()."""
        if self.raw is None or self.kind in _FLOATS or self.kind not in _SIZES:
            return ()
        size = 4 if self.kind in RATIONALS else _SIZES[self.kind]
        signed = self.kind in _SIGNED
        return tuple(
            int.from_bytes(self.raw[at : at + size], self.order, signed=signed)
            for at in range(0, len(self.raw), size)
        )


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory: its entries by tag number."""

    entries: dict[int, Entry]

    def numbers(self, tag: int) -> tuple[int, ...]:
        """Return a tag's integers, or nothing."""
        return self.entries[tag].numbers() if tag in self.entries else ()

    def first(self, tag: int) -> int:
        """Return a tag's first integer, or 0."""
        return next(iter(self.numbers(tag)), 0)

    def is_whole(self, length: int) -> bool:
        """Return whether the pixels lie inside a file of `length` bytes."""
        for offsets, counts in ((STRIP_OFFSETS, STRIP_COUNTS), (TILE_OFFSETS, TILE_COUNTS)):
            if len(self.raw(offsets)) > _MOST_STRIPS * 4:
                return False
            extents = zip(self.numbers(offsets), self.numbers(counts), strict=False)
            if any(start + size > length for start, size in extents):
                return False
        return True

    def extents(self) -> Iterator[int]:
        """Yield where each strip, tile and JPEG of the directory ends."""
        for offsets, counts in _EXTENTS:
            pairs = zip(self.numbers(offsets), self.numbers(counts), strict=False)
            yield from (start + size for start, size in pairs)

    def raw(self, tag: int) -> memoryview:
        """Return a tag's bytes, or none."""
        entry = self.entries.get(tag)
        return memoryview(b"") if entry is None or entry.raw is None else entry.raw


class Tiff:
    """A TIFF file or an EXIF block: its byte order, and its directories."""

    def __init__(self, data: bytes) -> None:
        if data[:2] not in {b"II", b"MM"} or len(data) < 8:
            raise UnreadableImage(DAMAGED)
        self.data = memoryview(data)
        self.order: Order = "little" if data[:2] == b"II" else "big"
        self.big = self.number(2, 2) == 43
        self.width = 8 if self.big else 4
        self.entries = 0
        self.end = 8

    def number(self, at: int, size: int) -> int:
        """Return the unsigned number at an offset; UnreadableImage when the file ends before."""
        if at + size > len(self.data):
            raise UnreadableImage(TRUNCATED)
        return int.from_bytes(self.data[at : at + size], self.order)

    def directories(self) -> Iterator[Directory]:
        """Yield the directories of the chain; UnreadableImage where it leads out of the file."""
        at, seen = self.number(self.width if self.big else 4, self.width), set[int]()
        while at:
            if at in seen or len(seen) >= _MOST_DIRECTORIES:
                raise UnreadableImage(DAMAGED)
            seen.add(at)
            directory, behind = self.directory(at)
            yield directory
            at = self.number(behind, self.width)

    def directory(self, at: int) -> tuple[Directory, int]:
        """Return the directory at an offset, and the offset behind it."""
        head, size = (8, 20) if self.big else (2, 12)
        count = self.number(at, head)
        behind = at + head + count * size
        if behind > len(self.data):
            raise UnreadableImage(TRUNCATED)
        self.entries += count
        if self.entries > _MOST_ENTRIES:
            raise UnreadableImage(DAMAGED)
        entries = [self._entry(place) for place in range(at + head, behind, size)]
        self.end = max(self.end, behind + self.width)
        return Directory({entry.tag: entry for entry in entries}), behind

    def _entry(self, place: int) -> Entry:
        tag, kind = self.number(place, 2), self.number(place + 2, 2)
        size = self.number(place + 4, self.width) * _SIZES.get(kind, 1)
        start = place + 4 + self.width
        if size > self.width:
            start = self.number(start, self.width)
            self.end = max(self.end, start + size)
        raw = self.data[start : start + size] if start + size <= len(self.data) else None
        return Entry(tag, kind, raw, self.order)


def reach(data: bytes) -> int:
    """Return the offset behind the last byte that a TIFF file's directories speak of.

    The file's length where that cannot be told: TIFF has no end mark, and tags that nobody knows
    may point anywhere.
    """
    try:
        reader = Tiff(data)
        directories = list(reader.directories())
        for directory in list(directories):
            for pointer in _POINTERS:
                directories += [
                    reader.directory(at)[0] for at in directory.numbers(pointer)[:_MOST_DIRECTORIES]
                ]
        ends = [end for directory in directories for end in directory.extents()]
    except UnreadableImage:
        return len(data)
    return min(max([reader.end, *ends]), len(data))
