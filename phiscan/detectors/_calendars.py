"""Calendars: sheets of numbers that look like records, told by the month above them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phiscan.detectors._sheets import Sheet
    from phiscan.geometry import Region
    from phiscan.text import Cell, Text

_MONTH = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r"\W*(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_BESIDE = 2.0
"""Line heights outside a sheet's outline at which its heading may stand: calendars often have it on
a band of another colour."""
_WIDE = 0.2
"""Width of a heading over its sheet's longer side at least: a desk on which a calendar lies is no
calendar."""
_SURE = 0.85
"""Confidence from which what stands beside a month has been read."""


def months_of(text: Text) -> list[Region]:
    """Return where the text of a photo names a month of a year by itself."""
    return [cell.region for cell in text.cells if _is_month(text, cell)]


def is_calendar(sheet: Sheet, months: Iterable[Region]) -> bool:
    """Return whether one of some months heads all of a sheet, on it or at its edge.

    Names of days would not do: plans of a week with patients in them have those as well.
    """
    least = _WIDE * max(sheet.region.length, sheet.region.thickness)
    return any(
        month.length >= least and sheet.holds(month, beside=_BESIDE * month.thickness)
        for month in months
    )


def _is_month(text: Text, cell: Cell) -> bool:
    """Return whether a cell names a month of a year, and nothing else that was surely read."""
    month = _MONTH.search(text.flow, cell.start, cell.end)
    if month is None:
        return False
    others = (cell.start, month.start()), (month.end(), cell.end)
    return not any(
        text.flow[start:end].strip() and text.confidence(start, end) >= _SURE
        for start, end in others
    )
