from __future__ import annotations

from tabled import (  # noqa: F401 - pytest runs them
    test_finds_what_is_there_and_nothing_else,
    test_leaves_near_misses_alone,
)

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("DOB: 01/05/1950", [("01/05/1950", 0.95)]),
    ("DOB:01/05/1950Sex:F", [("01/05/1950", 0.95)]),
    ("DOB01/05/1950", [("01/05/1950", 0.95)]),
    ("D0B: 01/05/1950", [("01/05/1950", 0.95)]),
    ("D.O.B. 5-JAN-1950", [("5-JAN-1950", 0.95)]),
    ("DOB 05JAN1950", [("05JAN1950", 0.95)]),
    ("DOB: 05 JAN 50", [("05 JAN 50", 0.95)]),
    ("Date of Birth: Jan 5, 1950", [("Jan 5, 1950", 0.95)]),
    ("DateofBirth:January 5th, 1950", [("January 5th, 1950", 0.95)]),
    ("Date of Binth: 05.01.1950", [("05.01.1950", 0.95)]),
    ("Birth Date 1950-01-05", [("1950-01-05", 0.95)]),
    ("Birthdate\n01/05/1950", [("01/05/1950", 0.95)]),
    ("DATE OF BIRTH\t01 05 1950", [("01 05 1950", 0.95)]),
    ("DOB: 01051950", [("01051950", 0.95)]),
    ("DOB: O1/O5/195O", [("O1/O5/195O", 0.95)]),
    ("DOB: l/5/50", [("l/5/50", 0.95)]),
    ("Born: 5 March 1950", [("5 March 1950", 0.95)]),
    ("Geburtsdatum: 05.01.1950", [("05.01.1950", 0.95)]),
    ("F. de nacimiento: 5 ene 1950", [("5 ene 1950", 0.95)]),
    ("Date of birth / Date de naissance\n12 AUG/AOUT 74", [("12 AUG/AOUT 74", 0.95)]),
    ("DOB (mm/dd/yyyy): 01/05/1950", [("01/05/1950", 0.95)]),
    ("DOB/Sex: 01/05/1950 F", [("01/05/1950", 0.95)]),
    ("DOE, JANE 01/05/1950 (72 y)", [("01/05/1950", 0.6)]),
    ("05/01/1950 72yo F", [("05/01/1950", 0.6)]),
    (
        "Name\tDOB\nAnn\t01/05/1950\nBo\t02/06/1960\nCy\t03/07/1970",
        [("01/05/1950", 0.95), ("02/06/1960", 0.95), ("03/07/1970", 0.95)],
    ),
    (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
        [("740812", 0.9)],
    ),
    ("L898902C36UT07408122F1204159ZE184226B<<<<<10", [("740812", 0.9)]),
    ("L898902C36UTO74O8l22F1204159ZE184226B<<<<<10", [("74O8l2", 0.9)]),
    ("I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6", [("740812", 0.9)]),
]
NEAR_MISSES = [
    "",
    "DOB:",
    "DOB: MRN: 123456",
    "Patient Name | DOB | MRN",
    "DOB: XX/XX/XXXX",
    "DOB: 13/45/1950",
    "DOB: 1/2/1850",
    "admitted 01/05/2020",
    "born in the USA",
    "DOB 555-123-4567",
    "Date of birth\nSex\nAddress",
    "1234567890123456789012345678901234567890",
]
