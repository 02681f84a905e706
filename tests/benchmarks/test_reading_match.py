"""What counts as read."""

from __future__ import annotations

import pytest

from benchmarks._reading_engines import Piece
from benchmarks._reading_match import distance, overlaps, plain, similarity
from benchmarks._reading_truth import Ground, Value
from fixtures.phone import Fault
from phiscan.geometry import Box, Region

FAULT = Fault(blur=0.6, motion=0, way=0, noise=2, sharpening=0, quality=90)


def region(x: float, y: float, width: float, height: float = 20) -> Region:
    return Region.from_box(0, Box(x, y, x + width, y + height))


GROUND = Ground("chart", "test", region(0, 0, 900, 700), 20, 0, 0, "plain", fresh=False)


def value(text: str, kind: str = "mrn", place: Region | None = None) -> Value:
    return Value(kind, text, place or region(100, 100, 200), 150, 1.0, GROUND, FAULT)


def pieces(*words: tuple[str, float, float]) -> list[Piece]:
    return [Piece(text, region(x, 100, width)) for text, x, width in words]


@pytest.mark.parametrize(
    ("kind", "text", "read"),
    [
        ("mrn", "MR12345678", [("MR12345678", 100, 200)]),
        ("birth_date", "03/04/1950", [("DOB:03/04/1950 M", 20, 320)]),
        ("birth_date", "Mar 4, 1950", [("Mar", 100, 60), ("4,", 170, 20), ("1950", 200, 100)]),
        ("phone", "(217) 555-0123", [("555-0123", 200, 100), ("(217)", 100, 90)]),
        ("name", "NÚÑEZ, JOSÉ", [("Nunez, Jose", 100, 200)]),
        ("name", "Ilse Olsen", [("lLSE 0LSEN", 100, 200)]),
        ("mrn", "12345678", [("1234", 100, 100), ("1234", 102, 98), ("5678", 200, 100)]),
    ],
)
def test_a_value_is_read_however_its_line_is_cut(
    kind: str, text: str, read: list[tuple[str, float, float]]
) -> None:
    assert similarity(value(text, kind), pieces(*read)) == 1.0


@pytest.mark.parametrize(
    ("kind", "text", "read", "alike"),
    [
        ("mrn", "12345678", "12345673", 7 / 8),
        ("mrn", "10345678", "l0345678", 7 / 8),
        ("mrn", "12345678", "1234 5 678", 1.0),
        ("mrn", "12345678", "123x45678", 7 / 8),
        ("name", "Ana Li", "Ana Wu", 3 / 5),
        ("mrn", "12345678", "", 0.0),
    ],
)
def test_each_wrong_character_counts(kind: str, text: str, read: str, alike: float) -> None:
    assert similarity(value(text, kind), pieces((read, 100, 200))) == pytest.approx(alike)


def test_what_stands_elsewhere_is_not_read_here() -> None:
    below = Piece("12345678", region(100, 140, 200))
    assert similarity(value("12345678"), [below]) == 0.0


@pytest.mark.parametrize(("x", "y", "alike"), [(286, 90, 1.0), (320, 90, 0.9), (286, 112, 0.9)])
def test_a_last_letter_in_a_high_box_belongs_to_its_line(x: float, y: float, alike: float) -> None:
    initial = Piece("G", region(x, y, 24, 40))
    read = [*pieces(("OKAFOR,", 100, 120), ("ANN", 225, 55)), initial]
    assert similarity(value("OKAFOR, ANN G", "name"), read) == pytest.approx(alike, abs=0.01)


def test_high_boxes_belong_to_the_line_in_their_middle() -> None:
    read = [
        Piece("+1", region(100, 80, 30, 60)),
        Piece("512 229", region(135, 80, 90, 60)),
        Piece("4661", region(230, 80, 70, 60)),
    ]
    above = Piece("617", region(100, 50, 60, 60))
    assert similarity(value("+1 512 229 4661", "phone"), [*read, above]) == 1.0
    assert similarity(value("617", "phone"), [above]) == 0.0


def test_a_line_upside_down_is_put_together_in_its_own_direction() -> None:
    place = Region(0, ((300, 120), (100, 120), (100, 100), (300, 100)))
    read = pieces(("Ana", 210, 90), ("Li", 100, 100))
    assert similarity(value("Ana Li", "name", place), read) == 1.0


def test_a_person_without_letters_is_never_read() -> None:
    assert similarity(value("--"), pieces(("--", 100, 200))) == 0.0


@pytest.mark.parametrize(
    ("wanted", "text", "edits"),
    [("abc", "xxabcxx", 0), ("abc", "xxaxcxx", 1), ("abc", "", 3), ("abc", "ab", 1), ("", "x", 0)],
)
def test_distance_lets_text_stand_around(wanted: str, text: str, edits: int) -> None:
    assert distance(wanted, text) == edits


def test_plain_keeps_letters_and_digits_only() -> None:
    assert plain("Łukasz  O'Brien-Şahin, 3.") == "lukaszobriensahin3"


def test_touching_lines_do_not_overlap() -> None:
    assert overlaps(region(0, 0, 100), region(20, 4, 30))
    assert not overlaps(region(0, 0, 100), region(0, 15, 100))
    assert not overlaps(region(0, 0, 100), region(500, 500, 100))
