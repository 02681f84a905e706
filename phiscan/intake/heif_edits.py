"""The same HEIF or AVIF file with a few bytes changed, so that a decoder shows what it hides.

Decoders open what a file calls its primary picture and pass over the rest. Nothing is moved: only
numbers, flags and names of boxes change, so every offset in the file stays right.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.intake import structure
from phiscan.intake.heif_items import body_of, number_at

if TYPE_CHECKING:
    from phiscan.intake.heif_items import Item, Items

_ALPHA = re.compile(rb"alpha\0|hevc:2015:auxid:1\0")
_HANDLER = re.compile(rb"hdlr[\x00-\xff]{8}pict")


def led_to(data: bytes, items: Items, item: Item) -> bytes:
    """Return the file with `item` as its primary picture, for decoders that open only that one.

    It is also freed of what makes decoders pass over it: being hidden, or being said to be the
    thumbnail or the companion of another.
    """
    changed = bytearray(exposed(data, items))
    at, size = items.primary_at
    changed[at : at + size] = item.number.to_bytes(4, "big")[-size:]
    for kind, place, source, _ in items.references:
        if source == item.number and kind in {b"thmb", b"auxl"}:
            changed[place : place + 4] = b"skip"
    return bytes(changed)


def exposed(data: bytes, items: Items) -> bytes:
    """Return the file with no picture marked as hidden."""
    hidden = [item.flag_at for item in items.pictures() if item.hidden]
    if not hidden:
        return data
    changed = bytearray(data)
    for at in hidden:
        changed[at] &= 0xFE
    return bytes(changed)


def as_film(data: bytes) -> bytes:
    """Return the file as a film: FFmpeg takes HEIF's items for the film, and knows no `pict` track.

    It opens the frames of a sequence, which libheif's Python binding does not.
    """
    changed = bytearray(data)
    changed[8:12] = b"mp42"
    for kind, start, end in structure.boxes(data)[0]:
        if kind == b"meta":
            changed[start + 4 : start + 8] = b"free"
        elif kind == b"moov":
            for found in _HANDLER.finditer(data, start, end):
                changed[found.end() - 4 : found.end()] = b"vide"
    return bytes(changed)


def is_alpha(data: bytes, item: Item) -> bool:
    """Return whether an item is the transparency of another picture."""
    return any(
        kind == b"auxC" and re.search(_ALPHA, data[start:end]) is not None
        for kind, start, end in item.properties
    )


def uncropped(data: bytes, items: Items, least: int) -> bytes:
    """Return the file with its primary picture's crop (`clap`) undone; nothing where it has none.

    A crop of less than `least` pixels a side counts as none.
    """
    item = items.by_number.get(items.primary)
    boxes = {kind: start for kind, start, _ in item.properties} if item else {}
    if not {b"clap", b"ispe"} <= set(boxes):
        return b""
    size, crop = body_of(data, boxes[b"ispe"]) + 4, body_of(data, boxes[b"clap"])
    full = [number_at(data, size + n, 4) for n in (0, 4)]
    kept = [
        number_at(data, crop + n, 4) // max(number_at(data, crop + n + 4, 4), 1) for n in (0, 8)
    ]
    if all(whole - part < least for whole, part in zip(full, kept, strict=True)):
        return b""
    changed = bytearray(data)
    values = (full[0], 1, full[1], 1, 0, 1, 0, 1)
    changed[crop : crop + 32] = b"".join(value.to_bytes(4, "big") for value in values)
    return bytes(changed)
