"""Lines of one text stand the same way up: a few of them are asked, and tell of all."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from phiscan.geometry import Box, Region
from phiscan.readers._direction import Directions
from phiscan.readers._line import Line

UPRIGHT, UNSURE, TURNED = 0.01, 0.55, 0.99


class Telling:
    """A network that finds a strip as likely to be on its head as the strip is bright."""

    lanes = 2

    def __init__(self, *, is_broken: bool = False) -> None:
        self.asked = 0
        self._score = math.nan if is_broken else 1.0

    def run(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        self.asked += 1
        turned = (float(batch[0, 0, 0, 0]) + 1) / 2
        return [np.array([[1 - turned, turned]], np.float32) * np.float32(self._score)]

    def metadata(self, key: str) -> str:
        return key


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def row(number: int, x: float = 0.0, width: float = 300.0) -> Line:
    return Line(Region.from_box(0, Box(x, 40.0 * number, x + width, 40.0 * number + 24)), 0.9)


def strip(odds: float, width: int = 300) -> NDArray[np.uint8]:
    return np.full((48, width, 3), round(255 * odds), np.uint8)


@pytest.mark.parametrize(
    ("said", "turned"),
    [
        pytest.param([TURNED] * 5 + [UPRIGHT] * 3, [True] * 8, id="the long lines tell"),
        pytest.param([UPRIGHT] * 5 + [TURNED] * 3, [False] * 8, id="they tell of upright ones too"),
        pytest.param(
            [TURNED, UPRIGHT, TURNED, UPRIGHT, UNSURE, TURNED, UPRIGHT, UNSURE],
            [True, False, True, False, False, True, False, False],
            id="two sheets in one: each for itself",
        ),
        pytest.param([TURNED, UPRIGHT], [True, False], id="too few to be a text"),
        pytest.param([math.nan] * 8, [False] * 8, id="a network that says nothing"),
        pytest.param([], [], id="no lines"),
    ],
)
def test_lines_of_one_text_stand_the_same_way_up(
    pool: ThreadPoolExecutor, said: list[float], turned: list[bool]
) -> None:
    lines = [row(number) for number in range(len(said))]
    strips = [
        strip(0 if math.isnan(odds) else odds, 400 - 20 * number)
        for number, odds in enumerate(said)
    ]
    network = Telling(is_broken=any(math.isnan(odds) for odds in said))
    assert Directions(network, pool).turned(lines, strips) == turned


def test_of_a_long_text_only_a_few_lines_are_asked(pool: ThreadPoolExecutor) -> None:
    network = Telling()
    lines = [row(number) for number in range(40)]
    assert all(Directions(network, pool).turned(lines, [strip(TURNED)] * 40))
    assert network.asked == 5


def test_texts_that_lie_apart_tell_only_of_themselves(pool: ThreadPoolExecutor) -> None:
    lines = [row(number) for number in range(8)] + [row(number, x=900) for number in range(8)]
    strips = [strip(TURNED)] * 8 + [strip(UPRIGHT)] * 8
    found = Directions(Telling(), pool).turned(lines, strips)
    assert found == [True] * 8 + [False] * 8


def test_a_line_that_runs_the_other_way_is_turned_the_other_way(pool: ThreadPoolExecutor) -> None:
    lines = [row(number) for number in range(8)]
    lines[6] = lines[6].turned()
    found = Directions(Telling(), pool).turned(lines, [strip(TURNED)] * 8)
    assert found == [True] * 6 + [False, True]


def test_a_line_across_the_others_tells_for_itself(pool: ThreadPoolExecutor) -> None:
    upright = Line(Region.from_box(0, Box(320, 0, 344, 300)), 0.9)
    corners = upright.region.corners
    spine = Line(Region(0, (corners[1], corners[2], corners[3], corners[0])), 0.9)
    lines = [*(row(number) for number in range(8)), spine]
    strips = [strip(TURNED)] * 8 + [strip(UPRIGHT)]
    assert Directions(Telling(), pool).turned(lines, strips) == [True] * 8 + [False]
