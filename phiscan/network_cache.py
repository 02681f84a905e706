"""Compiled networks kept on disk from one run to the next, in a folder of the user alone.

Compiling takes 1.5 s of one core at every start, reading back what was compiled 0.4 s. An entry
holds a network for one processor and one version of OpenVINO; nothing of any photo is in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_MAGIC = b"phiscan compiled network 1\n"
_DIGEST = hashlib.sha256().digest_size
_MOST_OF_ONE = 3
"""Entries of one network that are kept: more than one where runs differ in their threads."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled network, and the texts that its weights file carries."""

    blob: bytes
    metadata: Mapping[str, str]


class NetworkCache:
    """Keeps compiled networks in `folder`, by default `networks` in the user's cache folder.

    What is not the user's own is neither read nor written, for a compiled network is a program: a
    folder or file that belongs to somebody else, that others may write to, or that is a link. An
    entry whose SHA-256 does not fit is passed over. No failure here ever stops a scan.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or _default_folder()

    def get(self, network: str, key: str) -> Compiled | None:
        """Return what was kept under this key, or None."""
        try:
            if not _is_own(self.folder):
                return None
            with _open_own(self._path(network, key)) as file:
                return _unpack(file)
        except (OSError, ValueError):
            return None

    def put(self, network: str, key: str, compiled: Compiled) -> None:
        """Keep a compiled network, and let go of the oldest of its kind."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_own(self.folder):
                return
            # Written aside and moved: who reads meanwhile sees all of an entry or none of it.
            handle, aside = tempfile.mkstemp(dir=self.folder, prefix=".new-")  # mode 0600
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_pack(compiled))
                os.replace(aside, self._path(network, key))  # noqa: PTH105 - Path.replace is the same
            except BaseException:
                os.unlink(aside)  # noqa: PTH108 - the path is a string
                raise
            self._let_go(network)

    def entries(self) -> list[Path]:
        """Return the files that are kept, the newest first."""
        with suppress(OSError):
            files = [(path.stat().st_mtime, path) for path in self.folder.glob("*.compiled")]
            return [path for _, path in sorted(files, reverse=True)]
        return []

    def _path(self, network: str, key: str) -> Path:
        return self.folder / f"{network}-{hashlib.sha256(key.encode()).hexdigest()[:24]}.compiled"

    def _let_go(self, network: str) -> None:
        kept = [path for path in self.entries() if path.name.startswith(f"{network}-")]
        for path in kept[_MOST_OF_ONE:]:
            path.unlink(missing_ok=True)


def _default_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("phiscan", appauthor=False) / "networks"


def _is_own(path: Path) -> bool:
    """Return whether a folder is the user's and nobody else may write to it."""
    return stat.S_ISDIR((found := path.lstat()).st_mode) and _only_mine(found)


def _only_mine(found: os.stat_result) -> bool:
    if not hasattr(os, "geteuid"):  # Windows: the cache folder lies in the user's own profile
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _open_own(path: Path) -> BinaryIO:
    """Open the user's own regular file; OSError or ValueError where it is something else."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    file = os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb")
    found = os.fstat(file.fileno())
    if not stat.S_ISREG(found.st_mode) or not _only_mine(found):
        file.close()
        raise ValueError("not the user's own file")
    return file


def _pack(compiled: Compiled) -> bytes:
    """Return magic, metadata on one line, SHA-256 of both parts, and the network."""
    metadata = json.dumps(dict(compiled.metadata)).encode() + b"\n"
    return _MAGIC + metadata + _digest(metadata, compiled.blob) + compiled.blob


def _unpack(file: BinaryIO) -> Compiled:
    """Return what was packed; ValueError where it is damaged. Holds the network only once."""
    magic, metadata = file.readline(), file.readline()
    digest, blob = file.read(_DIGEST), file.read()
    if magic != _MAGIC or digest != _digest(metadata, blob):
        raise ValueError("damaged")
    return Compiled(blob, json.loads(metadata))


def _digest(metadata: bytes, blob: bytes) -> bytes:
    found = hashlib.sha256(metadata)
    found.update(blob)
    return found.digest()
