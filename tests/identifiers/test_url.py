from __future__ import annotations

from tabled import (  # noqa: F401 - pytest runs them
    test_finds_what_is_there_and_nothing_else,
    test_is_not_sure_of_what_may_be_something_else,
    test_leaves_near_misses_alone,
)

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    (
        "https://portal.clinic.example/results?token=Zx81kQpa77",
        [("https://portal.clinic.example/results?token=Zx81kQpa77", 0.85)],
    ),
    (
        "https://example.com/reset?access_token=abcd1234.",
        [("https://example.com/reset?access_token=abcd1234", 0.85)],
    ),
    ("https://user:secret@host.example/x", [("https://user:secret@host.example/x", 0.85)]),
    (
        "mychart.northfield.org/open/visit/8827365",
        [("mychart.northfield.org/open/visit/8827365", 0.85)],
    ),
    ("www.clinic.example.com/p?mrn=0012345", [("www.clinic.example.com/p?mrn=0012345", 0.85)]),
    (
        "https://telehealth.example.com/r/3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        [("https://telehealth.example.com/r/3f2504e0-4f89-11d3-9a0c-0305e82c3301", 0.85)],
    ),
    ("patientportal.lakeside.org", [("patientportal.lakeside.org", 0.6)]),
    ("linkedin.com/in/jane-doe", [("linkedin.com/in/jane-doe", 0.6)]),
    ("https://zoom.us/j/98765432101", [("https://zoom.us/j/98765432101", 0.6)]),
    (
        "https://checkin.lakeside.example/v/7Gh3kQpZ21",
        [("https://checkin.lakeside.example/v/7Gh3kQpZ21", 0.85)],
    ),
    (
        "https://pay.acme.example/s/9f3ad71c44e0b8",
        [("https://pay.acme.example/s/9f3ad71c44e0b8", 0.6)],
    ),
]
DOUBTFUL: list[tuple[str, str, float]] = [
    ("www.acme.com", "www.acme.com", 0.3),
    ("https://www.acme.com/", "https://www.acme.com/", 0.3),
    ("Visit acme.com, today.", "acme.com", 0.3),
    ("http://www.acme.com/products/cakes-2021", "http://www.acme.com/products/cakes-2021", 0.3),
    ("www.health.gov/2020/guidelines", "www.health.gov/2020/guidelines", 0.3),
    ("(see https://acme.com/a).", "https://acme.com/a", 0.3),
    (
        "https://github.com/a/b/commit/d649d8974387190d15731fa789d837d55d0e6245",
        "https://github.com/a/b/commit/d649d8974387190d15731fa789d837d55d0e6245",
        0.6,
    ),
    (
        "https://portal.acme.example/covid19vaccine",
        "https://portal.acme.example/covid19vaccine",
        0.6,
    ),
]
"""What is reported with a score of at most this much."""
NEAR_MISSES = [
    "",
    "jane.doe@gmail.com",
    "README.md and setup.py",
    "a.b.c",
    "v1.2.com1",
    "example",
    "http://",
    "www.",
    "Dr.Smith.MD",
    "Inc.com-pany",
]
