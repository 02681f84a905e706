"""Change bytes and text as broken programs and attackers do; the same chance, the same change."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Sequence

_NUMBERS = tuple(
    struct.pack(form, value)
    for form, values in (
        ("B", (0, 1, 0x7F, 0x80, 0xFF)),
        (">H", (0, 1, 0x7FFF, 0xFFFF)),
        ("<H", (1, 0x7FFF, 0xFFFE)),
        (">I", (0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x10000)),
        ("<I", (1, 0x7FFFFFFF, 0xFFFFFFF0, 0x10000)),
        (">Q", (1, 2**63 - 1, 2**64 - 1)),
    )
    for value in values
)
"""Lengths, counts and offsets at which arithmetic goes wrong."""
_TOKENS = (
    *("MRN:", "DOB:", "Patient:", "SSN", "Mr. ", "bed 4", "03/04/1950", "123-45-6789", "1EG4-TE5-"),
    *("@", "http://", "::1", "+1 (", "é", "\u202e", "\u0301", "\ufffd", "\U0001f600", "İ", "ß"),
    *("\0", "\x1b[2J", "\n", "\r", "\t", "  ", "：", "８", "<<<", "----", "....", "((((", "''''"),
    *(
        '"""',
        "[[rule]]",
        "\n[limits]\n",
        " = ",
        "true",
        "nan",
        "inf",
        "-1",
        "1e999",
        "[",
        "{",
        "1_0",
    ),
)
_MOST = 200_000


def changed(data: bytes, others: Sequence[bytes], random_: random.Random) -> bytes:
    """Return the bytes after one to eight changes; pieces may come from the others."""
    body = bytearray(data)
    for _ in range(random_.choice((1, 1, 1, 2, 3, 5, 8))):
        change = random_.choice(_CHANGES)
        change(body, others, random_)
        del body[_MOST:]
    if random_.random() < 0.7 and body.startswith(b"\x89PNG"):
        _seal(body)
    return bytes(body)


def reworded(text: str, others: Sequence[str], random_: random.Random) -> str:
    """Return the text after one to eight changes; pieces may come from the others."""
    for _ in range(random_.choice((1, 1, 2, 3, 5, 8))):
        start, end = _span(len(text), random_)
        other = random_.choice(others)
        first, last = _span(len(other), random_)
        piece = random_.choice(
            (
                "",
                random_.choice(_TOKENS),
                random_.choice(_TOKENS) * random_.choice((2, 50, 2000)),
                text[start:end] * 2,
                text[start:end].upper(),
                text[start:end][::-1],
                other[first:last],
                chr(random_.choice((random_.randrange(128), random_.randrange(0xD800)))),
            )
        )
        text = (text[:start] + piece + text[end if random_.random() < 0.5 else start :])[:8000]
    return text


def _span(length: int, random_: random.Random) -> tuple[int, int]:
    start = random_.randint(0, length)
    longest = random_.choice((1, 4, 16, 256, length))
    return start, min(start + random_.randint(0, max(longest, 1)), length)


def _flip(body: bytearray, _: Sequence[bytes], random_: random.Random) -> None:
    if body:
        body[random_.randrange(len(body))] ^= 1 << random_.randrange(8)


def _number(body: bytearray, _: Sequence[bytes], random_: random.Random) -> None:
    number, at = random_.choice(_NUMBERS), random_.randint(0, len(body))
    body[at : at + len(number)] = number


def _cut(body: bytearray, _: Sequence[bytes], random_: random.Random) -> None:
    start, end = _span(len(body), random_)
    del body[start:end]


def _shorten(body: bytearray, _: Sequence[bytes], random_: random.Random) -> None:
    del body[random_.randint(0, len(body)) :]


def _repeat(body: bytearray, _: Sequence[bytes], random_: random.Random) -> None:
    start, end = _span(len(body), random_)
    body[start:start] = body[start:end] * random_.choice((1, 2, 40))


def _empty(body: bytearray, _: Sequence[bytes], random_: random.Random) -> None:
    start, end = _span(len(body), random_)
    body[start:end] = bytes([random_.choice((0, 0xFF))]) * (end - start)


def _splice(body: bytearray, others: Sequence[bytes], random_: random.Random) -> None:
    other, (start, end) = random_.choice(others), _span(len(body), random_)
    first, last = _span(len(other), random_)
    body[start:end] = other[first:last]


def _append(body: bytearray, others: Sequence[bytes], random_: random.Random) -> None:
    body += random_.choice(others)


_Change = Callable[[bytearray, Sequence[bytes], random.Random], None]
_CHANGES: tuple[_Change, ...] = (
    *(_flip, _flip, _number, _number, _cut, _shorten, _repeat, _empty, _splice, _append),
)


def _seal(body: bytearray) -> None:
    """Give every chunk of a PNG its right checksum again: else nothing behind it is looked at."""
    at = 8
    while at + 12 <= len(body):
        end = at + 8 + int.from_bytes(body[at : at + 4], "big")
        if end + 4 > len(body):
            return
        body[end : end + 4] = zlib.crc32(body[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
