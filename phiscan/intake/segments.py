"""JPEG's application segments: metadata, thumbnails, and what camera makers put beside them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from phiscan.errors import UnreadableImage
from phiscan.intake import contents, exif, flir, tiff
from phiscan.intake.blocks import Hidden
from phiscan.model import Tag

if TYPE_CHECKING:
    from phiscan.intake.blocks import Blocks
    from phiscan.intake.jpeg import Markers
    from phiscan.model import Role

_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_ICC = b"ICC_PROFILE\0"
_FLIR = b"FLIR\0"
_EXTENDED_HEAD = 40
"""A GUID of 32 characters, then the whole length and this piece's offset, four bytes each."""
_MP_ENTRIES = 0xB002
_MP_PREVIEWS = frozenset({0x010001, 0x010002})
"""Types of CIPA DC-007: large thumbnails for a television; others are views of their own."""
_JFXX_HEADS = {0x11: 6 + 2 + 768, 0x13: 6 + 2}
_HARMLESS = ((0xEE, b"Adobe"), (0xEC, b"Ducky"), (0xED, b"Adobe_CM"), (0xE2, b"urn:iso:std:iso:ts"))
"""Adobe's colour transform, quality and colour mark; the numbers of a gain map (ISO 21496-1)."""
_FEW = 100
_PIXELS = frozenset({*range(0xC0, 0xD0), 0xDA, 0xDB})
"""Markers of frames, scans and their tables."""


def read(data: bytes, markers: Markers, blocks: Blocks) -> None:
    """Collect every block of metadata, and look into those that are of unknown make."""
    pieces = _Pieces()
    for marker, start, end in markers.segments:
        if marker == 0xFE:
            blocks.tags.append(Tag("jpeg", "Comment", exif.decode_text(data[start:end])))
        elif marker in range(0xE0, 0xF0):
            _sort(marker, data[start:end], pieces, blocks)
        elif marker not in _PIXELS:
            contents.add_words("jpeg", data[start:end], blocks)  # decoders pass over it
    pieces.hand_over(blocks)


class _Pieces:
    """Blocks that run over several segments, until they are whole."""

    def __init__(self) -> None:
        self.exif: list[bytearray] = []
        self.photoshop = bytearray()
        self.icc: list[tuple[int, bytes]] = []
        self.flir: list[tuple[int, bytes]] = []
        self.extended: dict[bytes, list[tuple[int, bytes]]] = defaultdict(list)
        self.jumbf: dict[bytes, bytearray] = defaultdict(bytearray)
        self.unknown: dict[tuple[int, bytes], bytearray] = defaultdict(bytearray)

    def hand_over(self, blocks: Blocks) -> None:
        """Give everything to those who read it."""
        blocks.exif += [bytes(block) for block in self.exif]
        if self.photoshop:
            blocks.photoshop.append(bytes(self.photoshop))
        if self.icc:
            blocks.icc.append(b"".join(piece for _, piece in sorted(self.icc)))
        if self.flir:
            flir.read(b"".join(piece for _, piece in sorted(self.flir)), blocks)
        for pieces in self.extended.values():
            blocks.xmp.append(b"".join(piece for _, piece in sorted(pieces)))
        for block in self.jumbf.values():
            contents.look("jpeg", bytes(block), blocks, contents.C2PA)
        for (_, name), block in self.unknown.items():
            contents.look("jpeg", bytes(block), blocks)
            contents.add_words("jpeg", name, blocks)


def _sort(marker: int, body: bytes, pieces: _Pieces, blocks: Blocks) -> None:
    """Put a segment where it belongs, by its marker and the name that it begins with."""
    if marker == 0xE0 and body.startswith((b"JFIF\0", b"JFXX\0")):
        _read_jfif(body, blocks)
    elif marker == 0xE1 and body.startswith((b"Exif\0", b"http:", _FLIR)):
        _sort_first(body, pieces, blocks)
    elif marker == 0xE2 and body.startswith(_ICC):
        pieces.icc.append((body[12] if len(body) > 12 else 0, body[14:]))
    elif marker == 0xE3 and body.startswith((b"Meta\0\0", b"META\0\0")):
        pieces.exif.append(bytearray(body[6:]))  # Kodak's own tags, laid out like EXIF
    elif marker == 0xEB and body.startswith(b"JP") and len(body) > 8:
        pieces.jumbf[body[2:4]] += body[8:]
    elif marker == 0xED and body.startswith(_PHOTOSHOP):
        pieces.photoshop += body[len(_PHOTOSHOP) :]
    elif not _is_harmless(marker, body):
        _add_unknown(marker, body, pieces)


