"""Whether what reads like a name is a street behind its number: `451 Bedical Phaa`.

So a reader may read `451 Medical Plaza` in small print. Rooms stand before names in the same way:
there the lists of names know one of the words, or the rest of the line speaks of a patient.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from phiscan.identifiers._places import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phiscan.identifiers._names import Piece

_NUMBER = re.compile(r"(?<![\w.,/$#:-])\d{2,5}(?:-\d{1,4})?,? {1,2}\Z")
"""A house's number: one digit alone counts the rows of a list."""
_WIDTH = 14
_SHORTEST = 5
"""Letters of a suffix from which one may be misread: people are called Lang, hardly Streat."""


@cache
def _suffixes() -> frozenset[str]:
    return frozenset(suffix.lower() for suffix in SUFFIXES.split("|"))


@cache
def _misread() -> frozenset[tuple[str, str]]:
    """Return what stands before and behind each letter of a long suffix."""
    return frozenset(
        (suffix[:at], suffix[at + 1 :])
        for suffix in _suffixes()
        if len(suffix) >= _SHORTEST
        for at in range(len(suffix))
    )


def is_street(written: str, run: Sequence[Piece]) -> bool:
    """Return whether words behind a house's number are on no list, or end as a street does.

    `run` has its offsets in `written`. A comma between the words parts surname and first name.
    """
    core = [word for word in run if not word.initial]
    start = run[0].start if run else 0
    if len(core) < 2 or "," in written[start : run[-1].end]:
        return False
    if _NUMBER.search(written, max(start - _WIDTH, 0), start) is None:
        return False
    return not any(word.plain for word in core) or ends_like_a_street(core[-1].bare)


def ends_like_a_street(word: str) -> bool:
    """Return whether a word, in small letters, is what a street is called, or that misread."""
    if word in _suffixes():
        return True
    return any((word[:at], word[at + 1 :]) in _misread() for at in range(len(word)))
