from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers.unique_code import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("Accession No: A12-34567", [("A12-34567", 0.8)]),
    ("Accession #: 2021-004455", [("2021-004455", 0.8)]),
    ("Specimen ID: S21-12345", [("S21-12345", 0.8)]),
    ("Rx #: 6023412", [("6023412", 0.8)]),
    ("Rx# 6023412-00123", [("6023412-00123", 0.8)]),
    ("Prescription No. 1234567", [("1234567", 0.8)]),
    ("Subject ID: 001-023", [("001-023", 0.8)]),
    ("Study Subject No: 0417", [("0417", 0.8)]),
    ("Study UID: 1.2.840.113619.2.55.3", [("1.2.840.113619.2.55.3", 0.8)]),
    ("Rx 7712345", [("7712345", 0.6)]),
    ("Prior Authorization No: PA-77123", [("PA-77123", 0.7)]),
    ("Participant No: 017", [("017", 0.8)]),
    ("Claim Number 20210304-77", [("20210304-77", 0.7)]),
    ("Passport No: L898902C3", [("L898902C3", 0.8)]),
    ("Aadhaar No: 1234 5678 9012", [("1234 5678 9012", 0.8)]),
    ("(8018)950123467891234569", [("950123467891234569", 0.9)]),
    (
        "1.2.840.113619.2.55.3.604688119.868.1234567890.123",
        [("1.2.840.113619.2.55.3.604688119.868.1234567890.123", 0.7)],
    ),
    ("Patient: Jane\nDOB: 01/02/1950\nOrder #: 445566", [("445566", 0.7)]),
    ("Patient ID: 12345\nSample No: 998877", [("998877", 0.7)]),
]
NEAR_MISSES = [
    "",
    "Accession No:",
    "Rx only 12345",
    "Rx: Amoxicillin 500 mg",
    "prescription 12345 years ago",
    "Specimen: Urine",
    "NDC 0002-7510-01",
    "LOT 123456",
    "Part No: 123456",
    "Model 123456",
    "Order #: 445566",
    "ACC: 0545234",
    "Order No. 112-3456789-1234567",
    "Sample No: 998877",
    "Study No: NCT01234567",
    "Subject: Your order 112233",
    "Accession No: 01/02/2021",
    "(8018)950123467891234568",
    "1.2.840.113549.1.1.11",
    "Version 1.2.840.5.6",
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
