"""Personal numbers of other countries: the examples of python-stdnum and of the states' papers."""

from __future__ import annotations

import pytest

from phiscan.identifiers._national_ids import labelled_agrees, personal_numbers, social_numbers
from phiscan.plain_layout import lay_out


@pytest.mark.parametrize(
    "written",
    [
        *("RSSMRA85T10A562S", "529.982.247-25", "19121212-1212", "131052-308T", "54362315-K"),
        *("X-2482300W", "85.07.30-033.28", "BOXW310820HNERXN09", "11010519491231002X"),
    ],
)
def test_a_number_with_the_right_check_digits_is_found_wherever_it_stands(written: str) -> None:
    for text in (written, f"Ref {written} of today\nand more"):
        found = [text[match.start : match.end] for match in personal_numbers(lay_out(text))]
        assert found == [written]


@pytest.mark.parametrize(
    "written",
    [
        *("RSSMRA85T10A562T", "529.982.247-26", "19121212-1213", "131052-308U", "85.07.30-033.29"),
        *("A529.982.247-25", "529.982.247-25.1", "x131052-308T", "131052-308Tab", "1234567", ""),
    ],
)
def test_a_wrong_check_digit_or_a_longer_number_is_none(written: str) -> None:
    assert list(personal_numbers(lay_out(written))) == []


def test_numbers_of_social_insurance_are_kept_apart() -> None:
    text = "2 95 10 99 126 111 93 and 756.9217.0769.85"
    assert [text[m.start : m.end] for m in social_numbers(lay_out(text))] == text.split(" and ")
    assert list(personal_numbers(lay_out(text))) == []


@pytest.mark.parametrize(
    ("phrase", "written", "agrees"),
    [
        ("pesel", "44051401359", True),
        ("pesel", "44051401358", False),
        ("bsn", "1112.22.333", True),
        ("cnp", "1630615123457", True),
        ("rodne cislo", "710319/2745", True),
        ("accession", "44051401359", None),
    ],
)
def test_a_label_names_the_check(phrase: str, written: str, *, agrees: bool | None) -> None:
    assert labelled_agrees(phrase, written) is agrees
