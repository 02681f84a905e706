"""Numbers and codes as forms print them behind a label: one word, or groups of digits."""

from __future__ import annotations

import re

from phiscan.identifiers._ocr import as_digits, plain_dashes

_LEAD = " :#.-=([*\"'"
_WORD = re.compile(r"[A-Za-z0-9]+(?:[-/.][A-Za-z0-9]+){0,6}(?![\w@%])")
_GROUPS = re.compile(
    r"(?:[A-Z]{1,4}[ -]?)?\d{1,6}(?:[ -]\d{2,6}){1,5}(?![\w./:%@]|-\w)"
    r"|[A-Z]{1,3} \d{4,12}(?![\w./:%@-])"
)
_DATE = re.compile(
    r"\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d|\d{4}([./-])\d\d\2\d\d(?!\d)|\d{1,2}/\d{1,2}/\d\d(?!\d)"
)
_DIGIT = re.compile(r"\d")
_PROSE = re.compile(r"[a-zà-ÿ]{3}")
_TIME = re.compile(r"\d{1,2}:\d\d")

Span = tuple[int, int]


def compact(written: str) -> str:
    """Return the letters and digits of a code, without what parts them."""
    return re.sub(r"[^A-Za-z0-9]", "", written)


def read_code(value: str, shortest: int, longest: int, digits: int = 3) -> Span | None:
    """Return where the code at the start of a label's value stands, or None.

    It has `shortest` to `longest` letters and digits, at least `digits` of them digits, which are
    half of it or more once look-alikes count as such; it is no date, no time, and no word with a
    number (`bzip2-1.0.6`).
    """
    if not _DIGIT.search(value):
        return None
    start = len(value) - len(value.lstrip(_LEAD))
    dashed = plain_dashes(value)
    if _DATE.match(dashed, start) or _TIME.match(dashed, start):
        return None
    for pattern in (_GROUPS, _WORD):
        found = pattern.match(dashed, start)
        if found is None or _PROSE.search(found.group()):
            continue
        if _numberlike(compact(found.group()), shortest, longest, digits):
            return found.span()
    return None


def _numberlike(code: str, shortest: int, longest: int, digits: int) -> bool:
    if not shortest <= len(code) <= longest:
        return False
    real = sum(char.isdigit() for char in code)
    seeming = sum(char.isdigit() for char in as_digits(code))
    return real >= digits and seeming * 2 >= len(code)
