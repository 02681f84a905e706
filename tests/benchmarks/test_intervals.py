from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.intervals import Share


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        (64, 64, 0.9434, 1.0),  # the rule of three's example, research/peers.md 4.4
        (0, 10, 0.0, 0.2775),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I, method 3
    ],
)
def test_known_intervals(hits: int, total: int, low: float, high: float) -> None:
    assert Share(hits, total).interval == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_in_its_interval(share: tuple[int, int]) -> None:
    hits, total = share
    low, high = Share(hits, total).interval
    assert 0 <= low <= hits / total + 1e-9
    assert hits / total - 1e-9 <= high <= 1


def test_nothing_measured_is_anything_possible() -> None:
    assert Share(0, 0).interval == (0.0, 1.0)
