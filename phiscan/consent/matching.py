"""Which faces are those of people on the list: a near match is no match."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from phiscan.consent.people import Encoding, Person

THRESHOLD = 0.4
"""Distance up to which a face is that of a person.

dlib's author names 0.6 (99.38 % right on Labeled Faces in the Wild), which is far too lax here: of
10,503 pairs of strangers on the shared photos it accepts 76, while 0.45 accepts 1 and 0.4 none. The
nearest pair, two children side by side, is at 0.424, the next at 0.455 (benchmarks.consent).
"""
SAME_PERSON = 0.6
"""Distance beyond which two photos show two people, as dlib's author has it: of 60 pairs of photos
of one person, years apart, none is further apart (0.584 at most)."""


def distance(face: Encoding, person: Person) -> float:
    """Return how far a face is from a person: from the middle of their enrolled photos."""
    return math.dist(face, middle(person.encodings))


def middle(encodings: Sequence[Encoding]) -> Encoding:
    """Return the point in the middle of several photos of one person."""
    return tuple(math.fsum(numbers) / len(encodings) for numbers in zip(*encodings, strict=True))


def matches(faces: Sequence[Encoding | None], people: Iterable[Person]) -> list[bool]:
    """Return for each face on one picture whether it is that of one of `people`.

    Of two faces on a picture that match the same person, only the nearer one does: at least one of
    them is somebody else, or hangs on the wall.
    """
    found = [False] * len(faces)
    for person in people:
        near = [
            (distance(face, person), index) for index, face in enumerate(faces) if face is not None
        ]
        nearest, index = min(near, default=(math.inf, -1))
        if nearest <= THRESHOLD:
            found[index] = True
    return found
