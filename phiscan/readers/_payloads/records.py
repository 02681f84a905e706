"""What hospital systems write on bands and labels: HL7 version 2 segments, and values parted by ^.

HL7 2.5.1, part 3.4.2 (PID) and 3.4.5 (NK1). Sites cut these down as they like, so that every field
is optional; a caret between a number and a name is enough to know the kind.
"""

from __future__ import annotations

import re

from phiscan.readers._payloads._line import Line, labelled, us_date

_SEGMENT = re.compile(r"(?:^|[\r\n\x0b\x1c])(PID|NK1)\|([^\r\n\x1c]*)")
_NUMBER = re.compile(r"[A-Za-z]{0,3}\d{4,14}[A-Za-z]?")
_DAY = re.compile(r"(?:1[89]|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4,6})?")
_AUTHORITY = re.compile(r"\^{3}[^^|\r\n]*(?:\^(?:MR|MRN|PI|PT|AN|VN|SS|MC)\b)?")
"""Who gave a number, and its type (HL7's CX): `^^^HOSP^MR`."""
_GLUED = re.compile(r"([^\W\d_][^\W\d_' -]+)\^([^\W\d_]+(?:\^[^\W\d_]+)?)")
_WORD = re.compile(r"[^\W\d_][^\W\d_' .-]*(?:[' -][^\W\d_]+)*\.?")


def read(text: str) -> list[Line] | None:
    """Return the lines of a record's payload, or None when `text` is none."""
    segments = list(_SEGMENT.finditer(text))
    if segments:
        return [
            line
            for segment in segments[:8]
            for line in (_patient if segment[1] == "PID" else _relative)(segment[2].split("|"))
        ]
    return _carets(text) if text.count("^") >= 2 else None


def _patient(fields: list[str]) -> list[Line]:
    def get(number: int) -> str:
        return fields[number - 1] if number <= len(fields) else ""

    numbers = [entry.partition("^")[0] for n in (3, 2, 4) for entry in get(n).split("~")]
    return [
        *labelled(*(("MRN", number) for number in numbers)),
        *labelled(
            ("Patient Name", name_of(get(5))),
            ("DOB", us_date(get(7)[:8])),
            ("Address", _address(get(11))[0]),
            ("", _address(get(11))[1]),
            ("Phone", get(13).partition("^")[0]),
            ("Account No", get(18).partition("^")[0]),
            ("SSN", get(19)),
        ),
    ]


def _relative(fields: list[str]) -> list[Line]:
    return labelled(("Contact Person", name_of(fields[1] if len(fields) > 1 else "")))


def name_of(field: str) -> str:
    """Return HL7's `DOE^JANE^A` as `DOE, JANE A`."""
    parts = [part.strip() for part in field.partition("~")[0].split("^")[:3]]
    given = " ".join(part for part in parts[1:] if part)
    return f"{parts[0]}, {given}" if parts[0] and given else parts[0] or given


def _address(field: str) -> tuple[str, str]:
    parts = [part.strip() for part in field.partition("~")[0].split("^")] + [""] * 5
    return f"{parts[0]} {parts[1]}".strip(), ", ".join(p for p in parts[2:4] if p) + " " + parts[4]


def _carets(text: str) -> list[Line] | None:
    """Read `0012345^DOE^JANE^19500304` and `0012345^^^HOSP^MR`, in any order."""
    parts = [part.strip() for part in re.split(r"[\^|\r\n]", text)][:40]
    days = [part for part in parts if _DAY.fullmatch(part)]
    numbers = [part for part in parts if _NUMBER.fullmatch(part) and part not in days]
    words = [part for part in parts if _WORD.fullmatch(part)]
    if not numbers or not words:
        return None
    glued = _GLUED.search(_AUTHORITY.sub("|", text))
    rest = [p for p in parts if p and p not in days and p != numbers[0] and p not in words]
    return [
        Line("MRN", numbers[0]),
        *labelled(("Patient Name", name_of(glued[0]) if glued else "")),
        *labelled(*(("DOB", us_date(day)) for day in days)),
        *labelled(*(("", part) for part in rest)),
    ]
