"""GS1 element strings: patients' wristbands (ISO 18530) and the labels of products and devices.

Application identifiers (AI) of the GS1 General Specifications 24, part 3. Those of fixed length
follow each other without a mark; others end with FNC1, which decoders give as 0x1D.
"""

from __future__ import annotations

import re
from itertools import pairwise

from phiscan.readers._payloads._line import Line, labelled, us_date

_GS = "\x1d"
_FIXED = {
    "00": 18, "01": 14, "02": 14, "03": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6,
    "20": 2, "41": 13,
}  # fmt: skip
"""Lengths that the first two digits announce; no mark follows (General Specifications 7.8.5)."""
_VARIABLE = re.compile(
    r"10|21|22|235|24[0-3]|25[0-5]|30|37|39[0-5]\d|40[0-3]|42\d|43\d\d|70\d\d|703\d|71\d|72[0-5]\d"
    r"|80[01]\d|802[0-9]|8030|81\d\d|8200|9\d"
)
_MEASURE = re.compile(r"3[1-6]\d\d")
_SHORT = {
    "8017": 18,
    "8018": 18,
    "8005": 6,
    "8006": 18,
    "8001": 14,
    "7003": 10,
    "7250": 8,
    "7252": 1,
}
_BRACKETS = re.compile(r"\((\d{2,4})\)([^()\x1d]*)\x1d?")
_PREFIX = re.compile(r"\](?:C1|d2|Q3|e0|J1)")


def read(text: str, *, flagged: bool) -> list[Line] | None:
    """Return a GS1 string's lines, or None when `text` is none.

    `flagged` says that the code itself declares GS1 content. Without that, a string counts when it
    parses to its end and its first element carries a valid check digit.
    """
    prefix = _PREFIX.match(text)
    body = (text[prefix.end() :] if prefix else text).lstrip(_GS)
    elements = _bracketed(body) or _plain(body)
    if not elements:
        return None
    ai, value = elements[0]
    sure = ai in {"01", "8017", "8018", "8006", "00"} and checked(value[:18])
    if not (flagged or prefix or sure):
        return None
    return _lines(dict(reversed(elements)))


def _bracketed(body: str) -> list[tuple[str, str]]:
    if not body.startswith("("):
        return []
    found = list(_BRACKETS.finditer(body))
    whole = bool(found) and found[-1].end() == len(body)
    joined = all(a.end() == b.start() for a, b in pairwise(found))
    return [(f[1], f[2]) for f in found] if whole and joined else []


def _plain(body: str) -> list[tuple[str, str]]:
    """Return AI and value of each element, or nothing when the string does not parse to its end."""
    elements: list[tuple[str, str]] = []
    at = 0
    while at < len(body):
        ai = _identifier(body[at : at + 4])
        if not ai:
            return []
        at += len(ai)
        length = 6 if _MEASURE.fullmatch(ai) else _FIXED.get(ai[:2])
        if length is None:
            mark = body.find(_GS, at)
            # AI 8018 has a fixed length too, and some printers leave the mark after it out.
            end = min(mark if mark >= 0 else len(body), at + _SHORT.get(ai, len(body)))
        else:
            end = at + length
        value = body[at:end]
        if not value or end > len(body) or len(value) > 90 or _GS in value:
            return []
        elements.append((ai, value))
        at = end + (body[end : end + 1] == _GS)
    return elements


def _identifier(head: str) -> str:
    if head[:2] in _FIXED:
        return head[:3] if head.startswith("41") else head[:2]
    measure, variable = _MEASURE.match(head), _VARIABLE.match(head)
    if measure is not None:
        return measure[0]
    return variable[0] if variable is not None else ""


def checked(digits: str) -> bool:
    """Return whether the last digit is the check digit of the others (weights 3 and 1)."""
    if not re.fullmatch(r"[0-9]{8,18}", digits):
        return False
    total = sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(reversed(digits)))
    return total % 10 == 0


def _lines(elements: dict[str, str]) -> list[Line]:
    def get(ai: str) -> str:
        return _decoded(elements.get(ai, ""))

    patient, person = get("8018"), any(ai.startswith("725") for ai in elements)
    lines = labelled(
        # The company prefix is the hospital's; the end, with its check digit, is the patient's.
        ("", patient[:-10]),
        ("Patient ID", patient[-10:]),
        ("Encounter", get("8019") if patient else ""),
        ("Patient Name", get("7256")),
        ("Surname", get("7253")),
        ("Given Names", get("7254")),
        ("Patient Name", get("7259")),
        ("DOB", us_date(get("7250") or get("7251")[:8])),
        ("Address", get("7257")),
        ("Provider", get("8017")),
        ("GTIN", get("01")),
        ("Serial No", get("21")),
        ("Lot", get("10")),
        ("Exp", get("17")),
    )
    shown = {"8018", "8019", "7256", "7253", "7254", "7259", "7250", "7251", "7257", "8017"}
    rest = elements.keys() - shown - {"01", "21", "10", "17"}
    lines += [Line("", f"({ai}) {get(ai)}") for ai in sorted(rest) if not (person and ai == "7252")]
    return lines


def _decoded(value: str) -> str:
    """Return a value with `%20` and `+` undone, as AIs 43xx and 725x are written."""
    if "%" not in value and "+" not in value:
        return value
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda m: chr(int(m[1], 16)), value.replace("+", " "))
