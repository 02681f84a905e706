"""Find the photos in folders, without listing everything first."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from phiscan.errors import PhiscanError
from phiscan.intake.sniff import sniff

_OPENED = (
    "jpg jpeg jpe jfif png apng webp bmp dib gif tif tiff heic heics heif heifs hif avif avifs mpo"
)
_OTHERS = (
    "cr2 cr3 crw nef nrw arw srf sr2 dng raf orf rw2 pef srw x3f 3fr iiq rwl "
    "jxl jp2 j2k jpx psd dcm"
)
PICTURE_SUFFIXES = frozenset(f".{name}" for name in f"{_OPENED} {_OTHERS}".split())
"""Names of picture files. The second half phiscan cannot open: in a folder they are reported as not
scanned, never passed over."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to report on; with a `problem`, it is reported as not scanned without a look."""

    path: str
    problem: str = ""


def walk(paths: Iterable[Path]) -> Iterator[Item]:
    """Yield every photo, folders in order of their names, without listing everything first.

    Paths that were named are yielded as they are, whether or not they exist. In folders, hidden
    entries are skipped, and so are files that are not pictures by their name or first bytes.
    Links are not followed: one that leads out of the folder is yielded with that as its problem.
    """
    for path in paths:
        if is_folder(path):
            yield from _walk_folder(path)
        else:
            yield Item(str(path))


def is_folder(path: Path) -> bool:
    """Whether a path is a folder; False when that cannot be told, so that scanning it tells."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _walk_folder(root: Path) -> Iterator[Item]:
    open_folders = [_children(root)]  # not by recursion: somebody may nest folders very deeply
    while open_folders:
        path = next(open_folders[-1], None)
        if path is None:
            open_folders.pop()
        elif isinstance(path, Item):
            yield path
        elif path.is_symlink():
            if _leads_out(path, root):
                yield Item(str(path), "a link, and links are not followed; scan what it points to")
        elif is_folder(path):
            open_folders.append(_children(path))
        elif looks_like_photo(path):
            yield Item(str(path))


def _children(folder: Path) -> Iterator[Path | Item]:
    """Yield what lies in a folder and is not hidden, by name; an Item when it cannot be listed."""
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - iterdir would not be faster
    except OSError:
        yield Item(str(folder), "this folder cannot be listed; check who may read it")
        return
    yield from (folder / name for name in names if not name.startswith("."))


def _leads_out(link: Path, root: Path) -> bool:
    """Whether a link leads to a photo or a folder that walking `root` does not come by."""
    try:
        target = link.resolve(strict=True)
        inside = target.relative_to(root.resolve())
    except (OSError, RuntimeError):
        return _has_picture_name(link)  # a broken link, or a circle of links
    except ValueError:
        return is_folder(target) or looks_like_photo(target) or _has_picture_name(link)
    if any(part.startswith(".") for part in inside.parts):
        return True
    return _has_picture_name(link) and not looks_like_photo(target)


def looks_like_photo(path: Path) -> bool:
    """Whether a file is a picture by its name or, failing that, by its first bytes."""
    if _has_picture_name(path):
        return True
    try:
        if not path.is_file():  # never open a pipe: that would wait for somebody to write
            return False
        with path.open("rb") as file:
            head = file.read(64)
    except OSError:
        return False
    try:
        sniff(head)
    except PhiscanError:
        return False
    return True


def _has_picture_name(path: Path) -> bool:
    return path.suffix.lower() in PICTURE_SUFFIXES
