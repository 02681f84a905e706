"""Measure what phiscan finds and what it wrongly stops: `python -m benchmarks.recall`.

Runs over a folder with a manifest (--photos) and over generated photos (--generated N), and prints
counts with 95 % Wilson intervals. Labels speak of pixels, so findings in the metadata are judged
apart.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.intervals import Share
from benchmarks.truth import BLOCK, CLEAN, REVIEW, Labelled, read_manifest
from phiscan.geometry import Box
from phiscan.kinds import kinds
from phiscan.model import Finding, Outcome, ScanResult, Verdict
from phiscan.policy import Policy, judge
from phiscan.scan import Scanner
from phiscan.settings import EFFORTS, Settings

_HEIGHTS = (0, 12, 16, 20, 28, 40, 80, 10_000)
"""Borders of the text and face heights in the tables, in pixels."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """A labelled photo, its result, and the verdict on its pixels alone."""

    label: Labelled
    result: ScanResult
    verdict: Verdict

    @property
    def decoded(self) -> bool:
        """Whether the photo could be opened."""
        return self.result.width > 0

    @property
    def face(self) -> float:
        """The highest score of a face."""
        return max((f.score for f in self.result.findings if f.kind == "face"), default=0.0)


def scan_labelled(scanner: Scanner, photos: Iterable[Labelled]) -> list[Scanned]:
    """Scan every photo, telling on stderr how far it is."""
    every = []
    for number, label in enumerate(photos, 1):
        result = scanner.scan(label.path)
        every.append(Scanned(label, result, pixel_verdict(result, scanner.policy)))
        print(f"\r{number} photos", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return every


def pixel_verdict(result: ScanResult, policy: Policy) -> Verdict:
    """Judge again without what was found in the metadata."""
    hidden = {name for name, kind in kinds().items() if kind.group == "hidden"}
    seen = [f for f in result.findings if f.kind not in hidden]
    return judge(seen, result.checks, policy).verdict


def table(title: str, rows: Mapping[str, Sequence[Scanned]]) -> None:
    """Print how many photos of each row are blocked, stopped for review, and allowed."""
    print(f"\n{title:34} {'blocked':>23} {'blocked or review':>23} {'allowed':>8}")
    for name, photos in rows.items():
        blocked = sum(p.verdict is Verdict.BLOCK for p in photos)
        stopped = sum(p.verdict is not Verdict.ALLOW for p in photos)
        total = len(photos)
        print(
            f"{name:34} {Share(blocked, total)!s:>23} {Share(stopped, total)!s:>23} "
            f"{total - stopped:8}"
        )


def grouped(photos: Iterable[Scanned], key: Callable[[Scanned], str]) -> dict[str, list[Scanned]]:
    """Sort photos into groups by a name, in the names' order."""
    groups: dict[str, list[Scanned]] = {}
    for photo in photos:
        groups.setdefault(key(photo), []).append(photo)
    return dict(sorted(groups.items()))


def report(photos: Sequence[Scanned]) -> None:
    """Print every table."""
    decoded = [p for p in photos if p.decoded]
    table(
        "category, label (pixels only)",
        grouped(photos, lambda p: f"{p.label.category}, {p.label.verdict}"),
    )
    table(
        "surface, label (pixels only)",
        grouped(decoded, lambda p: f"{p.label.surface}, {p.label.verdict}"),
    )
    _faces(decoded)
    _kinds(decoded)
    _truths(decoded)
    _metadata(decoded)
    _gaps(photos)


def _faces(photos: Sequence[Scanned]) -> None:
    print("\nface reported (score >= 0.6 blocks; >= 0.4 is reported)")
    for name, group in grouped(photos, lambda p: f"{p.label.category}, {p.label.verdict}").items():
        blocking = Share(sum(p.face >= 0.6 for p in group), len(group))
        any_face = Share(sum(p.face > 0 for p in group), len(group))
        print(f"{name:34} {blocking!s:>23} {any_face!s:>23}")
    with_faces = [p for p in photos if p.label.smallest_face_px and p.label.verdict == BLOCK]
    sizes = grouped(with_faces, lambda p: _bin(p.label.smallest_face_px))
    table("smallest face in the photo, px", sizes)


def _kinds(photos: Sequence[Scanned]) -> None:
    """Print for each labelled kind in how many photos it was found at least once."""
    print("\nkind found in photos that show it (and reported, score >= 0.5, in clean photos)")
    clean = [p for p in photos if p.label.verdict == CLEAN]
    for name in kinds():
        shown = [p for p in photos if name in p.label.kinds and p.label.verdict == BLOCK]
        wrong = sum(_has(p.result, name) for p in clean)
        if shown or wrong:
            found = Share(sum(_has(p.result, name) for p in shown), len(shown))
            print(f"{name:34} {found!s:>23} {Share(wrong, len(clean))!s:>23}")


