"""Shared way of asking an identifier about a plain string."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.layout import lay_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier


@pytest.fixture
def check() -> Callable[[Identifier, str, list[tuple[str, float]]], None]:
    """Return a function: the matches of 0.3 or more are these values, at least as sure as that."""

    def compare(identifier: Identifier, text: str, expected: list[tuple[str, float]]) -> None:
        found: dict[str, float] = {}
        for match in identifier.find(lay_out(text)):
            value = text[match.start : match.end]
            found[value] = max(match.score, found.get(value, 0.0))
        assert found.keys() == {value for value, _ in expected}
        for value, least in expected:
            assert found[value] >= least, (value, found[value])

    return compare
