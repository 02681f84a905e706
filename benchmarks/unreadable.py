"""Fit what speaks for a record that cannot be read: `python -m benchmarks.unreadable`.

Sheets of generated photos in which a record was made illegible, of generated photos of harmless
things (--harmless, a seed; may be repeated) and of photos without a record (--clean, a folder with
photos; may be repeated) are cases: is this sheet such a record, and what speaks for it (see
`phiscan.detectors._unread`)? Logistic regression with a penalty on large weights makes weights of
that. The table says how many records are found and how many photos wrongly stopped from each sum of
evidence on, each photo weighed by what the others taught.

The weights that phiscan ships came of 236 records: seeds 956 and 970 to 973 (--count 133) and 957
to 959 (--count 40); of 180 photos of harmless things, seeds 65 to 72; of the 89 clean photos with
an even place in the shared manifest, and of the 102 with faces. Seeds 960 to 964 were kept for
measuring.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks._logistic import Weights, logistic, taught_by_others
from benchmarks._reading_match import overlaps
from benchmarks._reading_photos import stage_harmless
from benchmarks._reading_truth import Ground
from benchmarks.intervals import Share
from benchmarks.reading import shots_of
from phiscan import registry
from phiscan.detectors._sheets import Sight
from phiscan.detectors._unread import Clues, unread_sheets
from phiscan.intake import Source, load
from phiscan.layout import arrange
from phiscan.settings import Settings
from phiscan.toolbox import Toolbox

_PENALTY = 10.0
_HARMLESS = 20
"""Photos of harmless things for each seed, as of `benchmarks.identifiers --photos 40`."""
_FITS = 0.5
"""Overlap with the record's outline over both together from which a sheet is that record."""
_LEVELS = (-0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Case:
    """The sheets of one photo: their clues, and whether each is the record that cannot be read.

    Sheets that show no sign of print teach as well, but are never reported.
    """

    clues: NDArray[np.float64]
    is_record: NDArray[np.bool_]
    shows_print: NDArray[np.bool_]
    shows_one: bool


class Cases:
    """Reads photos as a scan does and tells what speaks for each sheet on them."""

    def __init__(self) -> None:
        tools = Toolbox(Settings())
        self._limits = Settings().limits
        self._reader = registry.load("phiscan.readers", "READER")["rapidocr"](tools)
        self._network = tools.network("surface_looks")

    def of(self, photo: Source, record: Ground | None) -> Case:
        """Return the sheets of a photo; `record` is the one that cannot be read, if there is."""
        frame = load(photo, self._limits).frames[0]
        sight = Sight(self._network, frame)
        outlines = sight.outlines
        text = arrange(self._reader.read(frame))
        seen = list(unread_sheets([*outlines, *sight.faint_outlines], text, sight))
        clues = np.array([each.clues for each in seen], np.float64)
        regions = [each.sheet.region for each in seen]
        fits = [
            record is not None and region.box.iou(record.region.box) >= _FITS for region in regions
        ]
        touches = [record is not None and overlaps(region, record.region) for region in regions]
        is_record = np.array(fits, np.bool_)
        kept = is_record | ~np.array(touches, np.bool_)
        shows_print = np.array([each.shows_print for each in seen], np.bool_)
        clues = clues.reshape(-1, len(Clues._fields))
        return Case(clues[kept], is_record[kept], shows_print[kept], record is not None)


def fit(cases: Sequence[Case]) -> Weights:
    """Return the weight of no clue at all, then that of each clue."""
    clues = np.concatenate([case.clues for case in cases])
    right = np.concatenate([case.is_record for case in cases])
    share = np.concatenate([_shares(case) for case in cases])
    return logistic(clues, right, share, _PENALTY)


def _shares(case: Case) -> NDArray[np.float64]:
    """Return how much each sheet counts: a record once, the others of a photo less than each."""
    records = case.is_record
    others = 1 / np.sqrt(max(int((~records).sum()), 1))
    return np.where(records, 1 / max(int(records.sum()), 1), others)


def weighed(cases: Sequence[Case]) -> Iterator[tuple[bool, float]]:
    """Yield for each photo whether it shows a record, and its evidence by what others taught."""
    for case, weights in taught_by_others(cases, fit):
        counts = case.shows_print & (case.is_record | (not case.shows_one))
        sums = weights[0] + case.clues[counts] @ weights[1:]
        yield case.shows_one, float(sums.max(initial=-np.inf))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.unreadable")
    parser.add_argument("--seed", type=int, action="append", help="may be repeated")
    parser.add_argument("--count", type=int, default=53, help="as of benchmarks.reading")
    parser.add_argument("--keep", type=Path, help="folder for the photos, used again if there")
    parser.add_argument("--harmless", type=int, action="append", default=[], help="a seed")
    parser.add_argument("--clean", type=Path, action="append", default=[])
    options = parser.parse_args(arguments)
    maker, cases = Cases(), list[Case]()
    for seed in options.seed or [1]:
        for shot in shots_of("damaged", seed, options.count, options.keep):
            record = next((ground for ground in shot.grounds if ground.damage), None)
            cases.append(maker.of(shot.jpeg, record))
            print(f"\r{len(cases)} photos", end="", file=sys.stderr, flush=True)
    for seed in options.harmless:
        shots = (stage_harmless(seed, number) for number in range(_HARMLESS))
        cases += [maker.of(shot.jpeg, None) for shot in shots]
    cases += [maker.of(path, None) for folder in options.clean for path in sorted(folder.iterdir())]
    weights = fit(cases)
    print(f"\nstart {weights[0]:.2f}")
    for name, weight in zip(Clues._fields, weights[1:], strict=True):
        print(f"{name:10} {weight:6.2f}")
    sums = list(weighed(cases))
    print("\nfrom   records found             others wrongly stopped")
    for level in _LEVELS:
        found = [value >= level for shows_one, value in sums if shows_one]
        wrong = [value >= level for shows_one, value in sums if not shows_one]
        print(f"{level:5} {Share(sum(found), len(found))!s:>24} {Share(sum(wrong), len(wrong))!s}")


if __name__ == "__main__":
    main()
