from __future__ import annotations

import re

import pytest

from phiscan.errors import BadSettings
from phiscan.kinds import SURFACES, kind, kinds

DESIGN = {
    "people": "face consented_face person",
    "surface": "chart wristband screen label id_card whiteboard unreadable_surface undecoded_code",
    "text": "name address zip_code birth_date date age_over_89 phone fax email ssn mrn "
    "health_plan_id account_number licence_number vehicle_id device_id url ip_address biometric "
    "unique_code",
    "hidden": "gps_location capture_time device_serial metadata_name metadata_text hidden_image "
    "trailing_data file_name",
}
LETTERS = {
    "face": "Q",
    "name": "A",
    "address": "B",
    "zip_code": "B",
    "birth_date": "C",
    "date": "C",
    "age_over_89": "C",
    "phone": "D",
    "fax": "E",
    "email": "F",
    "ssn": "G",
    "mrn": "H",
    "health_plan_id": "I",
    "account_number": "J",
    "licence_number": "K",
    "vehicle_id": "L",
    "device_id": "M",
    "url": "N",
    "ip_address": "O",
    "biometric": "P",
    "unique_code": "R",
}


def test_the_kinds_are_exactly_those_of_the_design_in_its_order() -> None:
    assert list(kinds()) == [name for names in DESIGN.values() for name in names.split()]


def test_every_kind_is_in_its_group() -> None:
    for group, names in DESIGN.items():
        assert [k.name for k in kinds().values() if k.group == group] == names.split()


def test_the_letters_are_those_of_the_design() -> None:
    assert {name: kinds()[name].hipaa for name in LETTERS} == LETTERS


def test_every_letter_of_the_rule_has_a_kind() -> None:
    assert {k.hipaa for k in kinds().values()} - {""} == set("ABCDEFGHIJKLMNOPQR")


def test_surfaces_are_kinds() -> None:
    assert set(kinds()) >= SURFACES


@pytest.mark.parametrize("name", sorted(kinds()))
def test_every_sentence_is_there_and_ends(name: str) -> None:
    entry = kinds()[name]
    assert entry.title
    assert not entry.title.endswith(".")
    for sentence in (entry.what, entry.why, entry.retake):
        assert re.fullmatch(r"[A-Z].{15,160}\.", sentence), sentence
    assert entry.rule.startswith("45 CFR 164.514(b)(2)(i)")


@pytest.mark.parametrize("name", sorted(kinds()))
def test_a_letter_is_the_one_that_the_rule_names(name: str) -> None:
    entry = kinds()[name]
    if entry.hipaa:
        assert entry.rule.startswith(f"45 CFR 164.514(b)(2)(i)({entry.hipaa})")
    else:
        assert not re.match(r".{23}\([A-R]\)", entry.rule)


def test_titles_tell_kinds_apart() -> None:
    titles = [entry.title for entry in kinds().values()]
    assert len(set(titles)) == len(titles)


def test_nothing_is_called_de_identified() -> None:
    for entry in kinds().values():
        assert "identified" not in f"{entry.what} {entry.why} {entry.retake}"


def test_an_unknown_kind_names_the_known_ones() -> None:
    with pytest.raises(BadSettings, match=r"unknown kind 'mnr'.*mrn"):
        kind("mnr")
