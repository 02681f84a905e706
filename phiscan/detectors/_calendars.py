"""Calendars: sheets of numbers that look like records, told by the month or the days above them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phiscan.geometry import enclosing

if TYPE_CHECKING:
    from phiscan.detectors._sheets import Sheet
    from phiscan.geometry import Region
    from phiscan.text import Cell, Text

_MONTH = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r"\W*(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_DAY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\W?", re.IGNORECASE)
_DAYS = 3
"""Different days whose names make a calendar: a note says `Mon` or `Tue-Thu`."""
_BESIDE = 2.0
"""Line heights outside a sheet's outline at which its heading may stand: calendars often have it on
a band of another colour."""


_WIDE = 0.2
"""Width of a heading over its sheet's longer side at least: a desk on which a calendar lies is no
calendar."""
_SURE = 0.85
"""Confidence from which what stands beside a month has been read."""


@dataclass(frozen=True, slots=True)
class Headings:
    """Where the text of a photo names a month of a year by itself, and days of the week."""

    months: tuple[Region, ...]
    days: tuple[tuple[str, Region], ...]

    def stand_on(self, sheet: Sheet) -> bool:
        """Return whether a sheet has the heading of a calendar, on it or at its edge."""
        if any(_stands_on(month, sheet) and _fits((month,), sheet) for month in self.months):
            return True
        days = {day: region for day, region in self.days if _stands_on(region, sheet)}
        return len(days) >= _DAYS and _fits(tuple(days.values()), sheet)


def _fits(heading: tuple[Region, ...], sheet: Sheet) -> bool:
    """Return whether a heading is wide enough to be that of all of a sheet."""
    box = enclosing(region.box for region in heading)
    sides = sheet.region.length, sheet.region.thickness
    return math.hypot(box.width, box.height) >= _WIDE * max(sides)


def _stands_on(heading: Region, sheet: Sheet) -> bool:
    """Return whether the middle of a heading lies on a sheet or right beside it."""
    if heading.frame != sheet.region.frame:
        return False
    outline = np.array(sheet.region.corners, dtype=np.float32)
    inside = cv2.pointPolygonTest(outline, heading.centre, measureDist=True)
    return bool(inside >= -_BESIDE * heading.thickness)


def headings_of(text: Text) -> Headings:
    """Return the headings of calendars that can be read in a photo."""
    days = ((_DAY.fullmatch(word.text), word.region) for word in text.words)
    return Headings(
        tuple(cell.region for cell in text.cells if _is_month(text, cell)),
        tuple((day[1].casefold(), region) for day, region in days if day),
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
