"""Shared way of asking an identifier about a plain string."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from tabled import TABLES

from phiscan.plain_layout import lay_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the tests that modules share (tabled.py) the rows of the module's own tables."""
    for table, arguments in TABLES.items():
        rows = getattr(metafunc.module, table, None)
        if rows is not None and set(arguments) <= set(metafunc.fixturenames):
            metafunc.parametrize(arguments if len(arguments) > 1 else arguments[0], rows)


@pytest.fixture
def identifier(request: pytest.FixtureRequest) -> Identifier:
    """Return the identifier that a test's module is named after."""
    name = request.module.__name__.rpartition(".")[2].removeprefix("test_")
    found: Identifier = import_module(f"phiscan.identifiers.{name}").IDENTIFIER
    return found


@pytest.fixture
def found() -> Callable[[Identifier, str], dict[str, float]]:
    """Return a function: the values that are found in a string, with their highest scores."""

    def values(identifier: Identifier, text: str) -> dict[str, float]:
        best: dict[str, float] = {}
        for match in identifier.find(lay_out(text)):
            value = text[match.start : match.end]
            best[value] = max(match.score, best.get(value, 0.0))
        return best

    return values


@pytest.fixture
def check(
    found: Callable[[Identifier, str], dict[str, float]],
) -> Callable[[Identifier, str, list[tuple[str, float]]], None]:
    """Return a function: the matches of 0.3 or more are these values, at least as sure as that."""

    def compare(identifier: Identifier, text: str, expected: list[tuple[str, float]]) -> None:
        values = found(identifier, text)
        assert values.keys() == {value for value, _ in expected}
        for value, least in expected:
            assert values[value] >= least, (value, values[value])

    return compare
