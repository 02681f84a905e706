"""One line of what a barcode says, as a form would print it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Line(NamedTuple):
    """A value, with the label that tells the identifiers what it is; no label: they find out."""

    label: str
    value: str

    @property
    def text(self) -> str:
        """The line as a form prints it."""
        return f"{self.label}: {self.value}" if self.label else self.value


def labelled(*pairs: tuple[str, str]) -> list[Line]:
    """Return a line for each label whose value is not empty."""
    return [Line(label, value.strip()) for label, value in pairs if value.strip()]


def us_date(digits: str) -> str:
    """Return CCYYMMDD or MMDDCCYY as mm/dd/yyyy, else the digits.

    No date from 1880 to 2100 can be read both ways: no month is 18 to 21.
    """
    ways = (digits[:4], digits[4:6], digits[6:8]), (digits[4:8], digits[:2], digits[2:4])
    for year, month, day in ways:
        try:
            when = date(int(year), int(month), int(day))
        except ValueError:
            continue
        if 1880 <= when.year <= 2100:
            return f"{when:%m/%d/%Y}"
    return digits
