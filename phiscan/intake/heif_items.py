"""The boxes of HEIF and AVIF: which items there are, how they relate, and what they say.

ISO/IEC 14496-12 (boxes) and 23008-12 (HEIF). Nothing is trusted to lie inside the file.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from phiscan.intake import contents, structure
from phiscan.intake.blocks import Blocks
from phiscan.intake.exif import decode_text
from phiscan.model import Tag

_MOST_ITEMS, _MOST_EXTENTS = 20_000, 100_000
_MOST_BYTES = 32 * 1024 * 1024
"""Bytes of metadata read in all: XMP with a whole picture in it comes to ten. Items may share their
bytes, so a small file could claim to hold a lot of it."""
_SAID = frozenset({b"Color", b"Alpha", b"Exif", b"XMP", b"HEVC Image", b"Depth", b"Grid", b"Image"})
_PLAIN_BOXES = frozenset({b"ftyp", b"meta", b"mdat", b"moov", b"wide", b"mpvd"})
_C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_NOT_PICTURES = frozenset({b"Exif", b"mime", b"uri "})


@dataclass(slots=True)
class Item:
    """One item: its type, what it says of itself, and where its bytes lie (offset, length)."""

    number: int
    kind: bytes
    hidden: bool
    flag_at: int
    name: bytes = b""
    mime: bytes = b""
    encoding: bytes = b""
    places: list[tuple[int, int]] = field(default_factory=list)
    properties: list[tuple[bytes, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Items:
    """All items of a file, by number; `references` are `(type, its offset, from, to)`."""

    by_number: dict[int, Item] = field(default_factory=dict)
    references: list[tuple[bytes, int, int, tuple[int, ...]]] = field(default_factory=list)
    primary: int = 0
    primary_at: tuple[int, int] = (0, 0)
    data_at: int = 0
    is_whole: bool = True

    @property
    def tiles(self) -> frozenset[int]:
        """Items that another one is put together from: they are shown as parts of it."""
        return frozenset(
            number
            for kind, _, _, targets in self.references
            if kind == b"dimg"
            for number in targets
        )

    def pictures(self) -> list[Item]:
        """Return the items that are pictures of their own."""
        tiles = self.tiles
        return [
            item
            for item in self.by_number.values()
            if item.kind not in _NOT_PICTURES and item.number not in tiles
        ]


def parse(data: bytes) -> Items:
    """Return the items of the file's `meta` box."""
    items = Items()
    for kind, start, end in structure.boxes(data)[0]:
        if kind == b"meta":
            inner = {name: (a, b) for name, a, b in _inner(data, start, end, skip=4)}
            _read_numbers(data, inner, items)
    return items


def _inner(data: bytes, start: int, end: int, skip: int = 0) -> Iterator[tuple[bytes, int, int]]:
    return structure.box_chain(data, body_of(data, start) + skip, end)


def body_of(data: bytes, start: int) -> int:
    """Return where the content of the box at an offset starts."""
    return start + (16 if data[start : start + 4] == b"\0\0\0\1" else 8)


def number_at(data: bytes, at: int, size: int) -> int:
    """Return the unsigned number at an offset; bytes behind the file's end count as none."""
    return int.from_bytes(data[at : at + size], "big")


def _read_numbers(data: bytes, inner: dict[bytes, tuple[int, int]], items: Items) -> None:
    if b"pitm" in inner:
        at = body_of(data, inner[b"pitm"][0])
        size = 2 if data[at : at + 1] == b"\0" else 4
        items.primary, items.primary_at = number_at(data, at + 4, size), (at + 4, size)
    if b"iinf" in inner:
        _read_infos(data, *inner[b"iinf"], items)
    if b"idat" in inner:
        items.data_at = body_of(data, inner[b"idat"][0])
    if b"iloc" in inner:
        _read_places(data, *inner[b"iloc"], items)
    if b"iref" in inner:
        _read_references(data, *inner[b"iref"], items)
    if b"iprp" in inner:
        _read_properties(data, *inner[b"iprp"], items)


def _read_infos(data: bytes, start: int, end: int, items: Items) -> None:
    wide = data[body_of(data, start) : body_of(data, start) + 1] != b"\0"
    for kind, at, stop in _inner(data, start, end, skip=8 if wide else 6):
        body = body_of(data, at)
        version = number_at(data, body, 1)
        if kind != b"infe" or version < 2:
            continue
        size = 2 if version == 2 else 4
        texts = data[body + 10 + size : stop].split(b"\0")[:3] + [b""] * 3
        number = number_at(data, body + 4, size)
        items.by_number[number] = Item(
            number,
            data[body + 6 + size : body + 10 + size],
            hidden=bool(number_at(data, body + 3, 1) & 1),
            flag_at=body + 3,
            name=texts[0],
            mime=texts[1],
            encoding=texts[2],
        )
        if len(items.by_number) > _MOST_ITEMS:
            items.is_whole = False
            return


