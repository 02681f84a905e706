"""Recognise the phrases of labels, letter by letter, as OCR may have read them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from phiscan.identifiers._vocabulary import phrases
from phiscan.identifiers._words import is_ordinary

if TYPE_CHECKING:
    from phiscan.identifiers._letters import Letters

FOLDED = {"0": "o", "1": "l", "i": "l", "5": "s", "|": "l"}
BREAK = "\n"
"""What stands between two cells."""
LONGEST = 40
"""Letters of the longest label."""
MISSPELT_FROM = 5
"""Letters from which a label may be misspelt by one."""
HEAD = 6
"""Letters of a word's beginning by which it is looked up."""
_NAME_MISREAD = ("nane", "nome", "namc", "narne", "hame", "mame", "neme")
"""What the word "name" of a label is read as in small print; the word before it tells."""


@cache
def known() -> dict[str, tuple[str, str, bool]]:
    """Map the folded letters of each phrase to (meaning, phrase, weak)."""
    found: dict[str, tuple[str, str, bool]] = {}
    for phrase, meaning, weak in phrases():
        found.setdefault(_fold(phrase), (meaning, phrase, weak))
    for key, of in list(found.items()):
        if of[1].endswith("name"):
            for misread in _NAME_MISREAD:
                found.setdefault(key[: -len("name")] + misread, of)
    return found


@cache
def beginnings() -> frozenset[str]:
    """Return every phrase and everything that one begins with."""
    return frozenset(key[:length] for key in known() for length in range(1, len(key) + 1))


@cache
def endings() -> frozenset[str]:
    """Return everything that a phrase ends with."""
    return frozenset(key[start:] for key in known() for start in range(len(key)))


@cache
def _by_head() -> dict[str, tuple[int, ...]]:
    """Map the first six letters of phrases to the lengths of those that begin so, longest first."""
    found: dict[str, set[int]] = {}
    for key in known():
        found.setdefault(key[:HEAD], set()).add(len(key))
    return {head: tuple(sorted(lengths, reverse=True)) for head, lengths in found.items()}


def lengths_of(head: str) -> tuple[int, ...]:
    """Return the lengths of the phrases that may begin with six letters, longest first."""
    by_head = _by_head()
    found = by_head.get(head, ())
    for length in range(min(len(head), HEAD) - 1, 1, -1):
        found += by_head.get(head[:length], ())
    return found


@cache
def starts() -> frozenset[str]:
    """Return the first two letters of every phrase: one may be misspelt in those that follow."""
    return frozenset(key[:2] for key in known())


@cache
def _misspelt() -> dict[str, tuple[str, ...]]:
    """Map each phrase of five or more letters, less any one letter, to the phrases it came from."""
    found: dict[str, tuple[str, ...]] = {}
    for key in known():
        if len(key) >= MISSPELT_FROM:
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


def half_known(word: str) -> bool:
    """Return whether a phrase may be misspelt: one wrong letter leaves the other half as it was."""
    half = len(word) // 2
    return word[:half] in beginnings() or word[half:] in endings()


def _fuzzy(word: str) -> str | None:
    """Return the known phrase that `word` misspells by one letter, if there is just one meaning."""
    if not half_known(word) or is_ordinary(word):
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
    return "".join(FOLDED.get(char, char) for char in phrase if char != " ")


def phrase_at(letters: Letters, index: int, written: int) -> tuple[str, int] | None:
    """Return the longest phrase that starts at a letter, and the letter after it.

    `written` is where one as it is written ends, or 0; a misspelt one counts only before a colon or
    a long number, or at the end of its cell.
    """
    folded = letters.folded
    shortest = max(written - index + 1, MISSPELT_FROM)
    for stop in letters.announced(index + shortest, index + LONGEST):
        word = folded[index:stop]
        if word not in letters.misspelt:  # prose has its words again and again
            letters.misspelt[word] = None if BREAK in word else _fuzzy(word)
        misspelt = letters.misspelt[word]
        if misspelt is not None and not letters.is_name(index, stop):
            return misspelt, stop
    return (folded[index:written], written) if written else None
