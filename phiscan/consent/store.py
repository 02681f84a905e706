"""The list on disk: one encrypted file that only its user may read."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from phiscan.consent.locks import INSTALL, Ask, Lock, from_environment, lock_of
from phiscan.consent.people import People
from phiscan.errors import BadSettings, MissingDependency, OutputError
from phiscan.private_folder import open_own

_MAGIC = ["phiscan", "consent", "list", "1"]
_DAMAGED = "the consent list is damaged; delete the file consent.list and enrol everybody again"

Stamp = tuple[int, int, int]
"""What changes when the file is replaced: its inode, size and time."""


def default_path() -> Path:
    """Return where the user's list lies, whether or not there is one."""
    try:
        from platformdirs import user_data_path
    except ImportError as exc:
        raise MissingDependency(INSTALL) from exc
    return user_data_path("phiscan", appauthor=False) / "consent.list"


@dataclass(frozen=True, slots=True)
class Store:
    """The list in the file `path`; `ask` returns the passphrase of a list that has one.

    The file is one line that names the lock, then a Fernet token: AES-128-CBC under HMAC-SHA-256,
    so that nobody without the key can read it or change it unnoticed. In it are the people, in
    JSON.
    """

    path: Path
    ask: Ask = from_environment

    def stamp(self) -> Stamp | None:
        """Return what changes when the list does; None when there is no list."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise _unreadable(exc) from exc
        return found.st_ino, found.st_size, found.st_mtime_ns

    def read(self) -> tuple[People, Lock]:
        """Return everybody on the list, and the lock to write it again with.

        Raises BadSettings when the list is damaged, is not the user's own or does not open with
        this key, and MissingDependency when a library is missing.
        """
        head, _, token = _read_own(self.path).partition(b"\n")
        words = head.decode("ascii", "replace").split()
        if words[:4] != _MAGIC:
            raise BadSettings(_DAMAGED)
        try:
            lock = lock_of(tuple(words[4:]), self.ask)
        except ValueError as exc:
            raise BadSettings(_DAMAGED) from exc
        try:
            return msgspec.json.decode(_decrypt(lock, token), type=People), lock
        except msgspec.DecodeError as exc:
            raise BadSettings(_DAMAGED) from exc

    def write(self, people: People, lock: Lock) -> None:
        """Replace the list; readers see the old one or the new one. OutputError on failure."""
        from cryptography.fernet import Fernet

        token = Fernet(lock.key()).encrypt(msgspec.json.encode(people))
        content = " ".join([*_MAGIC, *lock.words]).encode() + b"\n" + token + b"\n"
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _replace(self.path, content)
        except OSError as exc:
            raise OutputError(f"the consent list cannot be written: {exc.strerror}") from exc

    def delete(self, lock: Lock) -> None:
        """Delete the list and the key to it. OutputError on failure."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as exc:
            raise OutputError(f"the consent list cannot be deleted: {exc.strerror}") from exc
        lock.forget()


def _decrypt(lock: Lock, token: bytes) -> bytes:
    """Return what the token holds; BadSettings when it is not a token of this key."""
    try:
        from cryptography.fernet import Fernet, InvalidToken

        fernet = Fernet(lock.key())
    except ImportError as exc:
        raise MissingDependency(INSTALL) from exc
    except ValueError as exc:  # what lies in the keyring is not a key
        raise BadSettings(lock.refusal) from exc
    try:
        return fernet.decrypt(token.strip())
    except InvalidToken as exc:
        raise BadSettings(lock.refusal) from exc


def _read_own(path: Path) -> bytes:
    """Return what the file holds; BadSettings where somebody else may have written it.

    Without the key nobody can make a list up, but who may write can put an older one back, with
    consents that were withdrawn since.
    """
    try:
        with open_own(path) as file:
            return file.read()
    except ValueError as exc:
        raise BadSettings("others may write to the consent list, so it is not used") from exc
    except OSError as exc:
        raise _unreadable(exc) from exc


def _unreadable(exc: OSError) -> BadSettings:
    return BadSettings(f"the consent list cannot be read: {exc.strerror or type(exc).__name__}")


def _replace(path: Path, content: bytes) -> None:
    """Write beside `path`, for its owner alone, and move it there."""
    handle, aside = tempfile.mkstemp(prefix=".new-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(aside).unlink()
        raise
