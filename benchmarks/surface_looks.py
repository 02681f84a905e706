"""Make and measure the network that tells what surfaces look like.

`python -m benchmarks.surface_looks measure` stages photos that it never saw and prints what it
takes each surface for, of the designs that it learned from and of parts of photos without print.
`photos` makes the examples that it learns from, and `train` makes the network anew from them; that
needs `pip install tensorflow-cpu onnx`. Its SHA-256 belongs into `phiscan.weight_files.WEIGHTS`.

`--pictures` names a folder of photos without print that the surfaces are laid on. The network that
phiscan ships was made by these two commands as they stand, in 25 minutes on one core; TensorFlow
adds up in no fixed order, so that `train` makes one like it and not the same. The 440 photos were
laid on 33 pictures in the public domain: those of scikit-image 0.26.0 that show no print, and the
panoramas of the package @pmndrs/assets 1.7.0 (CC0, of Poly Haven).
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import _learning as learning
from benchmarks._surface_looks_photos import example, pictures_in
from benchmarks.intervals import Share
from fixtures.chance import stream
from phiscan.detectors._looks import LOOKS, looks_of
from phiscan.geometry import Region
from phiscan.inference import open_network

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SEED, _UNSEEN = 11, 110
"""Seeds of the photos to learn from and of those to measure on."""


def make_photos(folder: Path, count: int, pictures: Sequence[NDArray[np.uint8]]) -> None:
    """Stage the photos to learn from, those that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / f"{number:04}.npz"
        if not path.exists():
            photo, looks, corners = example(_SEED, number, pictures)
            np.savez_compressed(path, photo=photo, looks=looks, corners=corners)


def make_network(folder: Path, steps: int, output: Path) -> None:
    """Train the network on the photos in a folder and write it."""
    from benchmarks import _surface_looks_network as surfaces

    network = surfaces.build()
    kept = learning.kept_in(folder, ("photo", "looks", "corners"))
    examples = [(photo, looks, corners) for photo, looks, corners in kept]
    views = surfaces.views(examples, stream(5))
    losses = learning.train(network, views, steps, surfaces.loss_of)
    for step, loss in enumerate(losses, start=1):
        learning.tell(step, steps, loss)
    surfaces.save(network, output)
    print(learning.sha256_line(output))


def measure(count: int, pictures: Sequence[NDArray[np.uint8]]) -> None:
    """Print what the network takes surfaces for that it never saw."""
    network = open_network("surface_looks")
    taken: dict[int, Counter[int]] = {look: Counter() for look in range(len(LOOKS))}
    for number in range(count):
        photo, looks, corners = example(_UNSEEN, number, pictures)
        places = [Region(0, tuple((float(x), float(y)) for x, y in four)) for four in corners]
        seen = looks_of(network, photo, places).argmax(axis=1) if places else []
        for look, found in zip(looks.tolist(), seen, strict=True):
            taken[look][int(found)] += 1
    print(f"surfaces of {count} photos: what they are, and what the network takes them for")
    print(f"{'':10}" + "".join(f"{name:>10}" for name in LOOKS) + f"{'right':>25}")
    for look, counts in taken.items():
        row = "".join(f"{counts[other]:10}" for other in range(len(LOOKS)))
        print(f"{LOOKS[look]:10}{row}{Share(counts[look], counts.total())!s:>25}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.surface_looks")
    verbs = parser.add_subparsers(dest="verb", required=True)
    photos = verbs.add_parser("photos")
    photos.add_argument("folder", type=Path)
    photos.add_argument("--count", type=int, default=440)
    teach = verbs.add_parser("train")
    teach.add_argument("folder", type=Path)
    teach.add_argument("--steps", type=int, default=4500)
    teach.add_argument("--output", type=Path, default=Path("surface_looks.onnx"))
    look = verbs.add_parser("measure")
    look.add_argument("--count", type=int, default=40)
    for verb in (photos, look):
        verb.add_argument("--pictures", type=Path, help="folder of photos without print")
    options = parser.parse_args(arguments)
    if options.verb == "train":
        make_network(options.folder, options.steps, options.output)
        return
    pictures = pictures_in(options.pictures) if options.pictures else []
    if options.verb == "photos":
        make_photos(options.folder, options.count, pictures)
    else:
        measure(options.count, pictures)


if __name__ == "__main__":
    main()
