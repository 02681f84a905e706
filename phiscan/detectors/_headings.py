"""Sheets that look like records and say above what they are: calendars, menus, price lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phiscan.detectors._sheets import Sheet
    from phiscan.geometry import Region
    from phiscan.text import Cell, Text

_HEADING = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r"\W*(?:19|20)\d\d\b"
    r"|\b(?:price\W?list|menu|today\W?s\Wspecials?|(?:opening|office|business|visiting)\W?hours)\b"
    r"(?:\W*(?:19|20)\d\d\b)?",
    re.IGNORECASE,
)
_BESIDE = 2.0
"""Line heights outside a sheet's outline at which its heading may stand: calendars often have it on
a band of another colour."""
_WIDE = 0.2
"""Width of a heading over its sheet's longer side at least: a desk on which a calendar lies is no
calendar, and a program with a button `Menu` no menu."""
_SURE = 0.85
"""Confidence from which what stands beside a heading has been read."""


def headings_of(text: Text) -> list[Region]:
    """Return where a month of a year, or the name of a list for everyone, stands by itself."""
    return [cell.region for cell in text.cells if _is_heading(text, cell)]


def is_headed(sheet: Sheet, headings: Iterable[Region]) -> bool:
    """Return whether one of some headings heads all of a sheet, on it or at its edge.

    Names of days would not do: plans of a week with patients in them have those as well.
    """
    least = _WIDE * max(sheet.region.length, sheet.region.thickness)
    return any(
        heading.length >= least and sheet.holds(heading, beside=_BESIDE * heading.thickness)
        for heading in headings
    )


def _is_heading(text: Text, cell: Cell) -> bool:
    """Return whether a cell is a heading, with nothing else beside it that was surely read."""
    heading = _HEADING.search(text.flow, cell.start, cell.end)
    if heading is None:
        return False
    others = (cell.start, heading.start()), (heading.end(), cell.end)
    return not any(
        text.flow[start:end].strip() and text.confidence(start, end) >= _SURE
        for start, end in others
    )
