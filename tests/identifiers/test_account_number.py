from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers.account_number import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("4539 1488 0343 6467", [("4539 1488 0343 6467", 0.85)]),
    ("4539-1488-0343-6467", [("4539-1488-0343-6467", 0.85)]),
    ("VISA 4539 1488 0343 6467 valid thru 12/27", [("4539 1488 0343 6467", 0.95)]),
    ("VISA\n4539\t1488\t0343\t6467", [("4539\t1488\t0343\t6467", 0.9)]),
    ("4539 1488 03436467", [("4539 1488 03436467", 0.6)]),
    ("Credit card: 4539148803436467", [("4539148803436467", 0.7)]),
    ("3456 789012 34564", [("3456 789012 34564", 0.85)]),
    ("4S39 l488 O343 6467", [("4S39 l488 O343 6467", 0.65)]),
    ("DE89 3704 0044 0532 0130 00", [("DE89 3704 0044 0532 0130 00", 0.75)]),
    ("IBAN: DE89370400440532013000 BIC COBADEFFXXX", [("DE89370400440532013000", 0.75)]),
    ("GB82 WEST 1234 5698 7654 32", [("GB82 WEST 1234 5698 7654 32", 0.75)]),
    ("IBAN DE89 37O4 0044 0532 0130 00", [("DE89 37O4 0044 0532 0130 00", 0.6)]),
    ("Routing No: 021000021", [("021000021", 0.5)]),
    ("⑆021000021⑆ 123456789⑈", [("123456789", 0.75)]),
    ("Bank Account No: 12345678", [("12345678", 0.75)]),
    ("Checking Account Number\n0001234567", [("0001234567", 0.75)]),
    ("Billing Account #: 4455667", [("4455667", 0.7)]),
    ("Guarantor ID: 445566", [("445566", 0.7)]),
]
DOUBTFUL: list[tuple[str, str, float]] = [
    ("4111 1111 1111 1111", "4111 1111 1111 1111", 0.35),
    ("3714 496353 98431", "3714 496353 98431", 0.35),
    ("4539148803436467", "4539148803436467", 0.35),
    ("**** **** **** 9876", "9876", 0.35),
]
"""What is reported with a score of at most this much."""
NEAR_MISSES = [
    "",
    "4539 1488 0343 6468",
    "1234 4539 1488 0343 6467",
    "4539 1488 0343 6467 1234",
    "x4539 1488 0343 6467",
    "4539 1488 0343 64671",
    "1200 3400 5600 7800",
    "0000 0000 0000 0000",
    "4006381333931",
    "GB82 WEST 1234 5698 7654 33",
    "DE89 3704 0044 0532 0130",
    "XDE89370400440532013000",
    "Routing No: 021000022",
    "Account No: 12345678",
    "MRN: 12345678",
    "Card No: 1234",
    "Savings account open now",
    "ABA 12",
    "Lot 12345678",
    "Order No. 112-3456789-1234567",
    "SOLO BOSS SOLO BOSS",
    "Billing No: 01/02/2021",
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_finds_what_is_there_and_nothing_else(
    check: Callable[[Identifier, str, list[tuple[str, float]]], None],
    text: str,
    expected: list[tuple[str, float]],
) -> None:
    check(IDENTIFIER, text, expected)


@pytest.mark.parametrize(("text", "value", "most"), DOUBTFUL)
def test_is_not_sure_of_what_may_be_something_else(
    found: Callable[[Identifier, str], dict[str, float]], text: str, value: str, most: float
) -> None:
    assert found(IDENTIFIER, text) == {value: pytest.approx(most, abs=0.1)}
    assert found(IDENTIFIER, text)[value] <= most


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_leaves_near_misses_alone(
    check: Callable[[Identifier, str, list[tuple[str, float]]], None], text: str
) -> None:
    check(IDENTIFIER, text, [])