def _read_places(data: bytes, start: int, end: int, items: Items) -> None:
    at = body_of(data, start)
    version, sizes = number_at(data, at, 1), number_at(data, at + 4, 2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    wide = 4 if version == 2 else 2
    count, at = number_at(data, at + 6, wide), at + 6 + wide
    extents = 0
    for _ in range(min(count, _MOST_ITEMS)):
        if at >= end:
            break
        number, at = number_at(data, at, wide), at + wide
        method, at = (number_at(data, at, 2) & 15, at + 2) if version else (0, at)
        base, at = number_at(data, at + 2, base_size), at + 2 + base_size
        pieces, at = number_at(data, at, 2), at + 2
        base += items.data_at if method == 1 else 0
        for _ in range(pieces):
            extents += 1
            if at >= end or extents > _MOST_EXTENTS:
                items.is_whole = False
                return
            at += index_size
            offset, length = number_at(data, at, offset_size), 0
            length, at = (
                number_at(data, at + offset_size, length_size),
                at + offset_size + length_size,
            )
            if number in items.by_number:
                items.by_number[number].places.append((base + offset, length))


def _read_references(data: bytes, start: int, end: int, items: Items) -> None:
    size = 2 if data[body_of(data, start) : body_of(data, start) + 1] == b"\0" else 4
    for kind, at, _ in _inner(data, start, end, skip=4):
        body = body_of(data, at)
        count = min(number_at(data, body + size, 2), _MOST_ITEMS)
        first = body + size + 2
        targets = tuple(number_at(data, first + n * size, size) for n in range(count))
        items.references.append((kind, at + 4, number_at(data, body, size), targets))


def _read_properties(data: bytes, start: int, end: int, items: Items) -> None:
    inner = list(_inner(data, start, end))
    properties = [box for kind, a, b in inner if kind == b"ipco" for box in _inner(data, a, b)]
    for kind, a, b in inner:
        if kind != b"ipma":
            continue
        at = body_of(data, a)
        version, wide = number_at(data, at, 1), number_at(data, at + 3, 1) & 1
        count, at = min(number_at(data, at + 4, 4), _MOST_ITEMS), at + 8
        for _ in range(count):
            if at >= b:
                break
            size = 4 if version else 2
            item, uses = (
                items.by_number.get(number_at(data, at, size)),
                number_at(data, at + size, 1),
            )
            at += size + 1
            for _ in range(uses):
                index = number_at(data, at, 1 + wide) & (0x7FFF if wide else 0x7F)
                at += 1 + wide
                if item is not None and 0 < index <= len(properties):
                    item.properties.append(properties[index - 1])


def read(data: bytes, items: Items, blocks: Blocks) -> None:
    """Collect what the items and boxes say beside the pictures."""
    if not items.is_whole:
        blocks.gaps.append("metadata")
    room = _MOST_BYTES
    for item in items.by_number.values():
        if item.kind in _NOT_PICTURES:
            room -= _read_item(data, item, blocks, room)
        if item.name and item.name not in _SAID:
            blocks.tags.append(Tag("heif", "ItemName", decode_text(item.name)))
    seen = {place for item in items.by_number.values() for place in item.properties}
    for kind, start, end in sorted(seen, key=lambda place: place[1]):
        body = data[body_of(data, start) : end]
        if kind == b"colr" and body[:4] in {b"prof", b"rICC"}:
            blocks.icc.append(body[4:])
        elif kind == b"udes":
            blocks.tags.append(Tag("heif", "Description", decode_text(body[4:])))
    for kind, start, end in structure.boxes(data)[0]:
        if kind not in _PLAIN_BOXES:
            body = data[body_of(data, start) : end]
            contents.look(
                "heif", body, blocks, contents.C2PA if body.startswith(_C2PA) else contents.UNKNOWN
            )


def _read_item(data: bytes, item: Item, blocks: Blocks, room: int) -> int:
    """File one item of metadata and return how many bytes that took; a gap where it is not whole.

    A length of 0 reaches to the file's end.
    """
    sizes = [length or len(data) - start for start, length in item.places]
    whole = all(
        start + size <= len(data) for (start, _), size in zip(item.places, sizes, strict=True)
    )
    if not sizes or not whole or sum(sizes) > room:
        blocks.gaps.append("metadata")
        return 0
    pieces = zip(item.places, sizes, strict=True)
    body = b"".join(data[start : start + size] for (start, _), size in pieces)
    if item.kind == b"Exif":
        blocks.exif.append(body[4 + number_at(body, 0, 4) :].removeprefix(b"Exif\0\0"))
    elif item.kind == b"mime" and item.encoding:
        machine = zlib.decompressobj()
        try:
            contents.look("heif", machine.decompress(body, room), blocks)
        except zlib.error:
            blocks.gaps.append("metadata")
    elif item.mime == b"application/rdf+xml":
        blocks.xmp.append(body)
    else:
        contents.look("heif", body, blocks)
    return len(body)
