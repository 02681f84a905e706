"""Evidence about a name is added up to a probability; what stands round it changes the score."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers import _evidence
from phiscan.identifiers.person_name import IDENTIFIER
from phiscan.plain_layout import lay_out

if TYPE_CHECKING:
    from phiscan.protocols import Identifier

Find = Callable[["Identifier", str], dict[str, float]]

PAIRS = [
    # the same name, first where somebody is cared for, then where nobody is
    (
        "Mrs. Adeyemi\nmetformin 500 mg, BP 142/88",
        "Mrs. Adeyemi\ncheck-out 11:00, Wi-Fi",
        "Adeyemi",
    ),
    (
        "Castellano, Rosa   NPO, IV abx",
        "Castellano, Rosa   lane 4, heat 3, team B",
        "Castellano, Rosa",
    ),
    (
        "Name: Theo Grant\nAllergies: sulfa",
        "Name: Theo Grant\nmembership, locker, class",
        "Theo Grant",
    ),
    ("for Ines Barroso: insulin 8 u", "for Ines Barroso: cake order, paid $12", "Ines Barroso"),
]


@pytest.mark.parametrize(("cared_for", "elsewhere", "name"), PAIRS)
def test_the_words_round_a_name_decide(
    found: Find, cared_for: str, elsewhere: str, name: str
) -> None:
    assert found(IDENTIFIER, cared_for).get(name, 0.0) >= 0.65
    assert found(IDENTIFIER, elsewhere).get(name, 0.0) < 0.65


LIST = "Patients\nID\tName\tEmail\tPhone\tAction\n" + "\n".join(
    f"{row}\t{name}\t{name}@clinic.example\t217-555-01{row:02}\tDelete"
    for row, name in enumerate(("dinesh", "raj", "bob", "madhavi"), 1)
)

DETAILS = """\
localhost:8085/doctor/patient/8
Patient Details
Review medical information and prescriptions
Full Name
adam
Medical History
No medical history available.
Prescribe New Medication
Medication Name\tDosage
Back to Dashboard"""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (LIST, ("dinesh", "raj", "bob", "madhavi")),
        (LIST.replace("Patients", "Products"), ()),
        (DETAILS, ("adam",)),
        ("Name\tKind\tSize\ncoco\tFolder\t35 KB\nmodels\tFolder\t12 KB\nDownloads", ()),
        ("John Smith lives in New York.\nHis phone number is 217-555-0121.", ("John Smith",)),
        ("Main Street lies in New York.\nIts phone number is 217-555-0121.", ()),
    ],
)
def test_a_way_to_reach_somebody_leaves_enough_for_a_look(
    found: Find, text: str, names: tuple[str, ...]
) -> None:
    """From 0.3 on the default policy has a look at a name beside a telephone or an address."""
    told = {name for name, score in found(IDENTIFIER, text).items() if score >= 0.3}
    assert told == set(names)


@pytest.mark.parametrize(
    "text",
    [
        "Patient: Gizmo\nFeline, DSH, neutered\nrabies 3y",
        "NCLEX review. Patient: Harold Jones, 58, chest pain. Which of the following",
        "Walter and Edna Pruitt Infusion Center, chemotherapy",
    ],
)
def test_animals_exams_and_houses_have_no_patients(found: Find, text: str) -> None:
    assert max(found(IDENTIFIER, text).values(), default=0.0) < 0.4


def test_labels_that_only_patients_have_are_not_weighed(found: Find) -> None:
    assert (
        found(IDENTIFIER, "Patient: Theo Grant\nhotel lobby, team, coach, $5")["Theo Grant"] == 0.9
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [("田中 美咲 様  内科", "田中 美咲"), ("김영희 님 혈압약", "김영희")],
)
def test_names_are_known_by_what_politeness_puts_behind_them(
    found: Find, text: str, name: str
) -> None:
    assert name in found(IDENTIFIER, text)


@pytest.mark.parametrize("text", ["お客様  受付", "患者様へ", "고객님 안내"])
def test_customers_and_patients_at_large_are_nobody(found: Find, text: str) -> None:
    assert not found(IDENTIFIER, text)


def test_weights_add_up_to_the_logarithm_of_the_odds(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = {"nothing": 0.5, "own score": 2.0, "seen": -1.5}
    monkeypatch.setattr(_evidence, "_weights", lambda: weights)
    odds = 0.5 + 2.0 * math.log(0.8 / 0.2) - 1.5
    expected = 1 / (1 + math.exp(-odds))
    assert _evidence.probability(["seen", "never weighed"], 0.8) == pytest.approx(expected)


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_a_certain_score_has_odds_that_are_a_number(score: float) -> None:
    assert math.isfinite(_evidence.log_odds(score))


def _scores(written: str) -> list[float]:
    return [match.score for match in IDENTIFIER.find(lay_out(written))]


def test_every_name_of_a_crowded_line_is_told_of() -> None:
    few, many = _scores("Osei, Ama F  room 4, " * 30), _scores("Osei, Ama F  room 4, " * 300)
    assert len(few) == 30
    assert len(many) == 300
    assert min(many) == pytest.approx(min(few), abs=0.1)


def test_who_has_an_age_in_a_crowd_is_weighed_apart() -> None:
    row = "OSEI, AMA / "
    scores = _scores(f"{row * 100}OSEI, AMA 71F / {row * 100}")
    assert len(scores) == 201
    assert scores[100] > max(scores[:100])


FORM = "\tNEW PATIENT FORM\n344 Medical Plaza\nPatient name\nDate of birth\nMedical record number"


@pytest.mark.parametrize(
    ("head", "name", "is_somebody"),
    [
        ("Prairie View Clinic", "Prairie View", False),
        ("Summit Ridge Family Dental", "Summit Ridge", False),
        ("Rosa Castellano", "Rosa Castellano", True),
        ("Castellano, Rosa Clinic", "Castellano, Rosa", True),
    ],
)
def test_who_sends_a_form_is_nobody(
    found: Find, head: str, name: str, *, is_somebody: bool
) -> None:
    scores = found(IDENTIFIER, head + FORM)
    assert (max(scores.values(), default=0.0) >= 0.4) is is_somebody, (name, scores)


def test_an_icon_read_as_a_sign_before_a_heading_changes_nothing(found: Find) -> None:
    assert found(IDENTIFIER, LIST)
    assert found(IDENTIFIER, f"分 {LIST}") == found(IDENTIFIER, LIST)
