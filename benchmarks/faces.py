"""Measure which faces are found, and what is wrongly taken for one: `python -m benchmarks.faces`.

Runs phiscan's own detector and, where `face-recognition` is installed, dlib's two detectors (the
network on a few photos only: it is slow) over the same pictures, and prints with 95 % Wilson
intervals

* photos with faces that are blocked, by pose, cover, light and the smallest face, as labelled;
* the same photos turned by 45, 90, 180 and 270 degrees;
* faces of the labelled count that are found;
* photos without faces that are blocked or stopped for review, and false faces per photo;
* faces of those photos, changed and pasted into collages: by height, turn, cover and light;
* seconds for a photo of 12 megapixels.

Nothing that it makes is kept.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks import _faces_collages as collages
from benchmarks._faces_finders import BLOCKS, Finder, Found, as_scanned, dlib_network, is_found
from benchmarks.intervals import Share
from benchmarks.truth import BLOCK, CLEAN, Labelled, read_manifest
from phiscan.errors import UnreadableImage
from phiscan.intake import load

_TURNS = (0, 45, 90, 180, 270)
_SIZES = (0, 12, 16, 20, 24, 40, 10_000)
_LARGE = 80.0
"""Height in pixels from which a face is cut out for collages."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A labelled photo and what each finder saw on it."""

    label: Labelled
    pixels: NDArray[np.uint8]
    found: dict[str, Found]

    def is_blocked(self, finder: str) -> bool:
        """Whether a face blocks the photo."""
        return any(score >= BLOCKS for score, _ in self.found[finder])


def look(finders: Sequence[Finder], labels: Sequence[Labelled], title: str) -> list[Looked]:
    """Return every photo that opens with what was found on it, telling on stderr how far it is."""
    every = []
    for number, label in enumerate(labels, 1):
        print(f"\r{title}: {number} of {len(labels)}", end="", file=sys.stderr, flush=True)
        try:
            pixels = load(label.path).frames[0].pixels
        except UnreadableImage:
            continue
        every.append(Looked(label, pixels, {one.name: one.find(pixels) for one in finders}))
    print(file=sys.stderr)
    return every


def row(name: str, shares: Iterable[Share]) -> None:
    """Print one line of a table."""
    print(f"{name:34}" + "".join(f"{share!s:>26}" for share in shares))


def head(title: str, finders: Sequence[Finder]) -> None:
    """Print a table's head."""
    print(f"\n{title:34}" + "".join(f"{one.name:>26}" for one in finders))


def blocked(photos: Sequence[Looked], finders: Sequence[Finder]) -> None:
    """Print how many photos with faces are blocked, by what the labels say."""
    kept = Path(__file__).parent / "faces_labels.toml"
    groups: dict[str, list[str]] = tomllib.loads(kept.read_text("utf-8"))
    listed = {key for keys in groups.values() for key in keys}
    rows: dict[str, Callable[[Labelled], bool]] = {
        "all": lambda _: True,
        "24 px or more, or not said": lambda one: not 0 < one.smallest_face_px < 24,
        "facing, bare and well lit": lambda one: one.path.name[:4] not in listed,
    }
    for name, keys in groups.items():
        rows[name.replace("_", " ")] = _is_among(keys)
    for low, high in itertools.pairwise(_SIZES):
        name = f"smallest face {low} to {high - 1} px" if low else f"smallest face under {high} px"
        rows[name] = _is_between(low, high)
    head("photos with a face, blocked", finders)
    for name, belongs in rows.items():
        group = [photo for photo in photos if belongs(photo.label)]
        row(name, [Share(sum(p.is_blocked(f.name) for p in group), len(group)) for f in finders])


def _is_among(keys: Sequence[str]) -> Callable[[Labelled], bool]:
    return lambda one: one.path.name[:4] in keys


def _is_between(low: int, high: int) -> Callable[[Labelled], bool]:
    return lambda one: max(low, 1) <= one.smallest_face_px < high


