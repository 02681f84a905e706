"""Dates as forms, screens, wristbands and travel documents write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from phiscan.identifiers._ocr import as_digits
from phiscan.identifiers._spans import Covered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_MONTHS = {
    1: "january january jan enero janvier januar gennaio janeiro januari ene janv",
    2: "february feb febrero février fevrier februar febbraio fev febr",
    3: "march mar marzo mars märz marz março mrz maart",
    4: "april apr abril avril aprile abr avr",
    5: "may mayo mai maggio maio mei",
    6: "june jun junio juin juni giugno junho",
    7: "july jul julio juillet juli luglio julho juil",
    8: "august aug agosto août aout ago augustus",
    9: "september sep sept septiembre septembre settembre setembro",
    10: "october oct octubre octobre oktober ottobre outubro okt",
    11: "november nov noviembre novembre novembro",
    12: "december dec diciembre décembre decembre dezember dicembre dezembro dez dic déc",
}
_CUT = {1: "anuary", 2: "ebruary", 9: "eptember", 10: "ctober", 11: "ovember", 12: "ecember"}
"""Months whose first letter a fold, a finger or the edge of a label hides."""
_LOOKALIKE = {"o": "o0", "l": "l1|", "i": "i1l", "s": "s5"}
_NUMBER_OF = {name: number for number, names in _MONTHS.items() for name in names.split()}
_NUMBER_OF |= {name: number for number, name in _CUT.items()}


def _spelled(name: str) -> str:
    return "".join(f"[{_LOOKALIKE[char]}]" if char in _LOOKALIKE else char for char in name)


_WORDS = frozenset({"may", "mar", "mars", "ago", "mai", "mei", "dic", "dez", "jun", "jan", "set"})
"""Months that in small letters before two digits are more often something else."""
_NAMES = sorted(_NUMBER_OF, key=len, reverse=True)
_MONTH = "(?P<month>" + "|".join(_spelled(name) for name in _NAMES) + r")(?![a-zà-ÿ])\.?"
_SECOND = r"(?:\s?/\s?[a-zà-ÿ]{3,9}\.?)?"
_DAY = r"(?P<day>[0-3]?[\dOoIl|])(?:\s?(?:st|nd|rd|th))?"
_YEAR = r"(?P<year>(?:1[89]|20)[\dOoIl|]{2}|['’]?\d{2})(?![\d])"
_BREAK = r"[ .,\-/]{0,3}"
_GLUED = "(?-i:(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]))"
"""Where a blank was lost behind a label: `sinceFebruary 11, 2026`, `DOBDecember 27, 1969`."""
_WORDED = (
    re.compile(
        rf"(?:(?<![\w.])|(?<=[a-z])){_DAY}{_BREAK}(?:de\s|of\s)?"
        rf"{_MONTH}{_SECOND}{_BREAK}(?:de\s)?{_YEAR}",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:(?<!\w)|{_GLUED}){_MONTH}{_BREAK}{_DAY}[ .,\-/]{{1,3}}{_YEAR}", re.IGNORECASE),
    re.compile(
        rf"(?<!\w)(?P<year>(?:1[89]|20)\d\d){_BREAK}{_MONTH}{_BREAK}(?P<day>[0-3]?\d)(?!\d)",
        re.IGNORECASE,
    ),
)
_NUMERIC = re.compile(
    r"(?<![\d])(?<!\d[.,:/\-])(?<![.$€£])(\d{1,4})(?:(\s?[./\-·]\s?)(\d{1,2})\s?[./\-·]\s?)(\d{4}|\d{2})"
    r"(?:(?=\d{1,3}Y)|(?!\d|[.,:/\-]\d|%))"
)
_SPACED = re.compile(
    r"(?<!\d)(\d{1,4})()[\s./\-·,]{1,3}(\d{1,2})[\s./\-·,]{1,3}(\d{4}|\d{2})(?!\d)"
)
_PARTED = re.compile(
    r"(?<![\w./,:+-])(?<!\d )(?:(\d\d)([ -])(\d\d)[ -]((?:19|20)\d\d)"
    r"|((?:19|20)\d\d)([ -])(\d\d)[ -](\d\d))(?![\w/%]|[.,:-]\d| \d+(?![\d ]?[YyMF]))"
)
"""A date of eight digits whose separators, or one of them, were read as blanks."""
_SOLID = re.compile(r"(?<!\d)(?:(\d{2})()(\d{2})(\d{4}|\d{2})|(\d{4})()(\d{2})(\d{2}))(?!\d)")
_ONES = re.compile(r"(?<!\d)(\d\d)()1(\d\d)1((?:19|20)\d\d|\d\d)(?!\d)")
"""A date written by hand whose slashes were read as ones."""
_CJK = re.compile(
    r"(?<!\d)((?:1[89]|20)\d\d)\s?()[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]?"
)
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_ERA = re.compile(
    rf"(?P<era>{'|'.join(_ERAS)}) ?(?P<year>\d{{1,2}}) ?年 ?(?P<month>\d{{1,2}}) ?月"
    r" ?(?P<day>\d{1,2}) ?日?"
)
"""Years of Japanese emperors, counted from the one before the first."""
_TWO_DIGITS = re.compile(r"\d\d")
"""Every form of a date has them, and few lines do: looking for them first is what makes it fast."""
_LETTER = re.compile(r"[^\W\d_]")
_VALUE = 60
"""Characters of a label's value in which its date must stand."""
_LONG_AGO, _LIFE = 3, 110
"""Years after which a date beside a name is one of birth, not of a visit; and the longest life."""
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Date:
    """A full date in a string; `year` is as written, so 50 may be 1950; `clear` if unmistakable."""

    start: int
    end: int
    year: int
    clear: bool

    @property
    def long_ago(self) -> bool:
        """Whether it is too long ago for a visit, and not longer than a life."""
        this_year = datetime.now(UTC).year
        if self.year < 100:  # of two digits, and no year that is near
            return this_year % 100 + _LONG_AGO < self.year
        return self.clear and _LONG_AGO < this_year - self.year <= _LIFE


