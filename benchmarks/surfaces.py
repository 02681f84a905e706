"""Measure surfaces on real photos: `python -m benchmarks.surfaces`.

Prints which surface is told in the photos of --photos that are labelled with one, and how often
`unreadable_surface` is reported in photos labelled clean, apart for those with an even and an odd
place in the manifest: the limits were chosen while looking at the even ones. Generated photos are
measured by `python -m benchmarks.reading --only lines --only damaged`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.intervals import Share
from benchmarks.truth import CLEAN, Labelled, read_manifest
from phiscan.kinds import SURFACES
from phiscan.scan import Scanner

if TYPE_CHECKING:
    from phiscan.model import Finding

_FIRM = 0.5
"""Score from which a surface is told as one: what is below is a guess that only a policy uses."""
_HALVES = ("even", "odd")
_CLEAN = ("clean_text", "clean_scene")


def clean_photos(photos: Iterable[Labelled]) -> list[tuple[Labelled, str]]:
    """Return the clean photos, each with the half of them that it belongs to."""
    chosen = [photo for photo in photos if photo.verdict == CLEAN and photo.category in _CLEAN]
    return [(photo, _HALVES[number % 2]) for number, photo in enumerate(chosen)]


def told(findings: Iterable[Finding]) -> str:
    """Return the largest surface of a photo, or `none`."""
    firm = [f for f in findings if f.kind in SURFACES and f.score >= _FIRM and f.regions]
    return max(firm, key=lambda f: f.regions[0].box.area).kind if firm else "none"


def _false_alarms(scanner: Scanner, photos: Sequence[tuple[Labelled, str]]) -> None:
    """Print how often a surface is called unreadable in photos without a record."""
    alarms: dict[tuple[str, str], list[bool]] = {}
    for number, (photo, half) in enumerate(photos, 1):
        findings = scanner.scan(photo.path).findings
        alarm = any(finding.kind == "unreadable_surface" for finding in findings)
        alarms.setdefault((photo.category, half), []).append(alarm)
        if alarm:
            print(f"\r  {half}: {photo.category}/{photo.path.name}")
        print(f"\r{number} photos", end="", file=sys.stderr, flush=True)
    print("\nunreadable_surface in clean photos")
    for (category, half), each in sorted(alarms.items()):
        print(f"{category + ', ' + half:26} {Share(sum(each), len(each))!s:>25}")
    for half in _HALVES:
        every = [alarm for (_, which), each in alarms.items() if which == half for alarm in each]
        print(f"{'all, ' + half:26} {Share(sum(every), len(every))!s:>25}")


def _kinds(scanner: Scanner, photos: Sequence[Labelled]) -> None:
    """Print which surface is told where one is labelled."""
    seen: dict[str, Counter[str]] = {}
    for photo in photos:
        seen.setdefault(photo.surface, Counter())[told(scanner.scan(photo.path).findings)] += 1
    print("\nsurface as labelled in photos with patient data, and as told")
    for surface, counts in sorted(seen.items()):
        right = Share(counts[surface], counts.total())
        named = ", ".join(f"{kind} {count}" for kind, count in counts.most_common())
        print(f"{surface:12} {right!s:>25}   {named}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.surfaces")
    parser.add_argument("--photos", type=Path, default=Path("../shared/photos"))
    parser.add_argument("--only", choices=("kinds", "clean"))
    parser.add_argument("--half", choices=_HALVES, help="of the clean photos")
    options = parser.parse_args(arguments)
    every = list(read_manifest(options.photos))
    with Scanner() as scanner:
        if options.only != "clean":
            _kinds(scanner, [p for p in every if p.category == "phi_doc" and p.surface in SURFACES])
        if options.only != "kinds":
            clean = clean_photos(every)
            _false_alarms(scanner, [c for c in clean if options.half in (None, c[1])])


if __name__ == "__main__":
    main()
