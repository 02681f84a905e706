"""Who agreed to be shown: a name, the dates, the purpose, and encodings of the face."""

from __future__ import annotations

import datetime as dt

import msgspec

Encoding = tuple[float, ...]
"""A face as 128 numbers: two photos of one person give points near each other (`matching.py`)."""


def today() -> dt.date:
    """Return the day it is here."""
    return dt.datetime.now().astimezone().date()


class Person(msgspec.Struct, frozen=True):
    """One person's consent; it holds from the day `agreed` to the end of the day `expires`.

    `encodings` has one entry for each photo that the person was enrolled with. The photos
    themselves are not kept.
    """

    name: str
    agreed: dt.date
    expires: dt.date
    purpose: str
    encodings: tuple[Encoding, ...]

    def holds(self, today: dt.date) -> bool:
        """Return whether the consent is valid on the day `today`."""
        return self.agreed <= today <= self.expires

    def __repr__(self) -> str:
        """Print counts only: neither the name nor the face belongs into a log."""
        return f"Person({len(self.encodings)} encodings)"


class People(msgspec.Struct, frozen=True):
    """Everybody on the list, and which encoder made the encodings: others give other numbers."""

    encoder: str
    people: tuple[Person, ...] = ()

    def valid(self) -> tuple[Person, ...]:
        """Return those whose consent holds today."""
        return tuple(person for person in self.people if person.holds(today()))

    def __repr__(self) -> str:
        """Print counts only."""
        return f"People({len(self.people)})"
