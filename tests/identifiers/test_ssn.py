from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers.ssn import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("SSN: 219-45-6789", [("219-45-6789", 0.95)]),
    ("SSN219-45-6789", [("219-45-6789", 0.95)]),
    ("SSN#219456789", [("219456789", 0.95)]),
    ("Social Security Number 219 45 6789", [("219 45 6789", 0.95)]),
    ("SocialSecurityNo:219456789", [("219456789", 0.95)]),
    ("Social Secunity Number: 219-45-6789", [("219-45-6789", 0.95)]),
    ("SSN: 2l9-45-67B9", [("2l9-45-67B9", 0.95)]),
    ("SSN\t219-45-6789", [("219-45-6789", 0.95)]),
    ("SSN\n219-45-6789", [("219-45-6789", 0.95)]),
    (
        "Name    | SSN\nAnn Lee | 219-45-6789\nBo Ray  | 529-33-1234",
        [("219-45-6789", 0.9), ("529-33-1234", 0.9)],
    ),
    ("her number is 219-45-6789.", [("219-45-6789", 0.85)]),
    ("SSN: xxx-xx-6789", [("6789", 0.9)]),
    ("SSN ***-**-6789", [("6789", 0.9)]),
    ("Last 4 SSN: 6789", [("6789", 0.9)]),
    ("SSN (last 4): 6789", [("6789", 0.9)]),
    ("ITIN: 912-70-1234", [("912-70-1234", 0.95)]),
    ("912-70-1234", [("912-70-1234", 0.7)]),
    ("219–45–6789", [("219–45–6789", 0.85)]),
    ("SSN: 078-05-1120", [("078-05-1120", 0.3)]),
]
NEAR_MISSES = [
    "",
    "219456789",
    "000-45-6789",
    "666-45-6789",
    "219-00-6789",
    "219-45-0000",
    "900-45-6789",
    "1219-45-6789",
    "219-45-67890",
    "219-45-6789-1",
    "A219-45-6789",
    "SSN:",
    "SSN | DOB | MRN",
    "part 219-45-678",
    "http://a.b/219-45-6789",
    "sku #219-45-6789",
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
