"""A folder that files are put into: whole, under a name that is free, and never over another file.

At every moment a file is there as a whole or not at all. What a killed run left half written has a
hidden name, and the next run takes it away.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from errno import ENOTDIR
from pathlib import Path, PurePath
from typing import BinaryIO

from phiscan.batch.originals import HIDDEN, move_where_nothing_is, numbered
from phiscan.errors import OutputError, PhiscanError

_CHUNK = 1 << 20


class Changed(PhiscanError):
    """The file is not what it was when its hash was taken."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is to hold: bytes, their SHA-256 and number; `modified` is its time in ns."""

    chunks: Callable[[], Iterable[bytes]]
    sha256: str
    size: int
    modified: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where in the tray some content lies; `is_new` when it did not before."""

    name: PurePath
    is_new: bool


@dataclass(frozen=True, slots=True)
class Tray:
    """The folder `root`; new files and folders in it get these modes, less the user's umask."""

    root: Path
    file_mode: int = 0o666
    folder_mode: int = 0o777

    def make_ready(self) -> None:
        """Make the folder if need be, and see that it can be written to; OutputError if not.

        Then take away what killed runs left half written, and nothing of a run that goes on.
        """
        try:
            if not self.root.is_dir():
                self.root.mkdir(mode=self.folder_mode)  # not its parents: a disk may not be there
            path, file = self._new()
            file.close()
            path.unlink(missing_ok=True)
        except OSError as exc:
            raise _failure(self.root, exc) from exc
        self._sweep()

    def _sweep(self) -> None:
        with suppress(OSError), os.scandir(self.root) as entries:
            for entry in entries:
                if entry.name.startswith(HIDDEN) and entry.is_file(follow_symlinks=False):
                    _remove_orphan(Path(entry.path))

    def find(self, name: PurePath, content: Content) -> PurePath | None:
        """Return the name under which this content lies there, or None."""
        for candidate in numbered(name):
            target = self.root / candidate
            if _holds(target, content):
                return candidate
            if not os.path.lexists(target):
                return None
        return None

    def put(
        self, name: PurePath, content: Content, fits: Callable[[Path], bool] = lambda _: True
    ) -> Placed:
        """Put a file there, unless it is there already.

        When another one has its name, or `fits` refuses that, it gets a numbered one. Raises
        Changed when the bytes are not those of the hash, OutputError when it cannot be written.
        """
        try:
            with ExitStack() as stack:
                staged: Path | None = None
                for candidate in numbered(name):
                    target = self.root / candidate
                    if not fits(target):
                        continue
                    if _holds(target, content):
                        return Placed(candidate, is_new=False)
                    if os.path.lexists(target):
                        continue
                    if staged is None:
                        self._make_folders(candidate.parent)
                        staged = stack.enter_context(self._staged(content))
                    with suppress(FileExistsError):
                        move_where_nothing_is(staged, target)
                        _sync_folder(target.parent)
                        return Placed(candidate, is_new=True)
                    if _holds(target, content):  # another run was faster
                        return Placed(candidate, is_new=False)
        except OSError as exc:
            raise _failure(name, exc) from exc
        raise AssertionError("numbers do not end")

    def write(self, name: PurePath, content: bytes, *, over: bool) -> None:
        """Write a file in one step; what has its name is replaced with `over`, else it stays.

        Raises OutputError when it cannot be written.
        """
        digest = hashlib.sha256(content).hexdigest()
        whole = Content(lambda: [content], digest, len(content))
        target = self.root / name
        try:
            with self._staged(whole) as staged, suppress(FileExistsError):
                if over:
                    staged.replace(target)
                else:
                    move_where_nothing_is(staged, target)
                _sync_folder(target.parent)
        except OSError as exc:
            raise _failure(name, exc) from exc

    @contextmanager
    def _staged(self, content: Content) -> Iterator[Path]:
        """Write the content under a hidden name, and take that name away at the end."""
        path, file = self._new()
        try:
            with file:
                _write(file, content)
                if content.modified is not None:
                    os.utime(path, ns=(content.modified, content.modified))
                if sys.platform == "win32":  # there an open file cannot be renamed
                    file.close()
                yield path  # still open, and so locked
        finally:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _new(self) -> tuple[Path, BinaryIO]:
        """Return a new file, locked so that no sweep of another run takes it for left behind."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        while True:
            path = self.root / f"{HIDDEN}{secrets.token_hex(8)}"
            file = os.fdopen(os.open(path, flags, self.file_mode), "wb")
            if _lock(file) is not False and os.path.lexists(path):
                return path, file
            file.close()

    def _make_folders(self, name: PurePath) -> None:
        """Make the folders that a name lies in; none of them may be a link that leads elsewhere."""
        folder = self.root
        for part in name.parts:
            folder /= part
            try:
                folder.mkdir(mode=self.folder_mode)
            except FileExistsError:
                if not stat.S_ISDIR(folder.lstat().st_mode):
                    raise NotADirectoryError(ENOTDIR, "something else has its name") from None
            else:
                _sync_folder(folder.parent)


def _write(file: BinaryIO, content: Content) -> None:
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk)
        file.write(chunk)
    if digest.hexdigest() != content.sha256:
        raise Changed("it changed while it was copied")
    file.flush()
    os.fsync(file.fileno())


def _holds(path: Path, content: Content) -> bool:
    """Whether a regular file holds this content."""
    try:
        state = path.lstat()
        if not stat.S_ISREG(state.st_mode) or state.st_size != content.size:
            return False
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return False
    return digest.hexdigest() == content.sha256


def _lock(file: BinaryIO) -> bool | None:
    """Lock a file until it is closed; False when another process has it, None without locks."""
    try:
        import fcntl
    except ImportError:  # Windows, where nobody can remove an open file
        return None
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return None
    return True


def _remove_orphan(path: Path) -> None:
    """Remove a half-written file unless a run is at work on it, or that cannot be told."""
    with suppress(OSError), path.open("rb") as file:
        if _lock(file) is True or sys.platform == "win32":
            path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """See to it that new names outlive a power cut, where the system can do that for folders."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _failure(name: PurePath, exc: OSError) -> OutputError:
    return OutputError(f"cannot write {str(name)!r}: {exc.strerror or type(exc).__name__}")
