"""Show every photo to every tool in turn, and keep what they answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO

from benchmarks.peers.environments import PHISCAN, ROOT, InstallError, Peer
from benchmarks.peers.photos import Shown
from benchmarks.peers.pipe import Answer, Driver, DriverEndedError, Found

_START_SECONDS = 300.0
"""How long a tool may take to load its models."""
_LIVES = 3
"""So many times a tool may die or hang before it is given up."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One photo and what every tool that saw it answered."""

    source: str
    file: str
    group: str
    to_slow: bool
    answers: dict[str, Answer]


@dataclass(slots=True)
class Member:
    """A tool in the run: started when first asked, started anew when it ended, then given up."""

    peer: Peer
    command: Callable[[], Sequence[str]]
    seconds: float
    warm_up: Path | None = None
    versions: str = ""
    problem: str = ""
    deaths: int = 0
    driver: Driver | None = field(default=None, repr=False)

    def start(self) -> None:
        """Install and load the tool; `problem` says why where that fails."""
        try:
            command = self.command()
            self.driver = Driver(command, seconds=self.seconds, root=ROOT)
            self.versions = self.driver.versions(_START_SECONDS)
            if self.warm_up:
                self.driver.ask(self.warm_up)
        except InstallError as exc:
            self.problem = str(exc)
        except DriverEndedError as exc:
            self.driver, self.problem = None, f"does not start: {exc}"

    def look(self, photo: Path) -> Answer:
        """Return the answer for a photo; one with a `problem` when there is none."""
        if self.driver is None and not self.problem:
            self.start()
        if self.driver is None:
            return Answer(problem=self.problem)
        try:
            return self.driver.ask(photo)
        except DriverEndedError as exc:
            self.driver, self.deaths = None, self.deaths + 1
            if self.deaths == _LIVES:
                self.problem = f"given up after {_LIVES} photos on which it died or hung"
            return Answer(problem=str(exc))

    def close(self) -> None:
        """End the process."""
        if self.driver:
            self.driver.close()


def look(members: Sequence[Member], photos: Sequence[Shown]) -> Iterator[Looked]:
    """Yield every photo with its answers; who goes first changes from photo to photo.

    Where phiscan and slow tools are all there is, the photos that slow ones do not see are left
    out.
    """
    if all(member.peer.rarely for member in members if member.peer is not PHISCAN):
        photos = [photo for photo in photos if photo.to_slow]
    for number, photo in enumerate(photos):
        print(f"\rphoto {number + 1} of {len(photos)}", end="", file=sys.stderr, flush=True)
        turn = number % len(members)
        answers = {
            member.peer.name: member.look(photo.label.path)
            for member in (*members[turn:], *members[:turn])
            if photo.to_slow or not member.peer.rarely
        }
        name = f"{photo.label.category}/{photo.label.path.name}"
        yield Looked(photo.source, name, photo.group, photo.to_slow, answers)
    print(file=sys.stderr)


def write(looked: Iterable[Looked], members: Sequence[Member], path: Path) -> None:
    """Write a JSON line for each photo as it comes, and before and after one for each tool."""
    with path.open("w", encoding="utf-8") as out:
        _write_tools(members, out)
        for one in looked:
            out.write(json.dumps(asdict(one)) + "\n")
            out.flush()
        _write_tools(members, out)


def _write_tools(members: Iterable[Member], out: TextIO) -> None:
    for member in members:
        tool = {"tool": member.peer.name, "versions": member.versions, "problem": member.problem}
        out.write(json.dumps(tool) + "\n")
    out.flush()


@dataclass(frozen=True, slots=True)
class Kept:
    """What a run left: its photos, and of every tool the versions and what went wrong."""

    photos: tuple[Looked, ...]
    versions: dict[str, str]
    problems: dict[str, str]


def read(paths: Iterable[Path]) -> Kept:
    """Read what `write` wrote, of several runs as one."""
    photos, versions, problems = [], {}, {}
    for line in (line for path in paths for line in path.read_text("utf-8").splitlines()):
        told: dict[str, Any] = json.loads(line)
        if "tool" in told:
            versions[told["tool"]], problems[told["tool"]] = told["versions"], told["problem"]
        else:
            answers = {name: _answer(one) for name, one in told.pop("answers").items()}
            photos.append(Looked(**told, answers=answers))
    return Kept(tuple(photos), versions, problems)


def _answer(told: dict[str, Any]) -> Answer:
    found = (
        Found(one["kind"], one["score"], tuple(one["box"]) if one["box"] else None)
        for one in told.pop("found")
    )
    return Answer(tuple(found), **told)
