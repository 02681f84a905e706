"""Which way up numbers are: 08-56-98 is as readable as 86-95-80, and what is near it knows.

Lines of letters tell by their score when they were read the wrong way up. Numbers do not; but they
stand the same way up as the words beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phiscan.readers._recognition import mean_score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from phiscan.readers._line import Line
    from phiscan.text import Word

    Vector = NDArray[np.float64]

_SURE = 0.8
"""Mean score from which a line of letters is taken as read the right way up."""
_LETTERS = 3
"""Letters that a line has at least, to tell the others which way is up."""
_PARALLEL = 0.95
"""Cosine of the angle, 18 degrees, up to which lines belong to one text."""
_NEAR = 25.0
"""Thicknesses of a line within which others belong to its text."""
_WITNESSES, _AGREED = 8, 0.8
"""Letters near a number that must tell which way is up, and the part of them that must agree. With
them 116 of 121 lines of 20 px and more are read in 20 generated photos, 113 without (seeds 911 and
912 of benchmarks.reading), and none was lost."""


def overruled(lines: Sequence[Line], words: Mapping[Line, Sequence[Word]]) -> dict[Line, Vector]:
    """Return the numbers that stand on their head by what is near, with the way they should run."""
    read = [line for line in lines if words[line]]
    ways = {line: _way(words[line]) for line in read}
    letters = {line: _letters(words[line]) for line in read}
    witnesses = [line for line in read if letters[line] >= _LETTERS]
    if not witnesses:
        return {}
    centres = np.array([line.region.centre for line in witnesses])
    directions = np.array([ways[line] for line in witnesses])
    weights = np.array([float(letters[line]) for line in witnesses])
    turned = {}
    for line in read:
        if not _is_number(words[line]):
            continue
        along = directions @ ways[line]
        reach = _NEAR * max(line.region.thickness, 1.0) + line.region.length
        near = np.linalg.norm(centres - np.array(line.region.centre), axis=1) < reach
        votes = weights * near * (np.abs(along) > _PARALLEL)
        against = float(votes[along < 0].sum())
        if votes.sum() >= _WITNESSES and against > _AGREED * votes.sum():
            turned[line] = -ways[line]
    return turned


def _way(words: Sequence[Word]) -> Vector:
    """Return the direction from the first word's start to the last one's end, of length 1."""
    first, last = np.array(words[0].region.corners), np.array(words[-1].region.corners)
    way = (last[1] + last[2] - first[0] - first[3]) / 2
    length = float(np.linalg.norm(way))
    found: Vector = way / max(length, 1e-6)
    return found


def _letters(words: Sequence[Word]) -> int:
    """Return how many letters a line has that was surely read; 0 for numbers."""
    if mean_score(words) < _SURE or _is_number(words):
        return 0
    return sum(char.isalpha() for word in words for char in word.text)


def _is_number(words: Sequence[Word]) -> bool:
    """Return whether a line has no more letters than digits, and digits at all."""
    text = "".join(word.text for word in words)
    digits = sum(char.isdigit() for char in text)
    return digits > 0 and digits >= sum(char.isalpha() for char in text)
