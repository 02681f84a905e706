from __future__ import annotations

from tabled import (  # noqa: F401 - pytest runs them
    test_finds_what_is_there_and_nothing_else,
    test_leaves_near_misses_alone,
)

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("jane.doe@gmail.com", [("jane.doe@gmail.com", 0.8)]),
    ("Email:jdoe2@mail.example.org", [("jdoe2@mail.example.org", 0.8)]),
    ("write to <kpirri2@sohu.com>.", [("kpirri2@sohu.com", 0.8)]),
    ("jane.doe @ gmail.com", [("jane.doe @ gmail.com", 0.6)]),
    ("info@clinic.org", [("info@clinic.org", 0.4)]),
    ("sales@shop.co.uk", [("sales@shop.co.uk", 0.4)]),
    ("opencode@vendor.com", [("opencode@vendor.com", 0.5)]),
]
NEAR_MISSES = [
    "",
    "@handle",
    "jane@",
    "a@b",
    "jane.doe@gmail",
    "3 @ 5.00",
    "user@host:~/x",
    "x@@y.com",
]
