"""Device identifiers and serial numbers, 45 CFR 164.514(b)(2)(i)(M).

The serial number, AI (21), of a unique device identification (21 CFR 801; GS1 General
Specifications) stands in one patient's record; the GTIN before it and the lot only name a product.
Other serial numbers are known by their label: the policy decides whether the thing is a product in
its box or a device in a record. Telephones carry an IMEI (15 digits, Luhn), network cards a MAC
address (48 bits, IEEE 802).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._check_digits import gs1_agrees, luhn_agrees
from phiscan.identifiers._codes import compact, read_code
from phiscan.identifiers._labels import ON_LINE, Field, Labels, labelled
from phiscan.identifiers._ocr import as_digits
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._views import dashed, search_numbered
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_GTIN = re.compile(r"\( ?[0O][1Il] ?\) ?([\dOIl]{14})")
_SERIAL = re.compile(r"\( ?2[1Il] ?\) ?([A-Za-z0-9][A-Za-z0-9./+_-]{2,19})(?![\w])")
_REACH = 80
"""Characters from a GTIN to the serial number of the same label: expiry and lot stand between."""
_HEX = "[0-9A-FOIlSZ]"
_MAC = re.compile(
    rf"(?<![\w:.-]){_HEX}{{2}}(?:(?P<sep>[:-]){_HEX}{{2}})(?:(?P=sep){_HEX}{{2}}){{4}}(?![\w:-]|\.\w)",
    re.IGNORECASE,
)
_SOLID_MAC = re.compile(
    r"[0-9A-F]{12}(?!\w)|[0-9A-F]{4}(?:\.[0-9A-F]{4}){2}(?![\w.])", re.IGNORECASE
)
_WORN = re.compile(
    r"\b(?:pacemaker|defibrillator|implant(?:able|ed)?|pulse generator|ipg|stent|prosthesis"
    r"|cochlear|hearing aid|neurostimulator|insulin pump|cpap)\b",
    re.IGNORECASE,
)
_ADDRESSES = ("mac", "wifi mac", "wlan mac", "bluetooth address", "ethernet address")
_OF_A_DEVICE = ("implant", "generator", "lead", "pump", "udi", "device")


def _parse(value: str, field: Field) -> tuple[int, int] | None:
    """Read a serial number: 4 to 20 letters and digits, at least 3 of them digits."""
    phrase = field.tag.phrase
    if phrase.startswith(_ADDRESSES):
        start = len(value) - len(value.lstrip(" :#.-="))
        found = _SOLID_MAC.match(value, start)
        return found.span() if found else None
    if phrase.startswith("imei"):
        span = read_code(value, 14, 16, 14)
        return span if span and luhn_agrees(compact(value[slice(*span)])[:15]) else None
    if phrase == "sn" and not field.tag.marked and field.how != ON_LINE:
        return None
    return read_code(value, 4, 20)


@dataclass(frozen=True, slots=True)
class DeviceId:
    """Finds serial numbers by label and in printed device identifications, and MAC addresses."""

    kind: str = "device_id"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield printed device identifications, then MAC addresses, then labelled numbers."""
        taken = Covered(len(text.flow))
        for match in (*_identifications(text), *_addresses(text)):
            if taken.claim(match.start, match.end):
                yield match
        for start, end, field in labelled(Labels(text), _parse, "device_id"):
            if taken.claim(start, end):
                yield Match(start, end, _score(text, field), field.reason)


def _score(text: Text, field: Field) -> float:
    phrase = field.tag.phrase
    if phrase.startswith((*_ADDRESSES, "imei")):
        return 0.85
    if phrase.startswith(_OF_A_DEVICE):
        return 0.8
    if text.worked_out(_is_worn):
        return 0.7
    return 0.6 if field.tag.marked or " " in phrase else 0.5


def _is_worn(text: Text) -> bool:
    """Return whether the text speaks of a device that somebody wears or has in the body."""
    return bool(_WORN.search(text.flow))


def _identifications(text: Text) -> Iterator[Match]:
    """Yield the serial number behind each GTIN; a wrong check digit of the GTIN costs."""
    for gtin in search_numbered(_GTIN, text):
        serial = _SERIAL.search(text.flow, gtin.end(), gtin.end() + _REACH)
        if serial is not None:
            sure = gs1_agrees(as_digits(gtin[1]))
            yield Match(*serial.span(1), 0.9 if sure else 0.7, "serial number behind a GTIN")


def _addresses(text: Text) -> Iterator[Match]:
    for found in search_numbered(_MAC, text, dashed(text)):
        written = found.group().upper()
        digits = re.sub("[^0-9A-F]", "", written)
        if len(digits) < 9 or len(set(digits)) < 3 or written.replace("-", ":").isdigit():
            continue
        lettered = any(char in "ABCDEF" for char in digits)
        score = (0.75 if lettered else 0.45) - 0.15 * (len(digits) < 12)
        yield Match(*found.span(), score, "form of a MAC address")


IDENTIFIER = DeviceId()
