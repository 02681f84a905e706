"""Pairs of boxes that lie close, and what they connect."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiscan.geometry import Box
from phiscan.grouping import close_pairs, connected

ROW = [Box(0, 0, 10, 10), Box(15, 0, 25, 10), Box(15, 16, 25, 26), Box(90, 90, 95, 95)]


@pytest.mark.parametrize(
    ("reach", "pairs"),
    [
        pytest.param(4.9, [], id="all apart"),
        pytest.param(5.0, [(1, 0)], id="a gap that is just bridged"),
        pytest.param(6.0, [(1, 0), (2, 0), (2, 1)], id="the larger of both gaps counts"),
        pytest.param(500.0, [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)], id="all close"),
    ],
)
def test_pairs_of_close_boxes(reach: float, pairs: list[tuple[int, int]]) -> None:
    assert close_pairs(ROW, [0] * 4, reach) == pairs


def test_boxes_of_two_frames_are_never_close() -> None:
    assert close_pairs(ROW[:2], [0, 1], 500.0) == []


def test_each_pair_may_have_a_reach_of_its_own() -> None:
    reach = np.array([[0, 5, 0, 0], [5, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    assert close_pairs(ROW, [0] * 4, reach) == [(1, 0)]


def test_no_boxes_have_no_pairs() -> None:
    assert close_pairs([], [], 5.0) == []
    assert connected(0, []) == []


def test_a_chain_is_one_group_and_the_rest_stay_alone() -> None:
    assert connected(6, [(4, 2), (0, 2)]) == [[0, 2, 4], [1], [3], [5]]


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=40))
def test_everything_is_in_one_group_with_whatever_it_is_paired_with(
    pairs: list[tuple[int, int]],
) -> None:
    groups = connected(20, pairs)
    assert sorted(number for group in groups for number in group) == list(range(20))
    home = {number: place for place, group in enumerate(groups) for number in group}
    assert all(home[i] == home[j] for i, j in pairs)
