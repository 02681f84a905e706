"""A file that lies in an inbox: read as it is, and taken away only when it is still the same."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import signal
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path, PurePath
from types import TracebackType
from typing import Self

from phiscan.errors import OutputError, UnreadableImage

HIDDEN = ".phiscan-gate-"
"""How everything starts that a gate calls by a name of its own for a moment."""
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is another one when a file is replaced or written to; times are in nanoseconds."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, state: os.stat_result) -> Self:
        """Return the stamp of what the system tells about a file."""
        return cls(state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)

    @property
    def renamed(self) -> Stamp:
        """What stays of it when the file gets another name."""
        return replace(self, changed=0)


class Original:
    """A regular file, open for reading, and the SHA-256 of its bytes; links are not followed.

    Raises UnreadableImage when it is something else or cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = os.fdopen(_opened(path), "rb")
        except OSError as exc:
            raise _unreadable(exc) from exc
        try:
            self.stamp = Stamp.of(os.fstat(self._file.fileno()))
            digest, self.size = hashlib.sha256(), 0
            for chunk in self.chunks():
                digest.update(chunk)
                self.size += len(chunk)
        except BaseException:
            self._file.close()
            raise
        self.sha256 = digest.hexdigest()

    def chunks(self) -> Iterator[bytes]:
        """Yield its bytes from the first on."""
        try:
            self._file.seek(0)
            while chunk := self._file.read(_CHUNK):
                yield chunk
        except OSError as exc:
            raise _unreadable(exc) from exc

    def take_away(self) -> bool:
        """Remove it from its folder; False when it is not the file any more that was read.

        Whoever puts another file there at the same moment does not lose it: the name is given up
        first, and the file behind it looked at before it goes. Killed in between, it is left in a
        hidden folder, from where `put_back` brings it. Raises OutputError when that cannot be done.
        """
        try:
            if Stamp.of(self.path.lstat()) != self.stamp:
                return False
            folder = self.path.with_name(HIDDEN + secrets.token_hex(8))
            folder.mkdir(mode=0o700)
        except FileNotFoundError:
            return True  # somebody else was faster
        except OSError as exc:
            raise _cannot_go(self.path, exc) from exc
        try:
            return self._taken(folder / self.path.name)
        except OSError as exc:
            raise _cannot_go(self.path, exc) from exc
        finally:
            with suppress(OSError):
                folder.rmdir()

    def _taken(self, aside: Path) -> bool:
        try:
            self.path.rename(aside)
            same = Stamp.of(aside.lstat()).renamed == self.stamp.renamed
        except FileNotFoundError:
            return True
        if same and not is_being_written(aside):
            aside.unlink(missing_ok=True)
            return True
        put_back(aside.parent)
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def put_back(folder: Path) -> None:
    """Give what a killed `take_away` left in its hidden folder its name back; OSError if not."""
    for aside in sorted(folder.iterdir()):
        for name in numbered(PurePath(aside.name)):
            with suppress(FileExistsError):
                move_where_nothing_is(aside, folder.with_name(str(name)))
                break
    folder.rmdir()


def numbered(name: PurePath) -> Iterator[PurePath]:
    """Yield a name, then `name-2`, `name-3` and so on, with its extension behind the number."""
    yield name
    for number in count(2):
        yield name.with_name(f"{name.stem}-{number}{name.suffix}")


def move_where_nothing_is(staged: Path, target: Path) -> None:
    """Give a file its new name; FileExistsError when something has that name by now.

    A link fails where a rename would replace. Some file systems have no links (FAT).
    """
    try:
        os.link(staged, target)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):
        if os.path.lexists(target):
            raise FileExistsError from None
        staged.replace(target)
    else:
        staged.unlink(missing_ok=True)


def is_being_written(path: Path) -> bool:
    """Whether some program holds a file open for writing; False where that cannot be told.

    Linux tells it of files on its own disks: it grants a read lease on no others (fcntl(2),
    F_SETLEASE). Elsewhere one has to wait until a file stays as it is.
    """
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        handle = _opened(path)
    except OSError:
        return False
    try:
        # By default the signal for a broken lease ends the process; this one is ignored.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as exc:
        return exc.errno == errno.EAGAIN
    finally:
        os.close(handle)
    return False


def _opened(path: Path) -> int:
    """Return a handle of a regular file, without waiting for whoever fills a pipe."""
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC"):  # those the system has
        flags |= getattr(os, name, 0)
    handle = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not an ordinary file")
    return handle


def _unreadable(exc: OSError) -> UnreadableImage:
    return UnreadableImage(f"cannot be read: {exc.strerror or type(exc).__name__}")


def _cannot_go(path: Path, exc: OSError) -> OutputError:
    reason = exc.strerror or type(exc).__name__
    return OutputError(f"cannot be taken out of the inbox: {reason}: {path.name!r}")
