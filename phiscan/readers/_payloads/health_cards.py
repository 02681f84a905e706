"""Vaccination certificates: SMART Health Cards (`shc:/`) and the EU's certificate (`HC1:`).

Both are compressed and signed, not encrypted: any phone shows the holder's name and date of birth.
Signatures are not checked: a forged card names somebody too. SMART Health Cards Framework 1.4.0;
EU eHealth Network, Electronic Health Certificate 1.0.5; base 45 is RFC 9285.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from typing import Any

from phiscan.readers._payloads import _cbor
from phiscan.readers._payloads._line import Line, labelled
from phiscan.text import UNREAD

_MOST_INFLATED = 1 << 17
"""Bytes of a card after decompression: real ones have up to 20 000, a bomb has no end."""
_BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_PAYLOAD, _CERTIFICATE, _V1 = 2, -260, 1
_BROKEN = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    zlib.error,
)


def read(text: str) -> list[Line] | None:
    """Return the holder's lines; a card that cannot be read counts as unread, not as nothing."""
    start = text[:12].lower()
    if start.startswith("shlink:/") or "#shlink:/" in text.lower():
        return [Line("", "health record link"), Line("", UNREAD)]
    for prefix, opened in (("shc:/", _smart), ("hc1:", _european)):
        if start.startswith(prefix):
            try:
                lines = opened(text[len(prefix) :])
            except _BROKEN:
                lines = []
            return [Line("", "health certificate"), *(lines or [Line("", UNREAD)])]
    return None


def _smart(body: str) -> list[Line]:
    digits = body.rpartition("/")[2]
    if not re.fullmatch(r"(?:[0-9]{2})+", digits):
        raise ValueError("not numeric")
    token = "".join(chr(int(digits[n : n + 2]) + 45) for n in range(0, len(digits), 2))
    packed = _unbase64(token.split(".")[1])
    card = json.loads(_inflate(packed, -zlib.MAX_WBITS))
    lines: list[Line] = []
    for entry in card["vc"]["credentialSubject"]["fhirBundle"]["entry"][:50]:
        resource = entry["resource"]
        if resource.get("resourceType") == "Patient":
            lines += [line for name in resource.get("name", [])[:5] for line in _fhir_name(name)]
            lines += labelled(("DOB", str(resource.get("birthDate", ""))))
    return lines


def _fhir_name(name: dict[str, Any]) -> list[Line]:
    given = " ".join(str(part) for part in name.get("given", [])[:8])
    return labelled(
        ("Surname", str(name.get("family") or name.get("text") or "")), ("Given Names", given)
    )


def _european(body: str) -> list[Line]:
    packed = _unbase45(body)
    # 0x78 starts a zlib stream; the standard lets small ones stay as they are.
    token = _cbor.loads(_inflate(packed, zlib.MAX_WBITS) if packed[:1] == b"\x78" else packed)
    claims = _cbor.loads(token[_PAYLOAD])
    holder = claims[_CERTIFICATE][_V1]
    name = holder["nam"]
    return labelled(
        ("Surname", str(name.get("fn") or name.get("fnt") or "").replace("<", " ")),
        ("Given Names", str(name.get("gn") or name.get("gnt") or "").replace("<", " ")),
        ("DOB", str(holder.get("dob", ""))),
    )


def _inflate(packed: bytes, window: int) -> bytes:
    """Decompress up to a limit; ValueError for more, and for a stream that stops short."""
    stream = zlib.decompressobj(window)
    content = stream.decompress(packed, _MOST_INFLATED)
    if not stream.eof:
        raise ValueError("too large, or cut short")
    return content


def _unbase64(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as exc:
        raise ValueError("not base 64") from exc


def _unbase45(text: str) -> bytes:
    content = bytearray()
    values = [_BASE45.index(char) for char in text.upper()]
    for n in range(0, len(values), 3):
        group = values[n : n + 3]
        number = sum(value * 45**power for power, value in enumerate(group))
        content += number.to_bytes(len(group) - 1, "big")
    return bytes(content)
