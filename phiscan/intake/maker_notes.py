"""What makers of cameras write into notes of their own: serial numbers, owners, names of babies.

Makers document nothing. exifread knows the notes that are most common, and this module two more;
layouts as in ExifTool's tables of tags (Olympus, Reconyx). What nobody can read is left alone: the
note is then no more than bytes, whose words are read elsewhere.
"""

from __future__ import annotations

import re
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

from phiscan.errors import UnreadableImage
from phiscan.intake import tiff
from phiscan.intake.codec import DAMAGED, decoding

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIMIT = 1024 * 1024
"""Maker notes live inside a JPEG's EXIF blocks of 64 KiB; beyond this somebody plays tricks."""
_NAMES = re.compile(r"serial|owner|name|title|location|city|comment|baby|person|gps", re.IGNORECASE)
_OLYMPUS = re.compile(rb"OLYMPUS\0(?=II|MM)|OM SYSTEM\0{3}(?=II|MM)")
_EQUIPMENT = 0x2010
_OF_EQUIPMENT = {
    0x0101: "BodySerialNumber",
    0x0102: "InternalSerialNumber",
    0x0202: "LensSerialNumber",
}
_RECONYX = b"\x01\xf1"
_RECONYX_SERIAL = slice(0x2A, 0x2A + 30)


def read(block: bytes, note: bytes) -> Iterator[tuple[str, str]]:
    """Yield name and value of what a note says; `block` is the EXIF block that it stands in.

    Raises UnreadableImage where the block is too long or too broken for exifread.
    """
    with suppress(UnreadableImage):  # a note with a broken offset is still a note of words
        yield from _olympus(note)
    if note.startswith(_RECONYX):
        serial = note[_RECONYX_SERIAL].decode("utf-16-le", "replace").split("\0")[0]
        if serial.isalnum():
            yield "MakerNote SerialNumber", serial
    if len(block) > _LIMIT:
        raise UnreadableImage(DAMAGED)
    import exifread

    with decoding():
        entries = exifread.process_file(BytesIO(block), details=True, extract_thumbnail=False)
    for name, value in entries.items():
        if name.startswith("MakerNote") and _NAMES.search(name):
            yield name, str(value)


def _olympus(note: bytes) -> Iterator[tuple[str, str]]:
    """Yield the serial numbers of body and lens: they stand in a directory below the note's own."""
    head = _OLYMPUS.match(note)
    if head is None:
        return
    # Offsets count from the start of the note; only its number 3 makes it no TIFF file.
    order = note[head.end() : head.end() + 2]
    reader = tiff.Tiff(order + (b"*\0" if order == b"II" else b"\0*") + note[4:])
    directory, _ = reader.directory(head.end() + 4)
    equipment, _ = reader.directory(directory.first(_EQUIPMENT))
    for tag, name in _OF_EQUIPMENT.items():
        value = bytes(equipment.raw(tag)).split(b"\0")[0].decode("latin-1").strip()
        if any(char.isdigit() for char in value):
            yield f"MakerNote {name}", value
