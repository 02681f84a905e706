"""Names whose parts stand in two cells, and names behind the hours of a day's list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers.person_name import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

    Found = Callable[[Identifier, str], dict[str, float]]

SPLIT = [
    ("RUTKOWSKI  ZBIGNIEW\n1951-11-02  M\n26-118840", {"RUTKOWSKI  ZBIGNIEW": 0.65}),
    ("HARRIS  DONNA   10 JAN 1960", {"HARRIS  DONNA": 0.65}),
    ("Last Shevchenko  First Daryna\nFlu L deltoid", {"Shevchenko": 0.8, "Daryna": 0.8}),
    ("Halvorsen\n03/04/1951\nMRN 55120", {"Halvorsen": 0.5}),
    ("PAPADOPOULOS\nKosta     M   03/11/1952", {"PAPADOPOULOS": 0.65, "Kosta": 0.65}),
]
WHOLE = [
    "Last call  First served\n1951-11-02",
    "Last Shevchenko  Second Daryna\nfreestyle",
    "Summary\n03/04/1951\nMRN 55120",
    "Last  First",
    "Monday  Tuesday\n1951-11-02",
    "Cherokee  Workwear\n4471882",
    "Biscuit  Beagle",
    "PHARMACY  RADIOLOGY\n10 JAN 1960",
    "Dr.  Zbigniew\n1951-11-02",
]
TIMED = [
    ("9:00 Howard - parallel bars\n9:45 Teresa - stairs\nPT after surgery", {"Howard", "Teresa"}),
    ("8:20 AM   Mrs Achebe - dialysis\n8:40 AM   Rey - dialysis", {"Achebe", "Rey"}),
]
UNTIMED = [
    "9:00 Standup\n10:30 Budget review\n15:00 Retro",
    "9:00 Dr. Howard\n9:45 Nurse Teresa",
    "7:00 Boston\n9:45 Chicago",
    "9:45 Howard is late",
]


@pytest.mark.parametrize(("text", "expected"), SPLIT)
def test_two_cells_make_one_name(found: Found, text: str, expected: dict[str, float]) -> None:
    names = found(IDENTIFIER, text)
    assert {
        name: names.get(name, 0.0) >= least for name, least in expected.items()
    } == dict.fromkeys(expected, True)


@pytest.mark.parametrize("text", WHOLE)
def test_two_other_words_do_not(found: Found, text: str) -> None:
    assert max(found(IDENTIFIER, text).values(), default=0.0) < 0.5


@pytest.mark.parametrize(("text", "names"), TIMED)
def test_a_list_by_the_hour_names_who_comes(found: Found, text: str, names: set[str]) -> None:
    assert {name for name, score in found(IDENTIFIER, text).items() if score >= 0.5} >= names


@pytest.mark.parametrize("text", UNTIMED)
def test_an_agenda_names_nobody(found: Found, text: str) -> None:
    assert max(found(IDENTIFIER, text).values(), default=0.0) < 0.5
