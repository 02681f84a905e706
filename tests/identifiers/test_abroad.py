"""Postal codes and streets of other countries, and the numbers that only look like them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers import address, zip_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

    Find = Callable[[Identifier, str], dict[str, float]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Stornoway  HS1 2DA", "HS1 2DA"),
        ("London SW1A 1AA", "SW1A 1AA"),
        ("Ottawa ON K1A 0B1", "K1A 0B1"),
        ("Howth D13 X4T2", "D13 X4T2"),
        ("1012 AB Amsterdam", "1012 AB"),
        ("12 rue des Lilas, 69003 Lyon", "69003"),
        ("752 28 Uppsala", "752 28"),
        ("CH-1025 Saint-Sulpice", "1025"),
        ("Truro TRl 3LT", "TRl 3LT"),
        ("Swansea, SA29EW", "SA29EW"),
        ("Ottawa ON  K1A OB1", "K1A OB1"),
        ("Laval, Québec H7N4G3", "H7N4G3"),
    ],
)
def test_codes_of_other_countries_are_found(found: Find, text: str, code: str) -> None:
    assert found(zip_code.IDENTIFIER, text).get(code, 0.0) >= 0.5


@pytest.mark.parametrize(
    "text",
    [
        *("REF 69003", "2024 March", "Total, 4500 Calories", "HS1 2DAB", "v1012 ABC", "5000 m"),
        *("Vitamin SOlOAB", "ON ABCDEF", "Ward B SS", "see ON K1A OB12", "TRl 3LT"),
    ],
)
def test_other_numbers_are_no_codes(found: Find, text: str) -> None:
    assert found(zip_code.IDENTIFIER, text) == {}


@pytest.mark.parametrize(
    "street",
    [
        "Marktstraße 4",
        "HEIDESTR. 17",
        "Björkvägen 9",
        "Via Garibaldi 27",
        "12 rue des Lilas",
        "ul. Lipowa 14/3",
    ],
)
def test_streets_of_other_countries_are_found(found: Find, street: str) -> None:
    assert found(address.IDENTIFIER, f"Anna\n{street}\n") == {street: 0.5}


@pytest.mark.parametrize("text", ["Via email 27", "Straße", "rue", "12 ruedas", "place 5 tablets"])
def test_other_words_are_no_streets(found: Find, text: str) -> None:
    assert max(found(address.IDENTIFIER, text).values(), default=0.0) < 0.8


def test_a_british_street_is_one_before_its_postal_code_only(found: Find) -> None:
    values = found(address.IDENTIFIER, "Ann Low\n3 Hill View\nTruro TRl 3LT")
    assert values == {"3 Hill View": 0.6}
    for other in ("Ann Low\n3 Hill View\nTruro", "13 Hill View\nREF 69003", "12 Village Green"):
        assert found(address.IDENTIFIER, other) == {}
