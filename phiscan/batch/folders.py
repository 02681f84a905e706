"""Find the photos in folders, without listing everything first."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from phiscan.batch.ignore import IGNORE_FILE, IgnoreFiles
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


@dataclass(slots=True)
class LeftOut:
    """What ignore files kept from being scanned, so that it can be told.

    `folders` were left out with all that lies in them, which nobody looked at. `unread` ignore
    files could not be read, and left nothing out.
    """

    photos: int = 0
    folders: int = 0
    unread: int = 0


def walk(
    paths: Iterable[Path], left_out: LeftOut | None = None, *, look: bool = True
) -> Iterator[Item]:
    """Yield every photo, folders in order of their names, without listing everything first.

    Paths that were named are yielded as they are, whether or not they exist. In folders, hidden
    entries are skipped, and so are files that are not pictures by their name or first bytes.
    Links are not followed: one that leads out of the folder is yielded with that as its problem.
    What a `.phiscanignore` names is left out only where `left_out` counts it. Without `look`, names
    alone tell what is a picture, so that counting opens no file.
    """
    for path in paths:
        if is_folder(path):
            yield from _Walk(path, left_out, look=look).items()
        else:
            yield Item(str(path))


def is_folder(path: Path) -> bool:
    """Whether a path is a folder; False when that cannot be told, so that scanning it tells."""
    try:
        return path.is_dir()
    except OSError:
        return False


class _Sort(Enum):
    """What an entry of a folder is, where it is no regular file."""

    FOLDER = auto()
    LINK = auto()
    OTHER = auto()


@dataclass(slots=True)
class _Folder:
    """The names that are still to come in a folder, and the sort of what is no regular file."""

    start: str
    names: Iterator[str]
    sorts: dict[str, _Sort]
    has_ignore_file: bool


class _Walk:
    """A walk through one folder; it holds the names of the folders that it is in."""

    def __init__(self, root: Path, left_out: LeftOut | None, *, look: bool) -> None:
        self._root = root
        self._look = look
        self._left_out = left_out
        self._ignore = IgnoreFiles()
        self._open: list[_Folder] = []  # not by recursion: somebody may nest folders very deeply

    def items(self) -> Iterator[Item]:
        """Yield what is to be reported on."""
        yield from self._enter(str(self._root), "")
        while self._open:
            folder = self._open[-1]
            for name in folder.names:
                path, sort = folder.start + name, folder.sorts.get(name)
                if self._stays_out(name, path, sort):
                    continue
                if sort is _Sort.FOLDER:
                    yield from self._enter(path, name)
                    break
                if sort is not _Sort.LINK:
                    if self._is_photo(name, path):
                        yield Item(path)
                elif _leads_out(Path(path), self._root):
                    yield Item(path, "a link, and links are not followed; scan what it points to")
            else:
                self._open.pop()
                self._ignore.leave()

    def _enter(self, path: str, name: str) -> Iterator[Item]:
        """Go into a folder; yield it as an item when it cannot be listed."""
        try:
            folder = _listed(path)
        except OSError:
            yield Item(path, "this folder cannot be listed; check who may read it")
            return
        self._open.append(folder)
        self._ignore.enter(name)
        if self._left_out and folder.has_ignore_file:
            self._left_out.unread += not self._ignore.read(folder.start + IGNORE_FILE)

    def _stays_out(self, name: str, path: str, sort: _Sort | None) -> bool:
        """Whether an ignore file names an entry; if so, count it if a scan would have met it."""
        is_folder = sort is _Sort.FOLDER
        if self._left_out is None or not self._ignore.names(name, is_folder=is_folder):
            return False
        if is_folder:
            self._left_out.folders += 1
        elif sort is _Sort.LINK:
            self._left_out.photos += _leads_out(Path(path), self._root)
        else:
            self._left_out.photos += self._is_photo(name, path)
        return True

    def _is_photo(self, name: str, path: str) -> bool:
        return _has_picture_name(name) or (self._look and _starts_like_photo(path))


def _listed(path: str) -> _Folder:
    """Return what lies in a folder and is not hidden."""
    names, sorts, has_ignore_file = [], dict[str, _Sort](), False
    with os.scandir(path) as entries:
        for entry in entries:
            name = entry.name
            if name.startswith("."):
                has_ignore_file |= name == IGNORE_FILE
                continue
            names.append(name)
            if not entry.is_file(follow_symlinks=False):  # this asks nothing of the disk
                sorts[name] = _sort(entry)
    names.sort()
    start = "" if path == "." else os.path.join(path, "")  # noqa: PTH118 - a Path has no slash behind
    return _Folder(start, iter(names), sorts, has_ignore_file)


def _sort(entry: os.DirEntry[str]) -> _Sort:
    if entry.is_symlink():
        return _Sort.LINK
    return _Sort.FOLDER if entry.is_dir(follow_symlinks=False) else _Sort.OTHER


def _leads_out(link: Path, root: Path) -> bool:
    """Whether a link leads to a photo or a folder that walking `root` does not come by."""
    try:
        target = link.resolve(strict=True)
        inside = target.relative_to(root.resolve())
    except (OSError, RuntimeError):
        return _has_picture_name(link.name)  # a broken link, or a circle of links
    except ValueError:
        return is_folder(target) or looks_like_photo(target) or _has_picture_name(link.name)
    if any(part.startswith(".") for part in inside.parts):
        return True
    return _has_picture_name(link.name) and not looks_like_photo(target)


def looks_like_photo(path: Path) -> bool:
    """Whether a file is a picture by its name or, failing that, by its first bytes."""
    return _has_picture_name(path.name) or _starts_like_photo(str(path))


def _has_picture_name(name: str) -> bool:
    """Whether a name ends as those of pictures do; a hidden file `.jpg` does not."""
    dot = name.rfind(".")
    return dot > 0 and name[dot:].lower() in PICTURE_SUFFIXES


def _starts_like_photo(path: str) -> bool:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - a string is quicker
            return False  # never open a pipe: that would wait for somebody to write
        with open(path, "rb") as file:  # noqa: PTH123 - as above
            head = file.read(64)
    except (OSError, ValueError):
        return False
    try:
        sniff(head)
    except PhiscanError:
        return False
    return True
