"""Which faces are those of people on the list: a near match is no match."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from phiscan.consent.people import Encoding, Person

THRESHOLD = 0.4
SAME_PERSON = 0.6


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
