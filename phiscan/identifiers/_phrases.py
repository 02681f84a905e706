"""Recognise the phrases of labels, letter by letter, as OCR may have read them."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from itertools import accumulate, compress
from typing import TYPE_CHECKING

from phiscan.identifiers._ocr import base_letter
from phiscan.identifiers._vocabulary import phrases
from phiscan.identifiers._words import is_name, is_ordinary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FOLDED = {"0": "o", "1": "l", "i": "l", "5": "s", "|": "l"}
_INSIDE = frozenset(" .'’`/-_°º")
"""Characters that may stand between the letters of a label."""
_BREAK = "\n"
"""What stands between two cells."""
LONGEST = 40
"""Letters of the longest label."""
_MISSPELT_FROM = 5
"""Letters from which a label may be misspelt by one."""


@cache
def known() -> dict[str, tuple[str, str, bool]]:
    """Map the folded letters of each phrase to (meaning, phrase, weak)."""
    found: dict[str, tuple[str, str, bool]] = {}
    for phrase, meaning, weak in phrases():
        found.setdefault(_fold(phrase), (meaning, phrase, weak))
    return found


@cache
def _beginnings() -> frozenset[str]:
    """Return every phrase and everything that one begins with."""
    return frozenset(key[:length] for key in known() for length in range(1, len(key) + 1))


@cache
def _endings() -> frozenset[str]:
    """Return everything that a phrase ends with."""
    return frozenset(key[start:] for key in known() for start in range(len(key)))


_HEAD = 4


@cache
def _heads() -> frozenset[str]:
    """Return the first four letters of every phrase that has so many."""
    return frozenset(key[:_HEAD] for key in known() if len(key) >= _HEAD)


@cache
def _short() -> frozenset[str]:
    """Return the phrases of two and three letters."""
    return frozenset(key for key in known() if len(key) < _HEAD)


@cache
def _starts() -> frozenset[str]:
    """Return the first two letters of every phrase: one may be misspelt in those that follow."""
    return frozenset(key[:2] for key in known())


@cache
def _misspelt() -> dict[str, tuple[str, ...]]:
    """Map each phrase of five or more letters, less any one letter, to the phrases it came from."""
    found: dict[str, tuple[str, ...]] = {}
    for key in known():
        if len(key) >= _MISSPELT_FROM:
            for shorter in {key, *_shortened(key)}:
                found[shorter] = (*found.get(shorter, ()), key)
    return found


def _shortened(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def _near(a: str, b: str) -> bool:
    """Return whether one letter changed, added or lost makes `a` into `b`."""
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return shorter in _shortened(longer) and longer != shorter + "s"


def _fuzzy(word: str) -> str | None:
    """Return the known phrase that `word` misspells by one letter, if there is just one meaning."""
    half = len(word) // 2  # one wrong letter leaves the other half as it was
    if word[:half] not in _beginnings() and word[half:] not in _endings():
        return None
    if is_ordinary(word):
        return None
    candidates = {
        key
        for shorter in (word, *_shortened(word))
        for key in _misspelt().get(shorter, ())
        if _near(word, key) and _keeps_short_words(word, key)
    }
    meanings = {known()[key][0] for key in candidates}
    return min(candidates) if len(meanings) == 1 else None


def _keeps_short_words(word: str, key: str) -> bool:
    """Return whether short words at a phrase's ends are kept: `PO no` is not `Pt no`."""
    tokens = known()[key][1].split()
    short = 3 if len(key) >= 10 else 4
    first, last = (_fold(tokens[0]), _fold(tokens[-1])) if len(tokens) > 1 else ("", "")
    return (len(first) > short or word.startswith(first)) and (
        len(last) > short or word.endswith(last)
    )


def _fold(phrase: str) -> str:
    return "".join(_FOLDED.get(char, char) for char in phrase if char != " ")


class _Table(dict[int, str | None]):
    """A table for `str.translate` that works a character out when it first meets it."""

    def __init__(self, make: Callable[[str], str | None]) -> None:
        self._make = make

    def __missing__(self, code: int) -> str | None:
        made = self[code] = self._make(chr(code))
        return made


