"""Measure what is read in generated photos: `python -m benchmarks.reading`.

Photos of 12 megapixels show surfaces that name patients at any size and angle, seen by a phone
camera with known faults. Prints how many printed identifiers are read by the height of their text
and by each fault, which surfaces are told apart, which barcodes decode by the size of their
modules, where `unreadable_surface` is found, and the seconds a photo takes; with --peers also what
plain RapidOCR and plain Tesseract read of the same photos. Lines on one surface share its fate, so
that the 95 % Wilson intervals are somewhat too narrow.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from benchmarks._reading_engines import Engine, Piece, Reading, open_engines
from benchmarks._reading_match import near, overlaps, plain, similarity
from benchmarks._reading_misses import save_misses
from benchmarks._reading_photos import stage_codes, stage_damaged, stage_lines
from benchmarks._reading_tables import Judged, Record, report
from benchmarks._reading_truth import Code, Ground, Shot
from phiscan.geometry import Box
from phiscan.kinds import SURFACES
from phiscan.model import Finding

PARTS: dict[str, tuple[Callable[[int, int], Shot], float]] = {
    "lines": (stage_lines, 1.0),
    "codes": (stage_codes, 0.75),
    "damaged": (stage_damaged, 0.3),
}
"""How each part's photos are staged, and how many there are for each photo of lines."""
_SURFACE_TEXT = 12.0
"""Least height in px of the body text of a surface that is to be named."""
_IN_PICTURE = 0.6
"""Least part of it that the picture must show."""
_FIRM = 0.5
"""Score from which a surface is told as one: what is below is a guess that only a policy uses."""


@dataclass(slots=True)
class Tally:
    """What has been found out so far."""

    values: list[Judged] = field(default_factory=list)
    codes: list[tuple[Code, bool]] = field(default_factory=list)
    grounds: list[tuple[Ground, str]] = field(default_factory=list)
    unreadable: list[tuple[str, bool]] = field(default_factory=list)
    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, part: str, shot: Shot, readings: dict[str, Reading]) -> list[Judged]:
        """Judge one photo and return its values."""
        own = readings["phiscan"]
        judged = [
            Judged(value, {name: similarity(value, r.pieces) for name, r in readings.items()})
            for value in shot.values
        ]
        if part == "codes":
            self.codes += [(code, is_decoded(code, own.codes)) for code in shot.codes]
            return judged
        spoilt = next((ground for ground in shot.grounds if ground.damage), None)
        unreadable = any(
            finding.kind == "unreadable_surface"
            and (spoilt is None or overlaps(finding.regions[0], spoilt.region))
            for finding in own.findings
        )
        damage = spoilt.damage if spoilt else "none"
        if damage != "none" or not any(value.beyond for value in shot.values):
            self.unreadable.append((damage, unreadable))
        if part == "lines":
            self.values += judged
            self.grounds += named(shot, own.findings)
            for name, reading in readings.items():
                self.seconds[name].append(reading.seconds)
            for step, spent in own.steps.items():
                self.seconds[f"  {step} of phiscan"].append(spent)
        return judged


def is_decoded(code: Code, pieces: Sequence[Piece]) -> bool:
    """Return whether the code's content was read where the code stands."""
    wanted = plain(code.payload)
    return any(
        wanted in plain(piece.text) and overlaps(piece.region, code.region) for piece in pieces
    )


def named(shot: Shot, findings: Sequence[Finding]) -> Iterator[tuple[Ground, str]]:
    """Yield the surfaces that can be read, each with the kind that was found there."""
    legible = {value.ground for value in shot.values if not value.beyond}
    seen = [f for f in findings if f.kind in SURFACES and f.score >= _FIRM and f.regions]
    for ground in shot.grounds:
        box = ground.region.box
        if ground.text_px < _SURFACE_TEXT or not (ground.kind == "none" or ground in legible):
            continue
        if box.clip(*shot.size).area < _IN_PICTURE * box.area:
            continue
        there = [
            (box.overlap(finding.regions[0].box), finding.kind)
            for finding in seen
            if overlaps(finding.regions[0], ground.region)
            and (ground.kind != "none" or _lies_on(finding, box))
        ]
        yield ground, max(there, default=(0.0, "none"))[1]


def _lies_on(finding: Finding, box: Box) -> bool:
    """Return whether most of a finding lies on a surface: its corner may reach over a neighbour."""
    place = finding.regions[0].box
    return box.overlap(place) >= 0.5 * place.area


def shots_of(part: str, seed: int, count: int, keep: Path | None) -> Iterator[Shot]:
    """Yield the photos of a part one at a time, from the folder where they have been kept."""
    stage, share = PARTS[part]
    for number in range(round(count * share)):
        kept = keep / f"{part}_{seed}_{number:04}.msgpack" if keep else None
        if kept is not None and kept.is_file():
            yield msgspec.msgpack.decode(kept.read_bytes(), type=Shot)
            continue
        shot = stage(seed, number)
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(msgspec.msgpack.encode(shot))
        yield shot


def run(options: argparse.Namespace, engines: Sequence[Engine]) -> Tally:
    """Stage, read and judge every photo; the first one is read twice, so that all are warm."""
    tally, cold = Tally(), True
    details = options.details.open("w", encoding="utf-8") if options.details else None
    for part in options.only or PARTS:
        readers = engines if part == "lines" else engines[:1]
        for shot in shots_of(part, options.seed, options.count, options.keep):
            if cold:
                _ = [engine.read(shot.jpeg) for engine in engines]
                cold = False
            readings = {engine.name: engine.read(shot.jpeg) for engine in readers}
            judged = tally.add(part, shot, readings)
            if details is not None:
                details.writelines(_details(part, shot, judged, readings))
            if options.misses is not None:
                save_misses(options.misses, part, shot, judged)
            print(f"\r{part} {shot.number + 1}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    if details is not None:
        details.close()
    return tally


def _details(
    part: str, shot: Shot, judged: Sequence[Judged], readings: dict[str, Reading]
) -> Iterator[str]:
    """Yield a line for each value; the people are invented, so that their data may be written."""
    for each in judged:
        value = each.value
        conditions = {table: name.strip() for table, name in value.rows()}
        entry = {
            "photo": f"{part}_{shot.number}",
            "text": value.text,
            "alike": {name: round(score, 2) for name, score in each.read.items()},
            "read": {
                name: [piece.text for piece in near(value, reading.pieces)]
                for name, reading in readings.items()
            },
            "height_px": round(value.height, 1),
            "beyond": value.beyond,
            "design": value.ground.design,
            "polygon": [[round(x), round(y)] for x, y in value.region.corners],
        }
        yield json.dumps(entry | conditions) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.reading")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=40, help="photos of lines; others in step")
    parser.add_argument("--peers", action="store_true", help="also RapidOCR and Tesseract")
    parser.add_argument("--efforts", action="store_true", help="also --fast and --thorough")
    parser.add_argument("--only", action="append", choices=PARTS, help="may be repeated")
    parser.add_argument("--keep", type=Path, help="folder for the photos, used again if there")
    parser.add_argument("--details", type=Path, help="write a JSON line for each identifier")
    parser.add_argument("--misses", type=Path, help="folder for pictures of the lines not read")
    options = parser.parse_args(arguments)
    engines = open_engines(peers=options.peers, efforts=options.efforts)
    if options.peers and len(engines) < 3:
        print("Tesseract is not installed and left out", file=sys.stderr)
    tally = run(options, engines)
    record = Record(tally.values, tally.codes, tally.grounds, tally.unreadable, tally.seconds)
    report(record, [engine.name for engine in engines])


if __name__ == "__main__":
    main()
