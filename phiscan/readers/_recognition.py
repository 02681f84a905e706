"""Read the words of one line: PP-OCR's recognition network, and the traps it sets undone."""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phiscan.readers._direction import Directions
from phiscan.readers._line import Line, straightened
from phiscan.text import Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from phiscan.protocols import Network

_HEIGHT = 48
_WIDTHS = (32, 64, 96, 128, 192, 256, 320, 384, 512, 640, 768, 1024, 1280, 1792, 2560)
"""Widths of the network's input. Each pixel of width costs 0.03 ms and each new width 40 ms of one
core: a photo of twenty lines takes half as many of these as of multiples of 32."""
_WIDEST = _WIDTHS[-1]
_STRIDE = 8
"""Pixels of the network's input for each step of its output."""
_SURE = 0.8
"""Mean score from which a line is taken as read the right way up."""
_CLEAR, _DENSE, _LATIN_ENDS = 0.9, 0.7, "\u0250"
"""Score of its worst word, letters for each thickness of its length, and the sign after the last
one of Latin scripts, from which a line needs no second look. Lines of large print have 1.2 letters
and more, at scores of 0.96 and more."""
_AS_SURE = 0.05
"""How much less sure a number may be that its neighbours turn. Of 26 that were turned in 20 photos
`July 2026` was right before and 0.3 less sure on its head; the numbers whose truth is known, such
as 06/08/1955, were as sure as before or more."""
_SPACE, _SPACE_IN_NUMBER = 0.08, 0.3
"""Probability of a blank between two letters (two digits) from which the blank is put back. Read
off 260 such places on real photos: above 0.08 nearly all were lost blanks."""
_WIDE_GAP, _FAINT_SPACE = 1.9, 0.004
"""A blank that the network thinks this unlikely is still put back where the distance between the
letters is this many times the usual one. The distance alone says little: 2.0 is usual after m."""
_FOLD = str.maketrans({"、": ",", "。": ".", "「": "[", "」": "]", "•": "·", "―": "-", "‐": "-"})


@dataclass(frozen=True, slots=True)
class _Reading:
    """The letters of a line, each with its score and its place from 0 to 1 along the line."""

    letters: str
    scores: tuple[float, ...]
    places: tuple[float, ...]

    @property
    def score(self) -> float:
        return sum(self.scores) / len(self.scores) if self.scores else 0.0


class Recogniser:
    """Reads lines one by one; batches bring nothing on a CPU (8 lines: 0.18 s, 1: 0.023 s)."""

    def __init__(self, network: Network, direction: Network) -> None:
        self._network = network
        # Kept, since each new thread would get memory of its own that is not given back.
        self._pool = ThreadPoolExecutor(network.lanes, thread_name_prefix="phiscan-read")
        self._directions = Directions(direction, self._pool)

    @cached_property
    def _alphabet(self) -> list[str]:
        """The classes of the network: CTC's blank first, a space last (as in PP-OCR)."""
        return ["", *self._network.metadata("character").splitlines(), " "]

    @property
    def _space(self) -> int:
        return len(self._alphabet) - 1

    def read_all(self, pixels: NDArray[np.uint8], lines: Sequence[Line]) -> list[list[Word]]:
        """Return the words of each line, whichever way up; as many lines at a time as pay."""
        strips = list(self._pool.map(lambda line: _cut(pixels, line), lines))
        turned = self._directions.turned(lines, strips)
        return list(self._pool.map(self._read, lines, strips, turned))

    def _read(self, line: Line, strip: NDArray[np.uint8], is_turned: bool) -> list[Word]:  # noqa: FBT001 - it is mapped
        """Return the words of a line that probably stands on its head, or not."""
        if is_turned:
            strip, line = strip[::-1, ::-1], line.turned()
        reading = self._read_one(strip)
        if reading.score < _SURE:
            turned = self._read_one(strip[::-1, ::-1])
            if turned.score * _weight(turned) > reading.score * _weight(reading):
                reading, line = turned, line.turned()
        return list(_words(reading, line))

    def read_along(
        self,
        pixels: NDArray[np.uint8],
        line: Line,
        way: NDArray[np.float64],
        before: Sequence[Word],
    ) -> list[Word]:
        """Return the words of a line as it reads along `way`, a vector in pixels.

        `before` is how it was read; that stays where the network is less sure of what it sees now.
        """
        strip = _cut(pixels, line)
        (x0, y0), (x1, y1) = line.region.corners[:2]
        if (x1 - x0) * way[0] + (y1 - y0) * way[1] < 0:
            strip, line = strip[::-1, ::-1], line.turned()
        reading = self._read_one(strip)
        surely = reading.score >= mean_score(before) - _AS_SURE
        return list(_words(reading, line)) if surely else [*before]

    def _read_one(self, strip: NDArray[np.uint8]) -> _Reading:
        width = _WIDTHS[min(bisect_left(_WIDTHS, strip.shape[1]), len(_WIDTHS) - 1)]
        batch = np.zeros((1, 3, _HEIGHT, width), dtype=np.float32)
        inner = strip[:, :width, ::-1].transpose(2, 0, 1)
        batch[0, :, :, : inner.shape[2]] = inner / np.float32(127.5) - np.float32(1)
        (output,) = self._network.run(batch)
        return self._decode(output[0], inner.shape[2])

    def _decode(self, steps: NDArray[np.float32], width: int) -> _Reading:
        """Return the letters of the likeliest path, with lost blanks put back."""
        best = steps.argmax(axis=1)
        kept = np.flatnonzero((best != 0) & np.r_[True, best[1:] != best[:-1]])
        letters: list[str] = []
        scores: list[float] = []
        places: list[float] = []
        usual = _usual_distance(kept)
        previous = 0
        for step in kept.tolist():  # plain numbers: a result must not need NumPy to be read
            place = min((step + 0.5) * _STRIDE / width, 1.0)
            letter = _fold(self._alphabet[best[step]])
            between = steps[previous + 1 : step, self._space]
            if letters and between.size and letter != " " and letters[-1] != " ":
                gap = (step - previous) / usual
                if _is_lost(float(between.max()), gap, letters[-1] + letter):
                    letters.append(" ")
                    scores.append(1.0)
                    places.append((places[-1] + place) / 2)
            letters.append(letter)
            scores.append(float(steps[step, best[step]]))
            places.append(place)
            previous = step
        return _Reading("".join(letters), tuple(scores), tuple(places))


