"""What all identifiers ask of a text: lines that hold a needle."""

from __future__ import annotations

import re

import pytest

from phiscan.identifiers._views import search_lines
from phiscan.plain_layout import lay_out

_PATTERN = re.compile(r"(?<!x)[A-Z]\w+ \d")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Ab 1 needle Cd 2", ["Ab 1", "Cd 2"]),
        ("Ab 1\nneedle\nCd 2", []),
        ("Ab 1\nneedle Needle Cd 2\nEf 3 NEEDLE", ["Cd 2", "Ef 3"]),
        ("needle\n\nxAb 1 needle", []),
        ("", []),
    ],
)
def test_a_pattern_runs_over_each_line_with_the_needle_once(
    written: str, expected: list[str]
) -> None:
    found = search_lines(_PATTERN, lay_out(written), re.compile("needle"))
    assert [each.group() for each in found] == expected
