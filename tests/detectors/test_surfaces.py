from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from looking import Sees, Takes

from phiscan.detectors.surfaces import DETECTOR
from phiscan.geometry import Box, Region
from phiscan.kinds import SURFACES
from phiscan.layout import arrange
from phiscan.model import Frame, Photo, Scene
from phiscan.plain_layout import lay_out
from phiscan.text import Word

if TYPE_CHECKING:
    from collections.abc import Sequence


def surfaces(text: str, at_least: float = 0.5, takes: Takes | None = None) -> set[str]:
    pixels = np.zeros((200, 400, 3), dtype=np.uint8)
    photo = Photo("p", "", "png", (Frame(0, "main", pixels),))
    detector = DETECTOR(Sees(takes or Takes()))
    found = detector.detect(Scene(photo, lay_out(text)))
    return {finding.kind for finding in found if finding.score >= at_least}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Patient: Ann Moe\nDOB: 01/02/1950\nDiagnosis: asthma\nAllergies: latex", "chart"),
        ("MOE, ANN   DOB 01/02/1950   F\nMRN 0012345   Dr. Lund", "wristband"),
        ("Dashboard   Logout\nPatients   Search\nName   DOB   Edit", "screen"),
        ("Worklist   Viewer   Archive\nPatient   Birth date\nMOE, ANN   01/02/1950", "screen"),
        ("Medical Records\nName   Sex\nAnn Moe   F\nRows per page\n1-10 of 102", "screen"),
        ("Inbox   Unread\nDrafts\nAnn Moe\nDOB 01/02/1950\nMRN 12", "screen"),
        ("Ann Moe   DOB 01/02/1950\nTake one tablet daily\nRefills 2   Dr. Lund", "label"),
        ("Ann Moe   DOB 01/02/1950\nSodium chloride 100 mL bag\nInfuse over 50 min", "label"),
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
    (found,) = DETECTOR(Sees()).detect(Scene(photo, text))
    box = found.regions[0].box
    assert 0 <= box.x0 <= box.x1 <= 60
    assert 0 <= box.y0 <= box.y1 <= 60
    assert box.x1 >= 12
    assert box.y1 >= 4


def test_it_reports_what_it_says_it_reports() -> None:
    assert DETECTOR(Sees()).kinds == SURFACES | {"unreadable_surface"}


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


PAGE = "Patient: Ann Moe\nDOB: 01/02/1950\nDiagnosis: asthma\nAllergies: latex"


@pytest.mark.parametrize(
    ("look", "kind"),
    [
        ("paper", "chart"),
        ("screen", "screen"),
        ("label", "label"),
        ("card", "id_card"),
        ("board", "whiteboard"),
        ("wristband", "wristband"),
        ("nothing", "chart"),
        ("sign", "chart"),
    ],
)
def test_what_it_looks_like_tells_one_record_from_another(look: str, kind: str) -> None:
    assert surfaces(PAGE, takes=Takes(look)) == {kind}
    assert surfaces("Opening hours\nMon - Fri 9 - 5", takes=Takes(look)) == set()


@pytest.mark.parametrize(
    ("text", "look", "kind"),
    [
        ("MOE, ANN   01/02/1950\nHOSP NO 0012345", "wristband", "wristband"),
        ("MOE, ANN   01/02/1950\nHOSP NO 0012345", "label", "label"),
        ("MOE, ANN   01/02/1950\nHOSP NO 0012345", "nothing", ""),
        ("HEALTH INSURANCE\nWHITFIELD   Plan B\nGroup 299692", "card", "id_card"),
        ("Plan B\nWHITFIELD\nGroup 299692", "card", ""),
        ("HEALTH INSURANCE\nPlan B\nGroup 299692", "paper", ""),
        ("Summer festival   Row 3\nSeat 14", "wristband", ""),
        ("Seat height 40 cm\nMade in Norway", "label", ""),
    ],
)
def test_a_look_and_a_word_make_up_for_few_words(text: str, look: str, kind: str) -> None:
    assert surfaces(text, takes=Takes(look)) == ({kind} if kind else set())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("HOSP NO 57179616\nMOE ANN   23/12/1935 M\nSST CHEM STAT", "label"),
        ("Ann Moe\nOctober 14, 1952 F\nColl 02-08-2026 EDTA", "label"),
        ("HOSP NO 57179616\nMOE ANN 71Y/F", "label"),
        ("HOSP NO 57179616\n1952-10-14 male", "label"),
        ("HOSP NO 57179616\n12-Mar-1997 F", "label"),
        ("HOSP NO 57179616\nopened 23/12/1935 May Street", ""),
        ("HOSP NO 57179616\n71 Yard Street", ""),
        ("Result 12 05 2024 m\nSprint 100 m", ""),
    ],
)
def test_a_birth_date_with_the_sex_behind_it_counts_as_a_record(text: str, kind: str) -> None:
    assert surfaces(text, takes=Takes("label", 0.3)) == ({kind} if kind else set())


