"""IPTC-IIM and Photoshop's image resources, the block of press captions and hidden previews."""

from __future__ import annotations

from collections.abc import Iterator

from phiscan.errors import UnreadableImage
from phiscan.intake.codec import DAMAGED
from phiscan.intake.contents import words
from phiscan.intake.exif import decode_text
from phiscan.model import Tag

IIM, THUMBNAIL_BGR, THUMBNAIL, ICC, EXIF, XMP = 0x0404, 0x0409, 0x040C, 0x040F, 0x0422, 0x0424
"""Numbers of Photoshop's resources (Photoshop File Formats Specification)."""
SETTINGS = frozenset(
    {
        *range(0x03E8, 0x03F0),  # sizes, resolution, names of channels
        *(0x03F3, 0x03F4, 0x03F5, 0x03F6, 0x03F7, 0x03F8, 0x03F9, 0x03FA, 0x03FD, 0x0400),
        *(0x0402, 0x0406, 0x0408, 0x040A, 0x040D, 0x0410, 0x0411, 0x0412, 0x0414, 0x0415),
        *(0x0416, 0x0417, 0x0419, 0x041D, 0x041E, 0x0421, 0x0425, 0x0426, 0x0428, 0x042A),
        *(0x042B, 0x042D, 0x0430, 0x043A, 0x043B, 0x0435, 0x2710),
    }
)
"""Resources that hold numbers, or Photoshop's own name and version: guides, grids, print flags,
halftones, digests."""
THUMBNAIL_HEAD = 28
"""Bytes before the JPEG in a thumbnail resource."""

_DATASETS = {
    5: "ObjectName",
    7: "EditStatus",
    10: "Urgency",
    12: "SubjectReference",
    15: "Category",
    20: "SupplementalCategory",
    22: "FixtureIdentifier",
    25: "Keywords",
    26: "ContentLocationCode",
    27: "ContentLocationName",
    30: "ReleaseDate",
    35: "ReleaseTime",
    40: "SpecialInstructions",
    55: "DateCreated",
    60: "TimeCreated",
    62: "DigitalCreationDate",
    63: "DigitalCreationTime",
    65: "OriginatingProgram",
    70: "ProgramVersion",
    80: "By-line",
    85: "By-lineTitle",
    90: "City",
    92: "Sub-location",
    95: "Province-State",
    100: "Country-Code",
    101: "Country-Name",
    103: "OriginalTransmissionReference",
    105: "Headline",
    110: "Credit",
    115: "Source",
    116: "CopyrightNotice",
    118: "Contact",
    120: "Caption-Abstract",
    121: "LocalCaption",
    122: "Writer-Editor",
}
_LIMIT = 1024 * 1024
"""The standard's longest caption has 2,000 bytes."""
_RECORD = 2
"""The application record. Others hold a transmission's envelope and pictures; of those only what
reads as words is told."""


def read(packet: bytes) -> list[Tag]:
    """Return the named datasets of an IIM packet; UnreadableImage when it is cut."""
    if len(packet) > _LIMIT:
        raise UnreadableImage(DAMAGED)
    tags: list[Tag] = []
    at = 0
    while at + 5 <= len(packet) and packet[at] == 0x1C:
        record, number = packet[at + 1], packet[at + 2]
        size = int.from_bytes(packet[at + 3 : at + 5], "big")
        at += 5
        if size & 0x8000:
            count = size & 0x7FFF
            size = int.from_bytes(packet[at : at + count], "big")
            at += count
        if at + size > len(packet):
            raise UnreadableImage(DAMAGED)
        if record == _RECORD and number:
            name = _DATASETS.get(number, f"2:{number}")
            tags.append(Tag("iptc", name, decode_text(packet[at : at + size])))
        elif record != _RECORD and (text := words(packet[at : at + size])):
            tags.append(Tag("iptc", f"{record}:{number}", text))
        at += size
    return tags


def resources(block: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and body of each of Photoshop's resources; UnreadableImage when one is cut."""
    at = 0
    while at + 12 <= len(block):
        if block[at : at + 4] not in {b"8BIM", b"AgHg", b"DCSR", b"PHUT", b"MeSa"}:
            return
        number = int.from_bytes(block[at + 4 : at + 6], "big")
        name = 1 + block[at + 6]
        at += 6 + name + name % 2
        size = int.from_bytes(block[at : at + 4], "big")
        at += 4
        if at + size > len(block):
            raise UnreadableImage(DAMAGED)
        yield number, block[at : at + size]
        at += size + size % 2
