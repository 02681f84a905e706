from __future__ import annotations

from tabled import (  # noqa: F401 - pytest runs them
    test_finds_what_is_there_and_nothing_else,
    test_is_not_sure_of_what_may_be_something_else,
    test_leaves_near_misses_alone,
)

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("VIN: 1M8GDM9AXKP042788", [("1M8GDM9AXKP042788", 0.9)]),
    ("VIN 1HGC M826 33A0 04352", [("1HGC M826 33A0 04352", 0.9)]),
    ("VIN: lHGCM82633AOO4352", [("lHGCM82633AOO4352", 0.8)]),
    ("VIN 1HGCM82633A004353", [("1HGCM82633A004353", 0.7)]),
    ("Chassis No: WDB1240661J123456", [("WDB1240661J123456", 0.7)]),
    ("1M8GDM9AXKP042788", [("1M8GDM9AXKP042788", 0.75)]),
    ("1G4AH59H45G118341", [("1G4AH59H45G118341", 0.75)]),
    ("IHGCM82633AOO4352", [("IHGCM82633AOO4352", 0.6)]),
    ("License Plate: 7ABC123", [("7ABC123", 0.8)]),
    ("Vehicle Reg No: AB12 CDE", [("AB12 CDE", 0.8)]),
    ("Number plate\nM-AB 1234", [("M-AB 1234", 0.8)]),
]
DOUBTFUL: list[tuple[str, str, float]] = [
    ("Plate No. ABC 1234", "ABC 1234", 0.5),
]
"""What is reported with a score of at most this much."""
NEAR_MISSES = [
    "",
    "1HGCM82633A004353",
    "X1M8GDM9AXKP042788",
    "1M8GDM9AXKP0427889",
    "11111111111111111",
    "1M8GDM9AXKP04278B",
    "VIN:",
    "vin rouge 2015",
    "VIN: ABCDEFGHJKLMNPRST",
    "License plate holder",
    "number plate of a toy",
    "7ABC123",
    "PLATE 5",
    "Plate: 96-well",
    "License Plate: 12/05/2021",
    "Part No: 7ABC123",
]
