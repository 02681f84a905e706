"""Measure whom the consent list lets through: `python -m benchmarks.consent`.

Finds the faces of a folder of labelled photos (--photos) as a scan does, encodes them, and prints

* how near strangers come to each other: all pairs of faces of different people, on one photo and
  across photos;
* how many photos of enrolled people are recognised, by how many photos they were enrolled with:
  people of whom there are several photos, and people of your own (--people DIR, one folder with
  photos for each);
* how much of that is left when one photo is made darker, smaller, blurred, turned and so on: a
  weak stand-in, for a changed photo is not another photo.

Needs the extra phiscan[consent].
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks._consent_changes import CHANGES
from benchmarks.intervals import Share
from benchmarks.truth import read_manifest
from phiscan.consent.consent_list import Nobody
from phiscan.consent.encoder import SMALLEST, FaceRecognition
from phiscan.consent.matching import THRESHOLD, middle
from phiscan.consent.people import Encoding
from phiscan.detectors.faces import Faces
from phiscan.errors import UnreadableImage
from phiscan.geometry import Box
from phiscan.inference import open_network
from phiscan.intake import load
from phiscan.model import Photo, Scene
from phiscan.text import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phiscan.protocols import Effort, Identifier, Network

_SURE = 0.6
"""Score from which the default policy blocks a face."""
_ONE_FACE = 0.4
"""Part of the smaller of two boxes from which both are of one face, such as one behind a mask."""
_THRESHOLDS = (0.36, 0.38, 0.40, 0.42, 0.45, 0.50, 0.60)
_MOST_ENROLLED = 4


@dataclass(frozen=True, slots=True)
class Face:
    """One face: the photo that it is on, where, and its encoding if it has one."""

    photo: Path
    box: Box
    encoding: Encoding | None

    @property
    def key(self) -> str:
        """The first letters of the photo's name, as the labels have it."""
        return self.photo.name[:4]

    def is_at(self, label: str) -> bool:
        """Return whether a label such as `0669@372,182` speaks of this face."""
        key, _, place = label.partition("@")
        if key != self.key:
            return False
        x, y = map(float, place.split(",")) if place else self.box.centre
        return self.box.x0 <= x < self.box.x1 and self.box.y0 <= y < self.box.y1


class Finder:
    """The face detector and the encoder, as a scan uses them."""

    consents = Nobody()
    identifiers: tuple[Identifier, ...] = ()
    face_finders = ("centerface",)
    effort: Effort = "normal"

    def __init__(self) -> None:
        self._faces = Faces(self)
        self.encoder = FaceRecognition()

    def network(self, name: str) -> Network:
        """Return the named network."""
        return open_network(name)

    def find(self, path: Path) -> list[Face]:
        """Return the faces of a photo's main picture that are large enough to be compared."""
        try:
            loaded = load(path)
        except UnreadableImage:
            return []
        main = loaded.frames[0]
        photo = Photo(loaded.source, loaded.sha256, loaded.format, (main,))
        found = self._faces.detect(Scene(photo, Text()))
        boxes = [f.regions[0].box for f in found if f.kind == "face" and f.score >= _SURE]
        boxes = [box for box in boxes if box.height >= SMALLEST]
        encodings = self.encoder.encode(main.pixels, boxes)
        return [Face(path, box, one) for box, one in zip(boxes, encodings, strict=True)]


@dataclass(frozen=True, slots=True)
class Labels:
    """Which faces show one person, and which photos share people."""

    same_session: list[list[str]]
    years_apart: list[list[str]]
    shared: list[list[str]]
    drawn: list[str]

    def are_strangers(self, one: Face, other: Face) -> bool:
        """Return whether two faces are surely of different people."""
        for person in (*self.same_session, *self.years_apart):
            if all(any(face.is_at(label) for label in person) for face in (one, other)):
                return False
        if one.key == other.key:
            smaller = min(one.box.area, other.box.area)
            return one.box.overlap(other.box) < _ONE_FACE * smaller
        return not any(one.key in group and other.key in group for group in self.shared)


def read_labels() -> Labels:
    """Return the labels of the shared photos."""
    text = (Path(__file__).parent / "consent_people.toml").read_text("utf-8")
    return Labels(**tomllib.loads(text))


