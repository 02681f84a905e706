"""Numbers of payment cards: issuer's digits (ISO/IEC 7812), length, and the Luhn check digit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.identifiers._check_digits import luhn_agrees
from phiscan.identifiers._ocr import as_digits
from phiscan.identifiers._views import dashed, search_numbered
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_D = "[0-9OoIlSBZ]"
_GAP = r"[ \t-]{1,3}"
_FORMS = "|".join(
    f"(?P<{name}>{form})"
    for name, form in (
        ("grouped", rf"{_D}{{4}}(?:[ -]{_D}{{4}}){{3}}(?:[ -]{_D}{{1,3}})?"),
        ("uneven", rf"{_D}{{4}}[ -]{_D}{{6}}[ -]{_D}{{4,5}}"),
        ("spread", rf"{_D}{{4}}(?:{_GAP}{_D}{{4}}){{3}}"),
        # A blank that was lost, or two of them.
        ("joined", rf"(?:{_D}{{4}}[ -]?){{2}}{_D}{{4}}[ -]?{_D}{{4}}(?<!{_D}{{16}})"),
        ("solid", rf"{_D}{{14,19}}"),
    )
)
_CARD = re.compile(
    rf"(?<![\w.,$#/+-])(?<!\d{{4}}[ \t])(?:{_FORMS})(?![\w/%]|[-.,]\d|[ \t]\d{{4}}(?![\d/]))"
)
_MASKED = re.compile(r"(?<![\w*•])(?:[Xx*•]{4}[ -]?){2,4}(\d{4})(?![\w-])")
_ISSUERS = tuple(
    (re.compile(start), lengths)
    for start, lengths in (
        ("4", {13, 16, 19}),  # Visa
        ("5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", {16}),  # Mastercard
        ("3[47]", {15}),  # American Express
        ("6011|64[4-9]|65", {16, 17, 18, 19}),  # Discover
        ("352[89]|35[3-8]", {16, 17, 18, 19}),  # JCB
        ("30[0-5]|36|38|39", {14, 16}),  # Diners Club
        ("62", {16, 17, 18, 19}),  # UnionPay
        ("50|5[6-8]|6304|6759|676[1-3]", {13, 15, 16, 18, 19}),  # Maestro
        ("60|8[12]", {16}),  # RuPay
    )
)
_EXAMPLES = frozenset(
    {
        *("4111111111111111", "4242424242424242", "4012888888881881", "4000056655665556"),
        *("5555555555554444", "5105105105105100", "2223003122003222", "378282246310005"),
        *("371449635398431", "6011111111111117", "6011000990139424", "3530111333300000"),
        *("30569309025904", "38520000023237", "4222222222222"),
    }
)
"""Numbers that payment firms print in their manuals for testing."""
_CONTEXT = re.compile(
    r"\b(?:visa|master ?card|maestro|amex|american express|rupay|debit|credit|valid"
    r" ?(?:thru|from)|good thru|cardholder|card (?:no|num|number|member)|expires end)\b",
    re.IGNORECASE,
)
_SCORES = {"grouped": 0.85, "uneven": 0.85, "spread": 0.6, "joined": 0.6, "solid": 0.35}
_SCORES_BESIDE_WORDS = {
    "grouped": 0.95, "uneven": 0.95, "spread": 0.9, "joined": 0.85, "solid": 0.7,
}  # fmt: skip


def card_numbers(text: Text) -> Iterator[Match]:
    """Yield the card numbers of a text, surer where it has a card's other words; then masked ones.

    One number in ten has a right check digit by chance, and one in fifty an issuer's start as well.
    """
    for found in search_numbered(_CARD, text, dashed(text), digits=12):
        digits = re.sub(r"\D", "", as_digits(found.group()))
        real = sum(char.isdigit() for char in found.group())
        if real < 12 or len(set(digits)) < 2 or not is_card(digits):
            continue
        scores = _SCORES_BESIDE_WORDS if text.worked_out(_speaks_of_cards) else _SCORES
        score = scores[found.lastgroup or "solid"] - 0.15 * (real < len(digits))
        if digits in _EXAMPLES:
            score = 0.35
        yield Match(*found.span(), score, "issuer and check digit of a payment card")
    for found in search_numbered(_MASKED, text, dashed(text), digits=4):
        yield Match(*found.span(1), 0.35, "last digits of a masked card number")


def _speaks_of_cards(text: Text) -> bool:
    return bool(_CONTEXT.search(text.flow))


def is_card(digits: str) -> bool:
    """Return whether digits have a card's start, length and check digit."""
    issued = any(start.match(digits) and len(digits) in lengths for start, lengths in _ISSUERS)
    return issued and luhn_agrees(digits)
