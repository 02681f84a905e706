from __future__ import annotations

from tabled import (  # noqa: F401 - pytest runs them
    test_finds_what_is_there_and_nothing_else,
    test_leaves_near_misses_alone,
)

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("Dayton, OH 45402", [("45402", 0.6)]),
    ("Dayton OH 45402-1234", [("45402-1234", 0.6)]),
    ("Columbus, Ohio 43004", [("43004", 0.6)]),
    ("OH 45402", [("45402", 0.5)]),
    ("ZIP: 45402", [("45402", 0.8)]),
    ("Zip Code\n45402", [("45402", 0.8)]),
    ("ZIP\t454O2", [("454O2", 0.8)]),
    ("DAYTON,OH45402", [("45402", 0.5)]),
]
NEAR_MISSES = [
    "",
    "45402",
    "Dayton, XX 45402",
    "OH 454021",
    "ZIP:",
    "zip file 12345",
    "OH 45402.5",
    "part OH-45402",
]