@pytest.mark.parametrize(
    ("first", "kind"), [("9:41", "screen"), ("9:41\n10:15", "chart"), ("09/41", "chart")]
)
def test_a_lone_clock_stands_on_a_screen(first: str, kind: str) -> None:
    assert surfaces(f"{first}\nMessages\nPreview\nAnn Moe\nDOB 01/02/1950\nMRN 12") == {kind}


@pytest.mark.parametrize(("more", "kind"), [(0, "label"), (5, "screen")])
def test_a_screen_has_more_than_a_few_lines(more: int, kind: str) -> None:
    text = "Ann Moe\nDOB 01/02/1950\nMRN 12" + "\nAnn Moe" * more
    assert surfaces(text, takes=Takes("screen", 0.45)) == {kind}


@pytest.mark.parametrize(("number", "kind"), [("Chart No", "chart"), ("Hosp No", "label")])
def test_the_number_of_a_chart_stands_on_its_folder(number: str, kind: str) -> None:
    text = f"Ann Moe\nDOB 01/02/1950\n{number} 5803217"
    assert surfaces(text, takes=Takes("label", 0.3)) == {kind}


BIRTHS = ("12/03/1944", "May 4, 1961", "1987-11-30", "05-09-2003")
VISITS = ("12/03/2023", "May 4, 2024", "2024-11-30", "05-09-2025")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("\n".join(f"Ann Moe   {date}" for date in BIRTHS), "screen"),
        ("\n".join(f"Ann Moe   {date}" for date in BIRTHS[:3]), ""),
        ("\n".join(f"Paper   {date}" for date in VISITS), ""),
        ("Ann Moe\n88 years · 1937-12-30", "screen"),
        ("Ann Moe\n11/24/1983 (42y)", "screen"),
        ("88 years of ice cream\nsince 1937", ""),
        ("Ann Moe\nSocial security\n987-65-4329", "screen"),
        ("Tel 987-655-4329\nSocial security office", ""),
    ],
)
def test_birth_dates_ages_and_numbers_of_people_count_as_a_record(text: str, kind: str) -> None:
    assert surfaces(text, takes=Takes("screen")) == ({kind} if kind else set())


def test_a_band_says_when_a_child_was_born() -> None:
    assert surfaces("BG Moe\nBorn 29 Jun 2026", takes=Takes("wristband")) == {"wristband"}
    assert surfaces("Born to be wild", takes=Takes("wristband")) == set()


@pytest.mark.parametrize(
    ("more", "kind"),
    [("", "chart"), ("\nNurse: Kim", "chart"), ("\nNurse: Kim\nDiet: soft", "whiteboard")],
)
def test_a_page_that_looks_much_like_a_board_needs_words_of_a_board(more: str, kind: str) -> None:
    assert surfaces(PAGE + more, takes=Takes("board", 0.5)) == {kind}


def test_a_notice_to_all_patients_is_no_record() -> None:
    notice = "Dear {} and visitors,\nour clinic moves.\nPlease allow more time for your visit."
    assert surfaces(notice.format("patients")) == set()
    assert surfaces(notice.format("patient Ann Moe, DOB 1950,")) != set()


def desk(*sheets: tuple[Box, Sequence[str]]) -> Scene:
    """Return a photo of white sheets on a dark desk, each with lines on it."""
    pixels = np.full((480, 900, 3), 60, np.uint8)
    words = []
    for box, lines in sheets:
        pixels[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] = 235
        for row, line in enumerate(lines):
            x, y = box.x0 + 15, box.y0 + 20 + 32 * row
            for each in line.split():
                place = Box(x, y, x + 10 * len(each), y + 20)
                words.append(Word(each, Region.from_box(0, place), 0.98))
                x = place.x1 + 6
    return Scene(Photo("p", "", "png", (Frame(0, "main", pixels),)), arrange(words))


RECORD_LINES = ("Patient: Ann Moe", "DOB: 01/02/1950", "Diagnosis: asthma", "Allergies: latex")
MONTH = ("December", "Mon Tue Wed Thu", "10 11 12 13", "17 18 19 20")


def test_what_says_nothing_beside_a_record_is_no_surface() -> None:
    record, wall = Box(60, 60, 360, 220), Box(400, 60, 700, 220)
    scene = desk((record, RECORD_LINES), (wall, MONTH))
    every = DETECTOR(Sees(Takes("paper"))).detect(scene)  # which takes a corner for paper, too
    (found,) = (each for each in every if each.kind != "unreadable_surface")
    assert found.kind == "chart"
    assert record.overlap(found.regions[0].box) > 0.7 * found.regions[0].box.area


