"""Read every metadata block into tags and hidden previews; what cannot be read becomes a gap."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from phiscan.errors import UnreadableImage
from phiscan.intake import contents, exif, icc, iptc, xmp
from phiscan.intake.blocks import Blocks, Hidden
from phiscan.model import Tag

_PIECE, _OVERLAP, _MOST = 4096, 128, 64 * 1024
"""A long value is handed on in pieces of 4 KiB that overlap by more than an identifier is long;
one of more than 64 KiB is data and not text."""
_MOST_TAGS = 5000
_MOST_EXIF = 16
"""EXIF blocks read: a picture has one. A maker note made to annoy costs half a second."""
_MOST_BYTES = 48 * 1024 * 1024
"""Bytes of XMP and IPTC read in all: Google's cameras keep a whole second picture there."""
_PICTURE = re.compile(r"\s*(?:/9j/|iVBORw0KGgo|UklGR|R0lGOD)")
"""How JPEG, PNG, WebP and GIF begin in Base64."""
_IDENTITY = re.compile(r"(?:[a-z.]+:)+[0-9A-Fa-f-]{16,}|[0-9A-Fa-f-]{32,40}")
"""The identity of a file or of a step in its history: a number that programs make up."""


@dataclass(slots=True)
class Metadata:
    """What the blocks of one file say together; orientation 0 says nothing."""

    tags: list[Tag] = field(default_factory=list)
    orientation: int = 0
    hidden: list[Hidden] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)


def read(blocks: Blocks, *, tiff: bytes = b"") -> Metadata:
    """Read all blocks; `tiff` is the whole file when it is itself one."""
    found = Metadata(hidden=list(blocks.hidden))
    raw = list(blocks.tags)
    parts = [exif.read(block) for block in blocks.exif[:_MOST_EXIF]]
    if len(blocks.exif) > _MOST_EXIF:
        blocks.gaps.append("metadata")
    if tiff:
        parts.append(exif.read(tiff, is_file=True))
    for part in parts:
        _read_exif(part, blocks, found, raw)
    found.orientation = parts[0].orientation if parts else 0
    looked = Blocks()
    for packet in blocks.photoshop:
        _read_photoshop(packet, blocks, looked)
    found.hidden += looked.hidden
    raw += looked.tags
    for profile in blocks.icc:
        raw += icc.read(profile)
    raw += _read_each(blocks, found)
    found.tags = list(_short(raw, found.gaps))
    found.gaps = [*blocks.gaps, *looked.gaps, *found.gaps]
    return found


def distinct(tags: Iterable[Tag], gaps: list[str]) -> Iterator[Tag]:
    """Yield each tag once, and only the first of many made-up identities under one name.

    Photoshop's list of a file's ancestors can hold a hundred thousand of them. More than 5,000 tags
    are a gap.
    """
    seen: set[tuple[str, str, str]] = set()
    for tag in tags:
        value = "" if _IDENTITY.fullmatch(tag.value) else tag.value
        key = tag.group, tag.name, value
        if key in seen:
            continue
        if len(seen) >= _MOST_TAGS:
            gaps.append("metadata")
            return
        seen.add(key)
        yield tag


def _read_exif(part: exif.Exif, blocks: Blocks, found: Metadata, raw: list[Tag]) -> None:
    raw += part.tags
    found.hidden += part.hidden
    blocks.pictures += part.pictures
    if part.broken:
        found.gaps.append("metadata")
    for tag, target in (
        (exif.XMP, blocks.xmp),
        (exif.IPTC, blocks.iptc),
        (exif.PHOTOSHOP, blocks.photoshop),
        (exif.ICC, blocks.icc),
    ):
        if tag in part.embedded:
            target.append(part.embedded[tag])


def _read_photoshop(packet: bytes, blocks: Blocks, looked: Blocks) -> None:
    """File Photoshop's image resources, and look into those that are neither text nor setting."""
    targets = {iptc.IIM: blocks.iptc, iptc.XMP: blocks.xmp, iptc.ICC: blocks.icc}
    try:
        for number, body in iptc.resources(packet):
            if number in targets:
                targets[number].append(body)
            elif number == iptc.EXIF:
                looked.tags += exif.read(body).tags
            elif number in {iptc.THUMBNAIL, iptc.THUMBNAIL_BGR}:
                thumbnail = body[iptc.THUMBNAIL_HEAD :]
                if thumbnail.startswith(b"\xff\xd8\xff"):
                    looked.hidden.append(Hidden("thumbnail", thumbnail))
            elif number not in iptc.SETTINGS:
                contents.add_pictures(body, looked)
                contents.add_words("photoshop", body, looked)
    except UnreadableImage:
        blocks.gaps.append("metadata")


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
            tags = reader(packet)
        except UnreadableImage:
            found.gaps.append("metadata")
            continue
        yield from (_without_picture(tag, found) for tag in tags)


def _without_picture(tag: Tag, found: Metadata) -> Tag:
    """Take out a picture that stands in a tag as Base64: a thumbnail, or a whole photo."""
    if len(tag.value) < 100 or not _PICTURE.match(tag.value):
        return tag
    role = "thumbnail" if tag.name.startswith("xmpGImg:") else "preview"
    try:
        data = base64.b64decode(re.sub(r"\s", "", tag.value), validate=True)
    except (binascii.Error, ValueError):
        found.gaps.append(role)
    else:
        found.hidden.append(Hidden("thumbnail" if role == "thumbnail" else "preview", data))
    return Tag(tag.group, tag.name, f"<{len(tag.value)} bytes>")


def _short(tags: Iterable[Tag], gaps: list[str]) -> Iterator[Tag]:
    """Cut long values into overlapping pieces, drop empty ones, and count what is no text.

    Text that is too long to be searched is a gap.
    """
    for tag in tags:
        value = tag.value.strip()
        if len(value) > _MOST:
            if contents.is_prose(value):
                gaps.append("metadata")
            yield Tag(tag.group, tag.name, f"<{len(value)} bytes>")
            continue
        for at in range(0, max(len(value) - _OVERLAP, 1), _PIECE - _OVERLAP):
            if value:
                yield Tag(tag.group, tag.name, value[at : at + _PIECE])
