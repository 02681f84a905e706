"""Recognise the phrases of labels, letter by letter, as OCR may have read them."""

from __future__ import annotations

from functools import cache

from phiscan.identifiers._ocr import base_letter
from phiscan.identifiers._vocabulary import phrases
from phiscan.identifiers._words import is_ordinary

_FOLDED = {"0": "o", "1": "l", "i": "l", "5": "s", "|": "l"}
_INSIDE = frozenset(" .'’`/-_°º")
"""Characters that may stand between the letters of a label."""
LONGEST = 40
"""Letters of the longest label."""


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
def _starts() -> frozenset[str]:
    """Return the first two letters of every phrase: most words are ruled out by them."""
    return frozenset(key[:2] for key in known())


@cache
def _misspelt() -> dict[str, tuple[str, ...]]:
    """Map each phrase of five or more letters, less any one letter, to the phrases it came from."""
    found: dict[str, tuple[str, ...]] = {}
    for key in known():
        if len(key) >= 5:
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


class Letters:
    """The folded letters of a cell with the offsets they came from; other characters break it."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.offsets: list[int] = []
        chars: list[str] = []
        for offset, char in enumerate(raw):
            if char in _INSIDE:
                continue
            base = base_letter(char)
            folded = _FOLDED.get(base, base)
            chars.append(folded if folded.isalnum() else "\0")
            self.offsets.append(offset)
        self.folded = "".join(chars)

    def begins(self, index: int) -> bool:
        """Return whether a word starts at letter `index`; `JohnDOB` and `12DOB` count."""
        offset = self.offsets[index]
        if not self.raw[offset].isalpha() or self.folded[index : index + 2] not in _starts():
            return False
        before = self.raw[offset - 1] if offset else " "
        return not before.isalpha() or (before.islower() and self.raw[offset].isupper())

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

    def announces(self, index: int) -> bool:
        """Return whether a colon or the end of the cell follows the letter before `index`."""
        after = self.offsets[index - 1] + 1
        following = self.raw[after : after + 3].lstrip(" .")
        return not following or following[0] in ":#="


def phrase_at(letters: Letters, index: int) -> tuple[str, int] | None:
    """Return the longest phrase that starts at a letter, and the letter after it.

    A misspelt one counts only before a colon or at the end of its cell.
    """
    exact = None
    for stop in range(index + 2, len(letters.folded) + 1):
        key = letters.folded[index:stop]
        if key not in _beginnings():
            break
        if key in known() and letters.ends(stop):
            exact = key, stop
    shortest = max(exact[1] - index + 1 if exact else 0, 5)
    for stop in range(index + shortest, min(index + LONGEST, len(letters.folded)) + 1):
        if not letters.folded[stop - 1].isalpha():
            break
        if letters.announces(stop):
            misspelt = _fuzzy(letters.folded[index:stop])
            if misspelt is not None:
                return misspelt, stop
    return exact
