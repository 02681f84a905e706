"""Find which of many boxes lie close together, and what hangs together by such pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from phiscan.geometry import Box


def close_pairs(
    boxes: Sequence[Box], frames: Sequence[int], reach: ArrayLike
) -> list[tuple[int, int]]:
    """Return the pairs (i, j), j < i, of boxes of one frame with at most `reach` between them.

    The gap is the larger of the two across and down, in pixels, as `reach` is: one number, or one
    for each pair as a square. All pairs are looked at in one go, for of the thousand lines of a
    crowded photo few are neighbours.
    """
    import numpy as np  # `phiscan` is imported faster without it

    if not boxes:
        return []
    low = np.array([(box.x0, box.y0) for box in boxes])
    high = np.array([(box.x1, box.y1) for box in boxes])
    gap = np.maximum(low[:, None] - high[None], low[None] - high[:, None]).max(axis=2)
    frame = np.array(frames)
    close: NDArray[np.bool_] = (gap <= reach) & (frame[:, None] == frame[None])
    return [(i, j) for i, j in np.argwhere(np.tril(close, -1)).tolist()]


def connected(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the numbers below `count` in groups that the pairs connect, each in rising order."""
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j in pairs:
        parent[root(i)] = root(j)
    groups: dict[int, list[int]] = {}
    for i in range(count):
        groups.setdefault(root(i), []).append(i)
    return list(groups.values())
