"""EXIF: every directory's tags as text, the orientation, the thumbnail, the maker's serials."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phiscan.errors import UnreadableImage
from phiscan.intake import contents, maker_notes, tiff
from phiscan.intake.blocks import Hidden
from phiscan.model import Role, Tag

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ORIENTATION, MAKER_NOTE, XMP, IPTC, PHOTOSHOP, ICC = 0x0112, 0x927C, 700, 33723, 34377, 34675
_USER_COMMENT, _GPS_METHOD, _GPS_AREA = 0x9286, 0x1B, 0x1C
_XP_TAGS = frozenset(range(0x9C9B, 0x9CA0))
"""Windows' title, comment, author, keywords and subject: UTF-16 in bytes."""
_TEXT_KINDS = frozenset({tiff.BYTE, tiff.ASCII, tiff.SBYTE, tiff.UNDEFINED})
_MOST_NUMBERS = 16
_MOST_TEXT = 64 * 1024


@dataclass(slots=True)
class Exif:
    """What one EXIF block says; `broken` when a part of it could not be read.

    An orientation of 0 says nothing.
    """

    tags: list[Tag] = field(default_factory=list)
    orientation: int = 0
    hidden: list[Hidden] = field(default_factory=list)
    pictures: list[tuple[Role, NDArray[np.uint8]]] = field(default_factory=list)
    embedded: dict[int, bytes] = field(default_factory=dict)
    broken: bool = False
    room: int = 1024 * 1024

    def add(self, group: str, name: str, value: str) -> None:
        """Add a tag while there is room: entries may share bytes, so few can say a lot."""
        self.room -= len(value) + 16
        if self.room < 0:
            self.broken = True
        else:
            self.tags.append(Tag(group, name, value))


def read(block: bytes, *, is_file: bool = False) -> Exif:
    """Read an EXIF block, or a TIFF file, whose second directory is a page and no thumbnail."""
    found = Exif()
    try:
        reader = tiff.Tiff(block)
        for number, directory in enumerate(reader.directories()):
            _read_directory(reader, directory, "exif", found)
            if number == 0:
                found.orientation = directory.first(ORIENTATION)
            if number == 1 and not is_file:
                _add_thumbnail(reader, directory, found)
                break  # a third directory is beyond the standard; what follows is often garbage
    except UnreadableImage:
        found.broken = True
    if not is_file:
        _add_previews(block, found)
    return found


def _add_thumbnail(reader: tiff.Tiff, directory: tiff.Directory, found: Exif) -> None:
    """Add the thumbnail of the second directory: JPEG, or bare pixels as in a TIFF file.

    What does not even start like a JPEG is none: old cameras leave the space empty. On 400 photos
    of 60 cameras each of the 130 thumbnails decoded.
    """
    block = bytes(reader.data)
    start = directory.first(tiff.JPEG_OFFSET)
    thumbnail = block[start : start + directory.first(tiff.JPEG_LENGTH)]
    if thumbnail.startswith(b"\xff\xd8\xff"):
        ends = [end for at, end in contents.pictures(thumbnail) if at == 0 and end]
        found.hidden.append(Hidden("thumbnail", thumbnail[: ends[0]] if ends else thumbnail))
    elif directory.first(tiff.STRIP_OFFSETS) and directory.first(tiff.WIDTH):
        from phiscan.intake import bare_thumbnail

        try:
            found.pictures.append(("thumbnail", bare_thumbnail.decode(reader.data, directory)))
        except UnreadableImage:
            found.broken = True


def _add_previews(block: bytes, found: Exif) -> None:
    """Add the pictures that makers keep in their notes: larger previews, a second view."""
    known = [hidden.data for hidden in found.hidden]
    for start, end in contents.pictures(block):
        if end and block[start:end] not in known:
            found.hidden.append(Hidden("preview", block[start:end]))


def _read_directory(
    reader: tiff.Tiff, directory: tiff.Directory, group: str, found: Exif, depth: int = 0
) -> None:
    """Add a directory's tags, and those of the directories that it points to."""
    for entry in directory.entries.values():
        if entry.raw is None:
            found.broken = found.broken or entry.kind == tiff.ASCII
        elif entry.tag in {XMP, IPTC, PHOTOSHOP, ICC}:
            found.embedded[entry.tag] = bytes(entry.raw)
        elif entry.tag == MAKER_NOTE and group == "exif":
            _add_maker_note(reader, bytes(entry.raw), found)
            found.add(contents.WORDS, "exif", contents.words(bytes(entry.raw)))
        elif entry.tag not in {tiff.EXIF_IFD, tiff.GPS_IFD, tiff.INTEROP_IFD}:
            found.add(group, _name(group, entry.tag), _text(entry))
            found.broken = found.broken or _is_long_text(entry)
    for pointer, name in ((tiff.EXIF_IFD, "exif"), (tiff.GPS_IFD, "gps"), (tiff.INTEROP_IFD, "")):
        at = directory.first(pointer)
        if at and depth < 2:
            try:
                inner, _ = reader.directory(at)
            except UnreadableImage:
                found.broken = True
                continue
            if name:
                _read_directory(reader, inner, name, found, depth + 1)


