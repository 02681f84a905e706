"""What two networks say of a zone, and what that adds up to."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from phiscan.readers._print_clues import clues_of, evidence, warmth_of


def squares(*values: float, count: int = 60) -> NDArray[np.float32]:
    return np.array([*values, *[0.01] * (count - len(values))], np.float32)


@pytest.mark.parametrize("shape", [(40, 60), (44, 66), (160, 240), (4, 7)])
def test_each_square_is_as_warm_as_its_hottest_part(shape: tuple[int, int]) -> None:
    """Of a coarse look, of one at the picture's own size, and of one far smaller."""
    heat = np.full(shape, 0.01, np.float32)
    rows, columns = 10, 15
    heat[: max(shape[0] // rows, 1), : max(shape[1] // columns, 1)] = 0.9
    warmth = warmth_of(heat, np.zeros((rows, columns, 3), np.float32))
    assert warmth.shape == (rows, columns)
    assert warmth[0, 0] == pytest.approx(0.9, abs=0.05)
    assert warmth[5:, 8:].max() == pytest.approx(0.01, abs=0.01)


def test_more_likely_squares_and_warmer_ones_speak_for_print() -> None:
    few = clues_of(squares(0.5, 0.5), squares(0.02, 0.02), gain=5.0)
    many = clues_of(squares(*[0.5] * 12), squares(0.02, 0.02), gain=5.0)
    warm = clues_of(squares(0.5, 0.5), squares(*[0.6] * 12), gain=5.0)
    assert evidence(few) < evidence(many)
    assert evidence(few) < evidence(warm)


def test_print_is_told_from_leaves() -> None:
    """Six lines of print of 12 px, and a bush: both as likely to the network for small print."""
    lines = clues_of(squares(*[0.6] * 20), squares(*[0.3] * 20), gain=7.0)
    leaves = clues_of(squares(*[0.4] * 3, count=200), squares(*[0.001] * 3), gain=5.0)
    assert evidence(leaves) < -2 < 0 < evidence(lines)


@pytest.mark.parametrize("count", [1, 2, 6])
def test_a_zone_of_few_squares_has_clues(count: int) -> None:
    clues = clues_of(squares(count=count), squares(count=count), gain=1.3)
    assert np.isfinite(clues).all()
    assert np.isfinite(evidence(clues))


def test_warmth_outside_0_to_1_does_not_break_the_sum() -> None:
    odd = np.array([-0.1, 0.0, 1.0, 1.1], np.float32)
    assert np.isfinite(evidence(clues_of(odd, odd, gain=2.0)))
