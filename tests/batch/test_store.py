from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phiscan.batch import store as module
from phiscan.batch.store import Store


class Told(list[str]):
    """What a person was told."""


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "results.sqlite"


@pytest.fixture
def store(path: Path, told: Told) -> Iterator[Store]:
    store = Store(path, told.append)
    yield store
    store.close()


def number(value: int) -> bytes:
    return value.to_bytes(32, "big")


def asked(path: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    db = sqlite3.connect(path)
    try:
        with db:
            return db.execute(query, values).fetchall()
    finally:
        db.close()


def test_what_was_put_is_there_at_once_for_another_run(path: Path, store: Store) -> None:
    store.put(b"key", b"value")
    other = Store(path, pytest.fail)
    assert other.get(b"key") == b"value"
    assert other.get(b"other") is None
    store.put(b"key", b"newer")
    assert other.get(b"key") == b"newer"
    other.close()


@pytest.mark.skipif(sys.platform == "win32", reason="modes as on Unix")
def test_nobody_else_may_look_in(path: Path, store: Store) -> None:
    store.put(b"key", b"value")
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert set(files.values()) == {0o600}
    assert len(files) == 3  # with what was written lately, and what the runs share


def _garbage(path: Path) -> None:
    path.write_bytes(os.urandom(8192))


def _text(path: Path) -> None:
    path.write_text("not a database")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def _torn(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)


def _other_tables(path: Path) -> None:
    asked(path, "ALTER TABLE results RENAME COLUMN value TO something")


def _no_tables(path: Path) -> None:
    asked(path, "DROP TABLE results")


SPOILERS = [_garbage, _text, _cut, _torn, _other_tables, _no_tables]


@pytest.mark.parametrize("spoil", SPOILERS)
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(
    path: Path, told: Told, spoil: Callable[[Path], None]
) -> None:
    first = Store(path, pytest.fail)
    for n in range(100):
        first.put(number(n), bytes(100))
    first.close()
    spoil(path)
    store = Store(path, told.append)
    assert [store.get(number(n)) for n in range(100)] == [None] * 100
    for n in range(100):
        store.put(number(n), b"again")
    assert [store.get(number(n)) for n in range(100)] == [b"again"] * 100
    store.close()
    assert len(told) == 1
    assert "set aside" in told[0]
    assert {file.name for file in path.parent.iterdir()} == {path.name, f"{path.name}.damaged"}
    later = Store(path, pytest.fail)
    assert later.get(number(1)) == b"again"
    later.close()


def test_damage_done_while_it_is_in_use_costs_what_was_kept_and_no_more(
    path: Path, told: Told
) -> None:
    store = Store(path, told.append)
    asked(path, "DROP TABLE results")
    store.put(b"key", b"lost")
    store.put(b"key", b"kept")
    assert store.get(b"key") == b"kept"
    assert len(told) == 1
    asked(path, "DROP TABLE results")
    assert store.get(b"key") is None  # once is enough: whatever does this may do it again
    store.put(b"key", b"lost")
    assert len(told) == 2
    store.close()


def test_a_file_that_another_run_has_replaced_already_is_not_set_aside(
    path: Path, told: Told
) -> None:
    first, second = Store(path, told.append), Store(path, told.append)
    asked(path, "DROP TABLE results")
    first.put(b"key", b"lost")
    first.put(b"key", b"kept")
    assert second.get(b"key") is None
    assert second.get(b"key") == b"kept"
    first.close()
    second.close()


def test_the_file_of_a_newer_phiscan_is_left_alone(path: Path, told: Told) -> None:
    Store(path, pytest.fail).close()
    asked(path, "PRAGMA user_version = 2")
    before = path.read_bytes()
    store = Store(path, told.append)
    store.put(b"key", b"value")
    assert store.get(b"key") is None
    assert store.contents().entries == 0
    store.close()
    assert path.read_bytes() == before
    assert told == ["the kept results are of a newer phiscan"]


@pytest.mark.parametrize("limit", ["max_page_count = 10", "query_only = ON"])
def test_a_full_or_read_only_disk_ends_the_writing_only(
    store: Store, told: Told, limit: str
) -> None:
    store.put(b"key", b"value")
    assert store._db
    store._db.execute(f"PRAGMA {limit}")
    for n in range(9):
        store.put(number(n), bytes(20_000))
    assert store.get(b"key") == b"value"
    assert len(told) == 1
    assert "no more results" in told[0]


@pytest.mark.parametrize("taken", ["results.sqlite", ""])
def test_where_nothing_can_be_kept_nothing_is(path: Path, told: Told, taken: str) -> None:
    at = path.parent / taken
    at.parent.mkdir(exist_ok=True)
    if taken:
        at.mkdir()
    else:
        at.write_text("a file stands here")
    store = Store(path, told.append)
    store.put(b"key", b"value")
    assert store.get(b"key") is None
    store.clear()
    store.close()
    assert len(told) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="modes as on Unix")
def test_a_folder_that_others_may_write_to_is_not_used(path: Path, told: Told) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o777)
    store = Store(path, told.append)
    store.put(b"key", b"value")
    assert list(path.parent.iterdir()) == []
    assert "others may write" in told[0]


