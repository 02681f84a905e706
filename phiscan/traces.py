"""What readers hand on besides words: where they saw as much as a trace of print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Traces:
    """Where a reader saw as much as a trace of print on a frame, whether or not it could be read.

    `share` tells of each of the equal squares that the whole frame is cut into which part of it
    shows some, 0 to 255: `(rows, columns)`. It is too coarse to read anything from.
    """

    frame: int
    share: NDArray[np.uint8]
