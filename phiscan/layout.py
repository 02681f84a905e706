"""Put the words of a photo into reading order."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from phiscan.geometry import Box, Region, enclosing
from phiscan.grouping import close_pairs, connected
from phiscan.text import Cell, Text, Word
from phiscan.traces import Traces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CELL_GAP = 1.0
"""Gap between words, in line heights, from which they are two cells: PP-OCR's boxes are about 1.3
times the letter height, and a blank is at most 0.6 of it."""
_LINE_GAP = 25.0
"""Gap, in line heights, up to which cells make one line: patient lists on a 1920 px screen leave
up to 300 px between columns of 14 px text."""
_REACH = 2.0
"""Empty space between lines, in line heights, from which the lines belong to two blocks."""
_BLOCK_TURN = math.radians(12)
"""How far lines of one block may be turned against each other: on one sheet, perspective turns
neighbouring lines by a degree or two, and another sheet hardly lies as straight."""
_FAR, _ALIKE = 3.0, 1.6
"""Gap in line heights from which two cells make one line only if they are about as high, and by how
much one may be higher: of another sheet's lines, some is always level."""
_SURE_LENGTH = 2.0
"""Length of a line over its height from which its direction is sure."""

Chain = list[int]


def arrange(read: Iterable[Word | Traces]) -> Text:
    """Return the words of a photo in reading order, with cells, lines and blocks."""
    words: list[Word] = []
    traces: list[Traces] = []
    for each in read:
        if isinstance(each, Traces):
            traces.append(each)
        else:
            words.append(each)
    if not words:
        return Text(traces=tuple(traces))
    lines = [_split(line, words) for line in _lines(words)]
    return replace(_write(words, _ordered_blocks(lines, words)), traces=tuple(traces))


def _lines(words: Sequence[Word]) -> list[Chain]:
    """Chain each word to the nearest one on its right when each is the other's nearest.

    Ends that are left over are chained once more where hardly a blank parts them: of two pieces of
    a line that overlap, the comma that was read twice is the nearer one to both sides.
    """
    import numpy as np

    dx, reachable = _steps_right(words)
    follower = _nearest_pairs(np.where(reachable, dx, np.inf))
    height = np.array([word.region.thickness for word in words])
    close = reachable & (dx < _CELL_GAP * np.minimum(height[:, None], height[None, :]))
    close[list(follower)] = False
    close[:, list(follower.values())] = False
    follower |= _nearest_pairs(np.where(close, dx, np.inf))
    heads = set(range(len(words))) - set(follower.values())
    chains, seen = [], set[int]()
    for start in [*sorted(heads), *range(len(words))]:
        chain: Chain = []
        current: int | None = start
        while current is not None and current not in seen:
            seen.add(current)
            chain.append(current)
            current = follower.get(current)
        if chain:
            chains.append(chain)
    return chains


def _nearest_pairs(cost: NDArray[np.float64]) -> dict[int, int]:
    """Return for each row its cheapest column, where that row is the column's cheapest, too."""
    import numpy as np

    right, left = cost.argmin(axis=1).tolist(), cost.argmin(axis=0).tolist()
    return {i: j for i, j in enumerate(right) if left[j] == i and np.isfinite(cost[i, j])}


