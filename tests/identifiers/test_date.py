from __future__ import annotations

from tabled import (  # noqa: F401 - pytest runs them
    test_finds_what_is_there_and_nothing_else,
    test_is_not_sure_of_what_may_be_something_else,
    test_leaves_near_misses_alone,
)

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("Admission Date: 03/04/2021", [("03/04/2021", 0.8)]),
    ("AdmitDate:03/04/2021 10:30", [("03/04/2021", 0.8)]),
    ("Discharged 4 Mar 2021", [("4 Mar 2021", 0.8)]),
    ("Collected: 2021-03-04T10:30", [("2021-03-04", 0.8)]),
    ("Date of Service\n03/04/21", [("03/04/21", 0.8)]),
    ("Date: 03/04/2021", [("03/04/2021", 0.6)]),
    ("seen on 03/04/2021 by the team", [("03/04/2021", 0.5)]),
    ("March 4, 2021", [("March 4, 2021", 0.5)]),
    ("04-MAR-2021", [("04-MAR-2021", 0.5)]),
    ("4. März 2021", [("4. März 2021", 0.5)]),
    ("2021年3月4日", [("2021年3月4日", 0.5)]),
    ("3/4/21", [("3/4/21", 0.4)]),
    ("Last sync 3/4/2025\nTensile biopsy results for Jane Miller", [("3/4/2025", 0.5)]),
    ("平成28年5月9日", [("平成28年5月9日", 0.5)]),
    ("Visit Date\tUnit\n03/04/2021\tA\n05/06/2021\tB", [("03/04/2021", 0.8), ("05/06/2021", 0.8)]),
]
DOUBTFUL = [
    ("Weather\nMon Mar 9 2026   Rain", "Mar 9 2026", 0.35),
    ("Your cashier was Donna\nTOTAL 9.99   02/21/2026", "02/21/2026", 0.35),
    ("Test page   LaserJet   2026-02-18", "2026-02-18", 0.35),
]
NEAR_MISSES = [
    "",
    "10:30",
    "version 1.2.20",
    "v10.11.12",
    "192.168.10.20",
    "$3.04.21",
    "555-123-4567",
    "219-45-6789",
    "EXP 03/04/2025",
    "EXP: 03/04/2025",
    "LOT A12 EXP 2025-03-04",
    "Best before 04.03.2025",
    "Expiry date\n04.03.2025",
    "March 2021",
    "03/2021",
    "13/32/2021",
    "3/4 cup",
    "1/2/3456789",
    "Copyright 2021",
    "you may 20 times",
    "DOB: 01/05/1950",
]
