"""Biometric identifiers, 45 CFR 164.514(b)(2)(i)(P): including finger and voice prints.

Only the numbers and templates that a system prints with a label: `Fingerprint ID: F-204817`. A
fingerprint, an iris or a signature in the picture itself, or a voice in a moving photo, is not seen
here nor anywhere else in phiscan; trailing sound is reported as data behind the picture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._codes import read_code
from phiscan.identifiers._labels import Field, Labels, labelled
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_TEMPLATE = re.compile(r"[ :#.=-]*((?:0x)?[0-9A-Fa-f]{16,}|[A-Za-z0-9+/]{24,}={0,2})(?![\w+/=])")


def _parse(value: str, _field: Field) -> tuple[int, int] | None:
    """Read a number of 4 to 24 characters, or the start of a template in hexadecimal or base 64."""
    template = _TEMPLATE.match(value)
    if template is not None and any(map(str.isdigit, template[1])):
        return template.span(1)
    return read_code(value, 4, 24)


@dataclass(frozen=True, slots=True)
class Biometric:
    """Finds labelled numbers and templates of finger prints, voice prints and the like."""

    kind: str = "biometric"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield the numbers and templates that follow a label."""
        for start, end, field in labelled(Labels(text), _parse, "biometric"):
            yield Match(start, end, 0.8, field.reason)


IDENTIFIER = Biometric()
