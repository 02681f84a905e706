"""Account numbers, 45 CFR 164.514(b)(2)(i)(J): payment cards, bank accounts, accounts of bills.

An international account number (IBAN, ISO 13616) has two check digits and a length for each
country. A routing number (ABA) names the bank and weighs its digits 3, 7, 1; on cheques the account
follows it. Other accounts are known by their label alone. What a hospital calls an account is a
number of the record and belongs to `mrn`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._cards import card_numbers
from phiscan.identifiers._check_digits import iban_agrees, routing_agrees
from phiscan.identifiers._codes import compact, read_code
from phiscan.identifiers._labels import Field, Labels, labelled
from phiscan.identifiers._ocr import as_digits, readings
from phiscan.identifiers._record import is_bill
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._views import dashed, search_numbered
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_LENGTHS = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22,
    "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27,
    "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "KW": 30, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PT": 25,
    "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26,
    "UA": 29,
}  # fmt: skip
"""Characters of an account number by country (SWIFT IBAN Registry)."""
_IBAN = re.compile(rf"(?<![\w-])(?:{'|'.join(_LENGTHS)})[0-9OISBZ]{{2}}(?=[ \t]?[A-Z0-9])")
_NAMED = re.compile(r"iban\W{0,4}$", re.IGNORECASE)
_CHEQUE = re.compile(r"[⑆|:']{1,2} ?(\d{9}) ?[⑆|:']{1,2}[ \t]{0,3}(\d[\d -]{4,16}\d)(?!\d)")
_ROUTING = ("aba", "rtn", "routing", "bank routing")
_CARD = ("card", "credit", "debit", "payment", "bank card")
_OF_ANYBODY = ("account", "acct")
_BILL = ("billing", "guarantor")


def _parse(value: str, field: Field) -> tuple[int, int] | None:
    """Read the number at the start of a label's value, as long as its label lets expect."""
    phrase = field.tag.phrase
    if phrase.startswith(_ROUTING):
        span = read_code(value, 9, 9, 9)
        return span if span and routing_agrees(compact(value[slice(*span)])) else None
    if phrase.startswith(_CARD):
        return read_code(value, 13, 19, 12)
    return None if phrase == "iban" else read_code(value, 5, 17, 4)


def _score(phrase: str) -> float:
    """Return how sure the label makes a number without check digit; a routing number is a bank."""
    return 0.5 if phrase.startswith(_ROUTING) else 0.7 if phrase.startswith(_BILL) else 0.75


@dataclass(frozen=True, slots=True)
class AccountNumber:
    """Finds cards and international accounts by check digit, and others by label."""

    kind: str = "account_number"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield what has a check digit, then labelled numbers that it does not cover."""
        taken = Covered(len(text.flow))
        for match in (*card_numbers(text), *_international(text), *_on_cheques(text)):
            if taken.claim(match.start, match.end):
                yield match
        for start, end, field in labelled(Labels(text), _parse, "account_number"):
            if taken.claim(start, end):
                yield Match(start, end, _score(field.tag.phrase), field.reason)
        if not is_bill(text):
            return  # what a hospital calls an account is a number of the record
        for start, end, field in labelled(Labels(text), _parse, "mrn"):
            if field.tag.phrase.startswith(_OF_ANYBODY) and taken.claim(start, end):
                yield Match(start, end, 0.65, field.reason)


def _international(text: Text) -> Iterator[Match]:
    flow = dashed(text)
    for head in search_numbered(_IBAN, text, flow, digits=6):
        code, end = _collected(flow, head.start(), _LENGTHS[head.group()[:2]])
        if iban_agrees(code):
            yield Match(head.start(), end, 0.75, "check digits of an IBAN")
        elif _NAMED.search(flow, max(head.start() - 8, 0), head.start()):
            candidates = (code[:2] + as_digits(code[2:]), *readings(code, 2))
            if any(iban_agrees(each) for each in candidates):
                yield Match(head.start(), end, 0.65, "check digits of a misread IBAN")


def _collected(flow: str, start: int, length: int) -> tuple[str, int]:
    """Return `length` capitals and digits from `start` without single blanks, and where they end.

    An empty code where something else comes between, or more follows.
    """
    found = re.compile(rf"(?:[A-Z0-9][ \t]?){{{length - 1}}}[A-Z0-9](?!\w)").match(flow, start)
    return (compact(found.group()), found.end()) if found else ("", start)


def _on_cheques(text: Text) -> Iterator[Match]:
    """Yield the account behind a valid routing number between the signs of magnetic print."""
    for found in search_numbered(_CHEQUE, text, dashed(text), digits=11):
        if routing_agrees(found[1]):
            yield Match(*found.span(2), 0.75, "routing number of a cheque before it")


IDENTIFIER = AccountNumber()
