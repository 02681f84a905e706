"""Put the words of a photo into reading order."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from phiscan.geometry import enclosing
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
_BLOCK_GAP = 1.6
"""Empty space between lines, in line heights, from which the lines belong to two blocks."""

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
    """Chain each word to the nearest one on its right when each is the other's nearest."""
    import numpy as np

    dx, reachable = _steps_right(words)
    cost = np.where(reachable, dx, np.inf)
    if len(words) == 1:
        return [[0]]
    right, left = cost.argmin(axis=1), cost.argmin(axis=0)
    follower = {
        i: int(right[i])
        for i in range(len(words))
        if np.isfinite(cost[i, right[i]]) and left[right[i]] == i
    }
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
    allowed = (
        (frame[:, None] == frame[None, :])
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
    boxes = [enclosing(words[i].region.box for cell in line for i in cell) for line in lines]
    heights = [
        statistics.median(words[i].region.thickness for c in line for i in c) for line in lines
    ]
    frames = [words[line[0][0]].region.frame for line in lines]
    parent = list(range(len(lines)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i in range(len(lines)):
        for j in range(i):
            reach = _BLOCK_GAP * min(heights[i], heights[j]) * 1.25
            gap = boxes[i].gap(boxes[j])
            if frames[i] == frames[j] and gap[0] <= reach and gap[1] <= reach:
                parent[root(i)] = root(j)
    groups: dict[int, list[int]] = {}
    for i in range(len(lines)):
        groups.setdefault(root(i), []).append(i)
    blocks = [
        sorted(group, key=lambda i: _depth(lines[i], lines[group[0]], words))
        for group in groups.values()
    ]
    blocks.sort(
        key=lambda g: (frames[g[0]], min(boxes[i].y0 for i in g), min(boxes[i].x0 for i in g))
    )
    return [[lines[i] for i in block] for block in blocks]


def _depth(line: list[Chain], guide: list[Chain], words: Sequence[Word]) -> tuple[float, float]:
    """Return how far down and right a line starts, seen along the `guide` line's direction."""
    angle = words[guide[0][0]].region.angle
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
