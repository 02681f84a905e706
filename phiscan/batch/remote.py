"""Find the photos in a folder that lies elsewhere, by the rules of a local one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from phiscan.batch.folders import PICTURE_SUFFIXES, Item
from phiscan.errors import PhiscanError, UnsupportedFormat
from phiscan.intake import remote
from phiscan.intake.sniff import sniff

_HEAD = 64
"""Bytes by which a photo is known, as in a local folder."""


def walk_address(address: str, *, look: bool = True) -> Iterator[Item]:
    """Yield every photo of a folder, folders in order of their names, or the one object named.

    A folder is listed when its turn comes. Hidden entries are skipped, and so is what is no picture
    by its name or first bytes; what cannot be told is yielded, and so is a link, with that as its
    problem. Ignore files are not read there. Without `look`, names alone count, so that counting
    costs no request for each object.
    """
    if not remote.is_folder(address):
        yield Item(address)
        return
    open_folders = [_items(address, look=look)]
    while open_folders:
        found = next(open_folders[-1], None)
        if found is None:
            open_folders.pop()
        elif isinstance(found, Item):
            yield found
        else:
            open_folders.append(_items(found, look=look))


def _items(folder: str, *, look: bool) -> Iterator[Item | str]:
    """Yield what a folder holds: items, and the addresses of folders in it."""
    try:
        entries = remote.entries(folder)
    except PhiscanError as exc:
        yield Item(folder, f"this folder cannot be listed: {exc}")
        return
    for entry in entries:
        address = remote.inside(folder, entry.name)
        if not entry.name or entry.name.startswith("."):
            continue
        if _misleads(entry.name):
            yield Item(address, "an address with this name in it would mean another; rename it")
        elif entry.sort == "directory":
            yield address
        elif entry.sort == "link":
            if has_picture_name(entry.name):
                yield Item(address, "a link, and links are not followed; scan what it points to")
        elif has_picture_name(entry.name) or (
            look and entry.sort == "file" and _may_be_photo(address)
        ):
            yield Item(address)


def _misleads(name: str) -> bool:
    """Whether a name is also a piece of the grammar of addresses."""
    return "::" in name or ("?" in name and "=" in name)


def has_picture_name(name: str) -> bool:
    """Whether a name is that of a picture file."""
    return PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES


def _may_be_photo(address: str) -> bool:
    """Whether an object is a photo by its first bytes; True when it cannot be looked at."""
    try:
        sniff(remote.head(address, _HEAD))
    except UnsupportedFormat:
        return False
    except PhiscanError:
        pass
    return True
