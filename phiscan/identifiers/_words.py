"""How much a word speaks for being a person's name: US census lists against ordinary words."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import Path

import names

_SHORT = re.compile(
    "(?:a|i|a[mnst]|be|by|do|e[ln]|go|he|i[fnst]|l[ae]|m[ey]|no|o[fknr]|so|to|u[ps]|we|de)"
)
"""Ordinary words of one or two letters, which the list leaves out."""


@cache
def _ordinary() -> frozenset[str]:
    text = resources.files("phiscan.identifiers").joinpath("_words.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def _census(path: str) -> dict[str, int]:
    """Return the names of a list of the 1990 census with their ranks.

    Taken apart as a whole, because every start reads its 88,799 surnames: a line is a name, two
    shares and the rank.
    """
    fields = Path(path).read_text("ascii").lower().split()
    return dict(zip(fields[::4], map(int, fields[3::4]), strict=True))


@cache
def _first() -> dict[str, int]:
    female, male = (_census(names.FILES[f"first:{sex}"]) for sex in ("female", "male"))
    return male | {name: min(rank, male.get(name, rank)) for name, rank in female.items()}


@cache
def _last() -> dict[str, int]:
    return _census(names.FILES["last"])


def is_ordinary(word: str) -> bool:
    """Return whether `word` is an ordinary word, whatever else it may be."""
    return word.lower() in _ordinary() or _SHORT.fullmatch(word.lower()) is not None


def first_rank(word: str) -> int | None:
    """Return how common `word` is as a first name (1 is the most common), or None."""
    return _first().get(word.lower())


def last_rank(word: str) -> int | None:
    """Return how common `word` is as a surname (1 is the most common), or None."""
    return _last().get(word.lower())
