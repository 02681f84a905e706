"""Photos that lie elsewhere: addresses such as `s3://bucket/a.jpg`, opened by the library fsspec.

This is the only module that may reach beyond this machine, and it does so for addresses only: a
path, bytes or a file never come here. It needs the extra `phiscan[remote]` and, for most places, a
library that fsspec names (s3fs for `s3://`).
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, BinaryIO

from phiscan.errors import BadSettings, MissingDependency, PhiscanError, UnreadableImage

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
"""Two letters or more: `C://` is a disk."""
_CHAIN = "::"
"""Between the links of an address within another: `zip://a.jpg::s3://bucket/photos.zip`."""
_USER = re.compile(r"^([^/?#]*@)")
_WITHOUT_SECRETS = frozenset({"abfs", "abfss"})
"""Schemes that write the name of a container, not of a user, before the `@`."""
_WITHOUT_FOLDERS = frozenset({"http", "https"})
"""Schemes whose folders are only what a page happens to link to."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One thing in a remote folder: its name there, and `file`, `directory` or `link`."""

    name: str
    sort: str


def is_address(source: str) -> bool:
    """Whether a text is an address and no path; one that begins with `file://` is a path."""
    found = _SCHEME.match(source)
    return found is not None and found[1].lower() not in {"file", "local"}


def local_path(source: str) -> str:
    """Return the path that a `file://` address stands for; any other text as it is."""
    found = _SCHEME.match(source)
    if found is None or found[1].lower() not in {"file", "local"}:
        return source
    path = source[found.end() :].removeprefix("localhost")
    return path[1:] if re.match(r"/[A-Za-z]:", path) else path  # file:///C:/a.jpg


def shown(source: str) -> str:
    """Return an address without what may be secret: users, passwords, and what follows a `?`.

    A `?` in the name of an object stays where no `=` comes after it. Paths stay as they are.
    """
    if not is_address(source):
        return source
    return _CHAIN.join(_shown_link(link) for link in source.split(_CHAIN))


def _shown_link(link: str) -> str:
    found = _SCHEME.match(link)
    if found is None:
        return link
    scheme, rest = found[1].lower(), link[found.end() :]
    if scheme not in _WITHOUT_SECRETS:
        rest = _USER.sub("", rest)
    path, mark, query = rest.partition("?")
    is_query = mark and (scheme in _WITHOUT_FOLDERS or "=" in query)
    return f"{found[0]}{path if is_query else rest}"


@contextmanager
def opened(address: str) -> Iterator[tuple[BinaryIO, int | None]]:
    """Open an object and yield it with its size in bytes, None where the place does not say.

    Raises MissingDependency when a library is missing, and UnreadableImage for all else that goes
    wrong, also while it is read; neither quotes the address or what the other side said.
    """
    with _told(address):
        place, path = _place_of(address)
        with place.open(path, "rb") as file:
            size = getattr(file, "size", None)
            if not isinstance(size, int):
                size = place.info(path).get("size")
            yield file, size


def head(address: str, count: int) -> bytes:
    """Return the first bytes of an object, and fetch no more of it."""
    with _told(address):
        place, path = _place_of(address)
        return bytes(place.cat_file(path, start=0, end=count))


def check(address: str) -> None:
    """Raise MissingDependency or BadSettings when nothing here can open such an address."""
    try:
        with _told(address):
            _place_of(address)
    except UnreadableImage:
        return  # not to be reached now: scanning it tells


def is_there(address: str) -> bool:
    """Whether an address leads somewhere; True when that cannot be told, for scanning tells why."""
    with suppress(UnreadableImage), _told(address):
        try:
            place, path = _place_of(address)
            place.info(path)
        except FileNotFoundError:
            return is_folder(address)
    return True


def is_folder(address: str) -> bool:
    """Whether an address is a folder (or a prefix of objects); False when it cannot be told."""
    if _scheme(address) in _WITHOUT_FOLDERS:
        return False
    try:
        with _told(address):
            place, path = _place_of(address)
            return bool(place.isdir(path))
    except UnreadableImage:
        return False


