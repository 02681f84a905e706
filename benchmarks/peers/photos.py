"""Which photos are shown to the tools: an even share of each group, drawn by chance."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.truth import BLOCK, CLEAN, Labelled, read_manifest
from fixtures.chance import stream
from fixtures.make import SIZES, SUBJECTS, entry, frame, photograph, write_manifest
from fixtures.studio import Studio

PHI, CLEAN_GROUP, FACE = "phi", "clean", "face"
_CATEGORIES = frozenset({"phi_doc", "clean_text", "clean_scene", "face"})
_POOL = 3 * len(SUBJECTS)
"""So many photos are generated to draw from: every subject three times."""
_LARGE = 0.02
"""Share of 8 to 12 megapixels among the generated photos that are not asked to be large."""
_RARELY = 3
"""Slow tools see one photo of so many."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo, where it is from, what it stands for, and whether slow tools see it too."""

    source: str
    label: Labelled
    group: str
    to_slow: bool


def group_of(label: Labelled) -> str:
    """Return what a photo stands for: `phi`, `clean`, `face`, or nothing where one could argue."""
    if label.category == "phi_doc" and label.verdict == BLOCK:
        return PHI
    if label.category in {"clean_text", "clean_scene"} and label.verdict == CLEAN:
        return CLEAN_GROUP
    return FACE if label.category == "face" and label.verdict == BLOCK else ""


def draw(source: str, labels: Iterable[Labelled], each: int, seed: int) -> Iterator[Shown]:
    """Yield up to `each` photos of every category that stands for something."""
    sets: dict[tuple[str, str], list[Labelled]] = {}
    for label in sorted(labels, key=lambda one: one.path.name):
        if group := group_of(label):
            sets.setdefault((group, label.category), []).append(label)
    chance = random.Random(seed)  # noqa: S311 - so that a run can be done again
    for (group, _), members in sorted(sets.items()):
        drawn = chance.sample(members, min(each, len(members)))
        for number, label in enumerate(drawn):
            yield Shown(source, label, group, number % _RARELY == 0)


def shared(folder: Path, each: int, seed: int) -> list[Shown]:
    """Return photos of a folder with a manifest."""
    return list(draw("shared", read_manifest(folder), each, seed))


def generated(folder: Path, each: int, seed: int, *, large: bool = False) -> list[Shown]:
    """Generate photos into a folder until every category has as many as wanted, if it can.

    Those that are `large` have the 8 to 12 megapixels of a phone.
    """
    rows: list[dict[str, Any]] = []
    made: Counter[str] = Counter()
    known: dict[str, str] = {}
    numbers = list(range(_POOL))
    random.Random(seed).shuffle(numbers)  # noqa: S311 - as above
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers if each else ():
        subject = SUBJECTS[number % len(SUBJECTS)].name
        category = known.get(subject)  # what it was the last time, it nearly always is
        if category and (category not in _CATEGORIES or made[category] >= each):
            continue
        name = f"{number:04d}_{subject}.jpg"
        studio, photo = _photographed(number, seed, large=large)
        rows.append(entry(name, studio, seed=seed, note=subject))
        known[subject] = studio.category()
        made[studio.category()] += 1
        (folder / name).write_bytes(photo)
    write_manifest(folder, rows)
    return list(draw("large" if large else "generated", read_manifest(folder), each, seed))


def generated_again(file: str, seed: int) -> bytes:
    """Return a generated photo that is not large once more, by the name that it had."""
    return _photographed(int(file[:4]), seed, large=False)[1]


def _photographed(number: int, seed: int, *, large: bool) -> tuple[Studio, bytes]:
    """Return the photo of that number as `fixtures.make` makes it with that seed."""
    rng = stream(seed, number)
    subject = SUBJECTS[number % len(SUBJECTS)]
    return photograph(subject, rng, frame(subject, rng, SIZES, 1.0 if large else _LARGE))


def shuffled(photos: Iterable[Shown], seed: int) -> list[Shown]:
    """Return the photos in an order that leaves every group alike when a run is cut short."""
    every = list(photos)
    random.Random(seed).shuffle(every)  # noqa: S311 - as above
    return every
