"""Folders in the user's cache folder, and files in them, that nobody else may write to.

The next run believes what lies there. So what is not the user's own is neither read nor written: a
folder or file that belongs to somebody else, that others may write to, or that is a link.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast


def cache_folder(name: str) -> Path:
    """Return where phiscan keeps what is called `name` between runs; it may not be there yet."""
    from platformdirs import user_cache_path

    return user_cache_path("phiscan", appauthor=False) / name


def make_own(folder: Path) -> bool:
    """Make a folder for the user alone; return whether the one that is there then is such a one.

    Raises OSError when it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return is_own(folder)


def is_own(folder: Path) -> bool:
    """Return whether a folder is the user's and nobody else may write to it."""
    return stat.S_ISDIR((found := folder.lstat()).st_mode) and _only_mine(found)


def open_own(path: Path) -> BinaryIO:
    """Open the user's own regular file; OSError or ValueError where it is something else."""
    return _opened(path, os.O_RDONLY, "rb")


def make_own_file(path: Path) -> None:
    """Make an empty file that the user alone may read and write, or see that there is one.

    Raises OSError or ValueError where it is something else, or may not be written to.
    """
    with _opened(path, os.O_RDWR | os.O_CREAT, "r+b") as file, suppress(AttributeError):
        os.fchmod(file.fileno(), 0o600)  # Windows has none: there the profile is the user's own


def _opened(path: Path, flags: int, mode: str) -> BinaryIO:
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):  # those that the system has
        flags |= getattr(os, name, 0)
    file = cast("BinaryIO", os.fdopen(os.open(path, flags, 0o600), mode))
    found = os.fstat(file.fileno())
    if not stat.S_ISREG(found.st_mode) or not _only_mine(found):
        file.close()
        raise ValueError("not the user's own file")
    return file


def _only_mine(found: os.stat_result) -> bool:
    if not hasattr(os, "geteuid"):  # Windows: the cache folder lies in the user's own profile
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
