"""Make and measure the network that says where small text may stand.

`python -m benchmarks.text_places measure` stages photos that it never saw and prints how much of
the print it finds by height, in how many other squares it sees print where there is none, and how
many pieces of print lie in the zones that are made of these squares.
`photos` makes the examples that it learns from, and `train` makes the network anew from them; that
needs `pip install tensorflow-cpu onnx` and half an hour. Its SHA-256 belongs into
`phiscan.weight_files.WEIGHTS`. The network that phiscan ships learned by this recipe from 221
photos of seed 7, in 1,600 steps.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks import _learning as learning
from benchmarks._text_places_photos import LARGE, example
from benchmarks.intervals import Share
from fixtures.chance import stream
from phiscan.inference import open_network
from phiscan.readers._places import CELL as SQUARE
from phiscan.readers._places import places_of
from phiscan.readers._zones import Coarse, groups_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phiscan.readers._places import Places

_SEED, _UNSEEN = 7, 70
"""Seeds of the photos to learn from and of those to measure on."""
_HEIGHTS = ("8 to 14 px", "14 to 24 px", "24 to 42 px")
_LIMITS = (0.1, 0.2, 0.3, 0.5, 0.7)
_COARSE = 0.28
"""Scale of the coarse look at a photo of 12 megapixels."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What the zones of some photos hold: pieces of print in them and in all, and their pixels."""

    found: int
    pieces: int
    pixels: float

    def __add__(self, other: Looks) -> Looks:
        """Return both together."""
        found, pieces = self.found + other.found, self.pieces + other.pieces
        return Looks(found, pieces, self.pixels + other.pixels)


def make_photos(folder: Path, count: int) -> None:
    """Stage the photos to learn from, those that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / f"{number:04}.npz"
        if not path.exists():
            grey, label = example(_SEED, number)
            np.savez_compressed(path, grey=grey, label=label)


def make_network(folder: Path, steps: int, output: Path) -> None:
    """Train the network on the photos in a folder and write it."""
    from benchmarks import _text_places_network as places

    network = places.build()
    examples = [(grey, label) for grey, label in learning.kept_in(folder, ("grey", "label"))]
    losses = learning.train(network, places.crops(examples, stream(5)), steps, places.loss_of)
    for step, loss in enumerate(losses, start=1):
        learning.tell(step, steps, loss)
    places.save(network, output)
    print(learning.sha256_line(output))


def measure(count: int) -> None:
    """Print how much of the print is found in photos that the network never saw."""
    network = open_network("text_places")
    found: list[NDArray[np.float32]] = []
    truth: list[NDArray[np.uint8]] = []
    seen_at = Looks(0, 0, 0.0)
    for number in range(count):
        grey, label = example(_UNSEEN, number)
        full = cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
        places = places_of(network, np.repeat(full[..., None], 3, axis=2))
        seen_at += looks_at(places, label, (full.shape[0], full.shape[1]))
        likely = places.max(axis=2)
        rows, columns = np.minimum(likely.shape, label.shape)
        found.append(likely[:rows, :columns].ravel())
        truth.append(label[:rows, :columns].ravel())
    likely, label = np.concatenate(found), np.concatenate(truth)
    print(f"squares of {count} photos in which print is seen, by the probability asked for")
    print("probability", *(f"{name:>34}" for name in (*_HEIGHTS, "no print")), sep="")
    for limit in _LIMITS:
        seen = [likely[label == each] > limit for each in (1, 2, 3, 0)]
        print(
            f"{limit:11.1f}",
            *(f"{Share(int(each.sum()), each.size)!s:>34}" for each in seen),
            sep="",
        )
    print(f"pieces of print in a zone: {Share(seen_at.found, seen_at.pieces)}")
    print(f"megapixels of second look, a photo: {seen_at.pixels / count / 1e6:.2f}")


def looks_at(places: Places, label: NDArray[np.uint8], frame: tuple[int, int]) -> Looks:
    """Return how many pieces of small print, squares that touch, lie in zones by half or more."""
    warm = np.ones(places.shape[:2], np.float32)  # of what the detector says nothing is known
    zones = list(groups_of(places, Coarse([], [], [], _COARSE, warm), frame))
    seen = np.zeros(label.shape, dtype=bool)
    for zone in zones:
        row, column = int(zone.box.y0) // SQUARE, int(zone.box.x0) // SQUARE
        part = seen[row : row + zone.cells.shape[0], column : column + zone.cells.shape[1]]
        part |= zone.cells[: part.shape[0], : part.shape[1]]
    count, pieces = cv2.connectedComponents(((label > 0) & (label < LARGE)).astype(np.uint8))
    found = sum(bool(seen[pieces == piece].mean() >= 0.5) for piece in range(1, count))
    return Looks(found, count - 1, float(sum(math.prod(zone.size) for zone in zones)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.text_places")
    verbs = parser.add_subparsers(dest="verb", required=True)
    photos = verbs.add_parser("photos")
    photos.add_argument("folder", type=Path)
    photos.add_argument("--count", type=int, default=300)
    teach = verbs.add_parser("train")
    teach.add_argument("folder", type=Path)
    teach.add_argument("--steps", type=int, default=1600)
    teach.add_argument("--output", type=Path, default=Path("text_places.onnx"))
    verbs.add_parser("measure").add_argument("--count", type=int, default=24)
    options = parser.parse_args(arguments)
    if options.verb == "photos":
        make_photos(options.folder, options.count)
    elif options.verb == "train":
        make_network(options.folder, options.steps, options.output)
    else:
        measure(options.count)


if __name__ == "__main__":
    main()