def counted(photos: Sequence[Looked], finders: Sequence[Finder]) -> None:
    """Print how many of the labelled number of faces were found; more than that do not count."""
    head("faces of the labelled count, found", finders)
    large = [p for p in photos if not 0 < p.label.smallest_face_px < 20]
    for name, group in (("all", photos), ("20 px or more, or not said", large)):
        known = [(p, int(p.label.faces)) for p in group if p.label.faces.isdigit()]
        row(
            name,
            [
                Share(
                    sum(min(sum(s >= BLOCKS for s, _ in p.found[f.name]), n) for p, n in known),
                    sum(n for _, n in known),
                )
                for f in finders
            ],
        )


def turned(photos: Sequence[Looked], finder: Finder) -> None:
    """Print how many photos are blocked when they are turned."""
    print("\nturned photos with a face, blocked")
    for degrees in _TURNS:
        found = [finder.find(turn(photo.pixels, degrees)) for photo in photos]
        hits = sum(any(score >= BLOCKS for score, _ in one) for one in found)
        row(f"{degrees:3} degrees", [Share(hits, len(found))])


def turn(pixels: NDArray[np.uint8], degrees: int) -> NDArray[np.uint8]:
    """Return the picture turned to the left, large enough for all of it."""
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(pixels, degrees // 90))
    height, width = pixels.shape[:2]
    move = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    across = round(width * abs(move[0, 0]) + height * abs(move[0, 1]))
    down = round(width * abs(move[0, 1]) + height * abs(move[0, 0]))
    move[:, 2] += (across - width) / 2, (down - height) / 2
    return np.asarray(cv2.warpAffine(pixels, move, (across, down)), np.uint8)


def wrong(photos: Sequence[Looked], finders: Sequence[Finder]) -> None:
    """Print how many photos without faces are blocked or stopped, and false faces per photo."""
    for category in ("clean_scene", "clean_text"):
        group = [photo for photo in photos if photo.label.category == category]
        head(f"{category} without faces", finders)
        row(
            "blocked",
            [Share(sum(p.is_blocked(f.name) for p in group), len(group)) for f in finders],
        )
        row(
            "blocked or review",
            [Share(sum(map(bool, (p.found[f.name] for p in group))), len(group)) for f in finders],
        )
        faces = [sum(s >= BLOCKS for p in group for s, _ in p.found[f.name]) for f in finders]
        told = "".join(f"{one / max(len(group), 1):>26.3f}" for one in faces)
        print(f"{'false faces per photo':34}{told}")
        names = sorted(p.label.path.name[:4] for p in group if p.is_blocked(finders[0].name))
        print(f"blocked by {finders[0].name}: {', '.join(names) or 'none'}")


def cutouts(photos: Sequence[Looked], finder: Finder) -> list[collages.Cutout]:
    """Return the largest face of each photo, where it is large and sure enough to be a truth."""
    kept = []
    for photo in photos:
        sure = [box for score, box in photo.found[finder.name] if score >= 0.8]
        best = max(sure, key=lambda box: box.height, default=None)
        if best and best.height >= _LARGE:
            kept.append(collages.cut_out(photo.pixels, best, photo.label.path.name[:4]))
    return kept


def pasted(
    title: str,
    wanted: Sequence[collages.Wanted],
    grounds: Sequence[NDArray[np.uint8]],
    finders: Sequence[Finder],
    rng: np.random.Generator,
) -> None:
    """Print how many faces of collages are found, by what was done to them."""
    hits: dict[str, dict[str, list[bool]]] = {}
    for sheet, faces in collages.compose(wanted, grounds, rng):
        for finder in finders:
            found = finder.find(sheet)
            for face in faces:
                of_finders = hits.setdefault(face.condition, {})
                of_finders.setdefault(finder.name, []).append(is_found(face.box, found))
    head(title, finders)
    for condition in dict.fromkeys(one.condition for one in wanted):
        results = [hits[condition][finder.name] for finder in finders]
        row(condition, [Share(sum(one), len(one)) for one in results])


def on_collages(
    photos: Sequence[Looked], clean: Sequence[Looked], finders: Sequence[Finder], limit: int
) -> None:
    """Make collages of all kinds and print what is found on them."""
    rng = np.random.default_rng(5)
    faces = cutouts(photos, finders[0])
    grounds = [
        p.pixels
        for p in clean
        if p.label.category == "clean_scene" and not p.found[finders[0].name]
    ]
    if not faces or not grounds:
        return
    faces = [faces[int(n)] for n in rng.permutation(len(faces))[:limit]]
    print(f"\n# collages of {collages.SIZE[0]}x{collages.SIZE[1]} px, {len(faces)} faces")
    usual = f"{collages.USUAL} px"
    for title, wanted in (
        ("by height", collages.by_height(faces)),
        (f"by turn, {usual}", collages.by_turn(faces)),
        (f"by cover, {usual}", collages.changed(faces, collages.COVERS, rng)),
        (f"by light, {usual}", collages.changed(faces, collages.LIGHTS, rng)),
    ):
        pasted(title, list(wanted), grounds, finders, rng)


def timed(finders: Sequence[Finder], runs: int = 5) -> None:
    """Print how long a photo of 12 megapixels takes."""
    noise = np.random.default_rng(1).integers(0, 256, (94, 126, 3), dtype=np.uint8)
    photo = np.asarray(cv2.resize(noise, (4032, 3024), interpolation=cv2.INTER_CUBIC), np.uint8)
    print(f"\n12 megapixels: median of {runs} runs, warm; seconds of the clock, and of all cores")
    for finder in finders:
        finder.find(photo)
        for _ in range(runs):
            finder.find(photo)
        clock, cores = (float(np.median(s[-runs:])) for s in (finder.seconds, finder.cores))
        print(f"{finder.name:34} {clock:6.2f} s {cores:6.2f} s")


def main() -> None:
    """Run from the command line."""
    options = _options()
    ours = as_scanned("centerface")
    finders = [ours]
    if options.dlib:
        finders.append(as_scanned("face_recognition"))
    labels = list(read_manifest(options.photos)) if options.photos.is_dir() else []
    face = [one for one in labels if one.category == "face" and one.verdict == BLOCK]
    clean = [one for one in labels if one.category in _WITHOUT and one.verdict == CLEAN]
    measured = finders if {"photos", "collages"} & set(options.part) else []
    shown = look(measured, _some(face, options.limit), "photos with faces")
    empty = look(measured, _some(clean, 2 * options.limit), "photos without faces")
    if "photos" in options.part:
        blocked(shown, finders)
        counted(shown, finders)
        wrong(empty, finders)
    if "turned" in options.part:
        turned(shown, ours)
    if "collages" in options.part:
        on_collages(shown, empty, finders, options.limit)
    if "network" in options.part and options.dlib:
        slow = [ours, dlib_network()]
        few = look(slow, _some(face, options.cnn), "photos for dlib's network")
        blocked(few, slow)
        counted(few, slow)
    if "time" in options.part:
        timed(finders)


_PARTS = ("photos", "turned", "collages", "network", "time")
_WITHOUT = {"clean_scene", "clean_text"}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.faces")
    parser.add_argument("--photos", type=Path, default=Path("../shared/photos"))
    parser.add_argument("--limit", type=int, default=10_000, help="photos of each kind")
    parser.add_argument("--cnn", type=int, default=6, help="photos that dlib's network looks at")
    parser.add_argument("--part", action="append", choices=_PARTS, help="only this (repeatable)")
    parser.add_argument(
        "--no-dlib", dest="dlib", action="store_false", help="measure phiscan's detector only"
    )
    options = parser.parse_args()
    options.part = options.part or _PARTS
    if not (find_spec("dlib") and find_spec("face_recognition_models")):
        options.dlib = False
    return options


def _some(labels: Sequence[Labelled], count: int) -> Sequence[Labelled]:
    """Return so many of them, from all over the list."""
    return labels[:: max(len(labels) // count, 1)][:count]


if __name__ == "__main__":
    main()
