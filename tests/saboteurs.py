"""Readers, detectors and scanners that misbehave on purpose, and one that stands in for many."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Self

from phiscan.batch import Item
from phiscan.batch.worker_process import PhotoScanner
from phiscan.errors import MissingDependency, UnreadableImage
from phiscan.geometry import Box, Region
from phiscan.model import Check, Finding, Frame, Outcome, Photo, Ruling, ScanResult, Scene, Verdict
from phiscan.policy import Policy, judge, load_policy
from phiscan.scan import Scanner
from phiscan.settings import Settings
from phiscan.text import Text, Word

QUOTED = "John Smith 03/04/1950"
"""What a careless exception would quote."""


class Quiet:
    """Behaves, and sees nothing."""

    kinds = frozenset[str]()
    needs_text = True

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


class SeesAhead(Sees):
    """Sees one thing before the photo is read, and asks for the text afterwards."""

    def look_ahead(self, photo: Photo) -> Callable[[Scene], Iterable[Finding]]:
        seen = list(self.detect(Scene(photo, Text())))
        return lambda scene: seen if scene.text.words else ()


class BreaksAhead(Quiet):
    """Breaks before the photo is read."""

    def look_ahead(self, photo: Photo) -> Callable[[Scene], Iterable[Finding]]:
        raise RuntimeError(QUOTED)


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


class Hangs(Quiet):
    """Never comes back."""

    def read(self, frame: Frame) -> Iterable[Word]:
        time.sleep(3600)
        return ()

    def detect(self, scene: Scene) -> Iterable[Finding]:
        time.sleep(3600)
        return ()


class Dies(Quiet):
    """Takes its process along."""

    def read(self, frame: Frame) -> Iterable[Word]:
        os._exit(9)

    def detect(self, scene: Scene) -> Iterable[Finding]:
        os._exit(9)


SABOTEURS = (Raises, BreaksHalfWay, NotANumber, NoInside, RaisesOurs)


class Panic(BaseException):
    """What libraries written in Rust raise when they break: not an Exception."""


class Obedient:
    """A scanner for worker processes: does what the file's name says, and allows the rest."""

    def __init__(self, note: str = "") -> None:
        self._note = note

    def scan(self, source: str) -> ScanResult:
        deed = Path(source).stem.partition("-")[0]
        if deed == "die":
            os._exit(9)
        if deed == "hang":
            time.sleep(3600)
        if deed == "raise":
            raise RuntimeError(QUOTED)
        if deed == "print":
            os.write(1, QUOTED.encode())
            os.write(2, QUOTED.encode())
        if deed == "grow":
            bytes(5 * 1024**3)
        if deed == "panic":
            raise Panic(QUOTED)
        if deed == "slow":
            time.sleep(0.2)
        checks = (Check("intake", Outcome.DONE),)
        return ScanResult(source, str(os.getpid()), Ruling(Verdict.ALLOW), checks=checks)


class OnePartSabotaged:
    """A real scanner without networks: its parts see nothing, and one of them misbehaves."""

    def __init__(self, part: str, saboteur: type[Quiet]) -> None:
        self._scanner = object.__new__(Scanner)
        self._scanner.settings = Settings()
        self._scanner.policy = load_policy("default")
        parts = {name: Quiet(name) for name in self._scanner.policy.required | {"rapidocr"}}
        parts[part] = saboteur(part)
        readers = [parts.pop("barcodes"), parts.pop("rapidocr")]
        self._scanner.readers = tuple(readers)
        self._scanner.detectors = tuple(parts.values())

    def scan(self, source: str) -> ScanResult:
        return self._scanner.scan(source)


class Unmakeable(Obedient):
    """Cannot be made: a weights file is missing."""

    def __init__(self) -> None:
        raise MissingDependency("no weights")


class DiesAtBirth(Obedient):
    """Kills its process before it is ready."""

    def __init__(self) -> None:
        os._exit(9)


class InProcess:
    """Stands in for phiscan.batch.Workers where a test looks into its scanner."""

    def __init__(
        self,
        make: Callable[[], PhotoScanner],
        policy: Policy,
        jobs: int = 1,
        seconds: float = 1,
    ) -> None:
        del jobs, seconds
        self._scanner = make()
        self._policy = policy

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def scan_all(self, items: Iterable[Item]) -> Iterator[ScanResult]:
        for item in items:
            if item.problem:
                check = Check("intake", Outcome.FAILED)
                ruling = judge((), (check,), self._policy)
                yield ScanResult(item.path, "", ruling, checks=(check,), problem=item.problem)
            else:
                yield self._scanner.scan(item.path)
