from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers.mrn import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("MRN: 00123456", [("00123456", 0.95)]),
    ("MRN:00123456", [("00123456", 0.95)]),
    ("MRN00123456", [("00123456", 0.95)]),
    ("MRN#123456", [("123456", 0.95)]),
    ("MRN. 123456", [("123456", 0.95)]),
    ("M RN 123456", [("123456", 0.95)]),
    ("MR# 123456", [("123456", 0.95)]),
    ("MR No. 12-34-56", [("12-34-56", 0.85)]),
    ("Med Rec No: A123456", [("A123456", 0.95)]),
    ("Medical Record Number 123 456 789", [("123 456 789", 0.85)]),
    ("MedicalRecordNumber:123456", [("123456", 0.95)]),
    ("Medica1 Recond Number: 123456", [("123456", 0.95)]),
    ("Medical Recond Number: 123456", [("123456", 0.95)]),
    ("Chart #: 48213", [("48213", 0.95)]),
    ("Patient ID: P0012345", [("P0012345", 0.95)]),
    ("Pt ID 1234567", [("1234567", 0.85)]),
    ("Patient No. 554433", [("554433", 0.85)]),
    ("Hosp No: 998877", [("998877", 0.95)]),
    ("FIN: 7001234567", [("7001234567", 0.95)]),
    ("CSN 100200300", [("100200300", 0.85)]),
    ("Acct #: 12345678", [("12345678", 0.6)]),
    ("Encounter #5567123", [("5567123", 0.95)]),
    ("MRN: O0l2345", [("O0l2345", 0.95)]),
    ("MRN\t00123456", [("00123456", 0.95)]),
    ("MRN\n00123456", [("00123456", 0.95)]),
    ("SMITH, JOHN DOB:01/02/1950 MRN:0012345 Sex:M", [("0012345", 0.95)]),
    (
        "Name\tMRN\tDOB\nAnn\t111222\t1/2/50\nBo\t333444\t2/3/51",
        [("111222", 0.95), ("333444", 0.95)],
    ),
]
NEAR_MISSES = [
    "",
    "MRN:",
    "Patient Name | DOB | MRN",
    "patient no longer takes 20 mg",
    "Mr. Jones lives at 12345 Elm",
    "the patient id is printed below",
    "unit 4 visit 2019",
    "Visit us at www.example.org",
    "MRN: pending",
    "FIN\tXP8271602",
    "PO NUMBER\nPO-3333",
    "MRN: 01/02/1950",
    "Accession: 123456",
    "Chart 3 shows 20190 people",
    "the account number of a bank",
    "PART NO 123456",
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
