from __future__ import annotations

from tabled import (  # noqa: F401 - pytest runs them
    test_finds_what_is_there_and_nothing_else,
    test_is_not_sure_of_what_may_be_something_else,
    test_leaves_near_misses_alone,
)

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("CALIFORNIA DRIVER LICENSE\nDL I1234568\nEXP 08/31/2024", [("I1234568", 0.9)]),
    ("DL: D1234567", [("D1234567", 0.85)]),
    ("DL No. 12345678", [("12345678", 0.85)]),
    ("Driver's License #: S530-1234-5678", [("S530-1234-5678", 0.85)]),
    ("DLN 99 999 999", [("99 999 999", 0.85)]),
    ("Class C\nLIC# A1234567", [("A1234567", 0.85)]),
    ("DRIVING LICENCE\nLicence No: MORGA657054SM9IJ", [("MORGA657054SM9IJ", 0.8)]),
    ("DRIVER LICENSE Washington\nLIC# WDLABCD456DG", [("WDLABCD456DG", 0.9)]),
    ("License No: D1234567", [("D1234567", 0.6)]),
    ("License No.\n12345678", [("12345678", 0.6)]),
    ("NPI: 1234567893", [("1234567893", 0.75)]),
    ("NPI\t1993999998", [("1993999998", 0.75)]),
    ("NPI# l234567893", [("l234567893", 0.6)]),
    ("DEA: AP5836727", [("AP5836727", 0.75)]),
    ("DEA No. AB1234563", [("AB1234563", 0.75)]),
    ("DEA F91234563", [("F91234563", 0.75)]),
    ("DEA AB12345G3", [("AB12345G3", 0.6)]),
    ("RN License No. 123456", [("123456", 0.7)]),
    ("GMC No: 1234567", [("1234567", 0.7)]),
    ("NMC PIN: 12A3456E", [("12A3456E", 0.7)]),
    ("DL/ID S530-4471-8820", [("S530-4471-8820", 0.6)]),
    ("TEXAS DRIVER LICENSE\n4d DL 24418803", [("24418803", 0.8)]),
]
DOUBTFUL: list[tuple[str, str, float]] = [
    ("NPI 1234567890", "1234567890", 0.4),
    ("DEA# AB4523767", "AB4523767", 0.4),
    ("Plumbing Lic #987654", "987654", 0.45),
]
"""What is reported with a score of at most this much."""
NEAR_MISSES = [
    "",
    "License: MIT",
    "License: Apache-2.0",
    "License: bzip2-1.0.6",
    "License expires 2027",
    "License No:",
    "medical license in 2019",
    "drivers must have a license since 1990",
    "NPI: pending",
    "NPI: 3234567893",
    "NPI 12345678934",
    "DEA Q91234563",
    "DEA: 1234567",
    "1234567893",
    "AP5836727",
    "DL: 01/02/2021",
    "Lic No: 12",
    "HDL 123456",
    "download 1234567",
]
