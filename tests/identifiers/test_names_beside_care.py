"""Names that no label marks: what stands beside them says whether they are a patient's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers._clinic import is_medical, signs_in
from phiscan.identifiers.person_name import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

    Find = Callable[[Identifier, str], dict[str, float]]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("204 Bellamy 88F hip ORIF POD1, lovenox", "Bellamy"),
        ("TRIAGE Odum 28w r/o PTL", "Odum"),
        ("Bianca reports improved sleep on trazodone 50 mg", "Bianca"),
        ("DENTURES - Agnes Rowe rm 15", "Agnes Rowe"),
        ("R. HAVERFORD\nTYPE 1 DIABETIC", "R. HAVERFORD"),
        ("TRUJILLO, M  05 MAR 25\nFHR 145", "TRUJILLO, M"),
        ("PRE-PARTICIPATION\nCamper's name: Lila Rosenthal", "Lila Rosenthal"),
        ("I, Truman Shaw, being of sound mind", "Truman Shaw"),
        ("Visitor log\nPam Rowley\t2:05\nGil Tremaine\t2:40", "Pam Rowley"),
        ("姓名：王丽华  性别：女", "王丽华"),
    ],
)
def test_words_of_care_make_a_name_a_patients(found: Find, text: str, name: str) -> None:
    assert found(IDENTIFIER, text).get(name, 0.0) >= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "Murphy sign        cholecystitis\nBabinski sign      upper motor neuron lesion",
        "Crohn, Whipple, Hirschsprung, Parkinson",
        "RENAL DIET\nLimit potassium: bananas, potatoes",
        "NPO nothing by mouth\nDKA  COPD  CHF  CAD",
        "Foley Catheter 16 Fr\nLATEX FREE",
        "How to use your inhaler  1 Shake  2 Breathe out",
        "GLAD 30\nGLAD 40 TALL\nGLAD 45\nGLAD 13\nGLAD 8 mg",
        "Grandma Betty's Pot Roast\n3 lb chuck roast",
    ],
)
def test_eponyms_headings_and_brands_are_nobody(found: Find, text: str) -> None:
    assert max(found(IDENTIFIER, text).values(), default=0.0) < 0.65


@pytest.mark.parametrize(
    "text",
    [
        "Elena Marsh, Johns Hopkins\nGRAND ROUNDS: Sepsis in the elderly",
        "Rose Baxter  oil on canvas\n1844-1926  asthma",
        "LUCKY MAN  a memoir of epilepsy and surgery\nMichael Foxley",
    ],
)
def test_a_stage_and_a_shelf_make_a_name_a_public_one(found: Find, text: str) -> None:
    assert max(found(IDENTIFIER, text).values(), default=0.0) < 0.4


def test_the_same_name_scores_by_what_stands_near(found: Find) -> None:
    alone, one, two = (
        found(IDENTIFIER, f"Colin Dreyfus\n{rest}")["Colin Dreyfus"]
        for rest in ("see you there", "insulin at noon", "insulin at noon, INR 3.1")
    )
    assert alone < one < two


def test_signs_of_care_count_once_and_by_their_spelling() -> None:
    assert signs_in("refill, Refill and REFILL") == {"refill"}
    assert signs_in("at bedtime 5 mg qhs") == {"at bedtime", "5 mg"}
    assert signs_in("NPO") == {"npo"}
    assert signs_in("susp. 3 dd 5 ml, finish course") == {"susp", "3 dd 5", "finish course"}
    assert not signs_in("we went to bid and pod")
    assert is_medical("insulin")
    assert not is_medical("colin")


@pytest.mark.parametrize(
    "text",
    [
        "Maestro Leif Aronson   Sat 7:30 pm   Row F 12",
        "COVID-19 mRNA  DTaP\nDOB 1990-11-02",
        "pH 5.0   308 mOsmol/L",
        "From: Nadia Rahimi, NP\nReferral: insulin, BP 142/88",
        "Deliver O2, 22 Birch Ct",
        "Everest & Jennings wheelchair",
        "Foley tray 16 Fr  Bard  latex",
        "Mom - cardiologist Tue 10, take eliquis",
    ],
)
def test_seats_units_streets_and_makers_are_nobody(found: Find, text: str) -> None:
    assert max(found(IDENTIFIER, text).values(), default=0.0) < 0.5