def mean_score(words: Sequence[Word]) -> float:
    """Return how sure the letters of a line are on average, 0 to 1; 0 without words."""
    letters = sum(len(word.text) for word in words)
    return sum(word.score * len(word.text) for word in words) / max(letters, 1)


def is_clear(line: Line, words: Sequence[Word]) -> bool:
    """Return whether these words are surely all that a line says.

    A patch of small print that was taken for one line reads as a few letters for its length, or as
    signs of scripts that are as dense as it is.
    """
    text = "".join(word.text for word in words)
    if not text or min(word.score for word in words) < _CLEAR:
        return False
    plain = sum(letter < _LATIN_ENDS for letter in text)
    dense = len(text) > _DENSE * line.region.length / max(line.region.thickness, 1.0)
    return dense and plain > len(text) / 2


def _is_lost(probability: float, gap: float, pair: str) -> bool:
    """Return whether a blank was lost between the two letters of `pair`."""
    if probability > (_SPACE_IN_NUMBER if pair.isdigit() else _SPACE):
        return True
    return gap >= _WIDE_GAP and probability > _FAINT_SPACE and not pair.isdigit()


def _weight(reading: _Reading) -> float:
    """Favour readings with letters and digits: upside-down text reads as a few odd signs."""
    return 0.5 + 0.5 * sum(c.isalnum() for c in reading.letters) / max(len(reading.letters), 1)


def _fold(letter: str) -> str:
    """Return the plain form of full-width letters, digits and punctuation."""
    folded = unicodedata.normalize("NFKC", letter.translate(_FOLD))
    return folded if len(folded) == 1 else letter


def _usual_distance(kept: NDArray[np.intp]) -> float:
    """Return the usual distance between letters in steps; infinite where there are too few."""
    if len(kept) < 4:
        return math.inf
    return max(float(np.percentile(np.diff(kept), 60)), 2.0)


def _cut(pixels: NDArray[np.uint8], line: Line) -> NDArray[np.uint8]:
    """Return the line as a lying strip, 48 pixels high."""
    region = line.region
    length, thickness = max(region.length, 1.0), max(region.thickness, 1.0)
    width = min(max(round(length * _HEIGHT / thickness), 8), _WIDEST)
    if line.bow:
        return straightened(pixels, line, width, _HEIGHT)
    box = region.box.inflate(1, 1).clip(pixels.shape[1], pixels.shape[0])
    x0, y0 = math.floor(box.x0), math.floor(box.y0)
    part = pixels[y0 : math.ceil(box.y1), x0 : math.ceil(box.x1)]
    if part.size == 0:
        return np.zeros((_HEIGHT, width, 3), dtype=np.uint8)
    corners = np.array(region.corners, dtype=np.float32) - np.array([x0, y0], dtype=np.float32)
    if thickness > 2 * _HEIGHT:  # shrink first: warping alone would skip pixels
        shrink = 2 * _HEIGHT / thickness
        size = max(round(part.shape[1] * shrink), 1), max(round(part.shape[0] * shrink), 1)
        corners *= np.array([size[0] / part.shape[1], size[1] / part.shape[0]], dtype=np.float32)
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    target = np.array([[0, 0], [width, 0], [width, _HEIGHT], [0, _HEIGHT]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    strip: NDArray[np.uint8] = cv2.warpPerspective(
        part, matrix, (width, _HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return strip


def _words(reading: _Reading, line: Line) -> Iterator[Word]:
    """Split a line at its blanks, each word with its part of the region."""
    borders = [0.0]
    borders += [(a + b) / 2 for a, b in zip(reading.places, reading.places[1:], strict=False)]
    borders.append(1.0)
    start = 0
    while start < len(reading.letters):
        end = start
        while end < len(reading.letters) and reading.letters[end] != " ":
            end += 1
        if end > start:
            left, right = borders[start], max(borders[end], borders[start] + 1e-6)
            scale = right - left
            yield Word(
                reading.letters[start:end],
                line.part(left, right),
                min(sum(reading.scores[start:end]) / (end - start), 1.0),
                tuple((b - left) / scale for b in borders[start : end + 1]),
            )
        start = end + 1
