from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers.biometric import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("Fingerprint ID: F-204817", [("F-204817", 0.8)]),
    ("Voiceprint No 88123-A", [("88123-A", 0.8)]),
    ("Voice Print ID\nVP-10023", [("VP-10023", 0.8)]),
    ("Iris template: 3F9A77C2D41E00B8A1", [("3F9A77C2D41E00B8A1", 0.8)]),
    (
        "Biometric template: Rk1SACAyMAAAAADyAAABPAFiAMUAxQ==",
        [("Rk1SACAyMAAAAADyAAABPAFiAMUAxQ==", 0.8)],
    ),
]
NEAR_MISSES = [
    "",
    "Fingerprint ID:",
    "Touch ID 1234567",
    "Face ID",
    "biometric data 2020",
    "Iris: blue",
    "Fingerprint template: right thumb",
    "Biometric No: 01/02/2021",
    "F-204817",
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
