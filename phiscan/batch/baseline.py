"""What people have looked at and accepted: a file that lets a scan speak only of what is new.

Nothing but such a recorded decision ever lowers what a finding asks for; the verdict itself stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal, Self

import msgspec

from phiscan.consent.people import today
from phiscan.errors import BadSettings
from phiscan.kinds import kinds as known_kinds
from phiscan.model import Acceptance, ScanResult, Verdict
from phiscan.reports._tally import has_gap
from phiscan.reports._weights import is_explained, weights

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One decision on one file: these kinds, up to this verdict, from `on` to the end of `until`.

    It holds no name of the file and nothing of what it shows.
    """

    schema: Literal[1]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    verdict: Literal["review", "block"]
    kinds: tuple[str, ...]
    by: Words
    on: dt.date
    until: dt.date
    why: Words

    def holds(self, day: dt.date) -> bool:
        """Return whether the decision counts on a day."""
        return self.on <= day <= self.until

    def covers(self, result: ScanResult) -> bool:
        """Return whether everything that speaks against this photo was accepted.

        A photo with a gap is never covered: nobody can accept what was not seen.
        """
        asked = {kind for kind, verdict in weights(result).items() if verdict > Verdict.ALLOW}
        return (
            self.sha256 == result.sha256
            and bool(asked)
            and asked <= {*self.kinds}
            and result.verdict <= Verdict[self.verdict.upper()]
            and result.complete
            and not has_gap(result)
            and is_explained(result)
        )

    def acceptance(self) -> Acceptance:
        """Return what results say of it."""
        return Acceptance(self.by, self.on, self.until, self.why, self.kinds)


_decoder = msgspec.json.Decoder(Entry)


@dataclass(frozen=True, slots=True)
class Baseline:
    """Every decision in a file, and the day on which they are asked for."""

    entries: tuple[Entry, ...] = ()
    day: dt.date = field(default_factory=today)
    _by_file: dict[str, list[Entry]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Sort them by the file that they speak of."""
        for entry in self.entries:
            if entry.holds(self.day):
                self._by_file.setdefault(entry.sha256, []).append(entry)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file of JSON lines; BadSettings names the first line that is not an entry."""
        try:
            lines = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as exc:
            reason = getattr(exc, "strerror", None) or "it is not UTF-8"
            raise BadSettings(f"the baseline cannot be read: {reason}: {str(path)!r}") from exc
        found = (
            _entry(line, f"{path.name}, line {number}")
            for number, line in enumerate(lines, 1)
            if line.strip()
        )
        return cls(tuple(found))

    def accept(self, result: ScanResult) -> ScanResult:
        """Return the result, marked when a decision covers it; its verdict stays what it is."""
        covering = [e for e in self._by_file.get(result.sha256, ()) if e.covers(result)]
        if not covering:
            return result
        last = max(covering, key=lambda entry: entry.until)
        return replace(result, accepted=last.acceptance())

    def adding(self, entries: Iterable[Entry]) -> Baseline:
        """Return a baseline with these decisions in place of older ones on the same files."""
        new = {entry.sha256: entry for entry in entries}
        kept = (entry for entry in self.entries if entry.sha256 not in new)
        return Baseline((*kept, *new.values()), self.day)

    def pruned(self) -> Baseline:
        """Return a baseline without the decisions that have ended."""
        return Baseline(tuple(e for e in self.entries if e.until >= self.day), self.day)

    def text(self) -> str:
        """Return what the file holds: one entry a line, so that versions of it can be merged."""
        return "".join(msgspec.json.encode(entry).decode() + "\n" for entry in self.entries)


def new_entry(result: ScanResult, by: str, why: str, on: dt.date, until: dt.date) -> Entry:
    """Return the decision that accepts all that speaks against a photo."""
    asked = {kind for kind, verdict in weights(result).items() if verdict > Verdict.ALLOW}
    word: Literal["review", "block"] = "block" if result.verdict is Verdict.BLOCK else "review"
    return Entry(1, result.sha256, word, tuple(sorted(asked)), by, on, until, why)


def _entry(line: str, where: str) -> Entry:
    try:
        entry = _decoder.decode(line)
    except msgspec.DecodeError as exc:
        raise BadSettings(f"{where}: {exc}") from exc
    if "gap" in entry.kinds:
        raise BadSettings(f"{where}: a gap cannot be accepted, for nobody has seen what is there")
    unknown = sorted({*entry.kinds} - {*known_kinds()})
    if unknown or not entry.kinds:
        told = f"unknown kind {unknown[0]!r}" if unknown else "kinds is empty"
        raise BadSettings(f"{where}: {told}; see: phiscan explain")
    if entry.until < entry.on:
        raise BadSettings(f"{where}: until lies before on")
    return entry
