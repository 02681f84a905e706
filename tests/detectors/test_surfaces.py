from __future__ import annotations

import numpy as np
import pytest

from phiscan.detectors.surfaces import DETECTOR
from phiscan.kinds import SURFACES
from phiscan.layout import lay_out
from phiscan.model import Frame, Photo, Scene


def surfaces(text: str, at_least: float = 0.5) -> set[str]:
    pixels = np.zeros((200, 400, 3), dtype=np.uint8)
    photo = Photo("p", "", "png", (Frame(0, "main", pixels),))
    detector = DETECTOR(None)  # type: ignore[arg-type]  # it needs no tools
    found = detector.detect(Scene(photo, lay_out(text)))
    return {finding.kind for finding in found if finding.score >= at_least}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Patient: Ann Moe\nDOB: 01/02/1950\nDiagnosis: asthma\nAllergies: latex", "chart"),
        ("MOE, ANN   DOB 01/02/1950   F\nMRN 0012345   Dr. Lund", "wristband"),
        ("Dashboard   Logout\nPatients   Search\nName   DOB   Edit", "screen"),
        ("Ann Moe   DOB 01/02/1950\nTake one tablet daily\nRefills 2   Dr. Lund", "label"),
        ("PASSPORT\nSurname\nMOE\nGiven names\nANN\nNationality", "id_card"),
        ("P<UTOMOE<<ANN<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<", "id_card"),
        ("Room 12\nYour nurse: Kim\nGoal for today: walk\nDiet: soft", "whiteboard"),
    ],
)
def test_a_surface_is_told_by_its_words(text: str, kind: str) -> None:
    assert surfaces(text) == {kind}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "EXIT",
        "Opening hours\nMon - Fri 9 - 5\nTel. 555-0100",
        "Patience is a virtue",
        "Special offers\nPizza 9.50\nSalad 6.00",
        "def main():\n    search(new, view)",
        "Vitamin C 500 mg\n60 tablets\nLOT 1234 EXP 2027-01",
    ],
)
def test_harmless_things_are_no_surface(text: str) -> None:
    assert surfaces(text) == set()


def test_the_surface_covers_its_words_and_stays_in_the_frame() -> None:
    pixels = np.zeros((60, 60, 3), dtype=np.uint8)
    photo = Photo("p", "", "png", (Frame(0, "main", pixels),))
    text = lay_out("Patient: Ann\nMRN 123")
    (found,) = DETECTOR(None).detect(Scene(photo, text))  # type: ignore[arg-type]  # no tools
    box = found.regions[0].box
    assert 0 <= box.x0 <= box.x1 <= 60
    assert 0 <= box.y0 <= box.y1 <= 60
    assert box.x1 >= 12
    assert box.y1 >= 4


def test_it_reports_what_it_says_it_reports() -> None:
    assert DETECTOR(None).kinds == SURFACES  # type: ignore[arg-type]  # it needs no tools


@pytest.mark.parametrize(
    ("text", "guessed"),
    [
        ("URINE C&S CLEAN CATCH\nPetrosyan, Anahit\nRm 318-2", True),
        ("Amlodipine 5 mg, 1 tablet daily", True),
        ("Mr. Abimbola - Rm 6 - NPO after midnight", True),
        ("Nurses Week\nCongratulations!", False),
        ("Room 12: Book club", False),
        ("Pizza 9.50\nSalad 6.00", False),
    ],
)
def test_words_of_care_are_a_guess_of_a_record_and_no_more(text: str, *, guessed: bool) -> None:
    assert surfaces(text) == set()
    assert surfaces(text, at_least=0.0) == ({"chart"} if guessed else set())