def find_all(finder: Finder, photos: Sequence[Path]) -> list[Face]:
    """Return every face, telling on stderr how far it is."""
    faces: list[Face] = []
    for number, path in enumerate(photos, 1):
        faces += finder.find(path)
        print(f"\r{number} of {len(photos)} photos", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return faces


def distance(one: Encoding, other: Encoding) -> float:
    """Return how far two encodings are from each other."""
    return math.dist(one, other)


def strangers(faces: Sequence[Face], labels: Labels) -> None:
    """Print how near different people come to each other, and how many would be accepted."""
    usable = [face for face in faces if face.encoding and face.key not in labels.drawn]
    together: list[float] = []
    apart: list[float] = []
    for one, other in itertools.combinations(usable, 2):
        if labels.are_strangers(one, other) and one.encoding and other.encoding:
            pairs = together if one.photo == other.photo else apart
            pairs.append(distance(one.encoding, other.encoding))
    print("\npairs of strangers            nearest five                          median")
    for name, pairs in (("on one photo", together), ("across photos", apart)):
        near = " ".join(f"{one:.3f}" for one in sorted(pairs)[:5])
        print(f"{name:14} {len(pairs):8}       {near:36}  {np.median(pairs):.3f}")
    print("\naccepted at   " + "".join(f"{one:>9.2f}" for one in _THRESHOLDS))
    every = np.array(together + apart)
    print("strangers     " + "".join(f"{(every <= one).sum():>9}" for one in _THRESHOLDS))


def accepted(people: Sequence[Sequence[Encoding]], title: str) -> None:
    """Print the share of photos that are recognised, by how many others were enrolled."""
    print(f"\n{title}: {len(people)} people, {sum(map(len, people))} photos")
    print("enrolled  tries  " + "".join(f"{one:>8.2f}" for one in _THRESHOLDS[:5]) + "   median")
    for count in range(1, _MOST_ENROLLED + 1):
        distances = np.array([d for person in people for d in _fresh(person, count)])
        if distances.size:
            shares = "".join(f"{(distances <= one).mean():>8.0%}" for one in _THRESHOLDS[:5])
            print(f"{count:8}  {distances.size:5}  {shares}   {np.median(distances):6.3f}")
    if any(len(person) > _MOST_ENROLLED for person in people):
        best = [d for person in people for d in _fresh(person, len(person) - 1)]
        share = Share(sum(d <= THRESHOLD for d in best), len(best))
        print(f"enrolled with all but one, at {THRESHOLD}: {share}")


def _fresh(person: Sequence[Encoding], enrolled: int) -> Iterator[float]:
    """Yield the distance of each photo to each choice of that many others of the same person."""
    for index, photo in enumerate(person):
        others = [one for other, one in enumerate(person) if other != index]
        if len(others) >= enrolled:
            for chosen in itertools.combinations(others, enrolled):
                yield distance(photo, middle(chosen))


def against_templates(faces: Sequence[Face], labels: Labels) -> None:
    """Print how near strangers come to people who were enrolled with all their photos."""
    distances: list[float] = []
    for person in (*labels.same_session, *labels.years_apart):
        own = [f for f in faces if f.encoding and any(f.is_at(label) for label in person)]
        template = middle([face.encoding for face in own if face.encoding])
        for face in faces:
            is_stranger = all(labels.are_strangers(face, one) for one in own)
            if face.encoding and face.key not in labels.drawn and is_stranger:
                distances.append(distance(face.encoding, template))
    near = " ".join(f"{one:.3f}" for one in sorted(distances)[:5])
    wrong = sum(one <= THRESHOLD for one in distances)
    print(
        f"\nstrangers against people enrolled with all their photos: {len(distances)} pairs, "
        f"{wrong} accepted at {THRESHOLD}; nearest {near}"
    )


def changed(finder: Finder, faces: Sequence[Face]) -> None:
    """Print how many faces are recognised on a changed copy of the photo they were enrolled with.

    The face stays in the middle of the cut-out that is changed, so its box stays the same.
    """
    first = {face.photo: face for face in reversed(faces) if face.encoding}
    print(
        f"\nchanged copies of {len(first)} faces                recognised     not encoded  median"
    )
    cuts = [(face.encoding, *_cut(face)) for face in first.values()]
    for name, change in CHANGES.items():
        distances: list[float] = []
        for enrolled, picture, box in cuts:
            (found,) = finder.encoder.encode(change(picture), [box])
            if found and enrolled:
                distances.append(distance(found, enrolled))
        share = Share(sum(d <= THRESHOLD for d in distances), len(cuts))
        lost = len(cuts) - len(distances)
        print(f"{name:24} {share!s:>27} {lost:9}      {np.median(distances):.3f}")


def _cut(face: Face) -> tuple[NDArray[np.uint8], Box]:
    """Return the square of twice the face's height around it, and the face's box in there."""
    pixels = load(face.photo).frames[0].pixels
    x, y = face.box.centre
    half = round(max(face.box.height, face.box.width))
    left, top = round(x) - half, round(y) - half
    padded = np.pad(pixels, ((half, half), (half, half), (0, 0)), mode="edge")
    square = np.ascontiguousarray(
        padded[top + half : top + 3 * half, left + half : left + 3 * half]
    )
    wide, high = face.box.width / 2, face.box.height / 2
    return square, Box(half - wide, half - high, half + wide, half + high)


def of_people(faces: Sequence[Face], people: Sequence[Sequence[str]]) -> list[list[Encoding]]:
    """Return the encodings of each labelled person."""
    return [
        [face.encoding for label in person for face in faces if face.encoding and face.is_at(label)]
        for person in people
    ]


def own_people(finder: Finder, folder: Path) -> list[list[Encoding]]:
    """Return the encodings of each folder's photos that show one face."""
    people = []
    for person in sorted(path for path in folder.iterdir() if path.is_dir()):
        found = [finder.find(photo) for photo in sorted(person.iterdir())]
        alone = [faces[0].encoding for faces in found if len(faces) == 1]
        people.append([encoding for encoding in alone if encoding])
    return people


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.consent")
    parser.add_argument("--photos", type=Path, default=Path("../shared/photos"))
    parser.add_argument("--people", type=Path, help="a folder with a folder of photos per person")
    options = parser.parse_args()
    finder = Finder()
    if options.photos.is_dir():
        labels = read_labels()
        with_faces = [
            one for one in read_manifest(options.photos) if one.faces not in {"0", "None"}
        ]
        faces = find_all(finder, [one.path for one in with_faces])
        encoded = Share(sum(face.encoding is not None for face in faces), len(faces))
        print(f"# {len(with_faces)} photos with faces of {options.photos.name}")
        print(f"faces of {SMALLEST:.0f} px or more that can be compared: {encoded}")
        strangers(faces, labels)
        accepted(of_people(faces, labels.same_session), "fresh photos, much the same age")
        accepted(of_people(faces, labels.years_apart), "fresh photos, years apart")
        against_templates(faces, labels)
        changed(finder, faces)
    if options.people:
        accepted(own_people(finder, options.people), f"fresh photos of {options.people.name}")


if __name__ == "__main__":
    main()
