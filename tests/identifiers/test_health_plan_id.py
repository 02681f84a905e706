from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers.health_plan_id import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("1EG4-TE5-MK73", [("1EG4-TE5-MK73", 0.85)]),
    ("1EG4TE5MK72", [("1EG4TE5MK72", 0.85)]),
    ("1EG4 TE5 MK73", [("1EG4 TE5 MK73", 0.85)]),
    ("Medicare Number: 1EG4TE5MK73", [("1EG4TE5MK73", 0.9)]),
    ("MEDICARE CLAIM NUMBER\n219-45-6789-A", [("219-45-6789-A", 0.9)]),
    ("Member ID: W123456789", [("W123456789", 0.9)]),
    ("MemberID:XYZ123456789", [("XYZ123456789", 0.9)]),
    ("Subscriber ID\tABC 1234 5678", [("ABC 1234 5678", 0.9)]),
    ("Policy #: 55512345", [("55512345", 0.7)]),
    ("Group No: 70012", [("70012", 0.7)]),
    ("Medicaid ID AB12345C", [("AB12345C", 0.9)]),
    ("RxGRP: RX1234", [("RX1234", 0.9)]),
    ("NHS No: 943 476 5919", [("943 476 5919", 0.95)]),
    ("NHS Number\n9434765919", [("9434765919", 0.95)]),
    ("NHS No: 943 476 59I9", [("943 476 59I9", 0.85)]),
    ("NHS No: 485 777 3456", [("485 777 3456", 0.7)]),
    ("St Mary's NHS Trust, 943 476 5919", [("943 476 5919", 0.6)]),
    ("OHIP: 1234-567-897-AB", [("1234-567-897-AB", 0.95)]),
    ("PHN: 9698 658 215", [("9698 658 215", 0.95)]),
    ("PHN 123456789", [("123456789", 0.9)]),
    ("RAMQ: TREM 8551 1234", [("TREM 8551 1234", 0.95)]),
    ("Régie de l'assurance maladie\nTREM 8551 1234", [("TREM 8551 1234", 0.8)]),
    ("Mernber ID: W123456789", []),
    ("Menber ID: W123456789", [("W123456789", 0.9)]),
]
NEAR_MISSES = [
    "",
    "0EG4TE5MK73",
    "1SG4TE5MK73",
    "1EG4TE5MK734",
    "X1EG4TE5MK73",
    "Member ID:",
    "Member ID | Group No | Plan",
    "group 4 of 12345",
    "our policy 2019 applies",
    "MEDICARE\n1-800-MEDICARE (1-800-633-4227)",
    "Medicare pays 80 percent",
    "Policy #: 01/02/2021",
    "NHS\n020 7946 0958",
    "NHS since 1948",
    "St Mary's NHS Trust, 485 777 3456",
    "943 476 5919",
    "TREM 8551 1234",
    "Québec TREM 8599 1234",
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
