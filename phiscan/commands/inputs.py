"""What a scan is to look at: named on the command line, or sent over standard input."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Protocol

from phiscan.batch import Item
from phiscan.batch import places as where
from phiscan.batch.arrivals import Arrivals
from phiscan.batch.folders import LeftOut
from phiscan.batch.places import Place, is_folder, is_there, walk
from phiscan.commands.terminal import is_terminal, say
from phiscan.errors import BadSettings
from phiscan.intake import remote
from phiscan.intake.remote import shown


class Inputs(Protocol):
    """Where the photos of a scan come from."""

    @property
    def paths(self) -> list[Path]:
        """What was named on this machine."""
        ...

    @property
    def are_many(self) -> bool:
        """Whether more than one photo may come."""
        ...

    @property
    def count(self) -> Callable[[], int] | None:
        """Finds out about how many photos there are, where that can be known."""
        ...

    def items(self) -> Iterable[Item]:
        """Return the photos, at least one; BadSettings when there is none."""
        ...

    def told(self) -> str:
        """Return what a person has to know about photos that were left out, or nothing."""
        ...


class Named:
    """Places on the command line; BadSettings when there is no photo at any of them."""

    def __init__(self, places: Sequence[Place], *, no_ignore: bool) -> None:
        if not places:
            raise BadSettings("name at least one photo or folder; see: phiscan --help")
        for address in where.addresses(places):
            remote.check(address)
        self._places = places
        self._left_out = None if no_ignore else LeftOut()
        self._items = self._found()
        self.paths = where.paths(places)
        self.are_many = len(places) > 1 or is_folder(places[0])
        self.count = self._count if self.are_many else None

    def items(self) -> Iterator[Item]:
        """Return the photos in order."""
        return self._items

    def told(self) -> str:
        """Say how many photos and folders ignore files named: they were not scanned."""
        out = self._left_out or LeftOut()
        photos, folders = _counted(out.photos, "photo"), _counted(out.folders, "folder")
        told = [part for part in (photos, folders) if part]
        lines = [f"{' and '.join(told)} left out by .phiscanignore"] if told else []
        if out.unread:
            files = _counted(out.unread, ".phiscanignore file")
            lines.append(f"{files} could not be read and left nothing out")
        return "; ".join(lines)

    def _count(self) -> int:
        return where.count(self._places, self._left_out and LeftOut())

    def _found(self) -> Iterator[Item]:
        """Return the walk with at least one item in it; BadSettings when no file matched."""
        if not any(is_there(each) for each in self._places):
            one = f"no such file: {shown(str(self._places[0]))!r}"
            raise BadSettings(one if len(self._places) == 1 else f"{one}, nor any of the others")
        items = self._walked()
        first = next(items, None)
        if first is None:
            told = self.told() or "phiscan looks for pictures that are not hidden"
            raise BadSettings(f"no photos found there; {told}")
        return chain([first], items)

    def _walked(self) -> Iterator[Item]:
        """Yield every photo; tell of a folder without any, which may be the wrong one."""
        for each in self._places:
            empty = True
            for item in walk([each], self._left_out):
                empty = False
                yield item
            if empty and len(self._places) > 1:
                say(f"no photos in {shown(str(each))!r}")


class Sent:
    """Paths that another program sends over standard input."""

    def __init__(self, places: Sequence[Place]) -> None:
        if places:
            raise BadSettings("--stdin0 takes its paths from standard input; name none beside it")
        if sys.stdin is None or is_terminal(sys.stdin):
            raise BadSettings("--stdin0 reads what another program sends; nothing is sent here")
        self.paths = list[Path]()
        self.are_many = True
        self.count = None

    def items(self) -> Iterable[Item]:
        """Wait for the first path, and return all of them as they come."""
        arrivals = Arrivals(sys.stdin.fileno())
        if not arrivals.wait():
            raise BadSettings("no file: nothing came over standard input")
        return arrivals

    def told(self) -> str:
        """Say nothing: what was sent is scanned."""
        return ""


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}" if number else ""
