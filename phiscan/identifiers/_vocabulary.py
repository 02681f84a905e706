"""The labels that announce values, by meaning; the phrases are data, in `_labels.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

_ENDS = ("number", "no", "nr", "num", "nbr", "id")


@cache
def phrases() -> tuple[tuple[str, str, bool], ...]:
    """Return every label as (phrase, meaning, whether prose uses the word too)."""
    text = resources.files("phiscan.identifiers").joinpath("_labels.toml").read_text("utf-8")
    return tuple(
        (phrase.removeprefix("~"), meaning, phrase.startswith("~"))
        for meaning, entry in tomllib.loads(text).items()
        for phrase in (
            *entry["phrases"],
            *(f"{stem} {end}" for stem in entry.get("numbered", ()) for end in _ENDS),
        )
    )
