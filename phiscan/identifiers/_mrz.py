"""Machine-readable zones of travel documents (ICAO 9303 parts 4 to 6), as OCR reads them.

The data line of all three sizes holds birth date, check digit, sex, expiry date, check digit side
by side; the name line holds `SURNAME<<GIVEN<NAMES` and fillers. Check digits weigh 7, 3, 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._ocr import as_digits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_FILLERS = "\uff1c\xab\u2039\u3008\u300a\u3111\u304f\u3078\u30d8\u30cf\u2264"
"""What `<` is read as."""
_DIGIT = "[0-9OQDIlZSGB]"
_DATA = re.compile(rf"({_DIGIT}{{6}})({_DIGIT})[MFX<]({_DIGIT}{{6}})({_DIGIT})")
_NAME = re.compile(
    r"([A-Z0]{1,30}(?:<[A-Z0]{1,30}){0,5})<<([A-Z0]{1,30}(?:<[A-Z0]{1,30}){0,5})(?=<|$)"
)
_PREFIX = re.compile(r"[PIACV1][A-Z<0-9][A-Z0<]{3}")


@dataclass(frozen=True, slots=True)
class Zone:
    """A field of a machine-readable zone; `checked` if its check digit agrees."""

    start: int
    end: int
    checked: bool


def birth_dates(text: Text) -> Iterator[Zone]:
    """Yield the six digits of every birth date in a machine-readable zone."""
    for line, offsets in _lines(text):
        for match in _DATA.finditer(line):
            born, expires = as_digits(match[1]), as_digits(match[3])
            agreed = _check(born) == as_digits(match[2]), _check(expires) == as_digits(match[4])
            fillers = line.count("<")
            if not (_is_date(born) and _is_date(expires)) or not (all(agreed) or fillers >= 3):
                continue
            yield Zone(offsets[match.start(1)], offsets[match.end(1) - 1] + 1, checked=any(agreed))


def names(text: Text) -> Iterator[Zone]:
    """Yield the name, surname and given names together, of every name line."""
    for line, offsets in _lines(text):
        if line.count("<") < 4:
            continue
        prefix = _PREFIX.match(line)
        headed = prefix is not None and (line[1] == "<" or len(line) >= 34)  # TD1's has 30, no code
        match = _NAME.match(line, 5) if headed else _NAME.match(line)
        if match is not None and match.end() - match.start() >= 5:
            yield Zone(offsets[match.start()], offsets[match.end() - 1] + 1, checked=False)


def _lines(text: Text) -> list[tuple[str, list[int]]]:
    """Return every line that may belong to a zone, without blanks, and where its letters stand."""
    return text.worked_out(_read_lines)


def _read_lines(text: Text) -> list[tuple[str, list[int]]]:
    flow = text.flow
    for filler in _FILLERS:
        flow = flow.replace(filler, "<")
    return list(_filled(text, flow)) if "<" in flow else []


def _filled(text: Text, flow: str) -> Iterator[tuple[str, list[int]]]:
    starts: dict[int, tuple[int, int]] = {}
    for cell in text.cells:
        first = starts.get(cell.line, (cell.start, cell.end))[0]
        starts[cell.line] = first, cell.end
    for start, end in starts.values():
        if flow.find("<", start, end) < 0:
            continue
        raw = flow[start:end]
        offsets = [start + i for i, char in enumerate(raw) if not char.isspace()]
        line = "".join(raw.split())
        if 20 <= len(line) <= 100 and sum(map(str.islower, line)) < 3:
            yield line, offsets


def _check(digits: str) -> str:
    return str(sum(int(d) * w for d, w in zip(digits, (7, 3, 1) * 2, strict=False)) % 10)


def _is_date(digits: str) -> bool:
    """Return whether six digits are a date as yymmdd (the specimen's may lack month or day)."""
    return digits.isdigit() and int(digits[2:4]) <= 12 and int(digits[4:]) <= 31
