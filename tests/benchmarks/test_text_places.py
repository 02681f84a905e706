from __future__ import annotations

import numpy as np
import pytest

from benchmarks.text_places import Looks, looks_at
from phiscan.readers._places import CELL

ROWS, COLUMNS = 60, 80
FRAME = ROWS * CELL, COLUMNS * CELL


@pytest.mark.parametrize(
    ("seen", "found"),
    [((slice(10, 14), slice(10, 30)), 1), ((slice(40, 44), slice(50, 70)), 0), ((0, 0), 0)],
)
def test_a_piece_of_print_counts_where_a_zone_holds_it(
    seen: tuple[slice | int, slice | int], found: int
) -> None:
    label = np.zeros((ROWS, COLUMNS), np.uint8)
    label[10:14, 10:30] = 2
    places = np.zeros((ROWS, COLUMNS, 3), np.float32)
    places[(*seen, 1)] = 0.9
    looks = looks_at(places, label, FRAME)
    assert (looks.found, looks.pieces) == (found, 1)
    assert (looks.pixels > 0) == (seen != (0, 0))


def test_large_and_unknown_print_is_no_piece_and_pieces_apart_are_two() -> None:
    label = np.zeros((ROWS, COLUMNS), np.uint8)
    label[5:8, 5:9], label[30:33, 5:9], label[30:33, 40:50], label[50:52, 4:8] = 1, 3, 4, 255
    assert looks_at(np.zeros((ROWS, COLUMNS, 3), np.float32), label, FRAME) == Looks(0, 2, 0.0)


def test_photos_add_up() -> None:
    assert Looks(1, 2, 3.0) + Looks(4, 5, 6.0) == Looks(5, 7, 9.0)
