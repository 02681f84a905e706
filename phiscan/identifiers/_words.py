"""How much a word speaks for being a person's name: lists of names against ordinary words.

The US census of 1990 ranks names by how common they are; names from elsewhere come without a rank
from the lists that `fixtures/name_lists.py` makes and from `_more_names.toml`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources
from pathlib import Path

import names

_SHORT = re.compile(
    "(?:a|i|a[mnst]|be|by|do|e[ln]|go|he|i[fnst]|l[ae]|m[ey]|no|o[fknr]|so|to|u[ps]|we|de)"
)
"""Ordinary words of one or two letters, which the list leaves out."""


@cache
def ordinary_words() -> frozenset[str]:
    """Return the list of ordinary words, in small letters, but for those of one or two."""
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
    lowered = word.lower()
    return lowered in ordinary_words() or (
        len(lowered) < 3 and _SHORT.fullmatch(lowered) is not None
    )


_WORLD_FIRST, _WORLD_LAST = 5_000, 30_000
"""The rank that a name from elsewhere gets: after the first names of the census, and where its
surnames become rare."""


@cache
def _world(part: str) -> frozenset[str]:
    folder = resources.files("phiscan.identifiers")
    more: str = tomllib.loads(folder.joinpath("_more_names.toml").read_text("utf-8"))[part]
    return frozenset(folder.joinpath(f"_{part}.txt").read_text("utf-8").split()) | set(more.split())


def _bare(word: str) -> str:
    """Return a word in small letters without accents, as the lists have it."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.lower().translate(_PLAIN))
    return "".join(char for char in apart if not unicodedata.combining(char))


_PLAIN = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "\u0131": "i"})


def first_rank(word: str) -> int | None:
    """Return how common `word` is as a first name (1 is the most common), or None."""
    bare = _bare(word)
    return _first().get(bare) or (_WORLD_FIRST if bare in _world("given") else None)


_COMMON = 40_000
"""The rank below which a surname counts as one: rarer ones are ordinary words as often."""


@cache
def _names() -> frozenset[str]:
    surnames = (name for name, rank in _last().items() if rank < _COMMON)
    elsewhere = _world("family") - _last().keys()
    return frozenset(_first()) | frozenset(surnames) | _world("given") | elsewhere


def is_name(word: str) -> bool:
    """Return whether a list has `word` as a first name or as no rare surname."""
    return _bare(word) in _names()


def last_rank(word: str) -> int | None:
    """Return how common `word` is as a surname (1 is the most common), or None."""
    bare = _bare(word)
    return _last().get(bare) or (_WORLD_LAST if bare in _world("family") else None)
