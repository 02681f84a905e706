from __future__ import annotations

import datetime as dt
import errno
import os
import stat
import sys
from pathlib import Path
from typing import ClassVar, NoReturn

import pytest

from phiscan.consent import locks, store
from phiscan.consent.locks import VARIABLE, KeyringLock, PassphraseLock, from_environment
from phiscan.consent.people import People, Person
from phiscan.consent.store import Store, default_path
from phiscan.errors import BadSettings, MissingDependency, OutputError

_MISSING = "the extra phiscan[consent] is not installed"
keyring = pytest.importorskip("keyring", reason=_MISSING)
pytest.importorskip("cryptography", reason=_MISSING)

PASSPHRASE = "correct horse battery"  # noqa: S105 - of tests
DAY = dt.date(2026, 1, 1)
ADA = Person("Ada Example", DAY, dt.date(2027, 1, 1), "birthday on the ward", ((0.125, 0.5),))
PEOPLE = People("an encoder", (ADA,))


class Vault:
    """A keyring in memory."""

    priority = 5.0
    held: ClassVar[dict[tuple[str, str], str]] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.held.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError


class PlainFile(Vault):
    """As keyrings.alt.file.PlaintextKeyring, which is not recommended."""

    priority = 0.5


class Forgetful(Vault):
    """As keyring.backends.null.Keyring would be with a higher priority."""

    def get_password(self, service: str, username: str) -> str | None:
        return None


