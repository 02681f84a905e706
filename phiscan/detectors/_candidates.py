"""Candidates for a face, and which of them are one face."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from phiscan.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SAME = 0.3
"""Overlap (intersection over union) from which two answers are one face."""


class Candidate(NamedTuple):
    """One answer of a face finder, in pixels of the upright frame."""

    score: float
    box: Box


def merge(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return one candidate for each face, the surest, in falling order of score."""
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: -c.score):
        if not any(_one_face(candidate.box, other.box) for other in kept):
            kept.append(candidate)
    return kept


def covered(agreed: Sequence[Candidate], candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return what `merge` counted to a face of `agreed` although it may be another face.

    A box in a larger one is most often the same face seen twice, and as long as both are blocked
    nothing depends on it. Beside a face that may be shown it does: somebody behind a shoulder, or
    reflected in glasses. Of 335 faces on shared photos, 4 have such a box.
    """
    boxes = [face.box for face in agreed]
    return merge(
        candidate
        for candidate in candidates
        if any(_nested(candidate.box, box) for box in boxes)
        and not any(candidate.box.iou(box) > _SAME for box in boxes)
    )


def _one_face(box: Box, other: Box) -> bool:
    """Return whether two boxes show one face: they overlap much, or one lies in the other."""
    return _nested(box, other) or box.iou(other) > _SAME


def _nested(box: Box, other: Box) -> bool:
    """Return whether most of one box lies in the other."""
    return box.overlap(other) > 0.7 * min(box.area, other.area)
