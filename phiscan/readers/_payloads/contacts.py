"""What phones act on: contacts (vCard, MECARD), mail, telephone, Wi-Fi, web addresses, JSON.

A contact is more often a business card than a patient: its name gets no label, so that it counts as
a name on a sign does. A birth date in it does get one.
"""

from __future__ import annotations

import json
import re
from typing import Any

from phiscan.readers._payloads._line import Line, labelled, us_date

_SCHEME = re.compile(r"(mailto|tel|sms|smsto|mmsto|fax|matmsg|wifi|mecard|geo):", re.IGNORECASE)
_QUERY = re.compile(r"[?&#;]([A-Za-z][\w.\-]{1,30})=([^&#;]{1,200})")
_LABELS = {
    "patient": "Patient", "patientid": "Patient ID", "ptid": "Patient ID",
    "patientname": "Patient Name", "ptname": "Patient Name", "patientmrn": "MRN", "medrec": "MRN",
    "medicalrecord": "MRN", "medicalrecordno": "MRN", "medicalrecordnumber": "MRN", "mrn": "MRN",
    "dob": "DOB", "birthdate": "DOB", "dateofbirth": "DOB", "patientdob": "DOB", "ssn": "SSN",
    "lastname": "Surname", "familyname": "Surname", "surname": "Surname",
    "firstname": "Given Names", "givenname": "Given Names", "memberid": "Member ID",
    "subscriberid": "Subscriber ID",
}  # fmt: skip
"""Keys in web addresses and JSON that speak of a person; `id`, `name` and `pid` name products."""


def read(text: str) -> list[Line] | None:
    """Return the lines of a contact, a link or an object, or None when `text` is none."""
    stripped = text.strip()
    if stripped[:11].upper() == "BEGIN:VCARD":
        return _vcard(stripped)
    scheme = _SCHEME.match(stripped)
    if scheme is not None:
        return _action(scheme[1].lower(), stripped[scheme.end() :])
    if re.match(r"https?://", stripped, re.IGNORECASE):
        return _address(stripped)
    return _json(stripped) if stripped[:1] in {"{", "["} else None


def _address(text: str) -> list[Line]:
    """Return a web address without its query, then the query's values.

    Their keys are left out but for the personal ones: `name=` and `pid=` would pass for labels.
    """
    bare = re.split(r"[?#]", text, maxsplit=1)[0]
    pairs = [(key, value.replace("+", " ")) for key, value in _QUERY.findall(text)]
    return [Line("", unescaped(bare)), *_named(pairs)]


def _vcard(text: str) -> list[Line]:
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    lines: list[Line] = []
    for entry in re.split(r"[\r\n]+", unfolded)[:200]:
        head, _, value = entry.partition(":")
        key = head.partition(";")[0].rpartition(".")[2].upper()  # item1.TEL;TYPE=cell
        lines += _contact(key, value)
    return lines


def _action(scheme: str, body: str) -> list[Line]:
    address = unescaped(body.partition("?")[0])
    if scheme == "mecard":
        pairs = [entry.partition(":") for entry in re.split(r"(?<!\\);", body)]
        return [line for key, _, value in pairs for line in _contact(key.upper(), value)]
    if scheme == "wifi":
        named = re.search(r"(?:^|;)S:((?:\\.|[^;\\])*)", body)
        return [Line("", f"Wi-Fi {named[1] if named else ''}".strip())]  # never its password
    if scheme == "geo":
        return [Line("", address)]
    if scheme == "matmsg":
        return [Line("", part.partition(":")[2]) for part in body.split(";") if ":" in part]
    if scheme == "mailto":
        return [
            Line("", address),
            *labelled(*(("", unescaped(v)) for _, v in _QUERY.findall(body))),
        ]
    number, _, message = address.partition(":")
    return labelled(("Fax" if scheme == "fax" else "Phone", number), ("", message))


def _contact(key: str, value: str) -> list[Line]:
    parts = [part.strip() for part in re.split(r"(?<!\\)[;,]", value)]
    plain = re.sub(r"\\(.)", r"\1", " ".join(part for part in parts if part))
    match key:
        case "N":
            return labelled(("", " ".join(part for part in [*parts[1:3], parts[0]] if part)))
        case "BDAY":
            return labelled(("DOB", us_date(re.sub(r"\D", "", value)[:8])))
        case "TEL":
            return labelled(("Phone", value.removeprefix("tel:")))
        case "ADR":
            return labelled(("", " ".join(parts[:3])), ("", ", ".join(p for p in parts[3:5] if p)
                             + " " + " ".join(parts[5:6])))  # fmt: skip
        case "BEGIN" | "END" | "VERSION" | "PRODID" | "REV" | "UID" | "PHOTO" | "LOGO" | "KEY":
            return []
    return labelled(("", plain))


def _json(text: str) -> list[Line] | None:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    pairs: list[tuple[str, str]] = []
    queue: list[tuple[str, Any]] = [("", content)]
    while queue and len(pairs) < 200:
        key, value = queue.pop(0)
        if isinstance(value, dict):
            queue += [(str(name), inner) for name, inner in value.items()]
        elif isinstance(value, list):
            queue += [(key, inner) for inner in value]
        elif value is not None:
            pairs.append((key, str(value)))
    return _named(pairs)


def _named(pairs: list[tuple[str, str]]) -> list[Line]:
    return labelled(*((_label(key), unescaped(value)) for key, value in pairs))


def _label(key: str) -> str:
    letters = re.sub(r"[^a-z]", "", key.lower())
    return _LABELS.get(letters, "")


def unescaped(text: str) -> str:
    """Return a web address's text with `%41` undone."""
    raw = text.encode("utf-8", "replace")
    plain = re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), raw)
    return plain.decode("utf-8", "replace")
