"""Records that are plainly there and cannot be read: too small, blurred, in glare.

What a computer cannot read, a person may still read. A sheet, band or screen counts when its look
is plain, next to nothing on it has been read, and something tells that there is print on it: lines
across it, marks that the reader saw and could not read, or a glare that burns all of it out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phiscan.detectors._bands import bands_on, burnt_out
from phiscan.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phiscan.detectors._sheets import Sheet
    from phiscan.model import Frame
    from phiscan.text import Word

_LOOKS = ("paper", "wristband", "screen", "label", "card", "board")
_PLAIN, _LINES, _SCREEN_LINES = 0.95, 4, 8
"""Likelihood from which a sheet is plainly there, and lines that must run across it: what has four
sides and no lines is a window, a tile, a cupboard, and blinds and grilles have a few lines, too."""
_SEEN, _SEEN_LINES, _DOUBTFUL = 0.92, 3, 0.2
"""The same where the reader saw lines and could not read them, and the part of the sheet that they
cover. Labels need many marks: stamps, tiles and barcodes are small with lines across, too."""
_MARKED, _MARKS, _LOW = 0.7, 8, 0.25
"""The same where the reader saw so many marks of print that it could not read, and the height of a
mark over the sheet's at most: what is higher is the sheet itself, taken for a sign."""
_SURE, _SURE_LINES, _LARGE = 0.97, 2, 0.01
"""Likelihood from which fewer lines will do for a sheet that covers such a part of the picture: a
shaken camera leaves few."""
_BURNT = 0.8
"""Part of a sheet that glare burns out, so that it can have no lines."""
_BAND, _BAND_LINES = 0.9, 3
"""Likelihood and lines of a wristband: its print is soon too small to be seen, and the highlights
of a watch have no lines."""
_SMALLEST, _LONGEST = 0.001, 6.0
"""Part of the picture that a sheet covers at least, and its length over its height at most: what is
longer and no wristband is the edge of something."""
_READ, _LETTERS = 0.85, 3
"""Score and letters of a word from which it counts as read: what is read off a blur scores less or
is a letter or two long."""
_COVERED = 0.02
"""Part of a sheet that such words cover where it can be read."""
_FEW = 1.0
"""Words read for each mark that could not be read, up to which a sheet cannot be read either: of
generated records made too small 0 to 0.8 are read, of real pages with such marks 5 and more."""


def unread(sheets: Sequence[Sheet], words: Sequence[Word], frame: Frame) -> Iterator[Finding]:
    """Yield a finding for each of the sheets on which nearly nothing has been read."""
    read = [word for word in words if _is_read(word)]
    doubtful = [word for word in words if not _is_read(word)]
    for sheet in sheets:
        seen = _Seen(sheet, read, doubtful)
        if not seen.is_read and _is_record(seen, frame):
            look = max(_LOOKS, key=sheet.share)
            yield Finding(
                "unreadable_surface",
                sheet.plain,
                (sheet.region,),
                reason=f"looks like a {look} with print that could not be read",
            )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A sheet, and what the reader read and could not read on the picture."""

    sheet: Sheet
    read: Sequence[Word]
    doubtful: Sequence[Word]

    @property
    def marks(self) -> int:
        """How many small pieces of print on it could not be read."""
        most = _LOW * min(self.sheet.region.length, self.sheet.region.thickness)
        return sum(
            word.score < _READ and word.region.thickness <= most and self.sheet.holds(word.region)
            for word in self.doubtful
        )

    @property
    def is_read(self) -> bool:
        """Whether enough of it has been read."""
        if covered(self.sheet, self.read) < _COVERED:
            return False
        words = sum(self.sheet.holds(word.region) for word in self.read)
        return self.marks < _MARKS or words > _FEW * self.marks


def _is_record(seen: _Seen, frame: Frame) -> bool:
    """Return whether a sheet plainly is one with print on it."""
    sheet, region = seen.sheet, seen.sheet.region
    share = region.length * region.thickness / (frame.width * frame.height)
    if share < _SMALLEST or sheet.plain < _MARKED:
        return False
    is_band = sheet.share("wristband") >= _BAND
    if not is_band and region.length > _LONGEST * region.thickness:
        return False
    if seen.marks >= _MARKS:
        return True
    if sheet.plain >= _SEEN and burnt_out(frame.pixels, region) >= _BURNT:
        return True
    lines = bands_on(frame.pixels, region) if is_band or sheet.plain >= _SEEN else 0
    if is_band:
        return lines >= _BAND_LINES
    return lines >= _lines_needed(seen, large=share >= _LARGE)


def _lines_needed(seen: _Seen, *, large: bool) -> float:
    """Return how many lines must run across a sheet that is plainly there."""
    sheet = seen.sheet
    look = max(_LOOKS, key=sheet.share)
    if look == "label":
        return math.inf
    if covered(sheet, seen.doubtful) >= _DOUBTFUL:
        return _SEEN_LINES
    if sheet.plain < _PLAIN:
        return math.inf
    if look == "screen":
        return _SCREEN_LINES
    return _SURE_LINES if large and sheet.plain >= _SURE else _LINES


def covered(sheet: Sheet, words: Sequence[Word]) -> float:
    """Return the part of a sheet that words cover; more than 1 where they lie on each other."""
    outline = np.array(sheet.region.corners, dtype=np.float32)
    on_it = (
        word.region.length * word.region.thickness for word in words if sheet.holds(word.region)
    )
    return sum(on_it) / max(float(cv2.contourArea(outline)), 1e-6)


def _is_read(word: Word) -> bool:
    return word.score >= _READ and sum(letter.isalnum() for letter in word.text) >= _LETTERS
