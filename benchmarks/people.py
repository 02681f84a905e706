"""Measure which people are seen without their faces: `python -m benchmarks.people`.

Runs the finder of people over the labelled photos and prints with 95 % Wilson intervals

* photos with people on which somebody is seen, and photos without on which somebody is;
* bodies alone: what is left of photos of one person below the chin, upright and turned.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks._faces_finders import BLOCKS, Found, as_scanned
from benchmarks.intervals import Share
from phiscan.detectors._people import People
from phiscan.errors import UnreadableImage
from phiscan.inference import open_network
from phiscan.intake import load
from phiscan.model import Frame
from phiscan.protocols import Identifier, Network

_CATEGORIES = ("face", "clean_scene", "clean_text")
_LEAST_BODY = 1.5
"""Heights of the face that have to be left below the chin for a body to be judged."""


class _Tools:
    """What the finder of people needs."""

    identifiers: tuple[Identifier, ...] = ()

    def network(self, name: str) -> Network:
        """Return the named network."""
        return open_network(name)


def photos(folder: Path, category: str) -> Iterator[tuple[Path, bool]]:
    """Yield each photo of a category, and whether it shows people as labelled."""
    for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        if entry["category"] == category and (folder / entry["file"]).is_file():
            yield folder / entry["file"], entry["labels"]["people"] not in {0, None}


def body(pixels: NDArray[np.uint8], faces: Found) -> NDArray[np.uint8] | None:
    """Return what is below the chin of the only face; None where that is too little."""
    sure = [box for score, box in faces if score >= BLOCKS]
    if len(sure) != 1:
        return None
    (face,) = sure
    top = round(face.y1 + 0.1 * face.height)
    if pixels.shape[0] - top < _LEAST_BODY * face.height:
        return None
    x, _ = face.centre
    left, right = (max(round(x + side * 2.5 * face.height), 0) for side in (-1, 1))
    return np.ascontiguousarray(pixels[top:, left:right])


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.people")
    parser.add_argument("--photos", type=Path, default=Path("../shared/photos"))
    parser.add_argument("--limit", type=int, default=10_000, help="photos of each category")
    parser.add_argument("--bodies", action="store_true", help="also bodies alone, which is slower")
    options = parser.parse_args()
    people, faces = People(_Tools()), as_scanned("centerface")
    bodies: list[NDArray[np.uint8]] = []
    print(f"{'somebody is seen':34} {'with people':>24} {'without':>24}")
    for category in _CATEGORIES if options.photos.is_dir() else ():
        seen: dict[bool, list[bool]] = {True: [], False: []}
        for path, shows in list(photos(options.photos, category))[: options.limit]:
            print(".", end="", file=sys.stderr, flush=True)
            try:
                frame = load(path).frames[0]
            except UnreadableImage:
                continue
            seen[shows].append(bool(people.find(frame)))
            if options.bodies and category == "face":
                left = body(frame.pixels, faces.find(frame.pixels))
                bodies += [left] if left is not None else []
        shares = [Share(sum(seen[shows]), len(seen[shows])) for shows in (True, False)]
        print(f"{category:34} {shares[0]!s:>24} {shares[1]!s:>24}")
    for turns in range(4) if bodies else ():
        hits = [bool(people.find(Frame(0, "main", np.rot90(one, turns)))) for one in bodies]
        print(f"{f'bodies, turned {90 * turns} degrees':34} {Share(sum(hits), len(hits))!s:>24}")


if __name__ == "__main__":
    main()
