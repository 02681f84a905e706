"""Names that the words and numbers beside them announce; the rest of names: test_person_name."""

from __future__ import annotations

import pytest

from phiscan.identifiers.person_name import IDENTIFIER
from phiscan.plain_layout import lay_out

ANNOUNCED = [
    ("Spectacle Rx\nFor Quentin Abara-Holt", "Quentin Abara-Holt"),
    ("Mme Kouassi 58 ans", "Kouassi"),
    ("Pls call Frau Hedwig Sommerfeld", "Hedwig Sommerfeld"),
    ("Grandma Lucille - MORNING", "Lucille"),
    ("thank you for the care of our dad Lou Bramante.", "Lou Bramante"),
    ("Deceased: Apinya Srisuk", "Apinya Srisuk"),
    ("Dwayne T. Littlefeather has an appointment on", "Dwayne T. Littlefeather"),
    ("BED12 KIPCHOGE\n120/72", "KIPCHOGE"),
    ("Rm 412  C. Fitzgerald  54F", "C. Fitzgerald"),
    ("Ngozi Eze  1966/05/02  Wt 64.0 kg", "Ngozi Eze"),
    ("OKONKWO, CHIDINMA   F\n1989-08-30", "OKONKWO, CHIDINMA"),
    ("4A COHEN, M\n4B BEGAY, D\n5A LI, W\nNPO", "COHEN, M"),
    ("Dear Rosalyn, your biopsy", "Rosalyn"),
    ("RECORDS REQUEST patient Maria Havili", "Maria Havili"),
    ("Björn Åkesson  78M", "Björn Åkesson"),
]
LEFT_ALONE = [
    "For Sale",
    "FOR INTRAVENOUS USE",
    "Dear Customer,",
    "Call Now",
    "Room 12 Meeting Schedule",
    "Room 204\nLibrary",
    "Mr. Coffee 12 cups 4 M",  # a brand: one word, which is ordinary
    "Single-Dose Vial 1 mL\nEXP 04/26",
    "Smith, J",  # alone it may be the author of a book
    "Nadine Forsythe, Account Executive",
    "The store is ready for Summer",
    "",
]


def names(text: str, at_least: float = 0.5) -> list[str]:
    return [text[m.start : m.end] for m in IDENTIFIER.find(lay_out(text)) if m.score >= at_least]


@pytest.mark.parametrize(("text", "name"), ANNOUNCED)
def test_what_stands_beside_a_name_announces_it(text: str, name: str) -> None:
    assert name in names(text)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_the_same_words_before_other_things_announce_nobody(text: str) -> None:
    assert names(text) == []


def test_a_name_in_the_wrong_column_of_a_photographed_table_stays_one() -> None:
    table = "Time\nName\tBirth date\tDoctor\nLakshmi Okafor\t07/21/1936\tMarsh"
    assert "Lakshmi Okafor" in names(table)
