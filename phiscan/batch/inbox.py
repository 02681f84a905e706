"""The files of an inbox, each when it is whole: nobody has written to it for a while.

Unlike a scan of a folder, which looks for photos, this passes over nothing but names that say that
a file is not ready: hidden ones, and those of unfinished downloads.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from pathlib import Path

from phiscan.batch.folders import Item, looks_like_photo
from phiscan.batch.originals import HIDDEN, Stamp, is_being_written, put_back

QUIET = 2.0
"""Seconds without a change after which a file counts as whole: what chokidar's `awaitWriteFinish`
waits (`stabilityThreshold`, 2000 ms)."""
FRESH = 30.0
"""Seconds without a change after which a file that cannot be opened counts as damaged: until then
it may be one whose upload has come to a stop."""
_PATIENCE = 60.0
"""Seconds that a run which does not watch waits for files that are still written to."""
_TICK = 0.5
_HEARTBEAT = 60.0
"""Seconds after which the folder is looked through anyway: network shares report no changes, and
the system drops some when there are too many."""
_SHARE = 10.0
"""A look through the folder that took a second is not repeated before this many are over."""
_BATCH = 500
"""Files that are handed out before new ones are looked for."""

_UNFINISHED = "part partial crdownload download opdownload filepart tmp temp"
UNFINISHED = frozenset(f".{name}" for name in _UNFINISHED.split())
"""What browsers, WinSCP and others call a file that they have not finished; it gets its real name
when it is whole."""

NO_PICTURE = "not a picture, by its name and its first bytes"

Leave = Callable[[str, str], None]
"""Told of a path that has to stay where it is, and why."""


class _State(Enum):
    WAITING = "waiting"
    OUT = "out"
    DONE = "done"


@dataclass(slots=True)
class _File:
    """What is known of one file: since when it is as it is, and how long it has to stay so."""

    stamp: Stamp
    since: float
    needs: float
    state: _State = _State.WAITING


@dataclass(slots=True)
class Inbox:
    """The folder `root`; `leave` is told once of each link, pipe and folder that cannot be read."""

    root: Path
    leave: Leave
    quiet: float = QUIET
    fresh: float = FRESH
    _files: dict[str, _File] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)
    _seen: float = 0.0
    _next_look: float = 0.0

    def once(self) -> Iterator[Iterable[Item]]:
        """Yield what is there, in the order of the names; last what was still being written."""
        yield self._settled_ones()
        end = time.monotonic() + max(_PATIENCE, self.quiet)
        while self._files:
            if batch := self._take_ready():
                for item in batch:
                    self._files.pop(item.path, None)
                yield batch
            elif time.monotonic() >= end:
                for path in self._files:
                    self.leave(path, "still being written to")
                return
            else:
                time.sleep(min(_TICK, self.quiet))

    def watched(self, ticks: Iterable[bool]) -> Iterator[list[Item]]:
        """Yield what is there and what comes, for as long as there are ticks.

        A tick is true when something may have changed. Each item has to be answered by `settle`,
        `again` or `retry`.
        """
        is_due = True
        for changed in ticks:
            is_due = is_due or changed
            now = time.monotonic()
            if (is_due and now >= self._next_look) or now - self._seen >= _HEARTBEAT:
                self._look()
                is_due = False
            while batch := self._take_ready():
                yield batch

    def settle(self, path: str) -> None:
        """Have done with a file until it changes."""
        self._answer(path, _State.DONE)

    def again(self, path: str) -> bool:
        """Hand a file out again when it has changed, or at last when it is no longer fresh.

        False when it is not fresh: then whoever asks has to do with it as it is.
        """
        known = self._files.get(path)
        if known is None or known.needs >= self.fresh:
            return False
        if time.monotonic() - known.since >= self.fresh:
            return False
        known.needs = self.fresh
        self._answer(path, _State.WAITING)
        return True

    def retry(self, path: str) -> None:
        """Hand a file out again after the next look through the folder."""
        self._files.pop(path, None)

    def _answer(self, path: str, state: _State) -> None:
        if path in self._files:
            self._files[path].state = state

    def _settled_ones(self) -> Iterator[Item]:
        """Yield the files that are whole by their times; note the others."""
        for path, state in self._walk():
            known = _file(state, self.quiet)
            if _is_quiet(known) and not is_being_written(Path(path)):
                yield _item(path)
            else:
                self._files[path] = known

    def _look(self) -> None:
        """Look through the folder for files that are new or have changed."""
        begun = time.monotonic()
        there = set[str]()
        for path, state in self._walk():
            there.add(path)
            known = self._files.get(path)
            if known is None or (known.state is _State.DONE and known.stamp != Stamp.of(state)):
                self._files[path] = _file(state, self.quiet)
        for path in [path for path in self._files if path not in there]:
            del self._files[path]
        self._seen = time.monotonic()
        self._next_look = self._seen + _SHARE * (self._seen - begun)

    def _take_ready(self) -> list[Item]:
        """Hand out files that have stayed as they are for long enough."""
        waiting = [path for path, f in self._files.items() if f.state is _State.WAITING]
        ready = list(islice(filter(self._is_ready, waiting), _BATCH))
        for path in ready:
            self._files[path].state = _State.OUT
        return [_item(path) for path in ready]

    def _is_ready(self, path: str) -> bool:
        try:
            state = os.lstat(path)
        except OSError:
            self._files.pop(path, None)  # gone, or given its real name
            return False
        known = self._files[path]
        if Stamp.of(state) != known.stamp:
            self._files[path] = _file(state, self.quiet)
            return self.quiet <= 0
        return _is_quiet(known) and not is_being_written(Path(path))

    def _walk(self) -> Iterator[tuple[str, os.stat_result]]:
        """Yield every regular file below `root` with what the system tells about it."""
        waiting = [self.root]
        while waiting:
            folder = waiting.pop()
            inner = []
            for path in self._children(folder):
                try:
                    state = path.lstat()
                except FileNotFoundError:
                    continue
                except OSError as exc:
                    self._tell(path, f"cannot be looked at: {exc.strerror}")
                    continue
                if stat.S_ISREG(state.st_mode):
                    yield str(path), state
                elif stat.S_ISDIR(state.st_mode):
                    inner.append(path)
                else:
                    self._tell(path, _other(state.st_mode))
            waiting += reversed(inner)

    def _children(self, folder: Path) -> list[Path]:
        """Return what lies in a folder and is ready by its name, in the order of the names."""
        try:
            names = os.listdir(folder)  # noqa: PTH208 - iterdir would not be faster
            left = [name for name in names if name.startswith(HIDDEN)]
            for name in left:
                with suppress(OSError):  # another run is at work, or this one may not write here
                    put_back(folder / name)
            names = os.listdir(folder) if left else names  # noqa: PTH208 - as above
        except FileNotFoundError:
            if folder != self.root:
                return []
            self._tell(folder, "is gone")
            return []
        except OSError as exc:
            self._tell(folder, f"cannot be listed: {exc.strerror}")
            return []
        return [folder / name for name in sorted(names) if _is_finished(name)]

    def _tell(self, path: Path, problem: str) -> None:
        if str(path) not in self._told:
            self._told.add(str(path))
            self.leave(str(path), problem)


def _file(state: os.stat_result, needs: float) -> _File:
    """Return a file as it was seen just now.

    Its times tell how long it has been so. The time of the last change cannot be set by a program
    that copies a file with its date; one that lies in the future says nothing.
    """
    age = time.time() - max(state.st_mtime, state.st_ctime)
    return _File(Stamp.of(state), time.monotonic() - max(age, 0.0), needs)


def _is_quiet(file: _File) -> bool:
    return time.monotonic() - file.since >= file.needs


def _item(path: str) -> Item:
    return Item(path) if looks_like_photo(Path(path)) else Item(path, NO_PICTURE)


def _is_finished(name: str) -> bool:
    return not name.startswith(".") and os.path.splitext(name)[1].lower() not in UNFINISHED  # noqa: PTH122 - no path


def _other(mode: int) -> str:
    return "a link, and links are not followed" if stat.S_ISLNK(mode) else "not a file"
