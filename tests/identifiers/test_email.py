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
    ("cardiologist@clinic.com", [("cardiologist@clinic.com", 0.4)]),
    ("appointments@clinic.org", [("appointments@clinic.org", 0.4)]),
    ("labrooy@gmail.com", [("labrooy@gmail.com", 0.6)]),
    ("sales@shop.co.uk", [("sales@shop.co.uk", 0.4)]),
    ("opencode@vendor.com", [("opencode@vendor.com", 0.5)]),
    ("giulia.khan@example com", [("giulia.khan@example com", 0.6)]),
    ("Email fdangelo276example.org", [("fdangelo276example.org", 0.55)]),
    ("E mal\nhdelacruz9 post.example net", [("hdelacruz9 post.example net", 0.55)]),
    ("jane.doe gmail.com", [("jane.doe gmail.com", 0.55)]),
    ("jane.doe©gmail.com", [("jane.doe©gmail.com", 0.55)]),
    ("janedoe84gmail.com", [("janedoe84gmail.com", 0.55)]),
    ("write to jdoe84Qyahoo.co.uk now", [("jdoe84Qyahoo.co.uk", 0.55)]),
]
NEAR_MISSES = [
    "visit gmail.com",
    "Log in with hotmail.com or yahoo.com",
    "Email us at gmail.com",
    "Email www.stmary2.org",
    "Email: clinic.example.org",
    "support2.hotmail.com",
    "we met @ home com",
    "https://mail.jane2.gmail.com",
    "",
    "@handle",
    "jane@",
    "a@b",
    "jane.doe@gmail",
    "3 @ 5.00",
    "user@host:~/x",
    "x@@y.com",
]
