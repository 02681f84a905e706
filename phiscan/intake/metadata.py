"""Read every metadata block into tags and hidden previews; what cannot be read becomes a gap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from phiscan.errors import UnreadableImage
from phiscan.intake import exif, iptc, xmp
from phiscan.intake.blocks import Blocks
from phiscan.model import Tag

_PIECE, _OVERLAP, _MOST = 4096, 128, 64 * 1024
"""A long value is handed on in pieces of 4 KiB that overlap by more than an identifier is long;
one of more than 64 KiB is data and not text."""
_MOST_TAGS = 5000
_MOST_EXIF = 16
"""EXIF blocks read: a picture has one. A maker note made to annoy costs half a second."""
_MOST_BYTES = 16 * 1024 * 1024
"""Bytes of XMP and IPTC read in all."""


@dataclass(slots=True)
class Metadata:
    """What the blocks of one file say together."""

    tags: list[Tag] = field(default_factory=list)
    orientation: int = 1
    thumbnails: list[bytes] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)


def read(blocks: Blocks, *, tiff: bytes = b"") -> Metadata:
    """Read all blocks; `tiff` is the whole file when it is itself one."""
    found = Metadata(gaps=list(blocks.gaps))
    raw = list(blocks.tags)
    parts = [exif.read(block) for block in blocks.exif[:_MOST_EXIF]]
    if len(blocks.exif) > _MOST_EXIF:
        found.gaps.append("metadata")
    if tiff:
        parts.append(exif.read(tiff, is_file=True))
    for part in parts:
        _read_exif(part, blocks, found, raw)
    found.orientation = parts[0].orientation if parts else 1
    for packet in blocks.photoshop:
        _read_photoshop(packet, blocks, found)
    raw += _read_each(blocks, found)
    found.tags = list(_short(raw))
    if len(found.tags) > _MOST_TAGS:
        found.gaps.append("metadata")
    found.tags = found.tags[:_MOST_TAGS]
    found.gaps = list(dict.fromkeys(found.gaps))
    return found


def _read_exif(part: exif.Exif, blocks: Blocks, found: Metadata, raw: list[Tag]) -> None:
    raw += part.tags
    if part.thumbnail:
        found.thumbnails.append(part.thumbnail)
    if part.broken:
        found.gaps.append("metadata")
    for tag, target in (
        (exif.XMP, blocks.xmp),
        (exif.IPTC, blocks.iptc),
        (exif.PHOTOSHOP, blocks.photoshop),
    ):
        if tag in part.embedded:
            target.append(part.embedded[tag])


def _read_photoshop(packet: bytes, blocks: Blocks, found: Metadata) -> None:
    try:
        for number, body in iptc.resources(packet):
            if number == iptc.IIM:
                blocks.iptc.append(body)
            elif number == iptc.THUMBNAIL:
                found.thumbnails.append(body[iptc.THUMBNAIL_HEAD :])
    except UnreadableImage:
        found.gaps.append("metadata")


def _read_each(blocks: Blocks, found: Metadata) -> Iterator[Tag]:
    readers = [(xmp.read, packet) for packet in blocks.xmp]
    readers += [(iptc.read, packet) for packet in blocks.iptc]
    room = _MOST_BYTES
    for reader, packet in readers:
        room -= len(packet)
        if room < 0:
            found.gaps.append("metadata")
            return
        try:
            yield from reader(packet)
        except UnreadableImage:
            found.gaps.append("metadata")


def _short(tags: Iterable[Tag]) -> Iterator[Tag]:
    """Cut long values into overlapping pieces, drop empty ones, and count what is no text."""
    for tag in tags:
        value = tag.value.strip()
        if len(value) > _MOST:
            yield Tag(tag.group, tag.name, f"<{len(value)} bytes>")
            continue
        for at in range(0, max(len(value) - _OVERLAP, 1), _PIECE - _OVERLAP):
            if value:
                yield Tag(tag.group, tag.name, value[at : at + _PIECE])
