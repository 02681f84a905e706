from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from phiscan.readers._detection import _TILE, ROOM, _tiles, canvas_size, room_for


@pytest.mark.parametrize("shape", [(3, 60_000), (60_000, 3), (1, 1), (960, 960), (3000, 4000)])
def test_every_tile_is_small_for_the_network_and_all_cover_the_picture(
    shape: tuple[int, int],
) -> None:
    axis = 0 if shape[0] > shape[1] else 1
    tiles = _tiles(np.zeros((*shape, 3), np.uint8), axis)
    assert tiles[0][0] == 0
    assert tiles[-1][1] == shape[axis]
    assert all(before[1] >= after[0] for before, after in pairwise(tiles))
    for start, end in tiles:
        rows, columns = (end - start, shape[1]) if axis == 0 else (shape[0], end - start)
        height, width = canvas_size(rows, columns)
        assert height * width < 2 * _TILE  # what neighbours share comes on top


@pytest.mark.parametrize("size", [(1, 1), (128, 192), (900, 1500), (1504, 1504), (200, 4023)])
def test_tiles_of_what_may_choose_its_size_have_few_sizes(size: tuple[int, int]) -> None:
    shape = room_for(*size)
    assert all(0 <= a - b < step for a, b, step in zip(shape, size, ROOM, strict=True))
    axis = 0 if shape[0] > shape[1] else 1
    tiles = _tiles(np.zeros((*shape, 3), np.uint8), axis, ROOM[axis])
    assert (tiles[0][0], tiles[-1][1]) == (0, shape[axis])
    assert all(before[1] >= after[0] for before, after in pairwise(tiles))
    assert {(end - start) % ROOM[axis] for start, end in tiles} == {0}
    assert all((end - start) * shape[1 - axis] < 1.2 * _TILE for start, end in tiles)
