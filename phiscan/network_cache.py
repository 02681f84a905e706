"""Compiled networks kept on disk from one run to the next, in a folder of the user alone.

Compiling takes 1.5 s of one core at every start, reading back what was compiled 0.4 s. An entry
holds a network for one processor and one version of OpenVINO; nothing of any photo is in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from phiscan.private_folder import cache_folder, is_own, make_own, open_own

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

    What is not the user's own is neither read nor written, for a compiled network is a program (see
    `private_folder.py`). An entry whose SHA-256 does not fit is passed over. No failure here ever
    stops a scan.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or cache_folder("networks")

    def get(self, network: str, key: str) -> Compiled | None:
        """Return what was kept under this key, or None."""
        try:
            if not is_own(self.folder):
                return None
            with open_own(self._path(network, key)) as file:
                return _unpack(file)
        except (OSError, ValueError):
            return None

    def put(self, network: str, key: str, compiled: Compiled) -> None:
        """Keep a compiled network, and let go of the oldest of its kind."""
        with suppress(OSError):
            if not make_own(self.folder):
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

    def clear(self) -> None:
        """Let go of all that is kept."""
        with suppress(OSError):
            if is_own(self.folder):
                for path in self.entries():
                    path.unlink(missing_ok=True)

    def _path(self, network: str, key: str) -> Path:
        return self.folder / f"{network}-{hashlib.sha256(key.encode()).hexdigest()[:24]}.compiled"

    def _let_go(self, network: str) -> None:
        kept = [path for path in self.entries() if path.name.startswith(f"{network}-")]
        for path in kept[_MOST_OF_ONE:]:
            path.unlink(missing_ok=True)


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
