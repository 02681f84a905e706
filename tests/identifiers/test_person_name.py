from __future__ import annotations

from tabled import (  # noqa: F401 - pytest runs them
    test_finds_what_is_there_and_nothing_else,
    test_leaves_near_misses_alone,
)

from phiscan.identifiers.person_name import IDENTIFIER
from phiscan.plain_layout import lay_out

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    (
        "PATIENT NAME (Last, First, MI)   BORN\nOkafor, Chinedu B                07/09/1984",
        [("Okafor, Chinedu B", 0.9)],
    ),
    ("Name:John DoeDOB:01/02/1933MRN:889123", [("John Doe", 0.9)]),
    ("Patient: Jane Doe", [("Jane Doe", 0.9)]),
    ("氏名\tNami Hara", [("Nami Hara", 0.9)]),
    ("Patient Name:JaneDoe", [("JaneDoe", 0.9)]),
    ("PatientName:JohnSmith", [("JohnSmith", 0.9)]),
    ("Patient Nane: John Smith", [("John Smith", 0.9)]),
    ("Pt: SMITH, JOHN A", [("SMITH, JOHN A", 0.9)]),
    ("Name: Mrs. Maria Lopez-Garcia DOB: 1/2/50", [("Maria Lopez-Garcia", 0.9)]),
    ("NAME OF BENEFICIARY\nJANE DOE", [("JANE DOE", 0.9)]),
    ("Name\tJohn Smith", [("John Smith", 0.7)]),
    ("Last Name: Smith\nFirst Name: John", [("Smith", 0.7), ("John", 0.7)]),
    ("Last Name\tFirst Name\nSmith\tJohn", [("Smith", 0.7), ("John", 0.7)]),
    (
        "Surname/Nom\nERIKSSON\nGiven names/Prénoms\nANNA MARIA",
        [("ERIKSSON", 0.7), ("ANNA MARIA", 0.7)],
    ),
    ("Patient Name: Xyra Quuzel", [("Xyra Quuzel", 0.9)]),
    ("Emergency Contact: Robert Miller (husband)", [("Robert Miller", 0.9)]),
    ("Mother: Linda Chavez", [("Linda Chavez", 0.7)]),
    ("Full Name\nadam", [("adam", 0.7)]),
    (  # files, and no patients
        "Name       Kind     Size\ndatasets   Folder   1 KB\ncoco       Folder   2 KB\n",
        [],
    ),
    ("DOE, JANE", [("DOE, JANE", 0.8)]),
    ("Wiley, Wesley W.", [("Wiley, Wesley W.", 0.8)]),
    ("SMITH^JOHN", [("SMITH^JOHN", 0.8)]),
    ("Zorvax, Quillon B, 54 F", [("Zorvax, Quillon B", 0.5)]),
    ("DAVIDSON DOUGLAS [M] 01.09.2012", [("DAVIDSON DOUGLAS", 0.65)]),
    ("Mrs. Henderson", [("Henderson", 0.35)]),
    ("Mr Nguyen is in bed 4", [("Nguyen", 0.5)]),
    ("Jessica Smith", [("Jessica Smith", 0.4)]),
    ("the man John Smith lives here with her", [("John Smith", 0.3)]),
    (
        (
            "ID   Name             Phone\n1    Ker Pirri        1\n"
            "2    Tiertza Oakman   2\n3    Druci Shortt     3"
        ),
        [("Ker Pirri", 0.6), ("Tiertza Oakman", 0.6), ("Druci Shortt", 0.6)],
    ),
    ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", [("ERIKSSON<<ANNA<MARIA", 0.9)]),
    ("CHONG<<KA<KEONG<<<<<<<<<<<<<<<", [("CHONG<<KA<KEONG", 0.9)]),
    # surnames of several words, which the census writes as one
    ("Patient: de la Cruz, LaKeisha", [("de la Cruz, LaKeisha", 0.9)]),
    ("Name: KWAME VAN DER BERG", [("KWAME VAN DER BERG", 0.7)]),
    ("Patient\nSt. James, D'Andre", [("St. James, D'Andre", 0.9)]),
    ("Pt: Walter Dos Santos", [("Walter Dos Santos", 0.9)]),
    ("Sofia Del Rosario\nDOB 04/11/1962", [("Sofia Del Rosario", 0.65)]),
    ("Al-Hassan, Elif\nDOB 04/11/1962", [("Al-Hassan, Elif", 0.65)]),
    # the word "name" as it is misread in small print
    ("Pt Nane: LAKSHMI BEGAY\nMRN: 551023", [("LAKSHMI BEGAY", 0.9)]),
    ("Patient Nome GUADALUPE SMITH\nMRN: 551023", [("GUADALUPE SMITH", 0.9)]),
    ("Namc: Santiago N. Ruiz\nMRN: 551023", [("Santiago N. Ruiz", 0.9)]),
    ("Name María Washington\nMRN: 551023", [("María Washington", 0.7)]),
    ("Name lakshmi G. Subramanian\nDOB Jun 23, 1942", [("lakshmi G. Subramanian", 0.7)]),
    ("Shevchenko, , Santiago\nDOB 05/01/1946", [("Shevchenko, , Santiago", 0.6)]),
    ("NR NIKOS ROSSI\n48 years - 31 Jul 1977\nMRN 483920", [("NIKOS ROSSI", 0.6)]),
    ("PARK, MEILING N\nDOB: 24 Jul 1939 86Y/F", [("PARK, MEILING N", 0.6)]),
    ("EL AMRANI ZOË\n18/05/1951 F\nHOSP NO 3382415654", [("EL AMRANI ZOË", 0.6)]),
    ("CONSENT FORM FOR KOWALCZYK", [("KOWALCZYK", 0.6)]),
    ("El Amrani, Zoe\n18/05/1951 F", [("El Amrani, Zoe", 0.6)]),
    ("Пациент: Иванов, Пётр\nDOB 1/2/1960", [("Иванов, Пётр", 0.6)]),
    ("LN ROSSI\nFN ŁUKASZ S\nDOB 02/22/1989", [("ROSSI", 0.8), ("ŁUKASZ S", 0.8)]),
    ("Call Šárka Nováková re: lab results\nDOB 1/2/1960", [("Šárka Nováková", 0.6)]),
    (
        "MC CHEN-LI, MEI\n34 years - 07/11/1991\nMRN 483920",
        [("CHEN-LI, MEI", 0.6)],
    ),
]
NEAR_MISSES = [
    "APPLICATION FORM FOR INCOMR. TAX CONVENTION",
    "Park, Lakeside\nOpen 9-5",
    "SCALE, BATHROOM\nDOB 2/2/1950",
    "El Camino Hospital\nDOB 1/2/1960",
    "EL POLLO LOCO\nDOB 1/2/1960",
    "",
    "Name:",
    "Name:\nDate of birth:\nAddress:",
    "氏名\tNane\n生年月日\tDate of birth",
    "Nom\nNeme",
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
    "St. Louis",
    "St. Paul, Minnesota",
    "de la",
    "Van der",
    "Leonardo da Vinci Airport",
    "Nane: Report",
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


def test_two_laws_of_chemistry_are_no_surname_and_first_name() -> None:
    laws = "Michaelis-Menten, Henderson-Hasselbalch"
    reasons = {match.reason for match in IDENTIFIER.find(lay_out(laws))}
    assert not any(reason.startswith("surname before") for reason in reasons)
