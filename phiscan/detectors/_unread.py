"""Records that are plainly there and cannot be read: too small, blurred, in glare.

What a computer cannot read, a person may still read. A sheet, band or screen counts when its four
sides and its look are plain and next to nothing on it has been read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from phiscan.detectors._bands import bands_on
from phiscan.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phiscan.detectors._sheets import Sheet
    from phiscan.model import Frame
    from phiscan.text import Word

_LOOKS = ("paper", "wristband", "screen", "label", "card", "board")
_PLAIN, _LINES = 0.95, 4
"""Likelihood from which a sheet is plainly there, and lines that must run across it: what has four
sides and no lines is a window, a tile, a cupboard."""
_SEEN, _SEEN_LINES, _DOUBTFUL = 0.92, 3, 0.2
"""The same where the reader saw lines and could not read them, and the part of the sheet that they
cover. Screens need them: blinds, shelves and grilles are dark with lines across, too. At 0.8 a
quarter more documents made illegible are found, and 6 clean photos of 73 instead of 1 are not let
through (benchmarks.surfaces --half odd)."""
_BAND = 0.9
"""Likelihood from which a wristband needs no lines: its print is soon too small to be seen."""
_SMALLEST, _LONGEST = 0.001, 6.0
"""Part of the picture that a sheet covers at least, and its length over its height at most: what is
longer and no wristband is the edge of something."""
_READ, _LETTERS = 0.85, 3
"""Score and letters of a word from which it counts as read: what is read off a blur scores less or
is a letter or two long."""
_COVERED = 0.02
"""Part of a sheet that such words cover where it can be read."""


def unread(sheets: Sequence[Sheet], words: Sequence[Word], frame: Frame) -> Iterator[Finding]:
    """Yield a finding for each of the sheets on which nearly nothing has been read."""
    read = [word for word in words if _is_read(word)]
    doubtful = [word for word in words if not _is_read(word)]
    for sheet in sheets:
        if covered(sheet, read) < _COVERED and _is_record(sheet, covered(sheet, doubtful), frame):
            look = max(_LOOKS, key=sheet.share)
            yield Finding(
                "unreadable_surface",
                sheet.plain,
                (sheet.region,),
                reason=f"looks like a {look} with print that could not be read",
            )


def _is_record(sheet: Sheet, doubtful: float, frame: Frame) -> bool:
    """Return whether a sheet plainly is one with print on it, `doubtful` lines covering of it."""
    region = sheet.region
    if region.length * region.thickness < _SMALLEST * frame.width * frame.height:
        return False
    if sheet.share("wristband") >= _BAND:
        return True
    if sheet.plain < _SEEN or region.length > _LONGEST * region.thickness:
        return False
    lines = bands_on(frame.pixels, region)
    if lines >= _SEEN_LINES and doubtful >= _DOUBTFUL:
        return True
    is_screen = max(_LOOKS, key=sheet.share) == "screen"
    return sheet.plain >= _PLAIN and lines >= _LINES and not is_screen


def covered(sheet: Sheet, words: Sequence[Word]) -> float:
    """Return the part of a sheet that words cover; more than 1 where they lie on each other."""
    outline = np.array(sheet.region.corners, dtype=np.float32)
    on_it = (
        word.region.length * word.region.thickness for word in words if sheet.holds(word.region)
    )
    return sum(on_it) / max(float(cv2.contourArea(outline)), 1e-6)


def _is_read(word: Word) -> bool:
    return word.score >= _READ and sum(letter.isalnum() for letter in word.text) >= _LETTERS
