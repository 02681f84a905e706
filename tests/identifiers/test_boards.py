"""Names in lists: boards of beds, queues, topics of a ward, fields of a licence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers.person_name import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

    Found = Callable[[Identifier, str], dict[str, float]]

LISTED = [
    ("401A MCGONIGLE, T\n401B ADEBAYO, F", {"MCGONIGLE, T": 0.8, "ADEBAYO, F": 0.8}),
    ("4A   COHEN, M\n4B   ABDI, F\n5A   EMPTY", {"COHEN, M": 0.65, "ABDI, F": 0.65}),
    ("4A COHEN, M", {"COHEN, M": 0.65}),
    ("Bed 4B COHEN, M", {"COHEN, M": 0.65}),
    ("T1   Delacroix, Y  NPO\nT2   Nakagawa, R", {"Delacroix, Y": 0.65, "Nakagawa, R": 0.65}),
    ("1. COHEN, M\n2. ADEBAYO, F", {"COHEN, M": 0.65, "ADEBAYO, F": 0.65}),
    ("NOW CALLING   ROOM\nAbigail T.   3\nJorge M.   1", {"Abigail T": 0.75, "Jorge M": 0.75}),
    ("DC TODAY: Ruiz, Bauer\nPENDING: Odell (SNF)", {"Ruiz": 0.65, "Bauer": 0.65, "Odell": 0.65}),
    ("1 Sims  2 Torres  3 empty  4 Walsh", {"Sims": 0.5, "Torres": 0.5, "Walsh": 0.5}),
    ("WINSLOW 312B", {"WINSLOW": 0.5}),
    ("ADD ON: Pham ex lap", {"Pham": 0.5}),
    ("OHIO DRIVER LICENSE\n1 STODDARD\n2 MIRANDA JO", {"STODDARD": 0.8, "MIRANDA JO": 0.8}),
    ("Hutchens 217B\nlisinopril 10 mg", {"Hutchens": 0.65}),
    (  # a surname that is a word as well, and one whose comma was lost
        "BED PATIENT\n301  Mensah, K\n302  Park, L\n303  Ortiz, S\n304  LI N",
        {"Mensah, K": 0.7, "Park, L": 0.5, "Ortiz, S": 0.7, "LI N": 0.4},
    ),
    ("301  de la Cruz, G\n302  St. James, T", {"de la Cruz, G": 0.8, "St. James, T": 0.8}),
    (  # the row of a nurse that was not read has as many cells as others
        (
            "BED                     NURSE   PLAN\n301    Begay, Y                 labs\n"
            "302    Núñez, M                 NPO\n303    Ortiz, S         Lee     NPO"
        ),
        {"Begay, Y": 0.65, "Núñez, M": 0.65},
    ),
    ("TX DRIVER LICENSE\nLN KHAN\n8420 PRAIRIE LN", {"KHAN": 0.8}),
    (
        "301\nCOHEN, 0\n302 ADEBAYO, F\n303 ABDI, K",
        {"COHEN, 0": 0.6, "ADEBAYO, F": 0.65, "ABDI, K": 0.65},
    ),
    (
        "BED\tPATIENT\n301 Garcia, D\tJo\n302 Garcia, L\tJo\n303 Lee, t\tJo\n305 Kealoha, 0\tJo",
        {"Lee, t": 0.6, "Kealoha, 0": 0.6},
    ),
    ("ME 0RIVER LICENSE\nLN COHEN\nFN ADAEZE P", {"COHEN": 0.8, "ADAEZE P": 0.8}),
]
NOT_LISTED = [
    "PENDING: Supplies, Payroll",
    "NPO: after midnight",
    "Discharge: home with family",
    "1 STODDARD\n2 MERCER",
    "Hutchens 217B",
    "Priya S\nnothing else",
    "COHEN, M",
    "Row  Speaker\n4A   Cohen, M   Keynote\n4B   Abdi, F    Panel: supply chains",
    "Flight 212   GATE 4   SEAT\n4A COHEN, M\n4B ABDI, F\nBOARDING",
    "1 Sims  2 Torres  3 Walsh",
    "1 Milk  2 Eggs  3 empty",
    "WINSLOW 312",
    "CANON 312B",
    "WINDOW 312B",
    "WINSLOW 312B chair, oak",
    "4A EMPTY\n4B CLEAN",
    "4A",
    "DRIVER LICENSE\n1 MERCY HOSPITAL",
    "LN COHEN",
    "LN 12\nFN 14",
    "LN MERCY HOSPITAL\nFN MERCY HOSPITAL",
    "301  Plan B\n302  Vitamin K\n303  Tower C",
]
CALLED = [
    ("Baby Girl Abramowitz\n7 lb 3 oz   19.5 in", "Baby Girl Abramowitz", 0.8),
    ("Welcome Baby Girl Abramowitz!", "Baby Girl Abramowitz", 0.5),
    ("Baby Boy Washington\nBorn 12/15/1954   Mother MRN 808316", "Baby Boy Washington", 0.8),
    ("BG St. James\nMother MRN 808316", "BG St. James", 0.8),
    ("BBMcAllister\nMother MRN 808316", "BBMcAllister", 0.8),
    ("Twin A Ferro NPO", "Twin A Ferro", 0.8),
    ("Passenger: Otieno/Grace Mrs\nwheelchair, insulin", "Otieno/Grace Mrs", 0.4),
    ("Velma Stokes's BP log", "Velma Stokes", 0.7),
    ("also Lopez in 14 needs his abx hung", "Lopez", 0.7),
    ("Next visit for\nBettina Krause", "Bettina Krause", 0.8),
    ("RE: Marguerite Poole", "Marguerite Poole", 0.35),
    ("MACALLISTER Fiona", "MACALLISTER Fiona", 0.4),
    ("Odile BEAUCHAMP", "Odile BEAUCHAMP", 0.4),
    ("UR 1188204\nPAPADOPOULOS\nKosta   M   03/11/1952", "PAPADOPOULOS", 0.5),
    ("CHAIR   PT   DRY WT\n1   Booker   81.0\n2   Ansah   66.5", "Booker", 0.5),
    ("Visitor   To see   Time\nPam Rowley   Stan Rowley 310   2:05", "Pam Rowley", 0.35),
]
NOT_CALLED = [
    "Baby Girl Clothes 50% off",
    "BBQ Sauce\nBGS Works",
    "Baby Boy Washington",
    "Reese's Pieces   Levi's jeans",
    "Parkinson's medications",
    "Born in 14 days",
    "Lavender EDTA",
    "TYLENOL Extra",
    "Next visit for\nyour eyes",
    "Bed 12   ADULT",
    "read/write",
    "PAPADOPOULOS\nTAVERNA",
]


@pytest.mark.parametrize(("text", "names"), LISTED)
def test_rows_of_a_list_are_people(found: Found, text: str, names: dict[str, float]) -> None:
    values = {value.rstrip("."): score for value, score in found(IDENTIFIER, text).items()}
    for name, least in names.items():
        assert values.get(name, 0.0) >= least, (name, values)


@pytest.mark.parametrize("text", NOT_LISTED)
def test_what_only_looks_like_a_list_is_none(found: Found, text: str) -> None:
    assert not [value for value, score in found(IDENTIFIER, text).items() if score >= 0.5]


@pytest.mark.parametrize(("text", "name", "least"), CALLED)
def test_what_stands_round_a_name_gives_it_away(
    found: Found, text: str, name: str, least: float
) -> None:
    values = found(IDENTIFIER, text)
    assert values.get(name, 0.0) >= least, values


@pytest.mark.parametrize("text", NOT_CALLED)
def test_the_same_forms_of_other_things_are_nobody(found: Found, text: str) -> None:
    assert not [value for value, score in found(IDENTIFIER, text).items() if score >= 0.4]


def test_who_works_there_is_no_patient(found: Found) -> None:
    for job in ("Registered Nurse", "Physician Assistant", "Volunteer"):
        values = found(IDENTIFIER, f"MERCY HOSPITAL\nTeresa Lindholm\n{job}")
        assert values.get("Teresa Lindholm", 0.0) < 0.4, job
