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


_NAME_MISREAD = ("nane", "nome", "namc", "narne", "hame", "mame", "neme")
"""What the word "name" of a label is read as in small print; the word before it tells."""


@cache
def known() -> dict[str, tuple[str, str, bool]]:
    """Map the folded letters of each phrase to (meaning, phrase, weak)."""
    found: dict[str, tuple[str, str, bool]] = {}
    for phrase, meaning, weak in phrases():
        found.setdefault(_fold(phrase), (meaning, phrase, weak))
    for key, of in list(found.items()):
        if of[1].endswith((" name", "name")):
            for misread in _NAME_MISREAD:
                found.setdefault(key[: -len("name")] + misread, of)
    return found


@cache
def _beginnings() -> frozenset[str]:
    """Return every phrase and everything that one begins with."""
    return frozenset(key[:length] for key in known() for length in range(1, len(key) + 1))


@cache
def _endings() -> frozenset[str]:
    """Return everything that a phrase ends with."""
    return frozenset(key[start:] for key in known() for start in range(len(key)))


_HEAD = 6


@cache
def _heads() -> frozenset[str]:
    """Return the first six letters of every phrase that has so many."""
    return frozenset(key[:_HEAD] for key in known() if len(key) >= _HEAD)


@cache
def _short() -> frozenset[str]:
    """Return the phrases of two to five letters."""
    return frozenset(key for key in known() if len(key) < _HEAD)


def _lengths(head: str) -> tuple[int, ...]:
    """Return the lengths of the short phrases that six letters begin with; 0 for a longer one."""
    short = tuple(length for length in range(2, _HEAD) if head[:length] in _short())
    return (0,) if head in _heads() else short


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


def _half_known(word: str) -> bool:
    """Return whether a phrase may be misspelt: one wrong letter leaves the other half as it was."""
    half = len(word) // 2
    return word[:half] in _beginnings() or word[half:] in _endings()


def _fuzzy(word: str) -> str | None:
    """Return the known phrase that `word` misspells by one letter, if there is just one meaning."""
    if not _half_known(word) or is_ordinary(word):
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
_TO_CASE = _Table(_case)
_ASCII = range(128)
_FOLDED_ASCII = bytes(ord(_folded(chr(code)) or "\0") for code in _ASCII) + bytes(128)
_INSIDE_ASCII = bytes(ord(char) for char in _INSIDE if char.isascii())
_KEPT_ASCII = bytes(code not in _INSIDE_ASCII for code in _ASCII) + bytes(128)
_CASE_ASCII = bytes(ord(_case(chr(code))) for code in _ASCII) + bytes(128)
"""The same for bytes, which are translated thirty times as fast."""
_RUN = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")


def _read(raw: str) -> tuple[str, bytes, str]:
    """Return the folded letters of a text, which characters they came from, and every case."""
    folded, kept, cases = list[str](), list[bytes](), list[str]()
    for found in _RUN.finditer(raw):
        run = found.group()
        if run.isascii():
            code = run.encode("ascii")
            folded.append(code.translate(_FOLDED_ASCII, _INSIDE_ASCII).decode("ascii"))
            kept.append(code.translate(_KEPT_ASCII))
            cases.append(code.translate(_CASE_ASCII).decode("ascii"))
        else:
            folded.append(run.translate(_TO_FOLDED))
            kept.append(bytes(char not in _INSIDE for char in run))
            cases.append(run.translate(_TO_CASE))
    return "".join(folded), b"".join(kept), "".join(cases)


_START = re.compile("(?<![Ula])[Ula]|(?<=l)U")
_ANNOUNCED = re.compile(
    r"(?<=[^ .\n])(?=[ .]{0,2}(?:[:#=\n]|\Z)|[ .]{3}|[ .]{1,2}[A-Z]{0,3}\d[\d-]{5,}(?![\w.,-]))"
)
"""Where a label may end: before a colon, the end of a cell, a wide gap, or a long number."""


def _may_be_misspelt(folded: str, index: int, stop: int) -> bool:
    """Return whether the letters before a colon or a cell's end may be a label, not quite."""
    if folded[index : index + 2] not in _starts():
        return False
    if not folded[index + _MISSPELT_FROM - 1 : stop].isalpha():
        return False
    return _half_known(folded[index:stop]) or folded[stop : stop + 1].isalpha()


class Letters:
    """The folded letters of a text with the offsets they came from; other characters break it.

    A line break stands between cells.
    """

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.misspelt: dict[str, str | None] = {}
        self.folded, kept, self._cases = _read(raw)
        self.offsets = list(compress(range(len(raw)), kept))
        self._counts = list(accumulate(kept))
        ends = (found.start() - 1 for found in _ANNOUNCED.finditer(raw))
        self._announced = [self._counts[end] for end in ends if kept[end]]

    def starts(self) -> Iterator[tuple[int, bool]]:
        """Yield the letters at which a word starts that may be a label's.

        `JohnDOB` and `12DOB` count. With each comes whether a phrase may start there as it is
        written; else only a misspelt one.
        """
        folded, counts, place = self.folded, self._counts, 0
        announced = [*self._announced, len(folded) + LONGEST + 1]
        starts = [counts[found.start()] - 1 for found in _START.finditer(self._cases)]
        heads = [folded[index : index + _HEAD] for index in starts]
        lengths_of = {head: _lengths(head) for head in set(heads)}
        maybe = {h: bool(lengths) or h[:2] in _starts() for h, lengths in lengths_of.items()}
        for index, head in zip(starts, heads, strict=True):
            if not maybe[head]:
                continue
            lengths = lengths_of[head]
            if lengths and (not lengths[0] or any(self.ends(index + each) for each in lengths)):
                yield index, True
                continue
            while announced[place] < index + _MISSPELT_FROM:
                place += 1
            stop = announced[place]
            if stop <= index + LONGEST and _may_be_misspelt(folded, index, stop):
                yield index, False

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


def _exact(letters: Letters, index: int) -> tuple[str, int] | None:
    """Return the longest phrase that starts at a letter as it is written, and the letter after."""
    exact = None
    folded, phrases_known, beginnings = letters.folded, known(), _beginnings()
    for stop in range(index + 2, len(folded) + 1):
        key = folded[index:stop]
        if key not in beginnings:
            break
        if key in phrases_known and letters.ends(stop):
            exact = key, stop
    return exact


def phrase_at(letters: Letters, index: int, *, written: bool) -> tuple[str, int] | None:
    """Return the longest phrase that starts at a letter, and the letter after it.

    Only a misspelt one unless it may be there as it is `written`; such a one counts only before a
    colon or a long number, or at the end of its cell.
    """
    exact, folded = _exact(letters, index) if written else None, letters.folded
    shortest = max(exact[1] - index + 1 if exact else 0, _MISSPELT_FROM)
    for stop in letters.announced(index + shortest, index + LONGEST):
        word = folded[index:stop]
        if word not in letters.misspelt:  # prose has its words again and again
            letters.misspelt[word] = None if _BREAK in word else _fuzzy(word)
        misspelt = letters.misspelt[word]
        if misspelt is not None and not letters.is_name(index, stop):
            return misspelt, stop
    return exact
