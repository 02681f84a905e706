from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers.email import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("jane.doe@gmail.com", [("jane.doe@gmail.com", 0.8)]),
    ("Email:jdoe2@mail.example.org", [("jdoe2@mail.example.org", 0.8)]),
    ("write to <kpirri2@sohu.com>.", [("kpirri2@sohu.com", 0.8)]),
    ("jane.doe @ gmail.com", [("jane.doe @ gmail.com", 0.6)]),
    ("info@clinic.org", [("info@clinic.org", 0.4)]),
    ("sales@shop.co.uk", [("sales@shop.co.uk", 0.4)]),
    ("opencode@vendor.com", [("opencode@vendor.com", 0.5)]),
]
NEAR_MISSES = [
    "",
    "@handle",
    "jane@",
    "a@b",
    "jane.doe@gmail",
    "3 @ 5.00",
    "user@host:~/x",
    "x@@y.com",
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_finds_what_is_there_and_nothing_else(
    check: Callable[[Identifier, str, list[tuple[str, float]]], None],
    text: str,
    expected: list[tuple[str, float]],
) -> None:
    check(IDENTIFIER, text, expected)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_leaves_near_misses_alone(
    check: Callable[[Identifier, str, list[tuple[str, float]]], None], text: str
) -> None:
    check(IDENTIFIER, text, [])
