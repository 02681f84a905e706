from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers.person_name import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    (
        "PATIENT NAME (Last, First, MI)   BORN\nOkafor, Chinedu B                07/09/1984",
        [("Okafor, Chinedu B", 0.9)],
    ),
    ("Name:John DoeDOB:01/02/1933MRN:889123", [("John Doe", 0.9)]),
    ("Patient: Jane Doe", [("Jane Doe", 0.9)]),
    ("Patient Name:JaneDoe", [("JaneDoe", 0.9)]),
    ("PatientName:JohnSmith", [("JohnSmith", 0.9)]),
    ("Patient Nane: John Smith", [("John Smith", 0.9)]),
    ("Pt: SMITH, JOHN A", [("SMITH, JOHN A", 0.9)]),
    ("Name: Mrs. Maria Lopez-Garcia DOB: 1/2/50", [("Maria Lopez-Garcia", 0.9)]),
    ("NAME OF BENEFICIARY\nJANE DOE", [("JANE DOE", 0.9)]),
    ("Name\tJohn Smith", [("John Smith", 0.9)]),
    ("Last Name: Smith\nFirst Name: John", [("Smith", 0.9), ("John", 0.9)]),
    ("Last Name\tFirst Name\nSmith\tJohn", [("Smith", 0.9), ("John", 0.9)]),
    (
        "Surname/Nom\nERIKSSON\nGiven names/Prénoms\nANNA MARIA",
        [("ERIKSSON", 0.8), ("ANNA MARIA", 0.9)],
    ),
    ("Patient Name: Xyra Quuzel", [("Xyra Quuzel", 0.9)]),
    ("Emergency Contact: Robert Miller (husband)", [("Robert Miller", 0.9)]),
    ("Mother: Linda Chavez", [("Linda Chavez", 0.9)]),
    ("Full Name\nadam", [("adam", 0.9)]),
    ("DOE, JANE", [("DOE, JANE", 0.8)]),
    ("Wiley, Wesley W.", [("Wiley, Wesley W.", 0.8)]),
    ("SMITH^JOHN", [("SMITH^JOHN", 0.8)]),
    ("Zorvax, Quillon B", [("Zorvax, Quillon B", 0.5)]),
    ("DAVIDSON DOUGLAS [M] 01.09.2012", [("DAVIDSON DOUGLAS", 0.75)]),
    ("Mrs. Henderson", [("Henderson", 0.7)]),
    ("Mr Nguyen is in bed 4", [("Nguyen", 0.7)]),
    ("Jessica Smith", [("Jessica Smith", 0.5)]),
    ("the man John Smith lives here with her", [("John Smith", 0.4)]),
    (
        (
            "ID   Name             Phone\n1    Ker Pirri        1\n"
            "2    Tiertza Oakman   2\n3    Druci Shortt     3"
        ),
        [("Ker Pirri", 0.9), ("Tiertza Oakman", 0.9), ("Druci Shortt", 0.9)],
    ),
    ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", [("ERIKSSON<<ANNA<MARIA", 0.9)]),
    ("CHONG<<KA<KEONG<<<<<<<<<<<<<<<", [("CHONG<<KA<KEONG", 0.9)]),
]
NEAR_MISSES = [
    "",
    "Name:",
    "Name:\nDate of birth:\nAddress:",
    "Patient Name | DOB | MRN",
    "Name\nDate of birth\nAddress",
    "Patient Name ____________ Date _______",
    "Patient: see reverse",
    "patient education center",
    "The patient no longer takes aspirin.",
    "Dr. John Smith",
    "John Smith, MD",
    "Attending: John Smith",
    "Provider\nJohn Smith",
    "Nurse: Mary Jones RN",
    "Signed by: Mary Jones",
    "Springfield General Hospital",
    "Park Avenue",
    "Long Price",
    "March Madness",
    "New York",
    "San Antonio",
    "Paris, France",
    "Boston, MA",
    "Monday, June",
    "Calvin Klein",
    "Johnson & Johnson",
    "Blood Pressure",
    "Happy Birthday",
    "Sign In",
    "Power Query",
    "Medication Name: Lisinopril",
    "File Name: Report",
    "Product Name: Widget",
    "Name: N/A",
    "Full Name\nEnter your name",
    "Mr. Clean",
    "Miss Universe",
    "Salt, Pepper",
    "lorem, ipsum dolor sit",
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
