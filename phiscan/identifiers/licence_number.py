"""Licence and certificate numbers, 45 CFR 164.514(b)(2)(i)(K), all known by their label.

A driver's licence has the format of its state or province (`_licences.toml`); it is the holder's
own and scores highest. Numbers of those who treat score 0.75 at most, for they name no patient: the
National Provider Identifier (ten digits from 1 or 2, Luhn over 80840 and the digits, CMS), the DEA
registration (two letters, seven digits, the last from the other six, 21 CFR 1301), and licences of
doctors and nurses. Chance alone gives one number in ten a right check digit.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from phiscan.identifiers._check_digits import luhn_agrees
from phiscan.identifiers._codes import compact, read_code
from phiscan.identifiers._labels import ON_LINE, Field, Labels, labelled
from phiscan.identifiers._ocr import as_digits, plain_dashes
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_LEAD = " :#.-=(["
_NPI = re.compile(r"[12Il][\dOQDIl|ZSGBgos]{9}(?![\w-])")
_DEA = re.compile(r"([A-Z0-9])([A-Z0-9]) ?-?([\dOQDIlZSGB]{7})(?![\w-])")
_REGISTRANTS = frozenset("ABCDEFGHJKLMPRSTUX")
"""First letters that the DEA gives out: kinds of registrants."""
_WORDED = re.compile(r"[A-Z][A-Z*]{2,6}[A-Z0-9*]{5,13}(?![\w*-])")
_MOSTLY_LETTERS = ("WASHINGTON", "UNITED KINGDOM", "MANITOBA", "NOVA SCOTIA")
_LETTERS = str.maketrans("01586", "OISBG")
_DRIVER = re.compile(
    r"\b(?:driver'?s?|driving|operator|motor vehicles?|dmv|class [a-dm]|endorsements|restrictions"
    r"|identification card|cdl)\b",
    re.IGNORECASE,
)
_DRIVERS_LABEL = re.compile(r"driv|dl\b|dln|fuhrerschein|permis")
_TREATING = re.compile(r"npi|dea|upin|medical|nursing|rn |physician|professional|gmc|nmc|ced")


@cache
def _formats() -> dict[str, re.Pattern[str]]:
    """Return the licence format of each state, province and country, by its name in capitals."""
    file = resources.files("phiscan.identifiers").joinpath("_licences.toml")
    tables = tomllib.loads(file.read_text("utf-8"))
    return {
        place.upper(): re.compile(pattern)
        for table in tables.values()
        for place, pattern in table.items()
    }


def _parse(value: str, field: Field) -> tuple[int, int] | None:
    phrase, start = field.tag.phrase, len(value) - len(value.lstrip(_LEAD))
    if phrase.startswith("npi"):
        found = _NPI.match(value, start)
        return found.span() if found and any(map(str.isdigit, found[0])) else None
    if phrase.startswith("dea"):
        found = _DEA.match(plain_dashes(value), start)
        return found.span() if found and _is_registration(found) is not None else None
    return read_code(value, 5, 19, 4) or _read_worded(value, start)


def _read_worded(value: str, start: int) -> tuple[int, int] | None:
    """Read a licence that begins with letters of the holder's name."""
    found = _WORDED.match(value, start)
    if found is None or sum(map(str.isdigit, found[0])) < 3:
        return None
    forms = (_formats()[place] for place in _MOSTLY_LETTERS)
    return found.span() if any(form.fullmatch(found[0]) for form in forms) else None


def _is_provider(digits: str) -> bool:
    return luhn_agrees("80840" + digits)


def _is_registration(found: re.Match[str]) -> bool | None:
    """Return whether a DEA number's check digit holds, or None where the form is another."""
    first, second = (letter.translate(_LETTERS) for letter in found.groups()[:2])
    digits = as_digits(found[3])
    if first not in _REGISTRANTS or not (second.isalpha() or found[2] == "9"):
        return None
    odd, even = sum(map(int, digits[0:6:2])), sum(map(int, digits[1:6:2]))
    return (odd + 2 * even) % 10 == int(digits[6])


@dataclass(frozen=True, slots=True)
class LicenceNumber:
    """Finds labelled licences of drivers, and numbers of those who treat."""

    kind: str = "licence_number"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield the numbers that follow a label."""
        driver = _is_drivers(text)
        for start, end, field in labelled(Labels(text), _parse, "licence_number"):
            written = text.flow[start:end]
            if field.tag.phrase.startswith(("npi", "dea")):
                score = _checked_score(field.tag.phrase, written)
            elif _TREATING.match(field.tag.phrase):
                score = 0.7
            else:
                score = _licence_score(text, field, compact(written).upper(), driver=driver)
            if score:
                yield Match(start, end, score, field.reason)


def _is_drivers(text: Text) -> bool:
    """Return whether the text has the words of a driver's licence."""
    return bool(_DRIVER.search(text.flow))


def _checked_score(phrase: str, written: str) -> float:
    """Grade a number with a check digit: letters in place of digits cost, a wrong digit more."""
    if phrase.startswith("npi"):
        valid = _is_provider(as_digits(written))
        misread = not written.isdigit()
    else:
        found = _DEA.match(plain_dashes(written))
        valid = found is not None and bool(_is_registration(found))
        misread = not re.fullmatch(r"[A-Z][A-Z9] ?-?\d{7}", written)
    return (0.75 if valid else 0.4) - 0.1 * misread


def _formats_named(text: Text) -> list[re.Pattern[str]]:
    """Return the formats of the states and countries that a text names."""
    shouted = text.flow.upper()
    return [form for place, form in _formats().items() if place in shouted]


def _licence_score(text: Text, field: Field, code: str, *, driver: bool) -> float:
    """Grade a licence by its label, the words of a licence, and the format of its state."""
    drivers_label = bool(_DRIVERS_LABEL.match(field.tag.phrase))
    sure = field.tag.marked or field.how != ON_LINE or drivers_label
    if not (drivers_label or driver):
        return 0.6 if sure and " " in field.tag.phrase else 0.45
    named = text.worked_out(_formats_named)
    if any(form.fullmatch(code) for form in named):
        return 0.9
    fits = any(form.fullmatch(code) for form in _formats().values())
    return (0.85 if fits and not named else 0.7) - 0.1 * (not sure)


IDENTIFIER = LicenceNumber()
