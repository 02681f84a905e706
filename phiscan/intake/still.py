"""JPEG with all its segments, and HEIF: the two formats that cameras write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phiscan.errors import UnreadableImage
from phiscan.intake import exif, jpeg
from phiscan.intake.blocks import Blocks, Decoded
from phiscan.intake.codec import decoding
from phiscan.intake.limits import Budget, Limits
from phiscan.intake.structure import boxes
from phiscan.model import Tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_EXTENDED_HEAD = 40
"""A GUID of 32 characters, then the whole length and this piece's offset, four bytes each."""


def decode_jpeg(data: bytes, limits: Limits) -> Decoded:
    """Decode a JPEG and any further ones behind it, as MPO and gain-map phones write them."""
    result = Decoded("JPEG")
    pixels, markers = jpeg.decode(data, limits)
    result.pictures.append(("main", pixels))
    _read_segments(data, markers, result.blocks)
    # Gain maps and the like carry no orientation of their own: they turn with the first picture.
    result.turn = exif.read(result.blocks.exif[0]).orientation if result.blocks.exif else 1
    budget = Budget(limits, kept=1)
    at = markers.end
    for start, found in _further(data, markers.end, result.blocks):
        if not budget.spend(found.width, found.height):
            result.blocks.gaps.append(f"frames beyond {budget.kept}")
            break
        try:
            page, _ = jpeg.decode(data[start : found.end], limits)
        except UnreadableImage:
            result.blocks.gaps.append(f"frame {budget.kept}")
            break
        result.blocks.trailer("jpeg", data[at:start])
        _read_segments(data, found, result.blocks)
        result.pictures.append(("page", page))
        budget.kept += 1
        at = found.end
    result.blocks.trailer("jpeg", data[at:])
    return result


def _further(data: bytes, at: int, blocks: Blocks) -> Iterator[tuple[int, jpeg.Markers]]:
    """Yield start and markers of every JPEG behind the first.

    Three bytes of FF D8 FF occur by chance in a video of a few megabytes; a JPEG is what goes on
    with an application segment or a table that another marker follows. One that is cut is a gap.
    """
    while (at := data.find(b"\xff\xd8\xff", at)) >= 0:
        length = int.from_bytes(data[at + 4 : at + 6], "big")
        plausible = data[at + 3 : at + 4] in _FIRST and data[at + 4 + length : at + 5 + length] in {
            b"\xff",
            b"",
        }
        start, at = at, at + 3
        if not plausible:
            continue
        try:
            markers = jpeg.walk(data, start)
        except UnreadableImage:
            blocks.gaps.append("picture behind the end")
            return
        at = markers.end
        yield start, markers


_FIRST = frozenset(bytes([marker]) for marker in (*range(0xE0, 0xF0), 0xDB, 0xFE))


def _read_segments(data: bytes, markers: jpeg.Markers, blocks: Blocks) -> None:
    """Collect EXIF, XMP, Photoshop blocks and comments."""
    exif_blocks: list[bytearray] = []
    photoshop = bytearray()
    extended: dict[bytes, list[tuple[int, bytes]]] = {}
    for marker, start, end in markers.segments:
        body = data[start:end]
        if marker == 0xFE:
            blocks.tags.append(Tag("jpeg", "Comment", exif.decode_text(body)))
        elif marker == 0xED and body.startswith(_PHOTOSHOP):
            photoshop += body[len(_PHOTOSHOP) :]
        elif marker != 0xE1:
            continue
        elif body.startswith(b"Exif\0"):
            _add_exif(body[6:], exif_blocks)
        elif body.startswith(_XMP):
            blocks.xmp.append(body[len(_XMP) :])
        elif body.startswith(_EXTENDED_XMP):
            piece = body[len(_EXTENDED_XMP) :]
            offset = int.from_bytes(piece[36:40], "big")
            extended.setdefault(piece[:32], []).append((offset, piece[_EXTENDED_HEAD:]))
    blocks.exif += [bytes(block) for block in exif_blocks]
    if photoshop:
        blocks.photoshop.append(bytes(photoshop))
    for pieces in extended.values():
        blocks.xmp.append(b"".join(piece for _, piece in sorted(pieces)))


def _add_exif(body: bytes, blocks: list[bytearray]) -> None:
    """Add an EXIF segment; one over 64 KiB goes on in the next, which has no TIFF header."""
    if blocks and body[:2] not in {b"II", b"MM"}:
        blocks[-1] += body
    else:
        blocks.append(bytearray(body))


def decode_heif(data: bytes, limits: Limits) -> Decoded:
    """Decode every picture of a HEIF file, the primary one first.

    libheif turns pictures by their own `irot` and `imir`, which HEIF makes binding; EXIF's word
    for it is for information only, and would turn them twice.
    """
    import pillow_heif

    result = Decoded("HEIF", turn=1)
    kinds = {kind for kind, _, _ in boxes(data)}
    if b"moov" in kinds:
        result.blocks.gaps.append("image sequence")
    with decoding():
        file = pillow_heif.open_heif(data)
        order = sorted(range(len(file)), key=lambda index: (index != file.primary_index, index))
        limits.check_size(*file[order[0]].size)
    budget = Budget(limits)
    for index in order:
        image = file[index]
        if not budget.spend(*image.size):
            result.blocks.gaps.append(f"frames beyond {budget.kept}")
            break
        try:
            limits.check_size(*image.size)
            pixels = _heif_pixels(image)
        except UnreadableImage:
            if not result.pictures:
                raise
            result.blocks.gaps.append(f"frame {budget.kept}")
            continue
        result.pictures += [("page" if result.pictures else "main", one) for one in pixels]
        budget.kept += 1
        _read_heif_blocks(image.info, result.blocks)
    return result


def _heif_pixels(image: object) -> list[np.typing.NDArray[np.uint8]]:
    from phiscan.intake.colours import to_rgb

    with decoding():
        return to_rgb(image.to_pillow())  # type: ignore[attr-defined]


def _read_heif_blocks(info: Mapping[str, object], blocks: Blocks) -> None:
    block, xmp = info.get("exif"), info.get("xmp")
    if isinstance(block, bytes) and block:
        blocks.exif.append(block.removeprefix(b"Exif\0\0"))
    if isinstance(xmp, bytes) and xmp:
        blocks.xmp.append(xmp)
