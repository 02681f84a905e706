"""Fit what speaks for print in a zone of the second look: `python -m benchmarks.text_zones`.

Zones of generated photos (--seed, may be repeated) and of others (--photos, a folder; may be
repeated) are cases: has a line of words been read there, and what speaks for print (see
`phiscan.readers._print_clues`)? Logistic regression with a penalty on large weights makes weights
of that. The table says for sums of evidence how many zones with words have less, and what part of
the second look's pixels all zones that have less take, each photo weighed by what the others
taught.

The weights that phiscan ships came of seeds 65, 67 and 68, 40 photos each, and of every second file
of the shared clean folders, by name, when zones without two likely squares were left out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmarks._logistic import Weights, logistic, taught_by_others
from benchmarks.intervals import Share
from benchmarks.reading import shots_of
from phiscan.intake import Source, load
from phiscan.readers._print_clues import Clues
from phiscan.readers._recognition import Recogniser, is_clear
from phiscan.readers._search import first_look, looked_at, not_clear
from phiscan.readers._zones import groups_of
from phiscan.settings import Settings
from phiscan.toolbox import Toolbox

if TYPE_CHECKING:
    from phiscan.readers._line import Line

_PENALTY = 3.0
_SURE, _LETTERS = 0.85, 3
"""Score and letters of a word from which it was read."""
_LEVELS = (-4.0, -3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0.0)


@dataclass(frozen=True, slots=True)
class Case:
    """The zones of one photo: their clues, whether words were read in each, and their pixels."""

    clues: NDArray[np.float64]
    has_words: NDArray[np.bool_]
    pixels: NDArray[np.float64]


class Cases:
    """Looks at every zone of photos and tells what speaks for print in each."""

    def __init__(self) -> None:
        tools = Toolbox(Settings())
        self._limits = Settings().limits
        self._detection, self._places = (
            tools.network("text_detection"),
            tools.network("text_places"),
        )
        self._recogniser = Recogniser(
            tools.network("text_recognition"), tools.network("text_direction")
        )

    def of(self, photo: Source) -> Case:
        """Return the zones of a photo."""
        frame = load(photo, self._limits).frames[0]
        pixels = frame.pixels

        def are_clear(lines: Sequence[Line]) -> list[bool]:
            read = self._recogniser.read_all(pixels, lines)
            return [is_clear(line, words) for line, words in zip(lines, read, strict=True)]

        first = first_look(self._detection, self._places, pixels, 0, are_clear)
        zones = list(groups_of(first.places, first.coarse, (frame.height, frame.width)))
        lines = {
            id(zone.cells): not_clear(first.coarse, seen)
            for zone, seen, _ in looked_at(self._detection, pixels, zones, 0)
        }
        return Case(
            np.array([zone.clues for zone in zones], np.float64).reshape(-1, len(Clues._fields)),
            np.array([self._has_words(pixels, lines[id(zone.cells)]) for zone in zones], np.bool_),
            np.array([zone.size[0] * zone.size[1] for zone in zones], np.float64),
        )

    def _has_words(self, pixels: NDArray[np.uint8], lines: Sequence[Line]) -> bool:
        return any(
            word.score > _SURE and sum(map(str.isalnum, word.text)) >= _LETTERS
            for words in self._recogniser.read_all(pixels, lines)
            for word in words
        )


def fit(cases: Sequence[Case]) -> Weights:
    """Return the weight of no clue at all, then that of each clue."""
    clues = np.concatenate([case.clues for case in cases])
    right = np.concatenate([case.has_words for case in cases])
    return logistic(clues, right, np.ones(len(clues)), _PENALTY)


def weighed(cases: Sequence[Case]) -> Iterator[tuple[Case, NDArray[np.float64]]]:
    """Yield each photo and the evidence of its zones by what others taught."""
    for case, weights in taught_by_others(cases, fit):
        yield case, weights[0] + case.clues @ weights[1:]


def tell(title: str, sums: Sequence[tuple[Case, NDArray[np.float64]]]) -> None:
    """Print what would be left out from each sum of evidence on."""
    words = sum(int(case.has_words.sum()) for case, _ in sums)
    pixels = sum(float(case.pixels.sum()) for case, _ in sums)
    print(f"\n{title}\nless than  zones with words left out    pixels left out")
    for level in _LEVELS:
        lost = sum(int((case.has_words & (value < level)).sum()) for case, value in sums)
        spared = sum(float(case.pixels[value < level].sum()) for case, value in sums)
        print(f"{level:9} {Share(lost, words)!s:>27} {spared / pixels:17.0%}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.text_zones")
    parser.add_argument("--seed", type=int, action="append", default=[], help="may be repeated")
    parser.add_argument("--count", type=int, default=40, help="as of benchmarks.reading")
    parser.add_argument("--keep", type=Path, help="folder for the photos, used again if there")
    parser.add_argument("--photos", type=Path, action="append", default=[])
    options = parser.parse_args(arguments)
    maker, staged, others = Cases(), list[Case](), list[Case]()
    for seed in options.seed:
        for shot in shots_of("lines", seed, options.count, options.keep):
            staged.append(maker.of(shot.jpeg))
            print(f"\r{len(staged)} photos", end="", file=sys.stderr, flush=True)
    for folder in options.photos:
        others += [maker.of(path) for path in sorted(folder.iterdir())]
    weights = fit([*staged, *others])
    print(f"\nstart {weights[0]:.2f}")
    for name, weight in zip(Clues._fields, weights[1:], strict=True):
        print(f"{name:10} {weight:6.2f}")
    sums = list(weighed([*staged, *others]))
    made = {id(case) for case in staged}
    tell("generated photos", [each for each in sums if id(each[0]) in made])
    tell("other photos", [each for each in sums if id(each[0]) not in made])


if __name__ == "__main__":
    main()
