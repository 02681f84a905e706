"""What optical character recognition confuses, undone without moving a character."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import combinations, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGITS = str.maketrans(
    {"O": "0", "o": "0", "Q": "0", "D": "0", "I": "1", "l": "1", "|": "1", "!": "1", "i": "1",
     "Z": "2", "z": "2", "S": "5", "s": "5", "G": "6", "B": "8", "g": "9"}
)  # fmt: skip
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u30fc\u4e00~_", "-"))


def as_digits(text: str) -> str:
    """Return `text` with the letters that look like digits replaced, same length."""
    return text.translate(_DIGITS)


def plain_dashes(text: str) -> str:
    """Return `text` with every kind of dash as `-`, same length."""
    return text.translate(_DASHES)


def all_plain_dashes(text: str) -> str:
    """Return the same for a long text: signs that are not there are soon not found."""
    for dash in _DASHES:
        text = text.replace(chr(dash), "-")
    return text


@cache
def base_letter(char: str) -> str:
    """Return the small letter under a character's accents, or the character itself.

    Korean syllables stay whole: apart they are three letters, of which the first says little.
    """
    if "\uac00" <= char <= "\ud7a3":
        return char
    lowered = unicodedata.normalize("NFKD", char)[0].lower()
    return lowered if len(lowered) == 1 else char


_SWAPS = {
    "O": "0", "0": "O", "I": "1", "1": "I", "S": "5", "5": "S", "B": "8", "8": "B", "Z": "2",
    "2": "Z", "G": "6", "6": "G",
}  # fmt: skip
_MOST_READINGS = 64


def readings(code: str, most: int) -> Iterator[str]:
    """Yield what a code of capitals and digits may have been before it was misread.

    Up to `most` characters are swapped with their look-alike, and at most 64 readings come: each
    one more that is tried makes a check digit worth less.
    """
    places = [place for place, char in enumerate(code) if char in _SWAPS]
    chosen = (c for count in range(1, most + 1) for c in combinations(places, count))
    for swapped in islice(chosen, _MOST_READINGS):
        chars = list(code)
        for place in swapped:
            chars[place] = _SWAPS[chars[place]]
        yield "".join(chars)
