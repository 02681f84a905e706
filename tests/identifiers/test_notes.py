"""Names in notes of a line or two, and what notes and posters say besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers.person_name import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

    Found = Callable[[Identifier, str], dict[str, float]]

NOTES = [
    ("Adeyemi, Folasade   RN: Kim   hip fracture", "Adeyemi, Folasade"),
    ("Name: Theo Grant   Dept: Radiology   pneumonia", "Theo Grant"),
    ("ask about Ridgeway's tracheostomy", "Ridgeway's"),
    ("epidural Trujillo, BP 88/40", "Trujillo"),
    ("Kowalski HR 38, paged cards", "Kowalski"),
    ("ISOLATION - Castellano, influenza", "Castellano"),
    ("this is Gerald's foot today, wound worse", "Gerald"),
    ("letto 7 Ricci PA 160/90", "Ricci"),
    ("This is a follow up on Marguerite Dubois, a 71-year-old female", "Marguerite Dubois"),
    ("Chelsea, you have an appt at 1:15", "Chelsea"),
    ("DME DELIVERY\nShip to: Consuelo Barrientos\nItem: wheelchair", "Consuelo Barrientos"),
    ("From: Harriet Blum <h@example.com>\nplease refill my insulin", "Harriet Blum"),
    ("RECALL\nBrennan Doyle   555-0117   LM 3/2", "Brennan Doyle"),
]
NOT_NOTES = [
    "Name: Theo Grant   Dept: Facilities   ID 44718",
    "This certifies that Joanna Pell has completed Food Handler Training",
    "Board of Nursing   DAWN M FERRIS   License RN.447188",
    "Alvarez, Tina  RN  0700-1930\nBoyd, Marcus  CNA  0700-1530",
    "Owner: Tess Malone   Pet: Waffles   Sp: feline",
    "Serena Williams  USA  26 Sep 1981  23 titles",
    "Kelly clamps 6   latex",
    "Dr. Ridgeway, tracheostomy",
    "EpiPen 2-Pak  0.3 mg  allergic emergencies",
    "GoodRx  Lisinopril 20 mg  Kroger $4.00",
    'Recheck "Tucker" ears, rash',
    "Ask your doctor about asthma. - Kimberly",
    "Skills: tracheostomy care  Sign up with Heather",
    "Crew Dunham / Castellano   O2 1800 psi",
    "McBurney point - appendicitis",
    "The Walter and Edna Pruitt Infusion Center, chemotherapy",
    "Case 14: Mr. Jones is a 58-year-old man with chest pain",
    "Simulation Lab   Patient: Harold Jones   BP 84/40",
    "Happy 90th Birthday Grandma Fern",
    "Period 2   Chemistry   Ms. Alvarez",
    "BLS renewal due\nYvonne Pratt   04/2026\nCurtis Lamb   05/2026",
    "From: Harriet Blum <h@example.com>\nquarterly figures",
    "Volunteer Peg Dornan   wheelchair rides",
]


@pytest.mark.parametrize(("text", "name"), NOTES)
def test_a_note_of_care_names_whom_it_is_about(found: Found, text: str, name: str) -> None:
    assert found(IDENTIFIER, text).get(name, 0.0) >= 0.5


@pytest.mark.parametrize("text", NOT_NOTES)
def test_goods_staff_lessons_and_the_public_are_no_patients(found: Found, text: str) -> None:
    assert max(found(IDENTIFIER, text).values(), default=0.0) < 0.7
