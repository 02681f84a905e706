from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers.fax import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("Fax: 415-823-0199", [("415-823-0199", 0.85)]),
    ("FAX NO.\n415-823-0199", [("415-823-0199", 0.85)]),
    ("Fax\t(415) 823-0199", [("(415) 823-0199", 0.85)]),
    ("Fax: +44 20 7946 0958", [("+44 20 7946 0958", 0.85)]),
    ("Fax: 415-823-O199", [("415-823-O199", 0.85)]),
    ("Phone: 415-823-0100 Fax: 415-823-0199", [("415-823-0199", 0.85)]),
    ("Phone/Fax: 415-823-0199", [("415-823-0199", 0.6)]),
    ("T: 415-823-0100  F: (415) 823-0199", [("(415) 823-0199", 0.75)]),
    ("P. 415.823.0100 | F. 415.823.0199", [("415.823.0199", 0.75)]),
    ("415-823-0199 (fax)", [("415-823-0199", 0.85)]),
    ("MAR-04-2021 10:22 FROM:CLINIC TO:4158230199 P.1/3", [("4158230199", 0.7)]),
    ("03/04/2021 10:22 415-823-0199 PAGE 02/05", [("415-823-0199", 0.7)]),
]
NEAR_MISSES = [
    "",
    "Fax:",
    "Fax cover sheet",
    "Phone: 415-823-0199",
    "415-823-0199",
    "Page 1 of 3",
    "Fax: 01/02/2021",
    "fax it to us by 2021",
    "F: 98.6",
    "Fig. F: 12",
    "10:22 PAGE 1/2",
    "Buffax: 415-823-0199",
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
