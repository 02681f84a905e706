"""Paths that another program sends, taken as they come while photos before them are scanned."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

from phiscan.batch.folders import Item, is_folder
from phiscan.batch.places import place

_LONGEST = 32_768
"""Bytes of a path: eight times what Linux takes, and as much as Windows does."""
_CHUNK = 65_536


class Arrivals:
    """Photos whose paths come over `stream`, a file descriptor, each ended by a NUL.

    What is no path to a file is an item with a problem: nothing that came is passed over. `line`
    has something to read when there is a next item, or no more is to come. The thread that reads
    begins with the first wait, so that workers can be started before it.
    """

    def __init__(self, stream: int) -> None:
        self.line, self._there = Pipe(duplex=False)
        self._reader = threading.Thread(
            target=_pass_on, args=(stream, self._there), name="phiscan-arrivals", daemon=True
        )
        self._first: list[Item] = []

    def wait(self) -> bool:
        """Wait for the first item; return False when none is to come."""
        first = next(self, None)
        self._first = [first] if first else []
        return bool(first)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Item:
        if self._first:
            return self._first.pop()
        if not self._reader.ident:  # not yet started
            self._reader.start()
        try:
            item: Item = self.line.recv()
        except EOFError:
            raise StopIteration from None
        return item


def _pass_on(stream: int, line: Connection) -> None:
    """Send what comes over the stream down the line; that waits while nobody takes it."""
    with line, suppress(OSError):  # nobody listens any more
        for item in _items(stream):
            line.send(item)


def _items(stream: int) -> Iterator[Item]:
    begun, is_too_long = b"", False
    try:
        while chunk := os.read(stream, _CHUNK):
            *ended, begun = (begun + chunk).split(b"\0")
            for entry in ended:
                if not is_too_long:
                    yield _item(entry)
                is_too_long = False
            if len(begun) > _LONGEST:
                if not is_too_long:
                    yield _item(begun)
                begun, is_too_long = b"", True
    except OSError:
        yield Item("<stdin>", "standard input broke off; more photos may have been meant")
        return
    if begun:
        yield _item(begun)


def _item(entry: bytes) -> Item:
    """Return one entry's item; a folder is none, for the files in it may come as well."""
    if not entry:
        return Item("<stdin>", "an empty name came over standard input")
    if len(entry) > _LONGEST:
        cut = os.fsdecode(entry[:200])
        return Item(f"{cut}...", "too long for a path; end each path with a NUL")
    where = place(os.fsdecode(entry))
    if isinstance(where, Path) and is_folder(where):
        return Item(str(where), "a folder; send the photos in it, or name it as an argument")
    return Item(str(where))
