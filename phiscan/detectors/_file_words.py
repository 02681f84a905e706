"""File names as words: `Smith_John_MRN0012345.jpg` says three things without a blank."""

from __future__ import annotations

import re
from itertools import pairwise

_MARKS = re.compile(r"[_+~%=;\[\]{}()]+|(?<=\w)[.](?=\w)|--+")
_DASHES = re.compile(r"(?<=[^\W\d_])-(?=\w)|(?<=\d)-(?=[^\W\d_])")
_HUMPS = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_NUMBERS = re.compile(r"(?<=[^\W\d_]{2})(?=\d{3})|(?<=\d{3})(?=[^\W\d_]{2})")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_WORD = re.compile(r"[^\W\d_]+")
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")
_LONGEST = 255
"""Characters of a name that file systems take."""


def readings(name: str) -> tuple[str, ...]:
    """Return the ways to read a file's or folder's name as words, the plainest first.

    First as it stands, for an e-mail address has marks of its own; then with blanks for marks; then
    `SmithJohn` as two words and so `MRN0012345`, though `A12345` may be one number.
    """
    stem = _SUFFIX.sub("", _ESCAPES.sub(_unescaped, name[-_LONGEST:]))
    plain = " ".join(_DASHES.sub(" ", _MARKS.sub(" ", stem)).split())
    parted = " ".join(_NUMBERS.sub(" ", _HUMPS.sub(" ", plain)).split())
    return tuple(dict.fromkeys((stem, plain, parted)))


def pairs(text: str) -> list[tuple[str, bool]]:
    """Return each two words that stand side by side, with a capital, and whether that was guessed.

    A name may stand anywhere in a file's name: `Scan of Thomas Anderson`, `jane_doe_wound`.
    """
    words = _WORD.findall(text)
    return [
        (f"{one.capitalize()} {two.capitalize()}", not (one[0].isupper() and two[0].isupper()))
        for one, two in pairwise(words)
        if min(len(one), len(two)) > 1
    ]


def _unescaped(found: re.Match[str]) -> str:
    """Undo `%20`, as names of downloaded files have it."""
    return bytes.fromhex(found.group().replace("%", "")).decode("utf-8", "replace")
