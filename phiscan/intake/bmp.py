"""BMP: where the file ends, and whether packed rows hold the whole picture.

Decoders paint what a damaged run leaves out in the first colour, and say nothing.
"""

from __future__ import annotations

from phiscan.errors import TooLarge, UnreadableImage
from phiscan.intake import structure
from phiscan.intake.codec import DAMAGED, TRUNCATED

_RLE8, _RLE4 = 1, 2
_MOST_RUNS = 8_000_000
"""Runs that are followed, in 4 s; a picture of 12 megapixels has 6 million where it is noise."""
_SPARE = 4
"""Bytes behind the picture's end that are no data: writers pad to whole words."""


def check(data: bytes) -> int:
    """Return the offset behind the pixels; UnreadableImage where packed rows are not whole.

    Microsoft's RLE: pairs of a count and a value; behind a count of 0 comes 0 for the end of a row,
    1 for that of the picture, 2 for a jump, or the number of pixels that follow as they are.
    """
    end = structure.bmp_end(data)
    packing = int.from_bytes(data[30:34], "little")
    if int.from_bytes(data[14:18], "little") >= 40 and packing in {_RLE8, _RLE4}:
        _follow(data, int.from_bytes(data[10:14], "little"), packing)
    return end


def _follow(data: bytes, at: int, packing: int) -> None:
    """Walk all runs; each must lie on its row, and the last row must be reached."""
    width, height = (int.from_bytes(data[n : n + 4], "little", signed=True) for n in (18, 22))
    x = y = 0
    for _ in range(_MOST_RUNS):
        if at + 2 > len(data):
            raise UnreadableImage(TRUNCATED)
        count, value = data[at], data[at + 1]
        at += 2
        if count:
            x += count
        elif value == 0:
            x, y = 0, y + 1
        elif value == 1:
            _check_end(data, at, y + (x > 0), abs(height))
            return
        elif value == 2 and at + 2 <= len(data):
            x, y, at = x + data[at], y + data[at + 1], at + 2
        else:
            x += value
            size = value if packing == _RLE8 else (value + 1) // 2
            at += size + size % 2
        if x > width or y > abs(height) or (y == abs(height) and x):
            raise UnreadableImage(DAMAGED)
    raise TooLarge("too large: more packed rows than can be checked; save it as PNG")


def _check_end(data: bytes, at: int, rows: int, height: int) -> None:
    stated = int.from_bytes(data[10:14], "little") + int.from_bytes(data[34:38], "little")
    if rows < height:
        raise UnreadableImage(TRUNCATED)
    if min(stated, len(data)) - at > _SPARE:  # the rest of a picture whose end came too early
        raise UnreadableImage(DAMAGED)
