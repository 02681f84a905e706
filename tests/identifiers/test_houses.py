"""A street that was misread behind its number is no name; a room before a name is no house."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers._houses import is_street
from phiscan.identifiers._names import pieces
from phiscan.identifiers.person_name import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

    Found = Callable[[Identifier, str], dict[str, float]]

STREETS = [
    "451 Bedical Phaa",
    "1127 Harvey Streat",
    "22-14 Wilson Lane",
    "88, Harrison Avemue",
]
NAMES = [
    "204 Bellamy Ann",
    "204 COHEN, MIRIAM",
    "7 Bedical Phaa",
    "Bedical Phaa",
    "12/451 Bedical Phaa",
    "3.451 Bedical Phaa",
    "451 Bedical",
    "451 Harvey Lang",
    "451",
    "",
]
FORMS = [
    "Patient name: ________  DOB: ______\n451 Bedical Phaa",
    "451 Bedical Phaa\nMRN ________   glucose ____  insulin ____",
    "Name ______\n1127 Harvey Streat\nDate of birth ______",
]


@pytest.mark.parametrize("written", STREETS)
def test_unknown_words_or_a_misread_suffix_behind_a_number_are_a_street(written: str) -> None:
    assert is_street(written, list(pieces(written)))


@pytest.mark.parametrize("written", NAMES)
def test_known_names_and_other_numbers_are_none(written: str) -> None:
    assert not is_street(written, list(pieces(written)))


@pytest.mark.parametrize("form", FORMS)
def test_a_blank_form_with_its_misread_address_names_nobody(found: Found, form: str) -> None:
    assert not found(IDENTIFIER, form)


def test_a_room_before_an_unknown_name_with_an_age_is_no_house(found: Found) -> None:
    values = found(IDENTIFIER, "451 Bedical Phaa 88F hip ORIF")
    assert values.get("Bedical Phaa", 0.0) >= 0.5
