from __future__ import annotations

from tabled import (  # noqa: F401 - pytest runs them
    test_finds_what_is_there_and_nothing_else,
    test_leaves_near_misses_alone,
)

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