def test_a_package_beside_a_record_is_no_surface() -> None:
    record, box = Box(60, 60, 360, 220), Box(400, 60, 700, 220)
    package = ("NDC 12345-678-90 Rx only", "Ibuprofen", "tablets USP 400 mg", "LOT A12345")
    every = DETECTOR(Sees(Takes("label"))).detect(desk((record, RECORD_LINES), (box, package)))
    (found,) = (each for each in every if each.kind != "unreadable_surface")
    assert record.overlap(found.regions[0].box) > 0.7 * found.regions[0].box.area


@pytest.mark.parametrize(("height", "kind"), [(70, "wristband"), (180, "chart")])
def test_a_sheet_that_is_no_strip_is_no_wristband(height: float, kind: str) -> None:
    lines = ("MOE, ANN DOB 01/02/1950 F", "MRN 0012345 Dr. Lund")
    scene = desk((Box(60, 60, 360, 60 + height), lines))
    assert {each.kind for each in DETECTOR(Sees(Takes("paper", 0.5))).detect(scene)} == {kind}


HOURS = ("Office hours", "Mon Tue Wed 9:00-5:00", "Thu Fri 9:00-4:00", "Sat Sun closed")
NOTICE = ("Riverbend Health", "Dear patients and visitors,", "our car park is closed", "this week")
FIGURES = ("Clinic overview", "Visits this month 725", "Average wait 16 min", "Revenue 1,730")


@pytest.mark.parametrize("lines", [HOURS, NOTICE, FIGURES])
@pytest.mark.parametrize("look", ["screen", "paper"])
def test_what_speaks_to_everyone_beside_a_record_is_no_surface(
    lines: Sequence[str], look: str
) -> None:
    record, wall = Box(60, 60, 360, 220), Box(400, 60, 700, 220)
    every = DETECTOR(Sees(Takes(look))).detect(desk((record, RECORD_LINES), (wall, lines)))
    found = [each for each in every if each.kind != "unreadable_surface"]
    assert found
    assert all(not wall.overlap(each.regions[0].box) for each in found)


def test_a_part_of_a_record_that_says_nothing_is_still_a_record() -> None:
    table = Box(60, 220, 460, 360)
    scene = desk((table, ("Ann Moe 08:30", "Bo Lund 09:15", "Cy Rask 10:00")))
    head = [
        Word(each, Region.from_box(0, Box(60 + 90 * i, 150, 140 + 90 * i, 170)), 0.98)
        for i, each in enumerate(("Patients", "Birth-date", "MRN", "Ward"))
    ]
    scene = Scene(scene.photo, arrange([*scene.text.words, *head]))
    found = list(DETECTOR(Sees(Takes("paper"))).detect(scene))
    assert any(table.overlap(each.regions[0].box) > 0.3 * table.area for each in found)


def test_a_package_is_no_patients_label_even_where_it_looks_like_one() -> None:
    package = "NDC 12345-678-90 Rx only\nIbuprofen\ntablets USP 400 mg\nLOT A12345 EXP 03/2028"
    assert surfaces(package) == set()
    assert surfaces(package, takes=Takes("label")) == set()
    assert surfaces(package + "\nTake one tablet daily\nRefills 2\nDOB 01/02/1950") == {"label"}


def test_a_pharmacys_label_with_the_makers_number_is_a_patients() -> None:
    label = "Main Street Pharmacy\nAnn Moe\nRx# 48213 NDC 12345-678-90\nTake one tablet by mouth"
    assert surfaces(label + "\nQty 30 Refills 2 Exp 03/2028", takes=Takes("label")) == {"label"}


@pytest.mark.parametrize(
    ("text", "firm"), [(PAGE, True), ("Room 12\nYour nurse: Kim\nGoals", False)]
)
def test_a_board_that_says_as_much_as_a_chart_is_surer(text: str, *, firm: bool) -> None:
    pixels = np.zeros((200, 400, 3), dtype=np.uint8)
    photo = Photo("p", "", "png", (Frame(0, "main", pixels),))
    (found,) = DETECTOR(Sees(Takes("board"))).detect(Scene(photo, lay_out(text)))
    assert found.kind == "whiteboard"
    assert (found.score >= 0.9) is firm


def test_words_on_a_turned_page_lie_in_its_outline() -> None:
    pixels = np.zeros((400, 400, 3), dtype=np.uint8)
    photo = Photo("p", "", "png", (Frame(0, "main", pixels),))
    turned = tuple(
        Word(
            word,
            Region(
                0,
                (
                    (x, 300),
                    (x, 300 - 20 * len(word)),
                    (x + 20, 300 - 20 * len(word)),
                    (x + 20, 300),
                ),
            ),
            1.0,
        )
        for x, word in ((100, "Patient"), (130, "MRN"), (160, "DOB"))
    )
    (found,) = DETECTOR(Sees()).detect(Scene(photo, arrange(turned)))
    box = found.regions[0].box
    assert all(
        box.overlap(word.region.box) == pytest.approx(word.region.box.area) for word in turned
    )