class Locked(Vault):
    """A keyring whose user does not unlock it."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.KeyringLocked


class Chain(Vault):
    """A chain of keyrings, of which the first one holds what is put in."""

    backends: ClassVar[list[Vault]] = [PlainFile(), PlainFile()]


@pytest.fixture(autouse=True)
def _vault(monkeypatch: pytest.MonkeyPatch) -> None:
    Vault.held = {}
    use(monkeypatch, Vault())


def use(monkeypatch: pytest.MonkeyPatch, vault: Vault) -> None:
    monkeypatch.setattr(keyring, "get_keyring", lambda: vault)


def by_passphrase(path: Path, passphrase: str = PASSPHRASE) -> Store:
    return Store(path / "phiscan" / "consent.list", lambda: passphrase)


def written(folder: Path) -> Store:
    kept = by_passphrase(folder)
    kept.write(PEOPLE, PassphraseLock.new(kept.ask))
    return kept


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    kept = written(tmp_path)
    people, lock = kept.read()
    assert people == PEOPLE
    kept.write(People("an encoder"), lock)
    assert kept.read()[0] == People("an encoder")


def test_only_its_user_may_read_it_and_nothing_else_is_left(tmp_path: Path) -> None:
    kept = written(tmp_path)
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700
    assert list(kept.path.parent.iterdir()) == [kept.path]


def test_nothing_of_it_can_be_read_without_the_key(tmp_path: Path) -> None:
    content = written(tmp_path).path.read_bytes()
    for text in ("Ada", "birthday", "2027", "0.125", "an encoder"):
        assert text.encode() not in content


def test_two_lists_with_one_passphrase_have_two_keys() -> None:
    one, other = (PassphraseLock.new(lambda: PASSPHRASE) for _ in range(2))
    assert one.key() != other.key()
    assert one.key() == one.key()


def test_a_passphrase_is_the_same_from_every_keyboard() -> None:
    composed, decomposed = "pass\u00e9 compos\u00e9", "passe\u0301 compose\u0301"
    assert PassphraseLock(b"s" * 16, lambda: composed).key() == (
        PassphraseLock(b"s" * 16, lambda: decomposed).key()
    )


def test_a_wrong_passphrase_is_told(tmp_path: Path) -> None:
    written(tmp_path)
    with pytest.raises(BadSettings, match=r"^wrong passphrase, or the consent list is damaged$"):
        by_passphrase(tmp_path, "incorrect horse").read()


def test_without_a_passphrase_the_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadSettings, match=VARIABLE):
        from_environment()
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    assert from_environment() == PASSPHRASE


@pytest.mark.parametrize("place", [0, 5, 22, 30, 70, 90, 120, -20, -2])
def test_a_list_that_was_changed_is_not_read(tmp_path: Path, place: int) -> None:
    kept = written(tmp_path)
    content = bytearray(kept.path.read_bytes())
    content[place] ^= 1
    kept.path.write_bytes(content)
    with pytest.raises(BadSettings, match="damaged"):
        kept.read()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\x00" * 100,
        b"phiscan consent list 1",
        b"phiscan consent list 1\n",
        b"phiscan consent list 1 passphrase\nx",
        b"phiscan consent list 1 passphrase xyz\nx",
        b"phiscan consent list 1 passphrase 00 11\nx",
        b"phiscan consent list 1 padlock 00\nx",
        b"phiscan consent list 2 keyring\nx",
    ],
)
def test_what_is_no_list_is_not_read(tmp_path: Path, content: bytes) -> None:
    kept = Store(tmp_path / "consent.list", lambda: PASSPHRASE)
    kept.path.write_bytes(content)
    with pytest.raises(BadSettings, match="damaged"):
        kept.read()


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_a_list_that_is_cut_off_is_not_read(tmp_path: Path, part: float) -> None:
    kept = written(tmp_path)
    content = kept.path.read_bytes()
    kept.path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(BadSettings, match="damaged"):
        kept.read()


@pytest.mark.parametrize("text", [b"[]", b'{"encoder": 1}', b'{"encoder": "e", "people": [{}]}'])
def test_what_holds_something_else_is_damaged(tmp_path: Path, text: bytes) -> None:
    from cryptography.fernet import Fernet

    kept = written(tmp_path)
    lock = kept.read()[1]
    head = kept.path.read_bytes().partition(b"\n")[0]
    kept.path.write_bytes(head + b"\n" + Fernet(lock.key()).encrypt(text))
    with pytest.raises(BadSettings, match="damaged"):
        kept.read()


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the system has no such modes")
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_list_that_others_may_write_to_is_not_read(tmp_path: Path, mode: int) -> None:
    kept = written(tmp_path)
    kept.path.chmod(mode)
    with pytest.raises(BadSettings, match="others may write"):
        kept.read()


def test_a_folder_in_its_place_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot be read"):
        Store(tmp_path).read()


def test_the_stamp_changes_with_the_list(tmp_path: Path) -> None:
    kept = by_passphrase(tmp_path)
    assert kept.stamp() is None
    written(tmp_path)
    before = kept.stamp()
    assert before == kept.stamp()
    written(tmp_path)
    assert before != kept.stamp()
    kept.delete(kept.read()[1])
    assert kept.stamp() is None


def test_a_full_disk_leaves_the_older_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = written(tmp_path)
    lock = kept.read()[1]

    def full(_: int) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="cannot be written: No space left"):
        kept.write(People("e"), lock)
    assert kept.read()[0] == PEOPLE
    assert list(kept.path.parent.iterdir()) == [kept.path]


def test_a_keyring_holds_the_key_and_the_file_does_not(tmp_path: Path) -> None:
    kept = Store(tmp_path / "consent.list")
    lock = KeyringLock.new()
    assert lock
    kept.write(PEOPLE, lock)
    assert kept.read()[0] == PEOPLE
    (key,) = Vault.held.values()
    assert key.encode() not in kept.path.read_bytes()
    kept.delete(lock)
    assert not Vault.held
    assert not kept.path.exists()
    kept.delete(lock)  # a second time it finds nothing, and says nothing


@pytest.mark.parametrize("vault", [PlainFile(), Forgetful(), Locked(), Chain()])
def test_a_keyring_that_does_not_keep_secrets_is_not_used(
    monkeypatch: pytest.MonkeyPatch, vault: Vault
) -> None:
    use(monkeypatch, vault)
    assert KeyringLock.new() is None


@pytest.mark.parametrize(
    ("vault", "key", "told"),
    [
        (Vault(), "", "not in this user's keyring"),
        (Vault(), "no key at all", "damaged, or of another user"),
        (Vault(), "A" * 43 + "=", "damaged, or of another user"),
        (Locked(), "", "locked"),
        (PlainFile(), "A" * 43 + "=", "not in this user's keyring"),
    ],
)
def test_a_key_that_is_not_to_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vault: Vault, key: str, told: str
) -> None:
    kept = Store(tmp_path / "consent.list")
    lock = KeyringLock.new()
    assert lock
    kept.write(PEOPLE, lock)
    Vault.held = {("phiscan", "consent list"): key} if key else {}
    use(monkeypatch, vault)
    with pytest.raises(BadSettings, match=told):
        kept.read()


def test_a_missing_library_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = written(tmp_path)
    monkeypatch.setitem(sys.modules, "cryptography.fernet", None)
    with pytest.raises(MissingDependency, match=r"pip install 'phiscan\[consent\]'"):
        kept.read()
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    with pytest.raises(MissingDependency, match=r"phiscan\[consent\]"):
        default_path()


def test_the_list_lies_in_the_users_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/nowhere")
    assert default_path().name == "consent.list"
    assert default_path().parent.name == "phiscan"
    assert store.Store(default_path()).ask is locks.from_environment
