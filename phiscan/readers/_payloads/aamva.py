"""Driver's licences of the United States and Canada: the PDF417 code of the AAMVA card standard.

Elements have three letters and end with a line feed. Versions: 2000 (full name `DAA`, date of birth
CCYYMMDD, address `DAL`), 2003 and later (`DCS`, `DAC`, `DAD`; the United States write MMDDCCYY).
"""

from __future__ import annotations

import re

from phiscan.readers._payloads._line import Line, labelled, us_date
from phiscan.text import UNREAD

_HEAD = re.compile(r"\s*@?[\s\x1c-\x1e]*(?:ANSI |AAMVA)\s?\d{6}")
_ELEMENT = re.compile(r"(?:(?:@?\s*(?:ANSI |AAMVA).*?)?(?:DL|ID|EN))?(D[A-D][A-Z])(.*)")
_NOTHING = frozenset({"NONE", "UNAVL", "N/A"})


def read(text: str) -> list[Line] | None:
    """Return the holder's lines, or None when `text` is no licence."""
    head = _HEAD.match(text)
    if head is None:
        return None
    elements: dict[str, str] = {}
    for piece in re.split(r"[\n\r\x1c-\x1e]+", text[head.start() :]):
        found = _ELEMENT.fullmatch(piece)
        if found is not None and found[2].strip().upper() not in _NOTHING:
            elements.setdefault(found[1], found[2].strip())
    return _lines(elements) or [Line("", UNREAD)]


def _lines(elements: dict[str, str]) -> list[Line]:
    def first(*codes: str) -> str:
        return next((elements[code] for code in codes if elements.get(code)), "")

    surname, given = first("DCS", "DAB"), first("DAC", "DCT").replace(",", " ")
    middle = "" if elements.get("DCT") and not elements.get("DAC") else first("DAD")
    whole = first("DAA")
    if whole and not surname:
        surname, _, given = whole.replace("@", ",").partition(",")
        given, middle = given.replace(",", " "), ""
    zip_code = re.sub(r"^(\d{5})0000$", r"\1", re.sub(r"\s+", "", first("DAK", "DAP")))
    town = ", ".join(part for part in (first("DAI", "DAN"), first("DAJ", "DAO")) if part)
    number = re.sub(r"\D", "", first("DBK", "DBM"))
    return labelled(
        ("Surname", surname),
        ("Given Names", f"{given} {middle}"),
        ("DOB", us_date(re.sub(r"\D", "", first("DBB")))),
        ("License No", first("DAQ", "DBJ")),
        ("Address", " ".join(p for p in (first("DAG", "DAL"), first("DAH", "DAM")) if p)),
        ("", f"{town} {zip_code}"),
        ("SSN", f"{number[:3]}-{number[3:5]}-{number[5:]}" if len(number) == 9 else ""),
    )