def _sort_first(body: bytes, pieces: _Pieces, blocks: Blocks) -> None:
    """Put a segment of the first kind where it belongs: EXIF, XMP, XMP's extension, or FLIR's."""
    if body.startswith(b"Exif\0"):
        _add_exif(body[6:], pieces.exif)
    elif body.startswith(_XMP):
        blocks.xmp.append(body[len(_XMP) :])
    elif body.startswith(_EXTENDED_XMP):
        piece = body[len(_EXTENDED_XMP) :]
        offset = int.from_bytes(piece[36:40], "big")
        pieces.extended[piece[:32]].append((offset, piece[_EXTENDED_HEAD:]))
    elif body.startswith(_FLIR):
        pieces.flir.append((body[6] if len(body) > 6 else 0, body[8:]))
    else:
        _add_unknown(0xE1, body, pieces)


def _is_harmless(marker: int, body: bytes) -> bool:
    if marker == 0xE2 and body.startswith(b"MPF\0"):
        return True
    return any(
        marker == number
        and body.startswith(name)
        and len(body) <= _FEW
        and not contents.words(body[len(name) :])
        for number, name in _HARMLESS
    )


def _add_unknown(marker: int, body: bytes, pieces: _Pieces) -> None:
    """Join segments that begin with the same name: a preview runs over several."""
    name, mark, rest = body.partition(b"\0")
    if not mark or not name or len(name) > 16:
        name, rest = b"", body
    elif marker == 0xE2 and name == b"FPXR":
        rest = body[13:]  # a version, a type, the stream's number and an offset
    pieces.unknown[marker, name] += rest


def _add_exif(body: bytes, found: list[bytearray]) -> None:
    """Add an EXIF segment; one over 64 KiB goes on in the next, which has no TIFF header."""
    if found and body[:2] not in {b"II", b"MM"}:
        found[-1] += body
    else:
        found.append(bytearray(body))


def _read_jfif(body: bytes, blocks: Blocks) -> None:
    """Add the thumbnail of JFIF (bare RGB) or of its extension (JPEG, palette or bare RGB)."""
    import numpy as np

    code = 0 if body.startswith(b"JFIF") else body[5] if len(body) > 7 else 0
    if body.startswith(b"JFXX") and code == 0x10:
        if body[6:9] == b"\xff\xd8\xff":
            blocks.hidden.append(Hidden("thumbnail", body[6:]))
        return
    size, head = (12, 14) if body.startswith(b"JFIF") else (6, _JFXX_HEADS.get(code, 0))
    if len(body) < size + 2 or not head:
        contents.add_words("jpeg", body[5:], blocks)
        return
    width, height = body[size], body[size + 1]
    depth = 1 if code == 0x11 else 3
    contents.add_words("jpeg", body[head + width * height * depth :], blocks)
    values = np.frombuffer(body[head : head + width * height * depth], np.uint8)
    if not width * height:
        return
    if values.size < width * height * depth:
        blocks.gaps.append("thumbnail")
        return
    if depth == 1:
        values = np.frombuffer(body[8 : 8 + 768], np.uint8).reshape(256, 3)[values]
    blocks.pictures.append(("thumbnail", values.reshape(height, width, 3)))


def roles(data: bytes, markers: Markers) -> dict[int, Role]:
    """Return what the index of a multi-picture file (CIPA DC-007) says of each, by its offset."""
    found: dict[int, Role] = {}
    for marker, start, end in markers.segments:
        if marker != 0xE2 or data[start : start + 4] != b"MPF\0":
            continue
        try:
            index = tiff.Tiff(data[start + 4 : end])
            for directory in index.directories():
                entries = directory.raw(_MP_ENTRIES)
                for at in range(0, len(entries) - 15, 16):
                    kind, _, offset = (
                        int.from_bytes(entries[at + n : at + n + 4], index.order) for n in (0, 4, 8)
                    )
                    is_preview = kind & 0xFFFFFF in _MP_PREVIEWS
                    found[start + 4 + offset] = "preview" if is_preview else "page"
        except UnreadableImage:
            continue  # the pictures are found all the same, by where they start
    return found