def dates_in(text: Text) -> list[Date]:
    """Return the full dates of all cells, with their offsets in the flow; worked out once."""
    return text.worked_out(_dates_in)


def _dates_in(text: Text) -> list[Date]:
    return [
        replace(date, start=cell.start + date.start, end=cell.start + date.end)
        for cell in text.cells
        if _TWO_DIGITS.search(text.flow, cell.start, cell.end)
        for date in find_dates(text.flow[cell.start : cell.end])
    ]


def find_dates(text: str) -> Iterator[Date]:
    """Yield the full dates in running text."""
    covered = Covered(len(text))
    for date in (
        *_worded(text),
        *_of_eras(text),
        *_numeric(_CJK, text),
        *_numeric(_NUMERIC, text),
        *_numeric(_PARTED, text),
    ):
        if covered.claim(date.start, date.end):
            yield date


def read_date(text: str) -> Date | None:
    """Return the first date in the value of a date label: digits may be misread, or unparted."""
    text = text[:_VALUE]
    digits = as_digits(text)
    versions = [each for each in dict.fromkeys((text, digits)) if _TWO_DIGITS.search(each)]
    candidates = [*_worded(text), *_of_eras(text)] if text in versions else []
    for version in versions:
        candidates += _numeric(_CJK, version)
        candidates += _numeric(_NUMERIC, version)
        candidates += _numeric(_SPACED, version)
    for pattern in (_SOLID, _ONES):
        candidates += [] if candidates else _numeric(pattern, digits)
    near = [date for date in candidates if sum(c.isalnum() for c in text[: date.start]) <= 12]
    return min(near, key=lambda date: (date.start, -date.end), default=None)


def _worded(text: str) -> Iterator[Date]:
    if not _LETTER.search(text):
        return
    for pattern in _WORDED:
        for match in pattern.finditer(text):
            month = _month_number(match["month"])
            day = as_digits(match["day"])
            year = as_digits(match["year"].lstrip("'’"))
            if not month or match["day"].isalpha() or not (day + year).isdigit():
                continue
            if len(year) == 2 and match["month"] in _WORDS:
                continue
            if len(year) < 4 and text[match.start() - 1 : match.start()].isalpha():
                continue  # only a whole year makes up for the blank before
            if 1 <= int(day) <= _DAYS[month - 1]:
                yield Date(match.start(), match.end(), int(year), clear=True)


def _of_eras(text: str) -> Iterator[Date]:
    for match in _ERA.finditer(text) if "年" in text else ():
        if _exists(int(match["month"]), int(match["day"])):
            year = _ERAS[match["era"]] + int(match["year"])
            yield Date(match.start(), match.end(), year, clear=True)


def _month_number(name: str) -> int:
    lowered = name.lower()
    for candidate in _NAMES:
        if len(candidate) == len(lowered) and _is_spelled(candidate, lowered):
            return _NUMBER_OF[candidate]
    return 0


def _is_spelled(name: str, written: str) -> bool:
    """Return whether each letter is that of a month's name or looks like it."""
    pairs = zip(name, written, strict=True)
    return all(char in _LOOKALIKE.get(letter, letter) for letter, char in pairs)


def _numeric(pattern: re.Pattern[str], text: str) -> Iterator[Date]:
    for match in pattern.finditer(text):
        first, separator, second, third = (group for group in match.groups() if group is not None)
        year = _year_of(first, second, third)
        if year is None:
            continue
        clear = len(first) == 4 or len(third) == 4
        if not clear and "." in separator and (len(first) < 2 or len(second) < 2):
            continue  # 1.2.20 is a version or a section
        glued = text[match.start() - 1 : match.start()].isalpha() if match.start() else False
        if glued and (not clear or text[match.end() : match.end() + 1].isalpha()):
            continue  # v10.11.12, or the inside of a longer code
        yield Date(match.start(), match.end(), year, clear=clear)


def _year_of(first: str, second: str, third: str) -> int | None:
    """Return the year of three numbers in the order y-m-d, m-d-y or d-m-y, or None."""
    a, b, c = int(first), int(second), int(third)
    if len(first) == 4:
        return a if _plausible(a) and _exists(b, c) and len(third) <= 2 else None
    if len(first) > 2 or not (_exists(a, b) or _exists(b, a)):
        return None
    return c if len(third) == 2 or _plausible(c) else None


def _exists(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]


def _plausible(year: int) -> bool:
    return 1890 <= year <= 2100
