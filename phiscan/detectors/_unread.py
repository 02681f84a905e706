"""Records that are plainly there and cannot be read: too small, blurred, in glare.

What a computer cannot read, a person may still read. A sheet, band or screen on which next to
nothing has been read counts by evidence that is added up: how plainly it looks like one, how much
of it shows traces of print, what the reader saw and could not read, its size and its ground.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from phiscan.detectors._ground import Ground, ground_of
from phiscan.detectors._headings import headings_of, is_headed
from phiscan.detectors._rows import MOST_ROWS
from phiscan.detectors._sheets import apart
from phiscan.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phiscan.detectors._sheets import Sheet, Sight
    from phiscan.geometry import Region
    from phiscan.text import Text, Word
    from phiscan.traces import Traces

_LOOKS = ("paper", "wristband", "screen", "label", "card", "board")


class Clues(NamedTuple):
    """What speaks for a sheet being a record that cannot be read.

    `plain` is the logarithm of the odds that it is a surface, `traced` the part of it with traces
    of print, `rows` that part times how plainly something stands in rows there, `marks` the
    logarithm of the number of small pieces that could not be read and one more, `doubtful` the part
    that they cover, `size` the logarithm of its part of the picture, `even` the part as bright as
    its ground; the others are likelihoods of looks.
    """

    plain: float
    traced: float
    rows: float
    marks: float
    doubtful: float
    size: float
    even: float
    label: float
    wristband: float
    card: float


class Unread(NamedTuple):
    """A sheet on which nearly nothing has been read, and the part of it that is burnt out."""

    sheet: Sheet
    clues: Clues
    burnt: float

    @property
    def shows_print(self) -> bool:
        """Whether something speaks for print; glare may hide all of it, also a plain one's."""
        clues = self.clues
        printed = clues.marks > 0 or clues.doubtful > 0 or clues.traced >= _TRACED
        return printed or clues.plain >= _PLAINLY or self.burnt >= _BURNT


_START = -3.33
_WEIGHTS = Clues(1.13, 1.48, 1.03, 0.15, 3.78, 0.44, 1.49, -4.64, 1.01, 3.54)
"""Logistic regression on the sheets of 236 generated records that nobody can read, of 180 generated
photos of harmless things, and of 89 real photos without a record and 102 with faces
(benchmarks.unreadable fits it). Labels count for less: stamps, tiles and packages look like them.
Rows count for much: what is blank, such as the sky between stones, has traces on it as well."""
_ENOUGH = -0.25
"""Sum of the evidence from which a record is reported: records left out of the fit in turn are
found in 82 of 100 cases, and 9 of those 371 photos are taken for one."""
_TRACED, _PLAINLY = 0.1, 4.5
"""Part of a sheet with traces of print from which it counts as printed though nothing on it was
taken for letters, and how plainly it must be a record otherwise: the tubes of stethoscopes and
white keyboards have 0.0 to 0.08, and 3.3 to 3.6."""
_BURNT = 0.8
"""Part of a sheet that glare hides from which there may be print on it. Of 280 real photos without
a record none has such a sheet with enough evidence; of 59 generated records in glare five have
nothing else to show."""
_STILL_PLAIN = 0.5
"""Likelihood after a second look from which a sheet counts: rows alone are no record."""
_BEST = Ground(even=1.0, rows=MOST_ROWS, burnt=0.0)
_HOPELESS = -2.25
"""What its ground may be at best, and the sum of the evidence of one look below which a sheet gets
no second look: its three views take as long as finding the outlines."""
_CERTAIN = 0.002
"""How near to 0 and 1 a likelihood counts: one network is never surer than that."""
_LOW = 0.25
"""Height of a mark of print over its sheet's at most: what is higher is the sheet itself, taken
for a sign."""
_HIGH = 0.6
"""Height over its sheet's from which a word that could not be read is not even doubtful print."""
_READ, _LETTERS = 0.85, 3
"""Score and letters of a word from which it counts as read: what is read off a blur scores less or
is a letter or two long."""
_COVERED = 0.02
"""Part of a sheet that such words cover where it can be read."""
_NUMBERS = 6
"""Numbers of a digit or two on a sheet from which they count as read words: a calendar, a price
list or a plan of seats has little else. Of 139 generated records that nobody can read, one has so
many, among 43 marks that could not be read."""
_SAYS_MUCH = 12
"""Words read on a sheet from which it is not one that cannot be read, however little of it they
cover: a white desk, taken for one sheet with the letter that lies on it. What else lies there may
still be."""
_MUCH = 40
"""Words read on a sheet from which it can be read, however much could not be: a page of a textbook
far away. Of generated records that nobody can read up to 21 are read."""
_PART = 0.9
"""Part of an outline from which it is only a part of another."""
_FEW, _MANY = 1.0, 8
"""Words read for each mark that could not be read, up to which a sheet with so many marks cannot be
read either: of generated records made too small 0 to 0.8 are read, of real pages with such marks 5
and more."""


def unread(outlines: Sequence[Sheet], text: Text, sight: Sight) -> Iterator[Finding]:
    """Yield a finding for each of the sheets on which nearly nothing has been read."""
    weighed = [
        (evidence(each.clues), each.sheet)
        for each in unread_sheets(outlines, text, sight)
        if each.shows_print
    ]
    enough = sorted((each for each in weighed if each[0] >= _ENOUGH), key=lambda each: -each[0])
    for sheet in apart(sheet for _, sheet in enough):
        look = max(_LOOKS, key=sheet.share)
        yield Finding(
            "unreadable_surface",
            sheet.plain,
            (sheet.region,),
            reason=f"looks like a {look} with print that could not be read",
        )