def entries(address: str) -> list[Entry]:
    """Return what lies in a folder, by name; UnreadableImage when it cannot be listed.

    Names of one folder are held in memory, not what the place says of each.
    """
    with _told(address):
        place, path = _place_of(address)
        listed = [
            Entry(known["name"].rstrip("/").rpartition("/")[2], known["type"])
            for known in place.ls(path, detail=True)
            if known["name"].strip("/") != path.strip("/")  # an object that marks the folder
        ]
        place.invalidate_cache(path)
        return sorted(listed)


def inside(address: str, name: str) -> str:
    """Return the address of something in a folder."""
    own, chain, rest = address.partition(_CHAIN)
    found = _SCHEME.match(own)
    start = found[0] if found else ""
    folder = own[len(start) :].rstrip("/")
    return f"{start}{folder}{'/' if folder else ''}{name}{chain}{rest}"


def _scheme(address: str) -> str:
    found = _SCHEME.match(address)
    return found[1].lower() if found else ""


def _place_of(address: str) -> tuple[Any, str]:
    """Return fsspec's file system for an address and the path in it."""
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise MissingDependency(
            f"{_scheme(address)}:// needs more libraries: pip install 'phiscan[remote]'"
        ) from None
    own, chain, rest = address.partition(_CHAIN)
    if not chain:
        place, path = url_to_fs(address)
        return place, path
    start = f"{_scheme(address)}://"
    archive = _archive(f"{start}{chain}{rest}", os.getpid(), _age(rest))
    return archive, archive._strip_protocol(own)  # noqa: SLF001 - as url_to_fs does


@lru_cache(maxsize=2)
def _archive(address: str, process: int, age: tuple[int, ...]) -> Any:
    """Open an archive once: fsspec would read its list of contents again for each photo in it.

    A process that was forked opens its own, for the place in an open file is shared.
    """
    del process, age
    from fsspec.core import url_to_fs

    return url_to_fs(address)[0]


def _age(archive: str) -> tuple[int, ...]:
    """Return what changes when an archive does; of one elsewhere, the minute."""
    if _CHAIN in archive or is_address(archive):
        return (int(time.monotonic() // 60),)
    state = os.stat(local_path(archive))  # noqa: PTH116 - the path is a text
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns


@contextmanager
def _told(address: str) -> Iterator[None]:
    """Turn what goes wrong into our own errors, without quoting: messages hold addresses."""
    try:
        yield
    except PhiscanError:
        raise
    except ImportError as exc:
        raise MissingDependency(_missing(address, str(exc))) from None
    except FileNotFoundError:
        raise UnreadableImage("nothing is there; check the address") from None
    except PermissionError:
        raise UnreadableImage("no permission to read it; check the credentials") from None
    except Exception as exc:  # noqa: BLE001 - each library has errors of its own
        if unknown := _unknown_scheme(address):
            raise BadSettings(f"no library knows addresses with {unknown}://") from None
        raise UnreadableImage(
            f"cannot be read from where it lies ({type(exc).__name__}); check the network, the "
            "address and the credentials"
        ) from None


def _missing(address: str, told: str) -> str:
    """Return what to install; what fsspec says is used only where it is one of its own texts."""
    from fsspec.registry import known_implementations

    schemes = [found[1].lower() for found in map(_SCHEME.match, address.split(_CHAIN)) if found]
    known = [known_implementations.get(scheme, {}).get("err", "") for scheme in schemes]
    hint = f": {told}" if told and told in known else ""
    return f"{schemes[0]}:// needs a library that is not installed{hint}"


def _unknown_scheme(address: str) -> str:
    """Return the first scheme of an address that fsspec has never heard of, or nothing."""
    from fsspec.registry import known_implementations, registry

    schemes = [found[1] for found in map(_SCHEME.match, address.split(_CHAIN)) if found]
    return next((s for s in schemes if s not in known_implementations and s not in registry), "")
