"""What stands on the lines of a name besides words of care: each observation, and its near miss."""

from __future__ import annotations

import pytest

from phiscan.identifiers._beside import beside
from phiscan.plain_layout import lay_out
from phiscan.protocols import Match

NUMBER = "a person's number or its label near"
DATE, BED = "a date on its line", "a bed or room on its line"
HOURS, STREET = "hours of work on its line", "a street below"

SEEN = [
    ("Ann Low  MRN 12345", NUMBER),
    ("MRN 12345\nx\nAnn Low", None),
    ("Ann Low\nDOB ____", NUMBER),
    ("Ann Low\nOrder # 12345", None),
    ("Ann Low\n131052-308T", NUMBER),
    ("Ann Low\n131052-309T", None),
    ("Ann Low  3/9/2023", DATE),
    ("Ann Low\n3/9/2023", None),
    ("Ann Low rm 22", BED),
    ("zimmer 4b: Ann Low", BED),
    ("Ann Low, mushroom 22", None),
    ("Ann Low 8-4", HOURS),
    ("Ann Low 7a-7p Bo 10:00 - 18:30", HOURS),
    ("Ann Low 9-10", None),
    ("Ann Low 555-0142", None),
    ("Ann Low\n12 Elm St", STREET),
    ("Ann Low\nLindenstraße 4", STREET),
    ("Ann Low\n12 tablets", None),
    ("12 Elm St\nAnn Low", None),
]
FORMS = [
    ("Ann Low called", "begins its cell", True),
    ("call Ann Low", "ends its cell", True),
    ("Ann Low", "begins its cell", False),
    ("Low, Ann", "a comma inside", True),
    ("Ann Low,", "a comma inside", False),
    ("Ann Low\nx", "on the first line", True),
    ("x\nAnn Low", "on the first line", False),
]


def _seen(written: str) -> set[str]:
    name = "Low, Ann" if "Low, Ann" in written else "Ann Low"
    start = written.index(name)
    return set(beside(lay_out(written), Match(start, start + len(name), 0.5, "form of a name")))


@pytest.mark.parametrize(("written", "what"), SEEN)
def test_the_lines_of_a_name_are_told_of(written: str, what: str | None) -> None:
    assert _seen(written) & {NUMBER, DATE, BED, HOURS, STREET} == ({what} if what else set())


@pytest.mark.parametrize(("written", "what", "expected"), FORMS)
def test_where_a_name_stands_in_its_cell_is_told_of(
    written: str, what: str, *, expected: bool
) -> None:
    assert (what in _seen(written)) is expected


def test_long_lines_are_looked_at_near_the_name_only() -> None:
    far = " x" * 200
    assert BED not in _seen(f"Ann Low{far} rm 22")
    assert DATE not in _seen(f"3/9/2023{far} Ann Low")
