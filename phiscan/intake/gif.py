"""GIF's extensions: comments, plain texts, XMP, and what programs add of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phiscan.intake import contents, structure
from phiscan.intake.exif import decode_text
from phiscan.model import Tag

if TYPE_CHECKING:
    from phiscan.intake.blocks import Blocks

_PLAIN_TEXT, _CONTROL, _COMMENT, _APPLICATION = 0x01, 0xF9, 0xFE, 0xFF
_HARMLESS = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
_XMP = b"XMP DataXMP"
_MOST_COMMENTS = 1000


def read(data: bytes, blocks: Blocks) -> None:
    """Collect the extensions' texts and metadata."""
    comments = 0
    for label, body in structure.gif_extensions(data):
        if label == _APPLICATION and body.startswith(_XMP):
            blocks.xmp.append(_xmp(data, blocks))
        elif label == _APPLICATION and body.startswith(_HARMLESS):
            continue
        elif label in {_COMMENT, _PLAIN_TEXT}:
            comments += 1
            if comments > _MOST_COMMENTS:
                blocks.gaps.append("metadata")
                return
            text = body[12:] if label == _PLAIN_TEXT else body
            blocks.tags.append(Tag("gif", "Comment", decode_text(text)))
        elif label != _CONTROL:
            name = contents.C2PA if body.startswith(b"C2PA_GIF") else contents.UNKNOWN
            contents.look("gif", body, blocks, name)


def _xmp(data: bytes, blocks: Blocks) -> bytes:
    """Return the packet as it stands in the file: GIF's block lengths are characters of it."""
    start = data.index(_XMP) + len(_XMP)
    end = data.find(b"\x01\xff\xfe\xfd", start)
    if end < 0:
        blocks.gaps.append("metadata")
        return b""
    return data[start:end]