def unread_sheets(outlines: Sequence[Sheet], text: Text, sight: Sight) -> Iterator[Unread]:
    """Yield each of the sheets on which nearly nothing has been read, and what speaks for it."""
    traces = [each for each in text.traces if each.frame == sight.frame.index]
    read = [word for word in text.words if _is_read(word)]
    doubtful = [word for word in text.words if not _is_read(word)]
    numbers = [word for word in doubtful if _is_number(word)]
    every = [_Seen(outline, read, numbers, doubtful) for outline in outlines]
    headings = headings_of(text)
    known = {id(seen) for seen in every if seen.is_read or is_headed(seen.sheet, headings)}
    wholes = [seen.sheet for seen in every if id(seen) in known]
    for seen in every:
        if id(seen) in known or seen.says_much:
            continue
        if not any(_is_part(seen.sheet, whole) for whole in wholes):
            region = seen.sheet.region
            traced = max((_share(each, region, sight) for each in traces), default=0.0)
            if _is_hopeless(_clues(seen, seen.sheet, traced, sight, _BEST)):
                continue
            ground = ground_of(sight.frame.pixels, region)
            if not _is_hopeless(_clues(seen, seen.sheet, traced, sight, ground)):
                sheet = sight.looked_at_again(seen.sheet)
                if sheet.plain < _STILL_PLAIN:
                    continue
                yield Unread(sheet, _clues(seen, sheet, traced, sight, ground), ground.burnt)


def _is_hopeless(clues: Clues) -> bool:
    return evidence(clues) < _HOPELESS


def evidence(clues: Clues) -> float:
    """Return what speaks for a record that cannot be read, in logarithms of odds."""
    return _START + sum(weight * clue for weight, clue in zip(_WEIGHTS, clues, strict=True))


@dataclass(frozen=True)
class _Seen:
    """A sheet, and what the reader read and could not read on the picture."""

    sheet: Sheet
    read: Sequence[Word]
    numbers: Sequence[Word]
    doubtful: Sequence[Word]

    @property
    def marks(self) -> int:
        """How many small pieces of print on it could not be read."""
        most = _LOW * min(self.sheet.region.length, self.sheet.region.thickness)
        return sum(
            word.score < _READ and word.region.thickness <= most and self.sheet.holds(word.region)
            for word in self.doubtful
        )

    @cached_property
    def _words(self) -> Sequence[Word]:
        """The words read on it."""
        words = [word for word in self.read if self.sheet.holds(word.region)]
        numbers = [word for word in self.numbers if self.sheet.holds(word.region)]
        return [*words, *numbers] if len(numbers) >= _NUMBERS else words

    @property
    def _is_mixed(self) -> bool:
        """Whether too much of it could not be read beside what was."""
        few = min(_FEW * self.marks, _MUCH)
        return self.marks >= _MANY and len(self._words) <= few

    @property
    def is_read(self) -> bool:
        """Whether enough of it has been read."""
        return covered(self.sheet, self._words) >= _COVERED and not self._is_mixed

    @property
    def says_much(self) -> bool:
        """Whether many words have been read on it, though they cover little of it."""
        return len(self._words) >= _SAYS_MUCH and not self._is_mixed


def _is_part(sheet: Sheet, whole: Sheet) -> bool:
    """Return whether a sheet is a part of another, such as the margin of a page that was read."""
    box = sheet.region.box
    return box.overlap(whole.region.box) > _PART * box.area


def _clues(seen: _Seen, sheet: Sheet, traced: float, sight: Sight, ground: Ground) -> Clues:
    plain = min(max(sheet.plain, _CERTAIN), 1 - _CERTAIN)
    frame, region = sight.frame, sheet.region
    most = _HIGH * min(region.length, region.thickness)
    share = region.length * region.thickness / (frame.width * frame.height)
    return Clues(
        plain=math.log(plain / (1 - plain)),
        traced=traced,
        rows=traced * ground.rows,
        marks=math.log1p(seen.marks),
        doubtful=min(
            covered(sheet, [word for word in seen.doubtful if word.region.thickness <= most]), 1.0
        ),
        size=math.log(max(share, 1e-5)),
        even=ground.even,
        label=sheet.share("label"),
        wristband=sheet.share("wristband"),
        card=sheet.share("card"),
    )


def _share(traces: Traces, region: Region, sight: Sight) -> float:
    """Return the part of a region that shows traces of print."""
    rows, columns = traces.share.shape
    scale = columns / sight.frame.width, rows / sight.frame.height
    corners = np.round(np.array(region.corners) * scale).astype(np.int32)
    inside = np.zeros(traces.share.shape, np.uint8)
    cv2.fillPoly(inside, [corners], 1)
    return float(cv2.mean(traces.share, inside)[0]) / 255


def covered(sheet: Sheet, words: Sequence[Word]) -> float:
    """Return the part of a sheet that words cover; more than 1 where they lie on each other."""
    outline = np.array(sheet.region.corners, dtype=np.float32)
    on_it = (
        word.region.length * word.region.thickness for word in words if sheet.holds(word.region)
    )
    return sum(on_it) / max(float(cv2.contourArea(outline)), 1e-6)


def _is_read(word: Word) -> bool:
    return word.score >= _READ and sum(letter.isalnum() for letter in word.text) >= _LETTERS


def _is_number(word: Word) -> bool:
    """Return whether a word is a number that was read but is too short to count by itself."""
    letters = [letter for letter in word.text if letter.isalnum()]
    return word.score >= _READ and bool(letters) and all(letter.isdecimal() for letter in letters)
