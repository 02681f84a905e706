"""Numbers of public health services outside the United States: a start, more may follow.

United Kingdom: ten digits, the last checks the others modulo 11 (NHS Data Dictionary; Northern
Ireland and Scotland likewise). Canada, by province: Ontario ten digits with a Luhn check digit and
a version of one or two letters; British Columbia ten digits from 9, modulo 11; Quebec four letters
of the name, date of birth (50 more in the month for women) and two digits; Alberta, Manitoba,
Saskatchewan, New Brunswick and Yukon nine digits; Nova Scotia ten, Newfoundland twelve, Prince
Edward Island eight; the Northwest Territories a letter and seven digits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.identifiers._check_digits import luhn_agrees, nhs_agrees, phn_agrees
from phiscan.identifiers._codes import compact
from phiscan.identifiers._ocr import as_digits, plain_dashes
from phiscan.identifiers._views import search_numbered
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_BRITISH = ("nhs", "chi n", "health and care")
_CANADIAN = (
    "ohip", "phn", "personal health", "ramq", "nam", "carte soleil", "ahcip", "hcn", "mcp",
    "msp", "numero dass", "no dass",
)  # fmt: skip
_NHS = re.compile(r"(?<![\w-])\d{3}[ -]\d{3}[ -]\d{4}(?![\w-]|\.\d)")
_TEN = re.compile(r"\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w-])")
_NHS_WORDS = re.compile(r"\bNHS\b")
_QUEBEC = re.compile(r"(?<!\w)[A-Z]{4} ?(\d\d)(\d\d) ?(\d\d)\d\d(?!\w)")
_QUEBEC_WORDS = re.compile(
    r"\bRAMQ\b|assurance[ -]maladie|carte soleil|\bqu[ée]bec\b", re.IGNORECASE
)
_OTHERS = re.compile(r"\d{8,10}|\d{12}|[A-Z]\d{7}|\d{10}[A-Z]{1,2}")


def read_number(phrase: str, value: str, start: int) -> tuple[int, int] | None:
    """Return where ten digits of an NHS number stand, some of them misread, or None.

    The bare word NHS stands on every letterhead: the number below it must pass its check.
    """
    if not phrase.startswith(_BRITISH):
        return None
    found = _TEN.match(as_digits(plain_dashes(value)), start)
    if found is None or sum(map(str.isdigit, value[slice(*found.span())])) < 8:
        return None
    valid = nhs_agrees(compact(found.group()))
    return found.span() if valid or phrase != "nhs" else None


def labelled_score(phrase: str, written: str) -> float | None:
    """Return how sure a number is after the label of such a service, None after any other label."""
    code = compact(written).upper()
    if phrase.startswith(_BRITISH):
        if nhs_agrees(code):
            return 0.95
        return 0.85 if nhs_agrees(as_digits(code)) else 0.7 if phrase != "nhs" else 0.0
    if phrase.startswith(_CANADIAN):
        return 0.95 if _is_canadian(code) else 0.9 if _OTHERS.fullmatch(code) else 0.7
    return None


def unlabelled(text: Text) -> Iterator[Match]:
    """Yield numbers that the words elsewhere in the text and their own form give away."""
    for found in search_numbered(_NHS, text, digits=10):
        if nhs_agrees(compact(found.group())) and text.worked_out(_is_british):
            yield Match(*found.span(), 0.6, "check digit of an NHS number")
    for found in search_numbered(_QUEBEC, text, digits=8):
        if _is_canadian(compact(found.group())) and text.worked_out(_is_of_quebec):
            yield Match(*found.span(), 0.8, "form of a Quebec health insurance number")


def _is_british(text: Text) -> bool:
    return _NHS_WORDS.search(text.flow) is not None


def _is_of_quebec(text: Text) -> bool:
    return _QUEBEC_WORDS.search(text.flow) is not None


def _is_canadian(code: str) -> bool:
    """Return whether a number passes its province's check, or holds a date of birth."""
    quebec = _QUEBEC.fullmatch(code)
    if quebec is not None:
        return 1 <= int(quebec[2]) % 50 <= 12 and 1 <= int(quebec[3]) <= 31
    digits = re.sub(r"[A-Z]{1,2}$", "", code)
    return phn_agrees(digits) or (len(digits) == 10 and luhn_agrees(digits))
