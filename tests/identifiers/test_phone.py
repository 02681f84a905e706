from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers.phone import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("call 415-823-0199 now", [("415-823-0199", 0.6)]),
    ("(415) 823-0199", [("(415) 823-0199", 0.6)]),
    ("(415)823-0199", [("(415)823-0199", 0.6)]),
    ("415.823.0199", [("415.823.0199", 0.6)]),
    ("+44 20 7946 0958", [("+44 20 7946 0958", 0.6)]),
    ("Home: 415-823-0199", [("415-823-0199", 0.85)]),
    ("Cell Phone 415 823 0199", [("415 823 0199", 0.85)]),
    ("HomePhone:4158230199", [("4158230199", 0.85)]),
    ("Patient Phone\t415-823-0199", [("415-823-0199", 0.85)]),
    ("Mobile\n415-823-0199", [("415-823-0199", 0.85)]),
    ("Tel: 823-0199", [("823-0199", 0.6)]),
    ("Phone: 4l5-823-O199", [("4l5-823-O199", 0.6)]),
    (
        "Name      Phone\nAnn Lee   415-823-0199\nBo Ray    415-823-0188",
        [("415-823-0199", 0.85), ("415-823-0188", 0.85)],
    ),
    ("1-800-633-4227", [("1-800-633-4227", 0.5)]),
]
NEAR_MISSES = [
    "",
    "Phone:",
    "Fax: 415-823-0199",
    "Fax (415) 823-0199",
    "FAX\n415-823-0199",
    "4158230199",
    "14158230199123",
    "01/02/2021 10:30",
    "219-45-6789",
    "$415.823.01",
    "415-823-01999",
    "9415-823-0199",
    "115-823-0199",
    "415-123-0199",
    "192.168.100.2000",
    "home 2021-03-04",
    "ISBN 978-3-16-148410-0",
    "mobile home park 12",
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_finds_what_is_there_and_nothing_else(
    check: Callable[[Identifier, str, list[tuple[str, float]]], None],
    text: str,
    expected: list[tuple[str, float]],
) -> None:
    check(IDENTIFIER, text, expected)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_leaves_near_misses_alone(
    check: Callable[[Identifier, str, list[tuple[str, float]]], None], text: str
) -> None:
    check(IDENTIFIER, text, [])
