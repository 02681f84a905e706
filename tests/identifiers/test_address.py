from __future__ import annotations

from tabled import (  # noqa: F401 - pytest runs them
    test_finds_what_is_there_and_nothing_else,
    test_leaves_near_misses_alone,
)

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("12 Oak Street", [("12 Oak Street", 0.5)]),
    ("1204 N. Main St Apt 4B", [("1204 N. Main St Apt 4B", 0.5)]),
    ("12 Oak Ave, Dayton, OH 45402", [("12 Oak Ave, Dayton, OH 45402", 0.8)]),
    ("12 Oak Ave\nDayton, OH 45402", [("12 Oak Ave", 0.8)]),
    ("7475 W 14th St", [("7475 W 14th St", 0.5)]),
    ("PO Box 123", [("PO Box 123", 0.5)]),
    ("P.O. Box 77, Dayton OH 45402", [("P.O. Box 77, Dayton OH 45402", 0.8)]),
    ("Address: 12 Oak Ave", [("12 Oak Ave", 0.85)]),
    ("Address:12OakAve", [("12OakAve", 0.85)]),
    ("Home Address\n77 Rue Delacroix", [("77 Rue Delacroix", 0.85)]),
    ("ADDRESS\t4512 MAPLE LN", [("4512 MAPLE LN", 0.85)]),
]
NEAR_MISSES = [
    "",
    "Address:",
    "Address | City | State",
    "Main Street",
    "take 2 tablets every day in a safe way",
    "5 people walked this way",
    "20 mg in the court",
    "Email address: a.b@c.org",
    "1.5 Oak Street",
    "No 3 St",
    "20 mg 14th St",
]
