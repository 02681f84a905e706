"""Values by their keys in an SQLite file of the user's own, safe with several runs at once.

Whatever goes wrong with the file costs what it kept, and never a scan.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from phiscan.private_folder import is_own, make_own, make_own_file

_VERSION: Final = 1
"""Of the tables; a file of a higher one was made by a newer phiscan."""
_TABLES = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS results
    (key BLOB PRIMARY KEY, used INTEGER NOT NULL, value BLOB NOT NULL);
PRAGMA user_version = 1;
COMMIT;
"""
_MOST, _MOST_BYTES = 1_000_000, 1_000_000_000
"""Entries and bytes from which the tenth goes that was not used for longest. An entry takes 0.5 KB
for a photo without findings, 5 KB for a page of text."""
_PRUNE_EVERY = 10_000
_BUSY_SECONDS = 2.0
"""How long to wait for another run that writes: its entries take less than 0.1 ms each."""
_REST_SECONDS = 30.0
"""After a wait in vain nothing is written for this long: the other may have been stopped."""
_DAY = 86_400
_STALE_DAYS = 7
"""An entry's last use is noted again after so many days: noting it each time would turn every
reading of the file into a writing."""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
"""SQLITE_ERROR is what a query gets whose table or column is not there."""
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Contents:
    """How much a store holds; `oldest` and `newest` are days since 1970 of their last use."""

    entries: int
    size: int
    oldest: int
    newest: int


class _LeftAlone(Exception):
    """The file cannot be used, for the reason that the message gives."""


