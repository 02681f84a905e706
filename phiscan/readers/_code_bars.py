"""Tell the bars of a linear code from other stripes: fences, shelves, radiators, print."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Profile = NDArray[np.float64]

_BANDS = 5
_FEWEST_RUNS = 24
"""Bars and gaps: an EAN-8 code has 43, a Code 128 of four digits 31, a fence in view few."""
_MOST_RUNS = 400
_ALIKE = 0.75
"""Least correlation between neighbouring bands across the bars: in print it falls below 0.5."""
_CONTRAST = 35.0
_UNEVEN = 0.35
"""Least spread of the widths over their mean: 0.5 to 0.7 in codes, 0.1 to 0.3 in fences."""
_WIDEST = 8.0
"""Widest bar or gap in narrow ones: 4 in Code 128 and EAN, 3 in Code 39, more when blurred."""


def shows_bars(crop: NDArray[np.uint8]) -> bool:
    """Return whether a grey crop with upright bars shows a linear code, decodable or not."""
    rows = crop.shape[0]
    middle = crop[rows // 5 : rows - rows // 5]
    if middle.shape[0] < _BANDS or crop.shape[1] < 3 * _FEWEST_RUNS // 2:
        return False
    profiles = _profiles(middle)
    if min(_likeness(a, b) for a, b in pairwise(profiles)) < _ALIKE:
        return False
    return _coded(profiles[_BANDS // 2])


def _profiles(middle: NDArray[np.uint8]) -> list[Profile]:
    """Return the mean grey along the reading direction, for some bands from top to bottom."""
    bands = np.array_split(middle.astype(np.float64), _BANDS)
    return [band.mean(axis=0) for band in bands]


def _likeness(a: Profile, b: Profile) -> float:
    """Return the best correlation of two profiles, one moved by up to a fiftieth of its length."""
    reach = max(len(a) // 50, 2)
    inner = a[reach:-reach]
    best = cv2.matchTemplate(
        b.astype(np.float32)[None], inner.astype(np.float32)[None], cv2.TM_CCOEFF_NORMED
    )
    return float(best.max())


def _coded(profile: Profile) -> bool:
    """Return whether a profile has the rhythm of a code between two quiet ends."""
    high = np.percentile(profile, 90)
    low = np.percentile(profile, 10)
    if high - low < _CONTRAST:
        return False
    smooth = cv2.GaussianBlur(profile[None], (0, 0), max(len(profile) / 40, 4.0))[0]
    dark = profile < (smooth + (high + low) / 2) / 2
    edges = np.flatnonzero(np.diff(dark.astype(np.int8))) + 1
    if len(edges) < _FEWEST_RUNS or len(edges) > _MOST_RUNS:
        return False
    widths = np.diff(edges).astype(np.float64)
    narrow = float(np.percentile(widths, 25))
    core = _longest_run(widths <= _WIDEST * narrow)
    inside = widths[core]
    if len(inside) < _FEWEST_RUNS:
        return False
    return bool(inside.std() / inside.mean() > _UNEVEN) and _quiet(profile, edges, core, narrow)


def _longest_run(good: NDArray[np.bool_]) -> slice:
    """Return where the longest stretch of True lies."""
    best, start = slice(0, 0), 0
    for end in range(len(good) + 1):
        if end == len(good) or not good[end]:
            if end - start > best.stop - best.start:
                best = slice(start, end)
            start = end + 1
    return best


def _quiet(profile: Profile, edges: NDArray[np.intp], core: slice, narrow: float) -> bool:
    """Return whether paper lies before the first bar and after the last one."""
    first, last = int(edges[core.start]), int(edges[core.stop])
    space = max(int(4 * narrow), 4)
    ends = (
        profile[max(first - space - 1, 0) : max(first - 1, 0)],
        profile[last + 1 : last + space + 1],
    )
    paper = np.percentile(profile[first:last], 75)
    spread = max(np.ptp(profile[first:last]), 1.0)
    return all(
        len(end) >= space // 2
        and end.mean() > paper - 0.25 * spread
        and np.ptp(end) < 0.35 * spread
        for end in ends
    )
