"""PNG's chunks: text, EXIF, and the profiles that ImageMagick writes as text in hexadecimal."""

from __future__ import annotations

import re
import zlib

from phiscan.intake import contents
from phiscan.intake.blocks import Blocks
from phiscan.intake.structure import png_chunks
from phiscan.model import Tag

_LIMIT = 4 * 1024 * 1024
"""Inflated size from which a compressed text is no text; a kilobyte can hold a megabyte."""
_PROFILE = re.compile(r"Raw profile type (exif|APP1|iptc|8bim|xmp)", re.IGNORECASE)
_XMP_KEY = "XML:com.adobe.xmp"


_PIXELS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"hIST", b"fdAT", b"fcTL"})
_METADATA = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})
_STANDARD = frozenset(
    {
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"sBIT", b"sRGB", b"cICP"),
        *(b"mDCV", b"cLLI", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT"),
        *(b"oFFs", b"pCAL", b"sCAL", b"gIFg", b"gIFx", b"sTER", b"dSIG", b"iDOT", b"CgBI", b"vpAg"),
    }
)
"""Chunks of the PNG specification and its registry, and what Apple and ImageMagick add: pixels, how
to show them, and hardly ever anything to read. Any other is of unknown make."""


def split(data: bytes, blocks: Blocks) -> bytes:
    """Check every chunk, collect what is metadata, and return the file without it."""
    return split_at_end(data, blocks)[0]


def split_at_end(data: bytes, blocks: Blocks) -> tuple[bytes, int]:
    """Do as `split`, and also return the offset behind the file's last chunk.

    Pillow refuses a picture for a broken or overlong text; its pixels are worth a look still.
    """
    behind, view = 0, memoryview(data)
    kept = [view[:8]]
    for kind, start, end in png_chunks(data):
        behind = end + 4
        if kind not in _METADATA:
            kept.append(view[start - 8 : behind])
            if kind not in _PIXELS:
                _look(kind, data[start:end], blocks)
        else:
            _read(kind, data[start:end], blocks)
    return (data if sum(map(len, kept)) == len(data) else b"".join(kept)), behind


def _read(kind: bytes, body: bytes, blocks: Blocks) -> None:
    """File one chunk of metadata."""
    if kind == b"eXIf":
        blocks.exif.append(body.removeprefix(b"Exif\0\0"))
    elif kind == b"tIME" and len(body) == 7:
        year = int.from_bytes(body[:2], "big")
        month, day, hour, minute, second = body[2:]
        stamp = f"{year}:{month:02}:{day:02} {hour:02}:{minute:02}:{second:02}"
        blocks.tags.append(Tag("png", "tIME", stamp))
    elif body:
        key, text = _entry(kind, body)
        if text is None:
            blocks.gaps.append("metadata")
        else:
            _file(key, text, blocks)


def _look(kind: bytes, body: bytes, blocks: Blocks) -> None:
    """Look at a chunk that is no text: the colour profile, and those of unknown make."""
    if kind == b"iCCP":
        profile = _inflate(body.partition(b"\0")[2][1:])
        if profile is None:
            blocks.gaps.append("metadata")
        else:
            blocks.icc.append(profile)
    elif kind in _STANDARD:
        contents.add_words("png", body, blocks)  # the name of a palette, or what nobody looks for
    else:
        contents.look("png", body, blocks, contents.C2PA if kind == b"caBX" else contents.UNKNOWN)


def _entry(kind: bytes, body: bytes) -> tuple[str, bytes | None]:
    """Return a text chunk's key and bytes; None when it inflates to too much or not at all."""
    raw_key, _, rest = body.partition(b"\0")
    key = raw_key.decode("latin-1")
    if kind == b"tEXt":
        return key, _utf8(rest)
    if kind == b"zTXt":
        inflated = _inflate(rest[1:])
        return key, None if inflated is None else _utf8(inflated)
    flag, rest = rest[:1], rest[2:]
    text = rest.split(b"\0", 2)[-1]
    return key, _inflate(text) if flag == b"\1" else text


def _utf8(text: bytes) -> bytes:
    """Bring tEXt to UTF-8: the standard says Latin-1, many programs write UTF-8."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1").encode("utf-8")
    return text


def _inflate(packed: bytes) -> bytes | None:
    machine = zlib.decompressobj()
    try:
        text = machine.decompress(packed, _LIMIT)
    except zlib.error:
        return None
    return text if machine.eof else None


def _file(key: str, text: bytes, blocks: Blocks) -> None:
    """Put a text where it belongs: XMP, a profile in hexadecimal, or a plain tag."""
    profile = _PROFILE.fullmatch(key)
    if key == _XMP_KEY:
        blocks.xmp.append(text)
    elif profile:
        _file_profile(profile.group(1).lower(), text, blocks)
    else:
        blocks.tags.append(Tag("png", key, text.decode("utf-8", "replace")))


def _file_profile(name: str, text: bytes, blocks: Blocks) -> None:
    """Undo ImageMagick's way: a name line, a length line, then hexadecimal in lines of 72."""
    try:
        raw = bytes.fromhex(b"".join(text.split()[2:]).decode("ascii"))
    except ValueError:
        blocks.gaps.append("metadata")
        return
    if name in {"exif", "app1"} and not raw.startswith(b"http:"):
        blocks.exif.append(raw.removeprefix(b"Exif\0\0"))
    elif name in {"xmp", "app1"}:
        blocks.xmp.append(raw.removeprefix(b"http://ns.adobe.com/xap/1.0/\0"))
    else:
        blocks.photoshop.append(raw.removeprefix(b"Photoshop 3.0\0"))