class Store:
    """The values kept in the file `path`, or none where that cannot be used.

    Where there is none yet, one is begun if `begin` says so. A damaged file is set aside and a new
    one begun; one that a newer phiscan made is left alone. `tell` is called with one line for a
    person when something is not as it should be.
    """

    def __init__(self, path: Path, tell: Tell, *, begin: bool = True) -> None:
        self.path = path
        self._tell = tell
        self._file = 0
        self._is_mended = False
        self._writes = True
        self._rests_until = 0.0
        self._put = 0
        self._used: list[bytes] = []
        self._db: sqlite3.Connection | None = None
        if begin or path.is_file():
            self._open()

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key, or None."""
        row = self._ask("SELECT value, used FROM results WHERE key = ?", (key,))
        if not row or not isinstance(row[0], bytes) or not isinstance(row[1], int):
            return None
        if row[1] < _today() - _STALE_DAYS:
            self._used.append(key)
            if len(self._used) >= _PRUNE_EVERY:
                self._note_use()
        return row[0]

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a value; it is there also when this process is killed after that."""
        # In WAL mode without a sync at each commit that costs 0.1 ms, and a power cut costs at most
        # the last entries: https://sqlite.org/pragma.html#pragma_synchronous
        self._write("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", [(key, _today(), value)])
        self._put += 1
        if self._put % _PRUNE_EVERY == 0:
            self._prune()

    def contents(self) -> Contents:
        """Return how much is kept."""
        row = self._ask("SELECT count(*), min(used), max(used) FROM results") or (0, None, None)
        files = (self.path, *_beside(self.path))
        size = sum(file.stat().st_size for file in files if file.is_file())
        return Contents(row[0], size, row[1] or 0, row[2] or 0)

    def clear(self) -> None:
        """Let go of every entry, and of a file that was set aside."""
        self._write("DELETE FROM results", [()])
        if self._writes:
            self._ask("VACUUM")  # gives the disk its room back, unless another run reads just now
            self._ask("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            self._drop()  # the disk is full: even to take something out needs room
        with suppress(OSError):
            if is_own(self.path.parent):
                # Where it is not open it is a newer phiscan's, or cannot be written to.
                gone = [] if self._db else [*_beside(self.path), self.path]
                for file in (_aside(self.path), *gone):
                    file.unlink(missing_ok=True)

    def close(self) -> None:
        """Write what is left to write, and let go of the file."""
        self._note_use()
        if self._put:
            self._prune()
        self._drop()

    def _open(self) -> None:
        """Open the file, or a new one in place of a damaged one."""
        try:
            self._db = self._opened()
        except sqlite3.Error as exc:
            self._fail(exc)
        except _LeftAlone as exc:
            self._tell(str(exc))
        except (OSError, ValueError):
            self._tell("no results can be kept in your cache folder")

    def _opened(self) -> sqlite3.Connection:
        if not make_own(self.path.parent):
            raise _LeftAlone("others may write to phiscan's part of your cache folder")
        make_own_file(self.path)
        db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            self._file = self.path.stat().st_ino
            _begin(db)
        except BaseException:
            db.close()
            raise
        return db

    def _ask(self, query: str, values: tuple[object, ...] = ()) -> tuple[Any, ...] | None:
        """Return the first row of an answer, or None where there is none to be had."""
        if self._db is None:
            return None
        try:
            row: tuple[Any, ...] | None = self._db.execute(query, values).fetchone()
        except sqlite3.Error as exc:
            self._fail(exc)
            return None
        return row

    def _write(self, query: str, rows: list[tuple[object, ...]]) -> None:
        """Do something with each row, all in one step, unless another run keeps the file busy."""
        if self._db is None or not self._writes or time.monotonic() < self._rests_until:
            return
        try:
            if len(rows) == 1:
                self._db.execute(query, rows[0])
            else:
                self._all_at_once(self._db, query, rows)
        except sqlite3.Error as exc:
            self._fail(exc)

    def _all_at_once(
        self, db: sqlite3.Connection, query: str, rows: list[tuple[object, ...]]
    ) -> None:
        db.execute("BEGIN IMMEDIATE")
        try:
            db.executemany(query, rows)
            db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                db.execute("ROLLBACK")
            raise

    def _note_use(self) -> None:
        used, self._used = self._used, []
        if used:
            today = _today()
            self._write("UPDATE results SET used = ? WHERE key = ?", [(today, key) for key in used])

    def _prune(self) -> None:
        """Let go of what was not used for longest when there is too much."""
        row = self._ask(
            "SELECT count(*), (SELECT page_count FROM pragma_page_count),"
            " (SELECT freelist_count FROM pragma_freelist_count),"
            " (SELECT page_size FROM pragma_page_size) FROM results"
        )
        if not row:
            return
        entries, pages, free, page = row
        if entries > _MOST or (pages - free) * page > _MOST_BYTES:
            gone = max(entries - _MOST, 0) + min(entries, _MOST) // 10
            self._write(
                "DELETE FROM results WHERE rowid IN"
                " (SELECT rowid FROM results ORDER BY used, rowid LIMIT ?)",
                [(gone,)],
            )

    def _fail(self, exc: sqlite3.Error) -> None:
        """Do without what failed: one entry, further writing, or the whole file."""
        code = getattr(exc, "sqlite_errorcode", sqlite3.SQLITE_IOERR) & 0xFF
        if code in _BUSY:
            self._rests_until = time.monotonic() + _REST_SECONDS
        elif code in _DAMAGED and not self._is_mended:
            self._is_mended = True
            self._tell("the kept results are damaged; they are set aside, new ones are kept")
            self._set_aside()
            self._open()
        elif code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY}:
            if not self._writes:
                return
            self._writes = False
            self._tell("no more results can be kept: the disk is full, or may not be written to")
        else:
            self._drop()
            self._tell("the kept results cannot be used")

    def _drop(self) -> None:
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
        self._db = None

    def _set_aside(self) -> None:
        """Move the damaged file out of the way, unless another run has done that already."""
        self._drop()
        with suppress(OSError, ValueError):
            if is_own(self.path.parent) and self._file in {0, self.path.stat().st_ino}:
                for file in _beside(self.path):  # first: SQLite would read them into the new file
                    file.unlink(missing_ok=True)
                os.replace(self.path, _aside(self.path))  # noqa: PTH105 - as Path.replace


def _begin(db: sqlite3.Connection) -> None:
    """Make the tables where there are none, and set how entries are written."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise _LeftAlone("the kept results are of a newer phiscan")
    for last in (False,) * 20 + (True,):
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            if version < _VERSION:
                db.executescript(_TABLES)
        except sqlite3.OperationalError as exc:
            if last or exc.sqlite_errorcode & 0xFF not in _BUSY:
                raise
            time.sleep(0.05)  # two runs begin at once: SQLite does not wait for a change of mode
        else:
            return


def _beside(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def _aside(path: Path) -> Path:
    return path.with_name(f"{path.name}.damaged")


def _today() -> int:
    return int(time.time()) // _DAY
