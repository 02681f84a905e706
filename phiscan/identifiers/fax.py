"""Fax numbers, 45 CFR 164.514(b)(2)(i)(E), told from telephone numbers by what stands beside them.

A label, the letter `F:` of letterheads, or the line with time and page that a fax machine prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._phones import fax_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phiscan.protocols import Match
    from phiscan.text import Text


@dataclass(frozen=True, slots=True)
class FaxNumber:
    """Finds the numbers that something marks as a fax machine's."""

    kind: str = "fax"

    def find(self, text: Text) -> Iterable[Match]:
        """Return every number that is a fax machine's."""
        return fax_numbers(text)


IDENTIFIER = FaxNumber()
