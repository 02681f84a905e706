"""What lies behind a picture's end: name it, and take out what can be looked at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.errors import UnreadableImage
from phiscan.intake import contents, structure, video
from phiscan.intake.blocks import Hidden
from phiscan.model import Tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phiscan.intake.blocks import Blocks
    from phiscan.intake.limits import Budget
    from phiscan.model import Role

TRAILER = "trailer"
"""The group of the tags; their name is the format, their value one of a closed list."""
_FTYP = re.compile(rb"\0\0\0[\x08-\xff]ftyp[\x20-\x7e]{4}")
_HEIF = frozenset({b"heic", b"heix", b"mif1", b"avif", b"msf1", b"hevc", b"avis"})
_STARTS = (
    (re.compile(rb"PK\x03\x04|PK\x05\x06|Rar!\x1a|7z\xbc\xaf|\x1f\x8b\x08|\xfd7zXZ"), "an archive"),
    (re.compile(rb"%PDF-|\xd0\xcf\x11\xe0|\{\\rtf"), "a document"),
)
_NEAR = 64
"""How far into a trailer an archive or document may begin: some writers leave a line feed first."""
_UNSEEN = frozenset({"an archive", "a document", "the rest of another picture"})
"""What may hold pictures that nobody here can look at: a gap, beside the finding."""
_ZIP_END = re.compile(rb"PK\x05\x06")
_PNG_REST = re.compile(rb"IDAT|IEND\xaeB`\x82")
_FEW = 64
"""Bytes that can hold no picture: cameras and cards leave such rests. Words in them count still."""
_LOCATION = re.compile(rb"[+-]\d{2}(?:\.\d{2,})[+-]\d{3}(?:\.\d{2,})")
"""ISO 6709, as QuickTime's `\\xa9xyz` and `com.apple.quicktime.location.ISO6709` hold it."""
_NOTES = frozenset(
    {
        *(b"Image_UTC_Data", b"MCC_Data", b"Camera_Capture_Mode_Info", b"Camera_Scene_Info"),
        *(b"Color_Display_P3", b"Photo_HDR_Info", b"Gallery_DC_Data", b"Watermark_Info"),
    }
)
"""Fields of Samsung's SEF trailer that hold the clock, the country code and the camera's mode:
every photo of a Galaxy phone has the first two."""


def read(
    group: str,
    data: bytes,
    at: int,
    blocks: Blocks,
    budget: Budget,
    roles: Mapping[int, Role] | None = None,
) -> None:
    """Look at all that follows offset `at` of a file.

    Pictures and videos become frames; what is left is named in a tag of the group `trailer`.
    `roles` says of pictures, by their offset, what their container's index calls them.
    """
    rest = data[at:]
    if not rest.strip(b"\0"):
        return
    film = _FTYP.search(rest)
    start, end = (film.start(), _film_end(rest, film.start())) if film else (len(rest), len(rest))
    _pieces(group, rest[:start], at, blocks, roles)
    if film:
        add_film(group, rest[start:end], blocks, budget)
        _pieces(group, rest[end:], at + end, blocks, roles)


def _film_end(rest: bytes, start: int) -> int:
    """Return the offset behind the boxes of a film, or of a HEIF picture; all if it is cut."""
    return max((end for _, _, end in structure.box_chain(rest, start)), default=len(rest))


def _pieces(
    group: str, rest: bytes, at: int, blocks: Blocks, roles: Mapping[int, Role] | None
) -> None:
    """Take the pictures out, and name what lies between them."""
    last = 0
    for start, end in [*contents.add_pictures(rest, blocks, at, roles), (len(rest), len(rest))]:
        piece, last = rest[last:start], end
        if not piece.strip(b"\0"):
            continue
        what = _kind(piece)
        if what in _UNSEEN:
            blocks.gaps.append(f"{what} behind the end")
        if len(piece.strip(b"\0")) > _FEW:
            blocks.tags.append(_trailer(group, len(piece), what))
        contents.add_words(group, piece, blocks)


def _trailer(group: str, size: int, what: str) -> Tag:
    return Tag(TRAILER, group, f"<{size} bytes: {what}>")


def add_film(group: str, film: bytes, blocks: Blocks, budget: Budget) -> None:
    """Look at a film, or a HEIF picture, and name it in a tag."""
    if film[8:12] in _HEIF:
        blocks.hidden.append(Hidden("preview", film))
        what = "another picture"
    else:
        what = _read_film(film, blocks, budget)
    blocks.tags.append(_trailer(group, len(film), what))


def _read_film(film: bytes, blocks: Blocks, budget: Budget) -> str:
    """Look at a film and return what it is, and what of it was seen."""
    location = _LOCATION.search(film)
    if location:
        blocks.tags.append(Tag("video", "GPSLatitude", location.group().decode("ascii")))
    for kind, start, end in structure.box_chain(film, 0):
        if kind != b"mdat":
            contents.add_pictures(film[start:end], blocks)
    try:
        frames, is_all = video.sample(film, budget)
    except UnreadableImage:
        blocks.gaps.append("video behind the end")
        return "a video that cannot be looked at"
    if not is_all:
        blocks.gaps.append("frames of the video behind the end")
    blocks.pictures += [("video", pixels) for pixels in frames]
    return f"a video, {len(frames)} of its frames looked at"


def _kind(piece: bytes) -> str:
    if _is_phone_notes(piece):
        return "the phone's own notes"
    body = piece.strip(b"\0")
    for pattern, what in _STARTS:
        if pattern.search(body[: _NEAR + 8]):
            return what
    if _ZIP_END.search(body[-(64 * 1024 + 22) :]):
        return "an archive"
    if _PNG_REST.search(body) or _is_jpeg_rest(body):
        return "the rest of another picture"
    text = contents.words(body)
    return "text" if len(text) > 0.8 * len(body) else "unknown data"


def _is_jpeg_rest(body: bytes) -> bool:
    """Return whether this is the later part of a JPEG: in its pixels FF is always followed by 00.

    That is so for one FF in 256 of other data. An editor that writes a smaller file over a larger
    one and does not shorten it leaves this behind (CVE-2023-21036, "aCropalypse").
    """
    follow = [
        body[at.end()] for at in re.finditer(b"\xff", body[: 256 * 1024]) if at.end() < len(body)
    ]
    stuffed = sum(1 for byte in follow if byte == 0 or 0xD0 <= byte <= 0xD9)
    return len(follow) >= 8 and stuffed >= 0.95 * len(follow)


def _is_phone_notes(body: bytes) -> bool:
    """Return whether this is Samsung's SEF trailer with nothing in it but harmless fields."""
    if not body.endswith(b"SEFT") or len(body) < 20:
        return False
    head = len(body) - 8 - int.from_bytes(body[-8:-4], "little")
    if head < 0 or body[head : head + 4] != b"SEFH":
        return False
    count, first = int.from_bytes(body[head + 8 : head + 12], "little"), head
    for at in range(head + 12, min(head + 12 + 12 * count, len(body) - 8), 12):
        start = head - int.from_bytes(body[at + 4 : at + 8], "little")
        length = int.from_bytes(body[start + 4 : start + 8], "little") if start >= 0 else 0
        if start < 0 or body[start + 8 : start + 8 + length] not in _NOTES:
            return False
        first = min(first, start)
    return not body[:first].strip(b"\0")