def _add_maker_note(reader: tiff.Tiff, note: bytes, found: Exif) -> None:
    """Add what the maker's own note says of camera, person and place."""
    try:
        for name, value in maker_notes.read(bytes(reader.data), note):
            found.add("exif", name, value)
    except UnreadableImage:
        found.broken = True


def _name(group: str, tag: int) -> str:
    from PIL.ExifTags import GPSTAGS, TAGS

    return str((GPSTAGS if group == "gps" else TAGS).get(tag, f"0x{tag:04X}"))


def _is_long_text(entry: tiff.Entry) -> bool:
    """Return whether a value is text that is too long to be searched."""
    if entry.raw is None or len(entry.raw) <= _MOST_TEXT or entry.kind not in _TEXT_KINDS:
        return False
    return contents.is_prose(bytes(entry.raw).replace(b"\0", b"").decode("latin-1"))


def _text(entry: tiff.Entry) -> str:
    """Return a value as a person would read it; bytes that are no text as their number."""
    if entry.raw is None or len(entry.raw) > _MOST_TEXT:
        return f"<{len(entry.raw or b'')} bytes>"
    raw = bytes(entry.raw)
    if entry.tag in _XP_TAGS:
        return raw.decode("utf-16-le", "replace").rstrip("\0")
    if entry.tag in {_USER_COMMENT, _GPS_METHOD, _GPS_AREA}:
        return _user_comment(raw, entry.order)
    if entry.kind in _TEXT_KINDS:
        if entry.kind == tiff.ASCII or _is_text(raw):
            return decode_text(raw)
        if entry.kind == tiff.UNDEFINED or len(raw) > _MOST_NUMBERS:
            return contents.words(raw) or f"<{len(raw)} bytes>"
    numbers = entry.numbers()
    if entry.kind in tiff.RATIONALS:
        pairs = zip(numbers[::2], numbers[1::2], strict=False)
        values = [f"{top / bottom:.8g}" if bottom else "nan" for top, bottom in pairs]
    elif entry.kind in {11, 12}:
        letter = ("<" if entry.order == "little" else ">") + ("f" if entry.kind == 11 else "d")
        whole = len(raw) // struct.calcsize(letter) * struct.calcsize(letter)
        values = [f"{value:.8g}" for (value,) in struct.iter_unpack(letter, raw[:whole])]
    else:
        values = [str(number) for number in numbers]
    return " ".join(values) if len(values) <= _MOST_NUMBERS else f"<{len(raw)} bytes>"


def decode_text(raw: bytes) -> str:
    """Return text bytes as UTF-8, else Latin-1; NULs part its pieces (Copyright has two)."""
    body = raw.strip(b"\0")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    return text.replace("\0", "\n").strip()


def _is_text(raw: bytes) -> bool:
    body = raw.rstrip(b"\0 ")
    return len(body) > 1 and all(32 <= byte < 127 or byte in b"\t\r\n" for byte in body)


def _user_comment(raw: bytes, order: tiff.Order) -> str:
    """Decode UserComment: eight bytes name its code, and half of all cameras leave them out."""
    code, body = raw[:8], raw[8:]
    if code == b"UNICODE\0":
        return _utf16(body, order)
    if code == b"JIS\0\0\0\0\0":
        return body.decode("iso2022_jp", "replace").strip("\0 ")
    if code in {b"ASCII\0\0\0", bytes(8)}:
        raw = body
    return decode_text(raw) if _is_text(raw.strip(b"\0 ")) else _or_count(raw)


def _utf16(body: bytes, order: tiff.Order) -> str:
    """Decode UTF-16 by its mark, else by where its zero bytes stand: writers mix up the order."""
    first, second = body[::2].count(0), body[1::2].count(0)
    codec = "utf-16-le" if order == "little" else "utf-16-be"
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16"
    elif first != second:
        codec = "utf-16-be" if first > second else "utf-16-le"
    return body.decode(codec, "replace").strip("\0 ")


def _or_count(raw: bytes) -> str:
    if not raw.strip(b"\0 \xff"):
        return ""
    try:
        return raw.strip(b"\0 ").decode("utf-8")
    except UnicodeDecodeError:
        return f"<{len(raw)} bytes>"
