"""Tests that the identifiers share: each module that imports them brings its own tables.

`CASES` are texts with what is found there and how sure it is at least, `DOUBTFUL` texts with a
value and how sure it is at most, `NEAR_MISSES` texts in which nothing is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

    Check = Callable[[Identifier, str, list[tuple[str, float]]], None]
    Found = Callable[[Identifier, str], dict[str, float]]

TABLES = {
    "CASES": ("text", "expected"),
    "DOUBTFUL": ("text", "value", "most"),
    "NEAR_MISSES": ("missed",),
}
"""The arguments that a row of each table gives a test."""


def test_finds_what_is_there_and_nothing_else(
    identifier: Identifier, check: Check, text: str, expected: list[tuple[str, float]]
) -> None:
    check(identifier, text, expected)


def test_is_not_sure_of_what_may_be_something_else(
    identifier: Identifier, found: Found, text: str, value: str, most: float
) -> None:
    values = found(identifier, text)
    assert values == {value: pytest.approx(most, abs=0.1)}
    assert values[value] <= most


def test_leaves_near_misses_alone(identifier: Identifier, check: Check, missed: str) -> None:
    check(identifier, missed, [])
