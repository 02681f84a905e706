"""Where photos lie: paths on this machine, and addresses such as `s3://bucket/photos/`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from phiscan.batch import folders
from phiscan.batch.folders import Item, LeftOut
from phiscan.batch.remote import walk_address
from phiscan.intake import remote

Place: TypeAlias = Path | str
"""A path, or an address as text: a Path would take `//` for `/`."""


def place(text: str) -> Place:
    """Return what a person wrote as a path or an address; `file://` addresses are paths."""
    return text if remote.is_address(text) else Path(remote.local_path(text))


def addresses(places: Iterable[Place]) -> list[str]:
    """Return those that are addresses."""
    return [each for each in places if isinstance(each, str)]


def paths(places: Iterable[Place]) -> list[Path]:
    """Return those that are paths on this machine."""
    return [each for each in places if isinstance(each, Path)]


def walk(places: Iterable[Place], left_out: LeftOut | None = None) -> Iterator[Item]:
    """Yield every photo; see `phiscan.batch.folders` and `phiscan.batch.remote`."""
    for each in places:
        if isinstance(each, str):
            yield from walk_address(each)
        else:
            yield from folders.walk([each], left_out)


def count(places: Iterable[Place], left_out: LeftOut | None = None) -> int:
    """Return about how many photos there are, at the least cost."""
    every = list(places)
    elsewhere = sum(1 for each in addresses(every) for _ in walk_address(each, look=False))
    return elsewhere + sum(1 for _ in folders.walk(paths(every), left_out, look=False))


def is_folder(where: Place) -> bool:
    """Whether a place is a folder; False when that cannot be told, so that scanning it tells."""
    return remote.is_folder(where) if isinstance(where, str) else folders.is_folder(where)


def is_there(where: Place) -> bool:
    """Whether anything has this name; what may not be looked at counts, for scanning tells why."""
    if isinstance(where, str):
        return remote.is_there(where)
    try:
        os.lstat(where)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True
