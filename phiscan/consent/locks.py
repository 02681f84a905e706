"""Where the key to the consent list comes from: the operating system's keyring or a passphrase."""

from __future__ import annotations

import base64
import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from phiscan.errors import BadSettings

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

INSTALL = "consent lists need more libraries; run: pip install 'phiscan[consent]'"
"""What to do when a library of the extra is missing."""

VARIABLE = "PHISCAN_CONSENT_PASSPHRASE"
"""The environment variable that holds the passphrase where nobody can be asked."""

SHORTEST = 12
"""Characters of a passphrase at least. NIST SP 800-63B-4 asks for 15 where a password stands alone,
8 where something else protects too; here it is the file, which only its owner may read."""

_SERVICE, _ENTRY = "phiscan", "consent list"
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**17, 8, 1
"""RFC 7914; the numbers are those of OWASP's Password Storage Cheat Sheet: 128 MiB, 0.4 s."""

Ask = Callable[[], str]
"""Returns the passphrase, or raises BadSettings when there is nobody to ask."""


class Lock(Protocol):
    """Holds the key to a list, and says in one word of the file's first line how to get it."""

    @property
    def words(self) -> tuple[str, ...]:
        """What the file's first line says of this lock."""
        ...

    @property
    def refusal(self) -> str:
        """One line for the person whose key does not open the list."""
        ...

    def key(self) -> bytes:
        """Return a key for Fernet; BadSettings when it cannot be had."""
        ...

    def forget(self) -> None:
        """Let go of the key: the list is gone."""
        ...


def from_environment() -> str:
    """Return the passphrase from the environment; BadSettings when it is not there."""
    if passphrase := os.environ.get(VARIABLE):
        return passphrase
    raise BadSettings(f"the consent list is locked with a passphrase; put it into {VARIABLE}")


@dataclass(frozen=True, slots=True)
class KeyringLock:
    """A random key in the operating system's keyring, which opens when the user logs in."""

    words: tuple[str, ...] = ("keyring",)
    refusal: str = "the consent list is damaged, or of another user"

    @classmethod
    def new(cls) -> KeyringLock | None:
        """Put a new key into the keyring; None where there is no keyring fit to hold it."""
        from cryptography.fernet import Fernet
        from keyring.errors import KeyringError

        vault = _vault()
        if vault is None:
            return None
        key = Fernet.generate_key().decode()
        try:
            vault.set_password(_SERVICE, _ENTRY, key)
            return cls() if vault.get_password(_SERVICE, _ENTRY) == key else None
        except KeyringError:
            return None

    def key(self) -> bytes:
        """See Lock.key."""
        from keyring.errors import KeyringError

        vault = _vault()
        try:
            found = vault.get_password(_SERVICE, _ENTRY) if vault else None
        except KeyringError as exc:
            raise BadSettings("the keyring that holds the consent list's key is locked") from exc
        if not found:
            raise BadSettings("the consent list's key is not in this user's keyring")
        return str(found).encode()

    def forget(self) -> None:
        """See Lock.forget."""
        from keyring.errors import KeyringError

        vault = _vault()
        try:
            if vault:
                vault.delete_password(_SERVICE, _ENTRY)
        except KeyringError:
            pass  # it opens nothing any more


@dataclass(frozen=True, slots=True)
class PassphraseLock:
    """A key that scrypt derives from a passphrase and a random salt."""

    salt: bytes
    ask: Ask
    refusal: str = "wrong passphrase, or the consent list is damaged"

    @classmethod
    def new(cls, ask: Ask) -> PassphraseLock:
        """Return a lock with a new salt."""
        return cls(os.urandom(16), ask)

    @property
    def words(self) -> tuple[str, ...]:
        """See Lock.words."""
        return ("passphrase", self.salt.hex())

    def key(self) -> bytes:
        """See Lock.key."""
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

        scrypt = Scrypt(salt=self.salt, length=32, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P)
        # One accented letter has two encodings, and keyboards differ in which they send.
        passphrase = unicodedata.normalize("NFC", self.ask())
        return base64.urlsafe_b64encode(scrypt.derive(passphrase.encode()))

    def forget(self) -> None:
        """See Lock.forget: there is nothing to let go of."""


def lock_of(words: tuple[str, ...], ask: Ask) -> Lock:
    """Return the lock that a file's first line speaks of; ValueError when it makes no sense."""
    if words == KeyringLock().words:
        return KeyringLock()
    kind, salt = words
    if kind != "passphrase":
        raise ValueError("unknown lock")
    return PassphraseLock(bytes.fromhex(salt), ask)


def _vault() -> KeyringBackend | None:
    """Return the keyring; None where it would hold the key in a plain file, or not at all."""
    import keyring

    vault = keyring.get_keyring()
    first = next(iter(getattr(vault, "backends", ())), vault)  # a chain of keyrings asks in order
    return vault if keyring.core.recommended(first) else None
