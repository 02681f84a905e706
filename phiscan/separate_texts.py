"""Tell apart the texts of things that lie side by side in a photo.

Beside a list of patients may lie a menu and hang a poster: what they say is no evidence about the
list. Each thing's text is read by itself as well.
"""

from __future__ import annotations

import math
import statistics
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from phiscan.geometry import Box, enclosing
from phiscan.grouping import close_pairs, connected
from phiscan.layout import arrange

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from phiscan.text import Cell, Text

_GAP = 5.0
"""Empty space between two blocks of text, in heights of the larger one's lines, up to which they
belong to one thing. With the turn below, of 35 pairs of blocks of one thing 21 are joined, and of
259 pairs of different ones 2 (40 generated photos of patients, 20 without)."""
_TURN = math.radians(10)
"""How far blocks of one thing may be turned against each other: perspective and a bent page."""
_SHORT = 2.0
"""Length of a line over its height below which its direction is too unsure to part it."""


class _Block(NamedTuple):
    """A block of text: which one, what it covers, how high its lines are, where they point."""

    number: int
    boxes: list[Box]
    height: float
    angle: float
    frame: int


def separate_texts(text: Text) -> tuple[Text, ...]:
    """Return the text of each thing in the photo as if the others were not there.

    Nothing when all of it belongs together: then `text` is that text. Offsets into a part are not
    those of the whole; its words are.
    """
    blocks = [_block(cells) for cells in text.blocks]
    groups = connected(len(blocks), _neighbours(blocks))
    if len(groups) < 2:
        return ()
    return tuple(text_of(text, {blocks[index].number for index in group}) for group in groups)


def text_of(text: Text, blocks: Collection[int]) -> Text:
    """Return the text of some blocks, by their numbers, as if there was nothing else."""
    words = zip(text.words, block_of_each_word(text), strict=True)
    return arrange(word for word, block in words if block in blocks)


def block_of_each_word(text: Text) -> list[int]:
    """Return the number of the block that each word of a text stands in."""
    starts = [cell.start for cell in text.cells]
    return [text.cells[bisect_right(starts, start) - 1].block for start, _ in text.spans]


def _block(cells: Sequence[Cell]) -> _Block:
    regions = [cell.region for cell in cells]
    height = statistics.median(region.thickness for region in regions)
    across = sum(math.cos(region.angle) * region.length for region in regions)
    down = sum(math.sin(region.angle) * region.length for region in regions)
    is_short = max(region.length for region in regions) < _SHORT * height
    angle = math.nan if is_short else math.atan2(down, across)
    return _Block(cells[0].block, [each.box for each in regions], height, angle, regions[0].frame)


def _neighbours(blocks: Sequence[_Block]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of blocks of one thing: close together, and hardly turned."""
    heights = np.array([block.height for block in blocks])
    reach = _GAP * np.maximum(heights[:, None], heights[None])
    boxes = [enclosing(block.boxes) for block in blocks]
    for i, j in close_pairs(boxes, [block.frame for block in blocks], reach):
        one, other = blocks[i], blocks[j]
        turned = abs(math.remainder(one.angle - other.angle, math.tau)) >= _TURN
        if not turned and _touch(one, other):  # a short block is turned by NaN: not at all
            yield i, j


def _touch(one: _Block, other: _Block) -> bool:
    """Return whether some line of a block stands near one of the other."""
    reach = _GAP * max(one.height, other.height)
    return any(max(*mine.gap(theirs)) <= reach for mine in one.boxes for theirs in other.boxes)
