"""Names in like rows of a list vouch for each other."""

from __future__ import annotations

import pytest

from phiscan.identifiers._row_forms import vouched
from phiscan.plain_layout import lay_out
from phiscan.protocols import Match

ROWS = "H3719 Amara Cohen 73 M\n6807 Rivka Tran 38 F\n6197 Olivia Li 64 F\n7627 Zo Qx 85 M"
NAMES = ("Amara Cohen", "Rivka Tran", "Olivia Li", "Zo Qx")


def scores(flow: str, found: dict[str, float]) -> list[float]:
    matches = [
        Match(flow.index(name), flow.index(name) + len(name), score, "form of a name")
        for name, score in found.items()
    ]
    return [match.score for match in vouched(lay_out(flow), matches)]


def test_a_row_among_like_rows_is_no_less_likely_than_most() -> None:
    known = dict(zip(NAMES, (0.9, 0.7, 0.8, 0.1), strict=True))
    assert scores(ROWS, known) == [0.9, 0.75, 0.8, 0.75]


@pytest.mark.parametrize(
    ("flow", "why"),
    [
        (ROWS.replace("7627 Zo Qx 85 M", "see Zo Qx soon"), "another form"),
        (ROWS.replace("\n7627", "\n\n7627"), "another block"),
        ("Amara Cohen\nRivka Tran\nOlivia Li\nZo Qx", "no number"),
    ],
)
def test_other_rows_do_not_speak_for_it(flow: str, why: str) -> None:
    known = dict(zip(NAMES, (0.9, 0.7, 0.8, 0.1), strict=True))
    assert scores(flow, known)[-1] == 0.1, why


def test_two_rows_are_no_list() -> None:
    two = "\n".join(ROWS.split("\n")[:2])
    assert scores(two, {"Amara Cohen": 0.9, "Rivka Tran": 0.1}) == [0.9, 0.1]


def test_doubtful_rows_do_not_raise_each_other() -> None:
    assert scores(ROWS, dict.fromkeys(NAMES, 0.2)) == [0.2] * 4


def others(flow: str) -> list[str]:
    matches = [
        Match(flow.index(name), flow.index(name) + len(name), 0.8, "form of a name")
        for name in NAMES[:3]
    ]
    every = list(vouched(lay_out(flow), matches))
    assert all(match.score == 0.8 for match in every)
    return [flow[match.start : match.end] for match in every[3:]]


def test_what_stands_where_other_rows_have_a_name_is_one() -> None:
    assert others(ROWS.replace("Zo Qx", "Park, Nikos")) == ["Park, Nikos"]
    assert others(ROWS.replace("Zo Qx", "Zo de la Qx")) == ["Zo de la Qx"]


@pytest.mark.parametrize(
    "words", ["Suture removal", "Nurse Kim Lee", "Room", "General Hospital", "zo qx"]
)
def test_what_is_no_name_is_none_there_either(words: str) -> None:
    assert others(ROWS.replace("Zo Qx", words)) == []
