"""Logistic regression with a penalty on large weights, by Newton's method."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_STEPS, _FOLDS = 25, 6

Case = TypeVar("Case")

Weights = NDArray[np.float64]


def logistic(
    clues: NDArray[np.float64],
    right: NDArray[np.bool_],
    share: NDArray[np.float64],
    penalty: float,
) -> Weights:
    """Return the weight of no clue at all, then that of each clue.

    `clues` has a row per case and a column per clue, `right` says of each case whether it is one,
    and `share` how much it counts. The penalty is on weights of clues brought to the same spread.
    """
    middle, spread = np.average(clues, axis=0, weights=share), clues.std(axis=0) + 1e-6
    known = np.c_[np.ones(len(clues)), (clues - middle) / spread]
    held = np.eye(known.shape[1]) * penalty
    held[0, 0] = 0.0
    weights: Weights = np.zeros(known.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-known @ weights))
        bend = known.T @ (known * (share * likely * (1 - likely))[:, None]) + held
        weights += np.linalg.solve(bend, known.T @ (share * (right - likely)) - held @ weights)
    plain = weights[1:] / spread
    return np.array([weights[0] - float(middle @ plain), *plain])


def taught_by_others(
    cases: Sequence[Case], fit: Callable[[Sequence[Case]], Weights]
) -> Iterator[tuple[Case, Weights]]:
    """Yield each case with the weights that fit those of the other folds, of six."""
    fold = np.random.default_rng(0).permutation(len(cases)) % _FOLDS
    for number in range(_FOLDS):
        weights = fit([case for case, own in zip(cases, fold, strict=True) if own != number])
        for case, own in zip(cases, fold, strict=True):
            if own == number:
                yield case, weights