def _steps_right(
    words: Sequence[Word],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return for each pair how far the second starts after the first ends, and if it may follow."""
    import numpy as np

    corners = np.array([w.region.corners for w in words], dtype=np.float64)
    start = (corners[:, 0] + corners[:, 3]) / 2
    end = (corners[:, 1] + corners[:, 2]) / 2
    height = np.maximum(np.array([w.region.thickness for w in words]), 1e-6)
    angle = np.array([w.region.angle for w in words])
    frame = np.array([w.region.frame for w in words])
    step = start[None, :, :] - end[:, None, :]
    mean = (height[:, None] + height[None, :]) / 2
    cos, sin = np.cos(angle), np.sin(angle)
    along = step[..., 0] * cos[:, None] + step[..., 1] * sin[:, None]
    # A line seen in perspective is slightly bent: take the smaller of the offsets that the first
    # word's direction and the second word's direction predict.
    off_first = np.abs(step[..., 1] * cos[:, None] - step[..., 0] * sin[:, None])
    off_second = np.abs(step[..., 1] * cos[None, :] - step[..., 0] * sin[None, :])
    turn = np.abs((angle[:, None] - angle[None, :] + math.pi) % (2 * math.pi) - math.pi)
    ratio = height[:, None] / height[None, :]
    alike = (ratio < _ALIKE) & (ratio > 1 / _ALIKE)
    allowed = (
        (frame[:, None] == frame[None, :])
        & (alike | (along < _FAR * mean))
        & (turn < math.radians(15))
        & (ratio > 0.45)
        & (ratio < 2.2)
        & (along > -0.6 * mean)
        & (along < _LINE_GAP * mean)
        & (np.minimum(off_first, off_second) < 0.5 * mean)
    )
    np.fill_diagonal(allowed, val=False)
    return along, allowed


def _split(chain: Chain, words: Sequence[Word]) -> list[Chain]:
    """Split a line into cells where the gap is wide."""
    cells: list[Chain] = [[chain[0]]]
    for before, after in pairwise(chain):
        a, b = words[before].region, words[after].region
        height = (a.thickness + b.thickness) / 2
        end = (a.corners[1][0] + a.corners[2][0]) / 2, (a.corners[1][1] + a.corners[2][1]) / 2
        start = (b.corners[0][0] + b.corners[3][0]) / 2, (b.corners[0][1] + b.corners[3][1]) / 2
        along = (start[0] - end[0]) * math.cos(a.angle) + (start[1] - end[1]) * math.sin(a.angle)
        if along > _CELL_GAP * height:
            cells.append([after])
        else:
            cells[-1].append(after)
    return cells


def _ordered_blocks(lines: list[list[Chain]], words: Sequence[Word]) -> list[list[list[Chain]]]:
    """Group lines that lie close together, blocks from the top left, lines from top to bottom."""
    placed = [_placed(line, words) for line in lines]
    blocks = []
    for group in connected(len(lines), _neighbours(placed)):
        angle = _direction(word.region for i in group for word in _words_of(lines[i], words))
        blocks.append(sorted(group, key=lambda i: _depth(lines[i], angle, words)))
    blocks.sort(
        key=lambda g: (
            placed[g[0]].frame,
            min(placed[i].box.y0 for i in g),
            min(placed[i].box.x0 for i in g),
        )
    )
    return [[lines[i] for i in block] for block in blocks]


class _Placed(NamedTuple):
    """Where a line lies: its upright box, its height, its direction where that is sure.

    `cells` are the boxes of those cells whose direction is sure, all of them where none is: the
    number of a line on another sheet may be level with this one by chance.
    """

    box: Box
    cells: list[Box]
    height: float
    angle: float | None
    frame: int


def _placed(line: list[Chain], words: Sequence[Word]) -> _Placed:
    regions = [word.region for word in _words_of(line, words)]
    height = statistics.median(region.thickness for region in regions)
    is_long = sum(region.length for region in regions) > _SURE_LENGTH * height
    angle = _direction(regions) if is_long else None
    cells = [[words[i].region for i in cell] for cell in line]
    sure = [cell for cell in cells if sum(each.length for each in cell) > _SURE_LENGTH * height]
    boxes = [enclosing(each.box for each in cell) for cell in sure or cells]
    return _Placed(enclosing(each.box for each in regions), boxes, height, angle, regions[0].frame)


def _words_of(line: list[Chain], words: Sequence[Word]) -> list[Word]:
    return [words[i] for cell in line for i in cell]


def _direction(regions: Iterable[Region]) -> float:
    """Return where text points, in radians: a long word says more of it than a short one."""
    sides = [(region.angle, region.length) for region in regions]
    across = sum(math.cos(angle) * length for angle, length in sides)
    return math.atan2(sum(math.sin(angle) * length for angle, length in sides), across)


def _neighbours(lines: Sequence[_Placed]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of lines that belong to one block: close together, and of one direction.

    A line too short to have one goes with its nearest neighbour only: a page number between a card
    and a menu does not make them one.
    """
    import numpy as np

    nearest: dict[int, tuple[float, int]] = {}
    heights = np.array([line.height for line in lines])
    reach = _REACH * np.minimum(heights[:, None], heights[None])
    boxes, frames = [line.box for line in lines], [line.frame for line in lines]
    for i, j in close_pairs(boxes, frames, reach):
        one, other = lines[i], lines[j]
        gap = min(max(a.gap(b)) for a in one.cells for b in other.cells)
        if gap > _REACH * min(one.height, other.height):
            continue
        if one.angle is not None and other.angle is not None:
            if abs(math.remainder(one.angle - other.angle, math.tau)) < _BLOCK_TURN:
                yield i, j
            continue
        for short, beside in ((i, j), (j, i)):
            if lines[short].angle is None:
                nearest[short] = min(nearest.get(short, (math.inf, 0)), (gap, beside))
    yield from ((short, beside) for short, (_, beside) in nearest.items())


def _depth(line: list[Chain], angle: float, words: Sequence[Word]) -> tuple[float, float]:
    """Return how far down and right a line starts, seen along a direction."""
    corners = words[line[0][0]].region.corners
    x, y = (corners[0][0] + corners[3][0]) / 2, (corners[0][1] + corners[3][1]) / 2
    return y * math.cos(angle) - x * math.sin(angle), x * math.cos(angle) + y * math.sin(angle)


def _write(words: Sequence[Word], blocks: list[list[list[Chain]]]) -> Text:
    """Write the flow and note where each word and cell stands in it."""
    pieces: list[str] = []
    ordered: list[Word] = []
    spans: list[tuple[int, int]] = []
    cells: list[Cell] = []
    offset = line_number = 0
    for block_number, block in enumerate(blocks):
        for line in block:
            for cell in line:
                cell_start = offset
                for index in cell:
                    word = words[index]
                    spans.append((offset, offset + len(word.text)))
                    ordered.append(word)
                    pieces += [word.text, " "]
                    offset += len(word.text) + 1
                region = words[cell[0]].region.join(words[cell[-1]].region)
                cells.append(Cell(cell_start, offset - 1, line_number, block_number, region))
                pieces[-1] = "\t"
            pieces[-1] = "\n"
            line_number += 1
        pieces.append("\n")
        offset += 1
    return Text(tuple(ordered), tuple(spans), tuple(cells), "".join(pieces).rstrip("\n"))
