"""Bytes that nobody here knows how to read: find the pictures and the words in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from phiscan.errors import UnreadableImage
from phiscan.intake import jpeg, structure
from phiscan.intake.blocks import Blocks, Hidden
from phiscan.model import Tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phiscan.model import Role

WORDS, UNKNOWN, C2PA = "words", "unknown", "c2pa"
"""Groups of tags that intake makes itself: no name in a file can pass for one of them."""

_STARTS = re.compile(
    rb"\xff\xd8\xff[\xdb\xe0-\xef\xfe]|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF[\x00-\xff]{4}WEBP"
)
_MOST_PICTURES = 50
"""As many as the default limit on frames."""
_MOST_BROKEN = 8
"""Starts of pictures that lead nowhere: each may cost a walk to the end of the data."""

_UTF8 = rb"[\x20-\x7e]|[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}"
_RUN = re.compile(rb"(?:" + _UTF8 + rb"){8,}")
_WIDE = re.compile(rb"(?:[\x20-\x7e]\0){6,}|(?:\0[\x20-\x7e]){6,}")
_WORD = re.compile(r"[A-Z]?[a-z]{3}|[A-Z]{3}")
_PLAIN = re.compile(r"[\w ]")
_BLANK = re.compile(r"[^\W\d_] (?=[^\W\d_])")
_SHARE = 0.85
"""Share of letters, digits and blanks from which printable bytes count as words: compressed data
are printable for eight bytes in a row about once in 3,000."""
_SEVERAL = 2
_MOST_BYTES = 8 * 1024 * 1024
_MOST_TEXT = 16 * 1024


def pictures(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield start and end of every JPEG, PNG, GIF and WebP in `data`; an end of 0 says broken.

    Three bytes of FF D8 FF occur by chance in a video of a few megabytes; a JPEG is what goes on
    with an application segment or a table that another marker follows.
    """
    at = found = broken = 0
    while match := _STARTS.search(data, at):
        start, at = match.start(), match.start() + 3
        if found >= _MOST_PICTURES or broken >= _MOST_BROKEN:
            yield start, 0
            return
        if data[start] == 0xFF and not _goes_on(data, start):
            continue
        try:
            end = _end(data, start)
        except UnreadableImage:
            broken += 1
            yield start, 0
        else:
            found += 1
            at = end
            yield start, end


def _goes_on(data: bytes, start: int) -> bool:
    length = int.from_bytes(data[start + 4 : start + 6], "big")
    return length >= 2 and data[start + 4 + length : start + 5 + length] in {b"\xff", b""}


def _end(data: bytes, start: int) -> int:
    """Return the offset behind the picture that starts at an offset; UnreadableImage if cut."""
    if data[start] == 0xFF:
        return jpeg.walk(data, start).end
    view = data[start:]
    if view.startswith(b"\x89"):
        return start + max(end for _, _, end in structure.png_chunks(view)) + 4
    if view.startswith(b"GIF"):
        return start + structure.gif_end(view)[0]
    return start + structure.webp_end(view)


def words(data: bytes, room: int = _MOST_TEXT) -> str:
    """Return what is readable in `data`, a line for each run of it, at most `room` characters.

    The runs are of ASCII and UTF-8 from 8 characters on, and of UTF-16 from 6.
    """
    part = data if len(data) <= 2 * _MOST_BYTES else data[:_MOST_BYTES] + data[-_MOST_BYTES:]
    lines: list[str] = []
    for text in _runs(part):
        if not _is_language(text):
            continue
        if room <= 0:
            break
        lines.append(text[:room])
        room -= len(text) + 1
    return "\n".join(lines)


def _is_language(text: str) -> bool:
    """Return whether printable characters say anything: a word among few marks, or several words.

    XML and JSON are full of marks.
    """
    words = sum(1 for _ in islice(_WORD.finditer(text), _SEVERAL))
    plain = sum(1 for _ in _PLAIN.finditer(text))
    return words == _SEVERAL or (words > 0 and plain >= _SHARE * len(text))


def is_prose(text: str) -> bool:
    """Return whether a long value is words and not data: one blank of 50 characters parts letters.

    Base64 has none, and lists of numbers have no letters.
    """
    return 50 * sum(1 for _ in _BLANK.finditer(text)) > len(text)


def _runs(data: bytes) -> Iterator[str]:
    for match in _RUN.finditer(data):
        yield match.group().decode("utf-8", "ignore").strip()
    for match in _WIDE.finditer(data):
        yield match.group().replace(b"\0", b"").decode("ascii").strip()


def add_pictures(
    data: bytes, blocks: Blocks, offset: int = 0, roles: Mapping[int, Role] | None = None
) -> list[tuple[int, int]]:
    """Add every picture in `data` to the hidden ones, and return where they lie.

    `roles` says what those are whose offset in the file is known, `offset` where `data` starts.
    """
    places = []
    for start, end in pictures(data):
        if not end:
            blocks.gaps.append("hidden picture")
            continue
        role = (roles or {}).get(offset + start, "preview")
        blocks.hidden.append(Hidden(role, data[start:end]))
        places.append((start, end))
    return places


def add_words(where: str, data: bytes, blocks: Blocks) -> bool:
    """Add what is readable as a tag of the group `words`, and return whether that was all.

    All such tags of a file share 16,384 characters: a second for the identifiers.
    """
    room = _MOST_TEXT - sum(len(tag.value) for tag in blocks.tags if tag.group == WORDS)
    text = words(data, room)
    if text:
        blocks.tags.append(Tag(WORDS, where, text))
    return len(text) < room


def look(where: str, data: bytes, blocks: Blocks, group: str = UNKNOWN) -> None:
    """Note bytes of unknown make: that they are there, the pictures in them, and the words.

    `where` is the format, or the group of tags, that they belong to.
    """
    if not data.strip(b"\0 "):
        return
    blocks.tags.append(Tag(group, where, f"<{len(data)} bytes>"))
    add_pictures(data, blocks)
    if not add_words(where, data, blocks) and group == UNKNOWN:
        blocks.gaps.append("metadata")