def _folded(char: str) -> str | None:
    if char in _INSIDE:
        return None
    if char == _BREAK:
        return char
    base = base_letter(char)
    folded = _FOLDED.get(base, base)
    return folded if folded.isalnum() else "\0"


def _case(char: str) -> str:
    if not char.isalpha():
        return " "
    return "U" if char.isupper() else "l" if char.islower() else "a"


_TO_FOLDED = _Table(_folded)
_TO_KEPT = _Table(lambda char: "\0" if char in _INSIDE else "\1")
_TO_CASE = _Table(_case)
_START = re.compile("(?<![Ula])[Ula]|(?<=l)U")
_ANNOUNCED = re.compile(r"(?<=[^ .])(?=[ .]{0,2}(?:[:#=\n]|\Z)|[ .]{3})")


class Letters:
    """The folded letters of a text with the offsets they came from; other characters break it.

    A line break stands between cells.
    """

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.folded = raw.translate(_TO_FOLDED)
        kept = raw.translate(_TO_KEPT).encode("latin-1")
        self.offsets = list(compress(range(len(raw)), kept))
        self._counts = list(accumulate(kept))
        ends = (found.start() - 1 for found in _ANNOUNCED.finditer(raw))
        self._announced = [self._counts[end] for end in ends if kept[end]]

    def starts(self) -> Iterator[int]:
        """Yield the letters at which a word starts that may be a label's.

        `JohnDOB` and `12DOB` count.
        """
        starts, heads, short, folded = _starts(), _heads(), _short(), self.folded
        for found in _START.finditer(self.raw.translate(_TO_CASE)):
            index = self._counts[found.start()] - 1
            head = folded[index : index + _HEAD]
            if (
                head in heads
                or (head[:3] in short and self.ends(index + 3))
                or (head[:2] in short and self.ends(index + 2))
                or (head[:2] in starts and self._is_near_colon(index))
            ):
                yield index

    def _is_near_colon(self, index: int) -> bool:
        """Return whether a colon or the cell's end follows soon: there a label may be misspelt."""
        shortest = index + _MISSPELT_FROM
        place = bisect_left(self._announced, shortest)
        if place == len(self._announced) or self._announced[place] > index + LONGEST:
            return False
        return self.folded[shortest - 1 : self._announced[place]].isalpha()

    def ends(self, index: int) -> bool:
        """Return whether a word may end before letter `index`; `MRN123` and `NameJohn` count."""
        if index >= len(self.offsets):
            return True
        last, following = self.offsets[index - 1], self.offsets[index]
        char = self.raw[following]
        if following > last + 1 or not char.isalnum():
            return True
        if self.raw[last].isdigit():
            return False
        return char.isdigit() or (char.isupper() and self.raw[last].islower())

    def is_name(self, index: int, stop: int) -> bool:
        """Return whether letters are a person's name, and so no misspelt label: `Ilona`."""
        return is_name(self.raw[self.offsets[index] : self.offsets[stop - 1] + 1])

    def announced(self, first: int, last: int) -> Iterator[int]:
        """Yield from `first` to `last` the letters before which a colon or the cell's end stands.

        Stops where something else than letters comes between.
        """
        at = first - 1
        for place in range(bisect_left(self._announced, first), len(self._announced)):
            stop = self._announced[place]
            if stop > last or not self.folded[at:stop].isalpha():
                return
            at = stop
            yield stop


def phrase_at(letters: Letters, index: int) -> tuple[str, int] | None:
    """Return the longest phrase that starts at a letter, and the letter after it.

    A misspelt one counts only before a colon or at the end of its cell.
    """
    exact = None
    folded, phrases_known, beginnings = letters.folded, known(), _beginnings()
    for stop in range(index + 2, len(folded) + 1):
        key = folded[index:stop]
        if key not in beginnings:
            break
        if key in phrases_known and letters.ends(stop):
            exact = key, stop
    shortest = max(exact[1] - index + 1 if exact else 0, _MISSPELT_FROM)
    for stop in letters.announced(index + shortest, index + LONGEST):
        word = folded[index:stop]
        misspelt = None if _BREAK in word or letters.is_name(index, stop) else _fuzzy(word)
        if misspelt is not None:
            return misspelt, stop
    return exact
