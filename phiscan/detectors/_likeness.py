"""Whether a small picture shows what a large one does, more than that, or something else."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Grey = Any  # NDArray[np.float32], as OpenCV hands it out

_SIDE = 128
"""Longest side, in pixels, at which pictures are compared: EXIF thumbnails have 160 x 120."""
_FLAT = 6.0
"""Standard deviation below which a picture shows nothing: an empty or grey thumbnail."""
_BAR = 12.0
"""How far the tones of an even ground, or of a bar beside a picture, may stray."""
_ALIKE = 0.8
"""Correlation from which two pictures count as the same but for size, tone and compression."""
_PLAINLY = 0.97
"""Correlation from which they are the same in the same place, and no other place is tried: what
most thumbnails have."""
_STEP = 0.94
_SMALLEST = 0.3
"""Shares of a side between which a picture is looked for inside the other one."""
_MORE = 0.94
"""Share of a side under which a crop counts: thumbnails lose a few rows to their fixed shape."""
_STRAY = 0.05
"""Share of a ground's pixels that may be of another tone: the soft rims of what stands on it."""
_RIM = 3
"""Pixels around the best place that may belong to it: sizes are tried in steps."""
_CLEAR = 0.03
"""By how much one position must beat another: sizes next to each other match nearly as well."""
_SQUEEZE = 0.35
"""How much a thumbnail's shape may differ from the picture's and still be the same, squeezed."""
_LEAST_SIDE = 12
_WINDOW, _ENOUGH, _MOSTLY = 15, 0.2, 0.6
"""Side of the places that are compared one by one; share of a picture that must have detail for
that; and share of its places that must be alike: two different photos share 0.07 at most."""
_CELL, _DETAIL, _LOST = 7, 18.0, 0.25
_LEAST_AREA = 1.0 * _CELL * _CELL
"""Side of the places that are compared, in pixels of `_SIDE`; standard deviation from which there
is something to see; share of it under which that is gone; and how much of the picture must be so.

Of 161 thumbnails and previews of real photos the 149 that show the same as their picture all pass.
Of 80 photos that kept their thumbnail when a square of a fifth of their side was painted black, 79
are noticed, of those blurred so that a face would be gone, 42, of those in a mosaic of 4 x 4, 10;
of 80 that were cropped to 80 percent of their sides, 79 (benchmarks/metadata.py).
"""


class Likeness(Enum):
    """How the hidden picture relates to the one that is shown."""

    SAME = "same"
    MORE = "more"
    CHANGED = "changed"
    OTHER = "other"


def compare(shown: NDArray[np.uint8], hidden: NDArray[np.uint8]) -> Likeness:
    """Say how `hidden` relates to `shown`, both RGB and upright.

    The hidden one may be turned, for editors that turn the pixels forget the thumbnail; it may be
    a part of the shown one, which is harmless, or have bars at its sides. One without any detail
    shows nothing.
    """
    small, large = _small(hidden), _small(shown)
    if shown.shape == hidden.shape and _is_bare(large, small):
        return Likeness.SAME
    if small.std() < _FLAT:
        return Likeness.SAME
    if large.std() < _FLAT:
        return Likeness.OTHER
    found = _best(large, small)
    if found is Likeness.SAME:
        return found
    both = {found, _best(large, _without_bars(small))}
    order = (Likeness.SAME, Likeness.MORE, Likeness.CHANGED, Likeness.OTHER)
    return next(likeness for likeness in order if likeness in both)


def _best(large: Grey, small: Grey) -> Likeness:
    """Compare the two in every turn, mirrored too, until one matches."""
    for turns in (0, 1, 3, 2):
        for turned in (np.rot90(small, turns), np.rot90(small, turns)[:, ::-1]):
            score, found = _relate(large, np.ascontiguousarray(turned))
            if score >= _ALIKE:
                return found
    return Likeness.OTHER


def _without_bars(grey: Grey) -> Grey:
    """Cut off even, dark bars: cameras fill up a thumbnail's fixed shape with them."""
    for _ in range(2):
        top, bottom = _bar(grey), _bar(grey[::-1])
        if 0 < top + bottom < grey.shape[0] // 2:
            grey = grey[top : grey.shape[0] - bottom]
        grey = grey.T
    return np.ascontiguousarray(grey)


def _bar(grey: Grey) -> int:
    is_bar = (grey.std(axis=1) < _BAR) & (grey.mean(axis=1) < 2 * _BAR)
    return int(np.argmin(is_bar)) if not is_bar.all() else 0


def _small(pixels: NDArray[np.uint8]) -> Grey:
    import cv2

    step = max(max(pixels.shape[:2]) // (8 * _SIDE), 1)  # twelve megapixels take 20 ms otherwise
    pixels = np.ascontiguousarray(pixels[::step, ::step])
    height, width = pixels.shape[:2]
    scale = min(_SIDE / max(height, width), 1.0)
    size = max(round(width * scale), 8), max(round(height * scale), 8)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)


def _is_bare(shown: Grey, hidden: Grey) -> bool:
    """Return whether all that the hidden picture has of its own is one even ground.

    That is what a logo looks like without its transparency.
    """
    own = hidden[np.abs(shown - hidden) > _BAR]
    return not own.size or _strays(own) < _STRAY


def _strays(own: Grey) -> float:
    """Return the share of pixels that are not of the most common tone."""
    return float((np.abs(own - np.median(own)) > 2 * _BAR).mean())


