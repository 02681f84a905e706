"""How much a word speaks for being a person's name: US census lists against ordinary words."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import names

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHORT = re.compile(
    "(?:a|i|a[mnst]|be|by|do|e[ln]|go|he|i[fnst]|l[ae]|m[ey]|no|o[fknr]|so|to|u[ps]|we|de)"
)
"""Ordinary words of one or two letters, which the list leaves out."""


@cache
def _ordinary() -> frozenset[str]:
    text = resources.files("phiscan.identifiers").joinpath("_words.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def _census(path: str) -> Iterator[tuple[str, int]]:
    """Yield each name of a list of the 1990 census with its rank."""
    for line in Path(path).read_text("ascii").splitlines():
        fields = line.split()
        if len(fields) == 4:
            yield fields[0].lower(), int(fields[3])


@cache
def _first() -> dict[str, int]:
    ranks: dict[str, int] = {}
    for sex in ("first:female", "first:male"):
        for name, rank in _census(names.FILES[sex]):
            ranks[name] = min(rank, ranks.get(name, rank))
    return ranks


@cache
def _last() -> dict[str, int]:
    return dict(_census(names.FILES["last"]))


def is_ordinary(word: str) -> bool:
    """Return whether `word` is an ordinary word, whatever else it may be."""
    return word.lower() in _ordinary() or _SHORT.fullmatch(word.lower()) is not None


def first_rank(word: str) -> int | None:
    """Return how common `word` is as a first name (1 is the most common), or None."""
    return _first().get(word.lower())


def last_rank(word: str) -> int | None:
    """Return how common `word` is as a surname (1 is the most common), or None."""
    return _last().get(word.lower())
