"""Identifiers find one kind of identifier in text each; `find_all` runs a set of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phiscan.protocols import Identifier, Match
    from phiscan.text import Text


def find_all(text: Text, identifiers: Iterable[Identifier]) -> list[tuple[str, Match]]:
    """Return what all `identifiers` see in `text` as (kind, match), in order of place."""
    found = [(each.kind, match) for each in identifiers for match in each.find(text)]
    return sorted(found, key=lambda pair: (pair[1].start, pair[1].end, pair[0]))