def _relate(large: Grey, small: Grey) -> tuple[float, Likeness]:
    """Return the best correlation of the two in any position, and what that position means."""
    stretched = _stretched(large, small)
    if stretched.score >= _PLAINLY:
        is_changed = _is_changed(stretched.whole, stretched.piece)
        return stretched.score, Likeness.CHANGED if is_changed else Likeness.SAME
    inside, outside = _search(large, small), _search(small, large)
    inside = stretched if stretched.score >= inside.score else inside
    if outside.score > inside.score + _CLEAR:
        shows_more = outside.share < _MORE and _has_more(small, outside)
        is_changed = _is_changed(outside.piece, outside.whole)
        more = Likeness.MORE if shows_more else Likeness.CHANGED if is_changed else Likeness.SAME
        return outside.score, more
    is_changed = _is_changed(inside.whole, inside.piece)
    return inside.score, Likeness.CHANGED if is_changed else Likeness.SAME


def _has_more(hidden: Grey, place: _Place) -> bool:
    """Return whether there is anything beside the part that is shown: bars at the sides are not.

    Cameras fill up a thumbnail's fixed shape with them.
    """
    rest = np.ones(hidden.shape, bool)
    height, width = place.piece.shape
    top, left = max(place.y - _RIM, 0), max(place.x - _RIM, 0)
    rest[top : place.y + height + _RIM, left : place.x + width + _RIM] = False
    own = hidden[rest]
    return bool(own.size) and _strays(own) >= _STRAY


class _Place(NamedTuple):
    """Where a piece lies best: how well, how much of the whole it takes up, and both there."""

    score: float
    share: float
    whole: Grey
    piece: Grey
    x: int = 0
    y: int = 0


def _stretched(large: Grey, small: Grey) -> _Place:
    """Lay one over the other, for thumbnails that were squeezed into their fixed shape."""
    import cv2

    height, width = small.shape
    same = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)
    squeezed = abs(large.shape[1] / large.shape[0] / (width / height) - 1)
    if squeezed >= _SQUEEZE:
        return _Place(0.0, 1.0, same, small)
    grey, edges = (
        float(cv2.matchTemplate(one, other, cv2.TM_CCOEFF_NORMED)[0, 0])
        for one, other in ((same, small), (_edges(same), _edges(small)))
    )
    return _Place(max(grey, edges, _agreement(same, small)), 1.0, same, small)


def _agreement(one: Grey, other: Grey) -> float:
    """Return how much of the detail of two pictures is in the same places, place by place.

    A caption across a picture, or a box over it, disturbs its correlation as a whole.
    """
    import cv2

    window = (_WINDOW, _WINDOW)
    means = cv2.blur(one, window), cv2.blur(other, window)
    shared = cv2.blur(one * other, window) - means[0] * means[1]
    spread = _detail(one, _WINDOW), _detail(other, _WINDOW)
    detailed = spread[1] > _BAR
    if detailed.mean() < _ENOUGH:
        return 0.0
    alike = shared > _ALIKE * np.maximum(spread[0] * spread[1], 1.0)
    return float(alike[detailed].mean() >= _MOSTLY)


def _edges(grey: Grey) -> Grey:
    """Return how steep a picture is: the same on white ground as on black."""
    import cv2

    return cv2.magnitude(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))


def _search(whole: Grey, piece: Grey) -> _Place:
    """Find the piece in the whole, at every size from all of it to a third of its sides."""
    import cv2

    best = _Place(0.0, 1.0, whole, piece)
    height, width = piece.shape
    fit, share = min(whole.shape[0] / height, whole.shape[1] / width), 1.0
    while share >= _SMALLEST:
        size = max(int(width * fit * share), 1), max(int(height * fit * share), 1)
        covered = min(size[0] / whole.shape[1], size[1] / whole.shape[0])
        share *= _STEP
        if min(size) < _LEAST_SIDE:
            break
        scaled = cv2.resize(piece, size, interpolation=cv2.INTER_AREA)
        _, score, _, (x, y) = cv2.minMaxLoc(cv2.matchTemplate(whole, scaled, cv2.TM_CCOEFF_NORMED))
        if score > best.score:
            there = whole[y : y + size[1], x : x + size[0]]
            best = _Place(float(score), covered, there, scaled, x, y)
    return best


def _is_changed(shown: Grey, hidden: Grey) -> bool:
    """Return whether the hidden picture has detail in a place where the shown one is flat.

    A highlight that was brightened to white, or a shadow to black, loses detail as well.
    """
    import cv2

    level = (shown - shown.mean()) * (hidden.std() / max(shown.std(), 1.0))
    there, here = _detail(hidden), _detail(level)
    clipped = ((shown > 250) & (hidden > 170)) | ((shown < 5) & (hidden < 60))
    lost = (there > _DETAIL) & (here < _LOST * there) & ~clipped
    lost = lost[_CELL:-_CELL, _CELL:-_CELL]  # at the rim stand the edges of bars
    if not lost.any():  # OpenCV's counting of components crashes on an empty array
        return False
    parts = cv2.connectedComponentsWithStats(lost.astype(np.uint8))[2]
    return bool(parts[1:, cv2.CC_STAT_AREA].max(initial=0) >= _LEAST_AREA)


def _detail(grey: Grey, side: int = _CELL) -> Grey:
    """Return the standard deviation around each pixel."""
    import cv2

    mean = cv2.blur(grey, (side, side))
    return np.sqrt(np.maximum(cv2.blur(grey * grey, (side, side)) - mean * mean, 0))
