"""Where copies of photos go: never over an original, never over another file, never half."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree

from phiscan.batch import is_folder
from phiscan.batch.originals import move_where_nothing_is
from phiscan.errors import BadSettings, OutputError

_LETTERS = "bcdfghjkmnpqrstvwxz"
"""No vowels and no digits: a folder's name must not look like a person's name or number."""
_ENDS = tuple(end for end in (os.sep, os.altsep) if end)


class Copies:
    """Finds the place of each copy, and puts it there when it is ready.

    `output` names the copy of one photo; for several photos it names a folder, which is made if
    need be. Raises BadSettings when it cannot be what is needed.
    """

    def __init__(self, originals: Iterable[Path], output: str, *, force: bool = False) -> None:
        self._originals = tuple(originals)
        self._output = Path(output)
        self._force = force
        self._planned: set[Path] = set()
        self._written: set[tuple[int, int]] = set()
        self._is_folder = is_folder(self._output) or output.endswith(_ENDS)
        if len(self._originals) > 1 and not self._is_folder:
            if os.path.lexists(self._output):
                raise BadSettings(f"for several photos, {output!r} must be a folder; it is a file")
            self._is_folder = True

    @property
    def written(self) -> int:
        """How many copies are in their place."""
        return len(self._written)

    def place_for(self, original: Path) -> Path:
        """Return where the copy goes; OutputError when nothing may be written there."""
        target = self._output / original.name if self._is_folder else self._output
        if target in self._planned:
            raise _taken(target)
        self._check(target)
        made = self._is_folder and is_folder(self._output.parent)  # only the last folder is made
        if not made and not is_folder(target.parent):
            raise OutputError(f"cannot write {str(target)!r}: there is no such folder")
        self._planned.add(target)
        return target

    def _check(self, target: Path) -> None:
        """Compare by device and inode: links, hard links and names in other case do not hide."""
        shown = str(target)
        try:
            there = target.lstat()
            with suppress(FileNotFoundError):  # a link that leads nowhere
                there = target.stat()
        except FileNotFoundError:
            return
        except (OSError, ValueError) as exc:
            raise _failure(target, exc) from exc
        identity = there.st_dev, there.st_ino
        if identity in self._written:
            raise _taken(target)
        if identity in {*self._identities()}:
            raise OutputError(f"{shown!r} is an original, and originals are never written over")
        if not stat.S_ISREG(there.st_mode) and not stat.S_ISLNK(there.st_mode):
            raise OutputError(f"cannot write {shown!r}: it is not an ordinary file")
        if not self._force:
            raise OutputError(f"{shown!r} is there already; --force replaces it")

    def _identities(self) -> Iterator[tuple[int, int]]:
        for original in self._originals:
            with suppress(OSError, ValueError):
                state = original.stat()
                yield state.st_dev, state.st_ino

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Make a folder of its own where the copies will go, and take it away at the end.

        There a copy has the name that it will have, and nobody else can see it yet.
        """
        is_new = self._is_folder and not is_folder(self._output)
        try:
            if is_new:
                self._output.mkdir()
            folder = _new_folder(self._output if self._is_folder else self._output.parent)
        except OSError as exc:
            raise _failure(self._output, exc) from exc
        try:
            yield folder
        finally:
            rmtree(folder, ignore_errors=True)
            if is_new and not self._written:
                with suppress(OSError):
                    self._output.rmdir()

    def publish(self, staged: Path, target: Path) -> None:
        """Put a staged copy into its place at once and whole; OutputError when that fails."""
        self._check(target)  # much may have happened while it was scanned
        try:
            state = staged.stat()
            if self._force:
                staged.replace(target)
            else:
                move_where_nothing_is(staged, target)
        except FileExistsError:
            raise OutputError(f"{str(target)!r} is there already; --force replaces it") from None
        except OSError as exc:
            raise _failure(target, exc) from exc
        self._written.add((state.st_dev, state.st_ino))


def write_new(path: Path, content: bytes) -> None:
    """Write a new file with the permissions that the user's umask leaves."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags, 0o666), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:  # two names that differ in case only
        raise _taken(path) from None
    except (OSError, ValueError) as exc:
        raise _failure(path, exc) from exc


def _new_folder(parent: Path) -> Path:
    """Make a folder that only its owner may enter."""
    while True:
        name = "".join(secrets.choice(_LETTERS) for _ in range(10))
        folder = parent / f".phiscan-{name}"
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            return folder


def _taken(target: Path) -> OutputError:
    return OutputError(f"{target.name!r} is the copy of another photo; give them other names")


def _failure(target: Path, exc: Exception) -> OutputError:
    reason = getattr(exc, "strerror", None) or type(exc).__name__
    return OutputError(f"cannot write {target.name!r}: {reason}")
