from __future__ import annotations

from tabled import (  # noqa: F401 - pytest runs them
    test_finds_what_is_there_and_nothing_else,
    test_is_not_sure_of_what_may_be_something_else,
    test_leaves_near_misses_alone,
)

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("(01)00643169001763(17)141120(21)1234567890", [("1234567890", 0.9)]),
    ("(01) 00643169001763 (10)A123 (21) ABC-99", [("ABC-99", 0.9)]),
    ("(01)00643169001764(21)AB12345", [("AB12345", 0.7)]),
    ("(O1)00643169001763(2I)AB12345", [("AB12345", 0.9)]),
    ("Pacemaker\nS/N PJN123456H", [("PJN123456H", 0.7)]),
    ("Implant Serial No: 4455-66", [("4455-66", 0.8)]),
    ("Device ID: 1234-ABCD-5678", [("1234-ABCD-5678", 0.8)]),
    ("Serial No: 4Z0391-22", [("4Z0391-22", 0.6)]),
    ("SN: 12345678", [("12345678", 0.6)]),
    ("Model\tSerial Number\tLot\nX1\tKL882716\t9921", [("KL882716", 0.6)]),
    ("IMEI: 490154203237518", [("490154203237518", 0.85)]),
    ("MAC: 00:1A:2B:3C:4D:5E", [("00:1A:2B:3C:4D:5E", 0.75)]),
    ("00-1A-2B-3C-4D-5E", [("00-1A-2B-3C-4D-5E", 0.75)]),
    ("MAC address 001A2B3C4D5E", [("001A2B3C4D5E", 0.85)]),
    ("O0:1A:2B:3C:4D:5E", [("O0:1A:2B:3C:4D:5E", 0.55)]),
    ("Res S10 SN 22191100843", [("22191100843", 0.5)]),
]
DOUBTFUL: list[tuple[str, str, float]] = [
    ("10:20:30:40:50:60", "10:20:30:40:50:60", 0.45),
    ("SN 12345678", "12345678", 0.5),
]
"""What is reported with a score of at most this much."""
NEAR_MISSES = [
    "",
    "(01)09506000134352(17)261231(10)LOT77",
    "(21)1234567890",
    "LOT 123456",
    "REF 8888145014",
    "NDC 0002-7510-01",
    "IMEI: 490154203237519",
    "SN: AB",
    "S/N",
    "NSN 12345678",
    "Serial port 12345",
    "Serial: pending",
    "00:00:00:00:00:00",
    "AA:AA:AA:AA:AA:AA",
    "100:1A:2B:3C:4D:5E",
    "00:1A:2B:3C:4D:5E:6F",
    "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
    "12:30:45",
    "SSN: 219-45-6789",
]
