"""Compare what phiscan finds in a document with what is true of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from benchmarks._identifiers_corpus import OTHERS_NAMES, Document, Mark

OVERLAP = 0.6
"""Share of the letters and digits of both spans that must be common to them."""
DATES = frozenset({"birth_date", "date"})
_PHONES = frozenset({"phone", "fax"})


@dataclass(frozen=True, slots=True)
class Found:
    """A match as `phiscan.find_identifiers` reports it, with its reason."""

    kind: str
    start: int
    end: int
    score: float
    reason: str = ""


@dataclass(frozen=True)
class Scored:
    """A document and the matches in it."""

    document: Document
    found: tuple[Found, ...]

    def hits(self, truth: Mark, at_least: float, *, lenient: bool = False) -> bool:
        """Return whether `truth` was found; leniently, all dates are of one kind."""
        return any(
            one.score >= at_least
            and same_kind(one.kind, truth.kind, lenient=lenient)
            and self.covers(one, truth)
            for one in self.found
        )

    def is_right(self, one: Found, *, lenient: bool = False) -> bool:
        """Return whether a match is a truth of its kind."""
        return any(
            same_kind(one.kind, truth.kind, lenient=lenient) and self.covers(one, truth)
            for truth in self.document.truths
        )

    def bystander(self, one: Found) -> Mark | None:
        """Return the bystander of the right form that a match lies on, if any."""
        for mark in self.document.marks:
            if mark.bystander and _same_form(one.kind, mark.kind) and self.meets(one, mark):
                return mark
        return None

    def covers(self, one: Found, truth: Mark) -> bool:
        """Return whether a match and a truth share enough: 60 % of both, by letters and digits.

        Characters of other marks of that kind, of bystanders, and of the ZIP code behind an
        address do not count against a match that runs over them: "12 Elm Street, Erie PA 16507".
        """
        shared = self._count(max(one.start, truth.start), min(one.end, truth.end))
        excused = sum(
            self._count(max(one.start, mark.start), min(one.end, mark.end))
            for mark in self.document.marks
            if mark is not truth and (mark.bystander or _goes_with(mark.kind, truth.kind))
        )
        own = self._count(truth.start, truth.end)
        whole = self._count(one.start, one.end) - excused
        return shared > 0 and shared >= OVERLAP * own and shared >= OVERLAP * whole

    def meets(self, one: Found, mark: Mark) -> bool:
        """Return whether most of the shorter of two spans is common to both."""
        shared = self._count(max(one.start, mark.start), min(one.end, mark.end))
        shorter = min(self._count(one.start, one.end), self._count(mark.start, mark.end))
        return shared > 0 and shared >= OVERLAP * shorter

    def _count(self, start: int, end: int) -> int:
        """Return how many letters and digits stand between two offsets."""
        return self._letters[end] - self._letters[start] if start < end else 0

    @cached_property
    def _letters(self) -> list[int]:
        """How many letters and digits stand before each offset."""
        counts = [0]
        for char in self.document.text:
            counts.append(counts[-1] + char.isalnum())
        return counts

    def at_place(self, truth: Mark) -> Sequence[Found]:
        """Return what was found at the place of a truth, of whatever kind."""
        return [one for one in self.found if one.start < truth.end and truth.start < one.end]


def same_kind(found: str, truth: str, *, lenient: bool) -> bool:
    """Return whether a match's kind is the truth's; leniently, all dates are one kind."""
    return found == truth or (lenient and {found, truth} <= DATES)


def _goes_with(kind: str, truth: str) -> bool:
    return kind == truth or (kind, truth) == ("zip_code", "address")


def _same_form(found: str, bystander: str) -> bool:
    if bystander in OTHERS_NAMES:
        return found == "name"
    pair = {found, bystander}
    return found == bystander or pair <= DATES or pair <= _PHONES or pair == {"address", "zip_code"}
