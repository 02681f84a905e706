from __future__ import annotations

import datetime as dt

import pytest

from phiscan.consent.matching import THRESHOLD, distance, matches, middle
from phiscan.consent.people import Encoding, Person

DAY = dt.date(2026, 1, 1)


def point(x: float, y: float = 0.0) -> Encoding:
    return (x, y)


def person(*encodings: Encoding) -> Person:
    return Person("Ada", DAY, DAY, "", encodings)


ADA, BOB = person(point(0)), person(point(10))
NEAR, FAR = point(THRESHOLD), point(THRESHOLD * 1.001)


@pytest.mark.parametrize(
    ("faces", "people", "expected"),
    [
        ([], [ADA], []),
        ([point(0)], [], [False]),
        ([point(0)], [ADA], [True]),
        ([NEAR], [ADA], [True]),
        ([FAR], [ADA], [False]),
        ([None], [ADA], [False]),
        ([None, point(0.1)], [ADA], [False, True]),
        ([point(10.1), point(0.1), point(5)], [ADA, BOB], [True, True, False]),
        ([point(0.2), point(0.1)], [ADA], [False, True]),
        ([point(0.1), point(0.1)], [ADA], [True, False]),
    ],
    ids=[
        "no face",
        "nobody on the list",
        "the same",
        "at the threshold",
        "a near match is no match",
        "a face without encoding",
        "only one has an encoding",
        "two people and a stranger",
        "of two the nearer one",
        "of two just as near only one",
    ],
)
def test_matches(faces: list[Encoding | None], people: list[Person], expected: list[bool]) -> None:
    assert matches(faces, people) == expected


def test_several_photos_count_as_the_point_in_their_middle() -> None:
    ada = person(point(0, 0), point(0, 2), point(3, 1))
    assert middle(ada.encodings) == (1, 1)
    assert distance(point(1, 2), ada) == 1
    assert matches([point(0, 0)], [ada]) == [False]


def test_numbers_that_are_none_match_nobody() -> None:
    assert matches([point(float("nan"))], [ADA]) == [False]
    assert matches([point(0)], [person(point(float("nan")))]) == [False]
