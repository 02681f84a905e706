"""Logistic regression with a penalty on large weights, by Newton's method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STEPS = 25

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
