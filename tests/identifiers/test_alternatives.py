"""Alternatives grouped by their letters match what they match one after the other."""

from __future__ import annotations

import re

import pytest

from phiscan.identifiers._alternatives import grouped

_TEXT = "so sore soles so2 SORE tickets ticket visa 12a 1999 (a|b) a|b x+ the kitchen of from the"


@pytest.mark.parametrize(
    "alternatives",
    [
        "so|sore|soles|so2",
        "sore|so",
        "tickets?|tick|ticket",
        r"(?:from )?the kitchen|from|(?:19|20)\d\d|\d+a|19",
        r"a\|b|[|)]|visa|vis",
        "x|xy?|[so]+|s",
        "one",
    ],
)
def test_a_group_finds_what_its_alternatives_find(alternatives: str) -> None:
    def found(group: str) -> list[str]:
        return re.findall(rf"\b{group}\b", _TEXT)

    assert found(grouped(alternatives)) == found(f"(?:{alternatives})")


def test_alternatives_of_one_first_letter_share_it() -> None:
    assert grouped("abc|abd|b|abe") == "(?:a(?:b(?:c|d|e))|b)"
