"""The holder's name on a payment card, and the other words on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers.person_name import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

    Found = Callable[[Identifier, str], dict[str, float]]

CARDS = [
    ("FIRST HARBOR BANK\nXXXX XXXX XXXX 4471\nVALID THRU 09/28\nANIL MOHANTY\nVISA DEBIT",
     "ANIL MOHANTY"),
    ("CREDIT UNION\n5425 2334 3010 9903\nGOOD THRU 04/27\nMARGARETE OLUFSEN\nMasterCard",
     "MARGARETE OLUFSEN"),
    ("American Express\n•••• •••••• •1006\nT DELACRUZ\nMEMBER SINCE 14", "T DELACRUZ"),
    ("RuPay\nVALID FROM 04/21\nKSENIA VRBANIC", "KSENIA VRBANIC"),
    ("MEDICARE HEALTH INSURANCE\nBJDRN E BEGAY\n6AK5-GJ9-YQ19\nHOSPITAL (PART A)",
     "BJDRN E BEGAY"),
    ("MEDICARE HEALTH INSURANCE\nBEATRIZ C LINDQVIST\n7CF2-JES-CY92", "BEATRIZ C LINDQVIST"),
    ("Gold\nYALID\nVALM 10/13 YAUD 11/22\nTHRU 11 /22 MasterCard\nTAPIWA MUKONO",
     "TAPIWA MUKONO"),
    ("VALID\nVALID 08/27 Maestro\nFROM 02/24 THRU\nTAPIWA MUKONO", "TAPIWA MUKONO"),
]  # fmt: skip
NO_HOLDERS = [
    "MasterCard\nSALE 10/13 to 11/22\nGARDEN FURNITURE",
    "Apply today! 5% cash back\n4000 1234 5678 9010\nVALID THRU 12/29\nCARDHOLDER NAME\nVISA",
    "FIRST HARBOR BANK\nVALID THRU 09/28\nVISA DEBIT\nAUTHORIZED SIGNATURE",
    "VISA\nMONSTERA DELICIOSA",
    "MEDICARE HEALTH INSURANCE\nHOSPITAL (PART A)\nMEDICAL (PART B)",
    "A VALID READ FROM 03/12\nMONSTERA DELICIOSA",
    "TOTAL 41.20\nVISA ****2290 EXP 09/28\nTHANK YOU FOR SHOPPING\n" + "item 1.00\n" * 40,
]


@pytest.mark.parametrize(("text", "holder"), CARDS)
def test_the_holder_of_a_card_is_worth_a_look(found: Found, text: str, holder: str) -> None:
    assert found(IDENTIFIER, text).get(holder, 0.0) >= 0.65


@pytest.mark.parametrize("text", NO_HOLDERS)
def test_other_words_on_cards_are_nobody(found: Found, text: str) -> None:
    assert max(found(IDENTIFIER, text).values(), default=0.0) < 0.5


def test_a_holder_below_the_validity_is_surer_than_a_heading_above_it(found: Found) -> None:
    card = "ZEPHYRIA QUENBY\nVISA\nVALID THRU 09/28\nBIJAY BEHERA"
    scores = found(IDENTIFIER, card)
    assert scores["BIJAY BEHERA"] >= 0.75 > scores.get("ZEPHYRIA QUENBY", 0.0)