def _has(result: ScanResult, kind: str, at_least: float = 0.5) -> bool:
    return any(f.kind == kind and f.score >= at_least for f in result.findings)


def _truths(photos: Sequence[Scanned]) -> None:
    """Print recall of single identifiers and surfaces by kind and by text height."""
    by_kind: dict[str, Counter[bool]] = {}
    by_height: dict[str, Counter[bool]] = {}
    for photo in photos:
        for truth in photo.label.truths:
            if truth.kind == "line":
                continue
            found = any(_is_at(f, truth.kind, truth.region.box) for f in photo.result.findings)
            by_kind.setdefault(truth.kind, Counter())[found] += 1
            if truth.height_px and kinds()[truth.kind].group == "text":
                by_height.setdefault(_bin(truth.height_px), Counter())[found] += 1
    for title, counts in [("kind", by_kind), ("text height, px", by_height)]:
        if counts:
            print(f"\nsingle truths found, by {title}")
        for name, tally in sorted(counts.items()):
            print(f"{name:34} {Share(tally[True], tally.total())!s:>23}")


def _is_at(finding: Finding, kind: str, place: Box) -> bool:
    return finding.kind == kind and any(
        region.box.overlap(place) >= 0.3 * min(region.box.area, place.area)
        for region in finding.regions
    )


def _bin(size: float) -> str:
    low = max(border for border in _HEIGHTS if border <= size)
    high = min(border for border in _HEIGHTS if border > size)
    return f"{low:4}-{high}" if high < _HEIGHTS[-1] else f"{low:4}+"


def _metadata(photos: Sequence[Scanned]) -> None:
    print("\nfindings in the metadata, by label")
    hidden = [name for name, kind in kinds().items() if kind.group == "hidden"]
    for name, group in grouped(photos, lambda p: p.label.meta_verdict).items():
        found = sum(any(_has(p.result, kind, 0) for kind in hidden) for p in group)
        print(f"{name:34} {Share(found, len(group))!s:>23}")


def _gaps(photos: Sequence[Scanned]) -> None:
    """Print which photos were not fully checked, and any that did not decode but are allowed."""
    print("\nnot fully checked, outside of malformed files")
    for photo in photos:
        failed = [c.name for c in photo.result.checks if c.outcome is Outcome.FAILED]
        if failed and photo.label.category != "malformed":
            print(f"  {photo.label.path.name}: {', '.join(failed)}: {photo.result.problem}")
    broken = [p for p in photos if p.label.category == "malformed" and p.label.verdict == REVIEW]
    allowed = Share(sum(p.result.verdict is Verdict.ALLOW for p in broken), len(broken))
    print(f"malformed files that are allowed: {allowed}")


def _write(photos: Sequence[Scanned], path: Path) -> None:
    """Write a line for each photo: what was labelled and what was found, without any words."""
    with path.open("w", encoding="utf-8") as out:
        for photo in photos:
            found = [(f.kind, round(f.score, 3), f.reason) for f in photo.result.findings]
            record = {
                "file": f"{photo.label.category}/{photo.label.path.name}",
                "label": photo.label.verdict,
                "verdict": photo.verdict.word,
                "reasons": [r.rule for r in photo.result.ruling.reasons],
                "findings": found,
                "seconds": round(photo.result.seconds, 3),
                "note": photo.label.note,
            }
            out.write(json.dumps(record) + "\n")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.recall")
    parser.add_argument("--photos", type=Path, default=Path("../shared/photos"))
    parser.add_argument("--category", action="append", help="only this one (may be repeated)")
    parser.add_argument("--generated", type=int, default=0, help="how many photos to generate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--policy", default="default")
    parser.add_argument("--effort", default="normal", choices=EFFORTS)
    parser.add_argument("--details", type=Path, help="write a JSON line for each photo")
    options = parser.parse_args()
    with Scanner(Settings(policy=options.policy, effort=options.effort)) as scanner:
        every: list[Scanned] = []
        if options.photos.is_dir():
            wanted = [
                label
                for label in read_manifest(options.photos)
                if not options.category or label.category in options.category
            ]
            print(f"# {len(wanted)} photos of {options.photos.name}")
            every = scan_labelled(scanner, wanted)
            report(every)
        if options.generated:
            from fixtures.make import make

            with tempfile.TemporaryDirectory() as folder:
                make(Path(folder), options.generated, options.seed)
                print(f"\n# {options.generated} generated photos, seed {options.seed}")
                made = scan_labelled(scanner, read_manifest(Path(folder)))
                report(made)
                every += made
    if options.details:
        _write(every, options.details)


if __name__ == "__main__":
    main()
