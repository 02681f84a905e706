"""Readers and detectors that misbehave on purpose."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from phiscan.errors import UnreadableImage
from phiscan.geometry import Box, Region
from phiscan.model import Finding, Frame, Scene
from phiscan.text import Word

QUOTED = "John Smith 03/04/1950"
"""What a careless exception would quote."""


class Quiet:
    """Behaves, and sees nothing."""

    kinds = frozenset[str]()

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, frame: Frame) -> Iterable[Word]:
        return ()

    def detect(self, scene: Scene) -> Iterable[Finding]:
        return ()


class Sees(Quiet):
    """Sees one thing."""

    def __init__(self, name: str, kind: str, score: float = 0.9) -> None:
        super().__init__(name)
        self._finding = (kind, score)

    def detect(self, scene: Scene) -> Iterable[Finding]:
        return [Finding(*self._finding, (Region.from_box(0, Box(0, 0, 10, 10)),))]


class Raises(Quiet):
    """Breaks at once, with a patient's name in its message."""

    def read(self, frame: Frame) -> Iterable[Word]:
        raise RuntimeError(QUOTED)

    def detect(self, scene: Scene) -> Iterable[Finding]:
        raise RuntimeError(QUOTED)


class BreaksHalfWay(Quiet):
    """Finds a face, then breaks."""

    def read(self, frame: Frame) -> Iterator[Word]:
        yield Word("MRN", Region.from_box(0, Box(0, 0, 10, 10)), 0.9)
        raise MemoryError

    def detect(self, scene: Scene) -> Iterator[Finding]:
        yield Finding("face", 0.9)
        raise MemoryError


class NotANumber(Quiet):
    """Returns NaN where a score should be: NaN is below no threshold and above none."""

    def read(self, frame: Frame) -> Iterable[Word]:
        return [Word("x", Region.from_box(0, Box(0, 0, 1, 1)), math.nan)]

    def detect(self, scene: Scene) -> Iterable[Finding]:
        return [Finding("face", math.nan)]


class NoInside(Quiet):
    """Returns a region of no size, which would cover nothing."""

    def read(self, frame: Frame) -> Iterable[Word]:
        return [Word("x", Region(0, ()), 0.9)]

    def detect(self, scene: Scene) -> Iterable[Finding]:
        return [Finding("face", 0.9, (Region(0, ()),))]


class RaisesOurs(Quiet):
    """Raises one of phiscan's own errors from where none is expected."""

    def read(self, frame: Frame) -> Iterable[Word]:
        raise UnreadableImage("the picture cannot be read; copy it again")

    def detect(self, scene: Scene) -> Iterable[Finding]:
        raise UnreadableImage("the picture cannot be read; copy it again")


SABOTEURS = (Raises, BreaksHalfWay, NotANumber, NoInside, RaisesOurs)
