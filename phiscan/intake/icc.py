"""ICC colour profiles: the texts in them, which name a screen, a maker, or whoever made them."""

from __future__ import annotations

from phiscan.intake.exif import decode_text
from phiscan.model import Tag

_HEAD, _ENTRY = 132, 12
_MOST_TAGS, _MOST_TEXT = 200, 2000
_TEXTS = frozenset({b"desc", b"text", b"mluc"})
"""Types of tag that hold words (ICC.1:2022, part 10); `desc` is that of version 2."""
_MEASURED = frozenset({b"targ", b"CIED", b"DevD"})
"""Tags with thousands of measured colours in digits."""


def read(profile: bytes) -> list[Tag]:
    """Return the profile's texts by the signature of their tag; nothing where it makes no sense."""
    tags = []
    count = min(int.from_bytes(profile[128:132], "big"), _MOST_TAGS)
    for at in range(_HEAD, _HEAD + count * _ENTRY, _ENTRY):
        signature = profile[at : at + 4]
        start = int.from_bytes(profile[at + 4 : at + 8], "big")
        body = profile[start : start + int.from_bytes(profile[at + 8 : at + 12], "big")]
        if len(signature) < 4 or body[:4] not in _TEXTS or signature in _MEASURED:
            continue
        text = _text(body)[:_MOST_TEXT]
        if text:
            tags.append(Tag("icc", signature.decode("latin-1"), text))
    return tags


def _text(body: bytes) -> str:
    if body[:4] == b"text":
        return decode_text(body[8:])
    if body[:4] == b"desc":
        return decode_text(body[12 : 12 + int.from_bytes(body[8:12], "big")])
    size, offset = (int.from_bytes(body[at : at + 4], "big") for at in (20, 24))
    return body[offset : offset + size].decode("utf-16-be", "replace").strip("\0 ")
