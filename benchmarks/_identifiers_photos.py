"""What is found in generated photos, through the real reader, and the verdicts on them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks._identifiers_scoring import same_kind
from benchmarks._reading_engines import Phiscan, Reading
from benchmarks._reading_match import on_line, similarity
from benchmarks._reading_photos import stage_harmless, stage_lines
from benchmarks.intervals import Share
from phiscan.kinds import kinds
from phiscan.model import Verdict

if TYPE_CHECKING:
    from benchmarks._reading_truth import Shot, Value

_READ = 0.9
"""Part of a value that must have been read for its line to count as read, as in `reading`."""
_REPORTED = 0.4
"""Score from which a finding counts: below, the default policy asks for more than one."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A printed identifier: whether its line was read, found as its kind, found as any kind."""

    value: Value
    read: bool
    found: bool
    as_anything: bool


def look(value: Value, reading: Reading) -> Seen:
    """Return what became of an identifier of a photo."""
    there = [
        finding.kind
        for finding in reading.findings
        if finding.score >= _REPORTED
        and kinds()[finding.kind].group == "text"
        and any(on_line(region, value.region) for region in finding.regions)
    ]
    return Seen(
        value,
        similarity(value, reading.pieces) >= _READ,
        any(same_kind(kind, value.kind, lenient=True) for kind in there),
        bool(there),
    )


def report_photos(count: int, seed: int) -> None:
    """Print what is found in `count` photos that name patients and in half as many that do not."""
    engine = Phiscan()
    seen: list[Seen] = []
    verdicts: dict[str, list[Verdict]] = {}
    for number, shot in enumerate(_shots(count, seed), 1):
        reading = engine.read(shot.jpeg)
        own = [look(value, reading) for value in shot.values]
        seen += own
        verdicts.setdefault(_sort(shot, own), []).append(reading.verdict)
        print(f"\r{number} photos", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    _kinds(seen)
    _verdicts(verdicts)


def _shots(count: int, seed: int) -> Iterable[Shot]:
    yield from (stage_lines(seed, number) for number in range(count))
    yield from (stage_harmless(seed, number) for number in range(count // 2))


def _sort(shot: Shot, values: Sequence[Seen]) -> str:
    if not shot.values:
        return "look-alikes"
    legible = any(not one.value.beyond for one in values)
    return "names patients" if legible else "names patients, beyond reading"


def _kinds(seen: Sequence[Seen]) -> None:
    """Print for each kind how many lines were read, and what was found where they were."""
    legible = [one for one in seen if not one.value.beyond]
    print(f"{'kind':24}{'read, of legible ones':>26}{'found, of those':>26}{'as anything':>26}")
    for kind in ["any", *sorted({one.value.kind for one in legible})]:
        own = [one for one in legible if kind in {"any", one.value.kind}]
        read = [one for one in own if one.read]
        shares = (
            Share(len(read), len(own)),
            Share(sum(one.found for one in read), len(read)),
            Share(sum(one.as_anything for one in read), len(read)),
        )
        print(f"{kind:24}" + "".join(f"{share!s:>26}" for share in shares))


def _verdicts(verdicts: dict[str, list[Verdict]]) -> None:
    print(f"\n{'photos':34}{'blocked':>26}{'blocked or review':>26}")
    for sort, own in sorted(verdicts.items()):
        tally = Counter(own)
        stopped = len(own) - tally[Verdict.ALLOW]
        cells = Share(tally[Verdict.BLOCK], len(own)), Share(stopped, len(own))
        print(f"{sort:34}" + "".join(f"{cell!s:>26}" for cell in cells))