def test_a_run_that_keeps_the_file_busy_is_not_waited_for_twice(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BUSY_SECONDS", 0.01)
    store = Store(path, pytest.fail)
    store.put(b"before", b"value")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.put(b"meanwhile", b"value")
    assert store.get(b"before") == b"value"
    other.execute("ROLLBACK")
    other.close()
    store.put(b"rests", b"value")
    assert store.get(b"meanwhile") is None
    assert store.get(b"rests") is None
    store._rests_until = 0.0
    store.put(b"after", b"value")
    assert store.get(b"after") == b"value"
    store.close()


WRITER = """
import sys
from pathlib import Path
from phiscan.batch.store import Store
told = []
store = Store(Path(sys.argv[1]), told.append)
for n in range(300):
    store.put(b"%s %d" % (sys.argv[2].encode(), n), b"value")
store.close()
sys.exit("; ".join(told) or 0)
"""


def test_several_runs_at_once_lose_nothing(path: Path) -> None:
    names = ["a", "b", "c", "d"]
    runs = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), name]) for name in names]
    assert [run.wait(timeout=60) for run in runs] == [0] * 4
    store = Store(path, pytest.fail)
    keys = [b"%s %d" % (name.encode(), n) for name in names for n in range(300)]
    assert all(store.get(key) == b"value" for key in keys)
    assert store.contents().entries == len(keys)
    store.close()


def test_what_was_not_used_for_longest_goes_first(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST", 100)
    store = Store(path, pytest.fail)
    for n in range(100):
        store.put(number(n), b"value")
    store.close()
    asked(path, "UPDATE results SET used = used - 30")
    store = Store(path, pytest.fail)
    for n in range(10):
        assert store.get(number(n))
    store.put(number(100), b"value")
    store.close()
    store = Store(path, pytest.fail)
    left = {n for n in range(101) if store.get(number(n))}
    store.close()
    assert len(left) == 90
    assert left >= {*range(10), 100}


def test_too_many_bytes_are_cut_back_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_BYTES", 200_000)
    monkeypatch.setattr(module, "_PRUNE_EVERY", 10)
    store = Store(path, pytest.fail)
    for n in range(500):
        store.put(number(n), bytes(1000))
    assert 0 < store.contents().entries < 250
    assert store.get(number(499))
    store.close()


def test_the_last_use_is_noted_when_it_is_a_week_old(path: Path) -> None:
    store = Store(path, pytest.fail)
    store.put(b"old", b"value")
    store.put(b"new", b"value")
    today = store.contents().newest
    asked(path, "UPDATE results SET used = ? WHERE key = ?", today - 8, b"old")
    asked(path, "UPDATE results SET used = ? WHERE key = ?", today - 7, b"new")
    assert store.get(b"old")
    assert store.get(b"new")
    store.close()
    used = asked(path, "SELECT key, used FROM results ORDER BY used")
    assert used == [(b"new", today - 7), (b"old", today)]


@pytest.mark.parametrize(
    "row", [("text", 0), (None, 0), (12, 0), (b"value", "long ago"), (b"value", b"")]
)
def test_rows_of_another_make_are_passed_over(
    path: Path, store: Store, row: tuple[object, object]
) -> None:
    asked(path, "DROP TABLE results")
    asked(path, "CREATE TABLE results (key BLOB PRIMARY KEY, value, used)")
    asked(path, "INSERT INTO results VALUES (x'01', ?, ?)", *row)
    assert store.get(b"\x01") is None


def test_clearing_leaves_nothing_and_lets_others_go_on(path: Path, store: Store) -> None:
    for n in range(100):
        store.put(number(n), bytes(1000))
    path.with_name(f"{path.name}.damaged").write_bytes(b"set aside")
    other = Store(path, pytest.fail)
    assert other.get(number(1))
    store.clear()
    assert store.contents().entries == 0
    assert other.get(number(1)) is None
    other.put(number(1), b"value")
    assert store.get(number(1)) == b"value"
    other.close()
    assert not path.with_name(f"{path.name}.damaged").exists()


def test_clearing_takes_what_a_newer_phiscan_kept(path: Path, told: Told) -> None:
    Store(path, pytest.fail).close()
    asked(path, "PRAGMA user_version = 2")
    store = Store(path, told.append)
    store.clear()
    store.close()
    assert list(path.parent.iterdir()) == []


def test_clearing_makes_room_on_a_full_disk(path: Path, told: Told) -> None:
    store = Store(path, told.append)
    for n in range(100):
        store.put(number(n), bytes(1000))
    assert store._db
    store._db.execute("PRAGMA query_only = ON")
    store.clear()
    assert store.contents().entries == 0
    store.close()
    assert list(path.parent.iterdir()) == []


def test_looking_begins_no_file(path: Path) -> None:
    store = Store(path, pytest.fail, begin=False)
    contents = store.contents()
    assert (contents.entries, contents.size) == (0, 0)
    store.clear()
    store.close()
    assert not path.parent.exists()
