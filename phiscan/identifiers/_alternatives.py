"""Patterns of many words, written so that few of them are tried at each place.

Python tries the alternatives of a pattern one after the other. Where they are grouped by their
letters, as the words of a dictionary are by its pages, most places are left after one look.
"""

from __future__ import annotations

from itertools import groupby

_LATIN = [chr(code) for code in range(0xC0, 0x250)]
CAPITALS = "A-Z" + "".join(letter for letter in _LATIN if letter.isupper())
SMALL = "a-z" + "".join(letter for letter in _LATIN if letter.islower())
"""The letters of a class in a pattern: `[A-ZÀ-Þ]` leaves out Łukasz, Şahin and Čapek."""
_FEW = 2
"""Alternatives up to which a group stays as it is."""


def grouped(alternatives: str) -> str:
    """Return a group that matches what some alternatives match, parted by bars as in a pattern.

    Those that do not begin with a plain letter or digit come last; of the others, those with one
    first letter stay in their order, so that the first that matches is the same as before.
    """
    every = _apart(alternatives)
    plain = [each for each in every if _is_plain(each)]
    others = [each for each in every if not _is_plain(each)]
    return f"(?:{'|'.join([*_nested(plain), *others])})"


def _nested(alternatives: list[str]) -> list[str]:
    """Return alternatives that each begin plainly, with one for all that share a first letter."""
    if len(alternatives) <= _FEW:
        return alternatives
    letters = dict.fromkeys(each[0] for each in alternatives)
    order = {letter: place for place, letter in enumerate(letters)}
    found = []
    groups = groupby(sorted(alternatives, key=lambda each: order[each[0]]), lambda each: each[0])
    for letter, group in groups:
        rest = [each[1:] for each in group]
        if len(rest) == 1:
            found.append(letter + rest[0])
        elif all(map(_is_plain, rest)):
            found.append(f"{letter}(?:{'|'.join(_nested(rest))})")
        else:
            found.append(f"{letter}(?:{'|'.join(rest)})")
    return found


def _is_plain(alternative: str) -> bool:
    """Return whether an alternative begins with a letter or digit that stands there once."""
    return alternative[:1].isalnum() and alternative[1:2] not in {"?", "*", "+", "{"}


def _apart(alternatives: str) -> list[str]:
    """Split a pattern at the bars that stand in no bracket."""
    found, start, depth, at = [], 0, 0, 0
    while at < len(alternatives):
        char = alternatives[at]
        if char == "\\":
            at += 1
        elif char == "[":
            at = alternatives.index("]", at + 2)
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and depth == 0:
            found.append(alternatives[start:at])
            start = at + 1
        at += 1
    return [*found, alternatives[start:]]
