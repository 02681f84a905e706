"""Decide whether an engine read what stands at a place."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phiscan.geometry import Region

if TYPE_CHECKING:
    from benchmarks._reading_engines import Piece
    from benchmarks._reading_truth import Value

_PLAIN = str.maketrans("łø\N{LATIN SMALL LETTER DOTLESS I}", "loi")
"""Letters of the invented names that do not come apart into a letter and an accent."""
_TWINS = str.maketrans({"i": "l", "1": "l", "0": "o"})
"""In names and streets, letters and digits that many typefaces draw alike count as one."""
_LETTERS = frozenset({"name", "address"})
_SAME_PLACE = 0.3
"""Shared area over the smaller one's from which a piece may belong to a value."""
_LETTER, _WHOLE = 3.0, 0.8
"""Sides of a piece with one letter over the height of its line at most, and the part of the line's
height that it covers."""
_SAME_STRETCH = 0.6
"""Shared length over the shorter one's from which two pieces repeat each other."""


def similarity(value: Value, pieces: Sequence[Piece]) -> float:
    """Return how much of the value was read at its place, 0 to 1; 1 means every character.

    Case, accents, blanks and punctuation do not count. What stands around the value on its line is
    no error; what was read into it is.
    """
    wanted = plain(value.text, value.kind)
    there = _readings(value.region, near(value, pieces))
    readings = (plain(text, value.kind) for text in there)
    best = min((distance(wanted, reading) for reading in readings), default=len(wanted))
    return max(1 - best / len(wanted), 0.0) if wanted else 0.0


def near(value: Value, pieces: Sequence[Piece]) -> list[Piece]:
    """Return what was read at a value's place."""
    place = value.region
    return [
        piece
        for piece in pieces
        if on_line(piece.region, place) or _is_letter_on(piece.region, place)
    ]


def plain(text: str, kind: str = "") -> str:
    """Return the letters and digits of a text, small and without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    bare = "".join(char for char in parts if char.isalnum())
    return bare.translate(_TWINS) if kind in _LETTERS else bare


def distance(wanted: str, text: str) -> int:
    """Return the fewest edits that turn some stretch of `text` into `wanted` (Sellers 1980)."""
    costs = list(range(len(wanted) + 1))
    best = costs[-1]
    for char in text:
        before, costs[0] = 0, 0
        for i, own in enumerate(wanted, 1):
            before, costs[i] = costs[i], min(before + (own != char), costs[i] + 1, costs[i - 1] + 1)
        best = min(best, costs[-1])
    return best


def overlaps(one: Region, other: Region) -> bool:
    """Return whether two quadrilaterals share a good part of the smaller one."""
    if one.box.overlap(other.box) <= 0:
        return False
    a, b = (np.asarray(region.corners, np.float32) for region in (one, other))
    shared, _ = cv2.intersectConvexConvex(a, b)
    smaller = min(cv2.contourArea(a), cv2.contourArea(b))
    return float(shared) >= _SAME_PLACE * max(smaller, 1e-6)


def on_line(piece: Region, line: Region) -> bool:
    """Return whether a piece of text stands on a line, by the middle of both.

    Readers draw boxes up to three times as high as letters: the higher one counts as high as the
    other.
    """
    high = min(piece.thickness, line.thickness)
    return overlaps(_slim(piece, high), _slim(line, high))


def _slim(region: Region, thickness: float) -> Region:
    """Return a quadrilateral no higher than `thickness`, with its middle where it was."""
    if region.thickness <= thickness or len(region.corners) != 4:
        return region
    corners = np.asarray(region.corners)
    middle = (corners + corners[::-1]) / 2
    slim = middle + (corners - middle) * (thickness / region.thickness)
    return Region(region.frame, tuple((x, y) for x, y in slim.tolist()))


def _is_letter_on(piece: Region, place: Region) -> bool:
    """Return whether a piece as short as a letter stands on a line.

    Readers draw boxes up to three times as high as letters, and the last one on a line has its
    margin, too: of the box of a last initial next to nothing may lie on the line.
    """
    high = place.thickness
    if piece.length > _LETTER * high or piece.thickness > _LETTER * high:
        return False
    corners = np.asarray(place.corners)
    way = (corners[1] - corners[0]) / max(place.length, 1e-6)
    seen = np.asarray(piece.corners) - corners[0]
    along, across = seen @ way, seen @ np.array((-way[1], way[0]))
    stretch = min(along.max(), place.length) - max(along.min(), 0.0)
    depth = min(across.max(), high) - max(across.min(), 0.0)
    return bool(stretch > 0 and depth >= _WHOLE * high)


def _readings(place: Region, pieces: Sequence[Piece]) -> Iterator[str]:
    """Yield every piece alone, and all of them in the reading direction of a place."""
    yield from (piece.text for piece in pieces)
    (x0, y0), (x1, y1) = place.corners[0], place.corners[1]
    way = np.array((x1 - x0, y1 - y0)) / max(np.hypot(x1 - x0, y1 - y0), 1e-6)
    kept: list[tuple[float, float, str]] = []
    for piece in sorted(pieces, key=lambda piece: -len(piece.text)):
        along = np.asarray(piece.region.corners) @ way
        start, end = float(along.min()), float(along.max())
        if not any(
            min(end, b) - max(start, a) > _SAME_STRETCH * min(end - start, b - a)
            for a, b, _ in kept
        ):
            kept.append((start, end, piece.text))
    yield "".join(text for _, _, text in sorted(kept))
