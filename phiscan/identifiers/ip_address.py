"""Internet Protocol addresses, 45 CFR 164.514(b)(2)(i)(O): IPv4 (RFC 791) and IPv6 (RFC 4291).

Version numbers look alike: `v1.2.3.4` and `Section 3.2.1.4` are none, and four small numbers are
doubtful. Loopback, unspecified, link-local and documentation addresses (RFC 5737, RFC 3849) and
network masks lead to no computer.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._labels import Field, Labels, labelled
from phiscan.identifiers._ocr import as_digits
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._views import search_numbered
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_FOUR = re.compile(r"(?<![\w.-])(?<!(?<!/)/)\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d|-\d|%)")
_SIX = re.compile(r"(?<![\w:.])(?=[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:])[0-9A-Fa-f:]{6,39}(?![\w:.])")
_MISREAD = re.compile(r"[\dOoIl|]{1,3}(?: ?[.,] ?[\dOoIl|]{1,3}){3}(?![\w.,])")
_VERSION = re.compile(
    r"(?:\bv|§|[=<>~^]=? ?[\"'`]?|\b(?:version|ver|release|rel|rev|revision|build|firmware|fw"
    r"|driver|software|sw|sections?|sect?|chapter|clause|figure|fig|table|article|item|no|oid|update"
    r"|installer|patch)\.?:?) ?$",
    re.IGNORECASE,
)
_REACH = 14
"""Characters before an address in which `version` and its like are looked for."""
_SMALL = 40
"""Four numbers that are all below this are more often a version than an address."""
_EXAMPLES = tuple(
    ipaddress.ip_network(net)
    for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)


def _parse(value: str, _field: Field) -> tuple[int, int] | None:
    start = len(value) - len(value.lstrip(" :#.-=(["))
    found = _FOUR.match(value, start) or _SIX.match(value, start) or _MISREAD.match(value, start)
    if found is None or _grade(_put_right(found.group())) == 0.0:
        return None
    return found.span()


def _put_right(written: str) -> str:
    """Return an address without what misreading does to it: letters, commas, blanks."""
    if ":" in written:
        return written
    return as_digits(written).replace(",", ".").replace(" ", "")


def _grade(written: str) -> float:
    """Return how much an address says: 0 for none at all or a network mask."""
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return 0.0
    if written.startswith(("0.", "255.")) or address.is_multicast or address.is_unspecified:
        return 0.0
    if address.is_loopback or any(
        address in net for net in _EXAMPLES if net.version == address.version
    ):
        return 0.3
    return 0.6 if address.is_private else 0.7


@dataclass(frozen=True, slots=True)
class IpAddress:
    """Finds labelled addresses, and unlabelled ones that are no versions."""

    kind: str = "ip_address"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield labelled addresses, then the others."""
        taken = Covered(len(text.flow))
        for start, end, field in labelled(Labels(text), _parse, "ip_address"):
            if taken.claim(start, end):
                written = text.flow[start:end]
                right = _put_right(written)
                score = min(_grade(right) + 0.2, 0.85) if _grade(right) > 0.3 else 0.3
                yield Match(start, end, max(score - 0.15 * (right != written), 0.3), field.reason)
        for found in search_numbered(_FOUR, text, digits=4):
            score = _grade(found.group())
            if max(map(int, found.group().split("."))) < _SMALL or found.group().endswith(".0"):
                score = min(score, 0.4)  # a version, or a whole network
            if _VERSION.search(text.flow, max(found.start() - _REACH, 0), found.start()):
                score = 0.0
            if score and taken.claim(*found.span()):
                yield Match(*found.span(), score, "form of an IPv4 address")
        for found in search_numbered(_SIX, text, digits=4):
            digits = sum(char.isdigit() for char in found.group())
            if found.group().count(":") < 3 or digits < 4 or not taken.claim(*found.span()):
                continue
            score = _grade(found.group())
            if score:
                yield Match(*found.span(), score, "form of an IPv6 address")


IDENTIFIER = IpAddress()
