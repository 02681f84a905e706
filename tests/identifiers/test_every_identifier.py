from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiscan.identifiers import find_all
from phiscan.layout import lay_out
from phiscan.registry import load

if TYPE_CHECKING:
    from phiscan.protocols import Identifier

FOUND = load("phiscan.identifiers", "IDENTIFIER")
EVERY: list[Identifier] = list(FOUND.values())

FRAGMENTS = st.sampled_from(
    [
        *(
            "MRN",
            "DOB",
            "SSN:",
            "Patient Name",
            "Name",
            ":",
            "#",
            "\t",
            "\n",
            "\n\n",
            " ",
            "|",
            "   ",
        ),
        *(
            "123-45-6789",
            "01/02/1950",
            "0012345",
            "Smith, John",
            "JaneDoe",
            "415-823-0199",
            "Jan 5",
        ),
        *("P<UTOERIKSSON<<ANNA<MARIA<<<<<<", "a@b.org", "12 Oak St", "OH 45402", "1EG4-TE5-MK73"),
        *("é", "Ⅷ", "²", "٣", "İ", "ß", "\x00", "“", "\u2013", "(", ")", "^", "<", "Dr.", "Mrs. "),
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(FRAGMENTS, max_size=30).map("".join))


def test_each_has_a_kind_of_its_own() -> None:
    assert len({identifier.kind for identifier in EVERY}) == len(EVERY)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_matches_lie_inside_the_text_and_never_raise(text: str) -> None:
    laid_out = lay_out(text)
    for _, match in find_all(laid_out, EVERY):
        assert 0 <= match.start < match.end <= len(text)
        assert 0.3 <= match.score <= 1.0
        assert match.reason
        assert text[match.start : match.end].strip() == text[match.start : match.end]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("219-45-6789", "ssn"),
        ("03/04/2021", "date"),
        ("415-823-0199", "phone"),
        ("1EG4-TE5-MK73", "health_plan_id"),
        ("jane.doe@gmail.com", "email"),
    ],
)
@pytest.mark.parametrize("glue", ["{}77", "77{}", "{}-77", "x{}x"])
def test_nothing_matches_inside_a_longer_number(value: str, kind: str, glue: str) -> None:
    text = glue.format(value)
    for found, match in find_all(lay_out(text), EVERY):
        if found == kind:
            before, after = text[: match.start][-1:], text[match.end :][:1]
            assert not (before + after).strip("-").isalnum()


def test_matches_come_in_order_of_place() -> None:
    found = find_all(lay_out("MRN: 0012345 DOB: 01/02/1950 Patient: Jane Doe"), EVERY)
    assert [kind for kind, _ in found] == ["mrn", "birth_date", "name"]


def test_an_empty_form_holds_nothing() -> None:
    form = (
        "PATIENT INFORMATION\nPatient Name: ________ Date of Birth: __/__/____\nSSN: ___-__-____\n"
        "Address: ____________ City: ________ State: __ ZIP: _____\nHome Phone: (___) ___-____\n"
        "Email: ____________ Member ID: ________ Group #: ______ MRN: _______\n"
    )
    assert find_all(lay_out(form), EVERY) == []


def test_a_wristband_is_read_whole() -> None:
    band = "DOE, JANE A\nDOB:01/05/1950 72Y F\nMRN:00123456\nDr. Smith, John"
    kinds = {kind for kind, match in find_all(lay_out(band), EVERY) if match.score >= 0.8}
    assert kinds == {"name", "birth_date", "mrn"}


@pytest.mark.parametrize(
    "unit",
    [
        *("1", "a", "A", "1.", "1 ", "(", "-", "A<", "Ab", "o'", "a@a.", "^A", "+1 ", "X "),
        *("patient ", "Smith, ", "01/02/1950 ", "12 Main ", "Mr. ", "may ", "DOB ", "no "),
    ],
)
def test_time_grows_with_the_length_only(unit: str) -> None:
    text = lay_out((unit * 20_000)[:20_000])
    start = time.process_time()
    find_all(text, EVERY)
    assert time.process_time() - start < 20.0  # 1 to 4 s; what grows with the square takes 60
