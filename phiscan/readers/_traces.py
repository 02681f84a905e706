"""Traces of print: where the text detector is the least bit warm, far too little to find a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from phiscan.traces import Traces

if TYPE_CHECKING:
    from phiscan.readers._detection import Heat

_WARM = 0.05
"""Heat from which a pixel shows a trace. Of the sheets of 128 generated records that nobody can
read, half are so on four fifths of their pixels; windows, doors and tiles are mostly cold."""
_SIDE = 4
"""Pixels of the heat map along each square that is told of."""


def traces_of(heat: Heat, frame: int) -> Traces:
    """Return where a heat map that shows a whole frame has traces of print."""
    rows, columns = (max(round(side / _SIDE), 1) for side in heat.shape)
    warm = np.where(heat > _WARM, np.uint8(255), np.uint8(0))
    return Traces(frame, cv2.resize(warm, (columns, rows), interpolation=cv2.INTER_AREA))
