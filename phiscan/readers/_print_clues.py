"""Whether a part of a picture holds print: what two networks say of it, added up.

The network for small print takes leaves, fur and weave for print now and then; the detector's
coarse look stays cold there, and is the least bit warm on print that it is far too small for.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phiscan.readers._detection import Heat
    from phiscan.readers._places import Places

_LIKELY = 0.35
"""Likelihood of print from which a square counts."""
_SIXTH, _FOURTH = 5, 3
"""Places, from 0, of a square's likelihood and warmth among those of its zone: of one letter, or
one knot in wood, fewer squares are likely."""
_LEAST, _MOST = 0.0001, 0.999
"""Between what likelihoods and warmths are told apart."""
_FINE = 4
"""Samples of a heat map along each side of a square."""


class Clues(NamedTuple):
    """What speaks for print in a zone of squares (CELL pixels).

    `likely` is the logarithm of the number of likely squares and one more, `sixth` the logarithm of
    the odds of the sixth likeliest, `size` the logarithm of the number of all; `hottest` and
    `fourth` are logarithms of the warmth of two squares, by their order; `gain` is the logarithm of
    how much closer the second look is.
    """

    likely: float
    sixth: float
    size: float
    hottest: float
    fourth: float
    gain: float


UNKNOWN = Clues(0, 0, 0, 0, 0, 0)
_START = -3.18
_WEIGHTS = Clues(1.0, 0.03, -0.75, 0.34, 0.26, 3.54)
"""Logistic regression on the zones of 120 generated photos and of 89 of the shared clean folders,
when zones had two likely squares at least (benchmarks.text_zones fits it): words that the coarse
look had not read were read in 534 of 766 zones of the former."""


def warmth_of(heat: Heat, places: Places) -> NDArray[np.float32]:
    """Return for each square how hot the coarse look's heat map is there at most, 0 to 1."""
    rows, columns = places.shape[:2]
    fine = cv2.resize(heat, (columns * _FINE, rows * _FINE), interpolation=cv2.INTER_AREA)
    warmth: NDArray[np.float32] = fine.reshape(rows, _FINE, columns, _FINE).max(axis=(1, 3))
    return warmth


def clues_of(likely: NDArray[np.float32], warmth: NDArray[np.float32], gain: float) -> Clues:
    """Return the clues of a zone: of each of its squares the likelihood, of likely ones warmth."""
    return Clues(
        likely=math.log1p(np.count_nonzero(likely > _LIKELY)),
        sixth=math.log(_nth(likely, _SIXTH) / (1 - _nth(likely, _SIXTH))),
        size=math.log(likely.size),
        hottest=math.log(_nth(warmth, 0)),
        fourth=math.log(_nth(warmth, _FOURTH)),
        gain=math.log(gain),
    )


def evidence(clues: Clues) -> float:
    """Return what speaks for print, in logarithms of odds."""
    return _START + sum(weight * clue for weight, clue in zip(_WEIGHTS, clues, strict=True))


def _nth(values: NDArray[np.float32], place: int) -> float:
    """Return the value at a place, from 0, when the largest stand first; the least if too few."""
    if values.size <= place:
        return _LEAST
    value = float(np.partition(values, values.size - 1 - place)[values.size - 1 - place])
    return min(max(value, _LEAST), _MOST)
