from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers.age_over_89 import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("Age: 92", [("92", 0.85)]),
    ("AGE 94", [("94", 0.85)]),
    ("Age: 92Y", [("92Y", 0.85)]),
    ("Age/Sex: 94/F", [("94", 0.85)]),
    ("Age (yrs): 101", [("101", 0.85)]),
    ("Patient Age: 90 years", [("90 years", 0.85)]),
    ("Age\n93", [("93", 0.85)]),
    ("Name\tAge\tSex\nAnn\t93\tF\nBo\t45\tM", [("93", 0.85)]),
    ("92 yo female", [("92 yo", 0.8)]),
    ("92yo", [("92yo", 0.8)]),
    ("92 y/o M", [("92 y/o", 0.8)]),
    ("a 95-year-old man", [("95-year-old", 0.8)]),
    ("she is 104 years old", [("104 years old", 0.8)]),
    ("DOE, JANE 97Y F", [("97Y F", 0.85)]),
    ("DOE, JANE (97 y)", [("97", 0.75)]),
    ("(F, 93)", [("93", 0.6)]),
    ("(93 F)", [("93", 0.6)]),
    ("M/99", [("99", 0.6)]),
    ("99/M", [("99", 0.6)]),
    ("aged 103", [("103", 0.6)]),
    ("turned 90 today", [("90", 0.6)]),
    ("Happy 95th Birthday", [("95", 0.6)]),
    ("Year of birth: 1931", [("1931", 0.85)]),
    ("Born: 1931", [("1931", 0.85)]),
]
DOUBTFUL: list[tuple[str, str, float]] = [
    ("Age 9O", "9O", 0.7),
    ("9O y/o", "9O y/o", 0.65),
    ("born 1931", "1931", 0.5),
]
"""What is reported with a score of at most this much."""
NEAR_MISSES = [
    "",
    "Age: 89",
    "Age: 12",
    "Age: 123",
    "Age 92 months",
    "Age: 95%",
    "Age group 90-94",
    "Ages 8-99",
    "ages 90 to 95",
    "aged 65 to 95",
    "65-95 years old",
    "age 90+",
    "over 90 years old",
    "90 or older",
    "up to 99 years of age",
    "92 years of experience",
    "a 100-year-old building",
    "98.6F",
    "at 98 F",
    "192 yo",
    "92 yoghurts",
    "v92 y/o",
    "$95 yo",
    "Score 95/100",
    "Born: 03/04/1931",
    "Year of birth: 1975",
    "founded in 1931",
    "97",
    "Page 92 yo-yo",
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_finds_what_is_there_and_nothing_else(
    check: Callable[[Identifier, str, list[tuple[str, float]]], None],
    text: str,
    expected: list[tuple[str, float]],
) -> None:
    check(IDENTIFIER, text, expected)


@pytest.mark.parametrize(("text", "value", "most"), DOUBTFUL)
def test_is_not_sure_of_what_may_be_something_else(
    found: Callable[[Identifier, str], dict[str, float]], text: str, value: str, most: float
) -> None:
    assert found(IDENTIFIER, text) == {value: pytest.approx(most, abs=0.1)}
    assert found(IDENTIFIER, text)[value] <= most


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_leaves_near_misses_alone(
    check: Callable[[Identifier, str, list[tuple[str, float]]], None], text: str
) -> None:
    check(IDENTIFIER, text, [])
