from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest

from phiscan.batch import originals
from phiscan.batch.originals import HIDDEN, Original, is_being_written, put_back
from phiscan.errors import OutputError, UnreadableImage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "a.jpg"
    made.write_bytes(b"data")
    return made


def left(path: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(path.parent)): file.read_bytes()
        for file in path.parent.rglob("*")
        if file.is_file()
    }


def test_it_is_hashed_and_read_more_than_once(path: Path) -> None:
    with Original(path) as original:
        assert original.sha256 == hashlib.sha256(b"data").hexdigest()
        assert original.size == 4
        assert [b"".join(original.chunks()) for _ in range(2)] == [b"data", b"data"]


@pytest.mark.parametrize("kind", ["gone", "folder", "link", "pipe"])
def test_what_is_no_file_is_not_read(path: Path, kind: str) -> None:
    other = path.with_name("other")
    if kind == "folder":
        other.mkdir()
    elif kind == "link":
        other.symlink_to(path)
    elif kind == "pipe":
        os.mkfifo(other)
    with pytest.raises(UnreadableImage, match="cannot be read"):
        Original(other)


def test_it_is_taken_away(path: Path) -> None:
    with Original(path) as original:
        assert original.take_away()
    assert not [*path.parent.iterdir()]


def test_it_is_no_matter_when_somebody_else_took_it(path: Path) -> None:
    with Original(path) as original:
        path.unlink()
        assert original.take_away()


@pytest.mark.parametrize("change", ["written to", "replaced"])
def test_what_changed_since_it_was_read_stays(path: Path, change: str) -> None:
    with Original(path) as original:
        if change == "replaced":
            path.unlink()
        path.write_bytes(b"more")
        assert not original.take_away()
    assert left(path) == {"a.jpg": b"more"}


def test_a_change_that_hides_behind_the_old_size_and_date_is_seen(path: Path) -> None:
    with Original(path) as original:
        path.write_bytes(b"DATA")
        os.utime(path, ns=(original.stamp.modified,) * 2)
        assert not original.take_away()
    assert left(path) == {"a.jpg": b"DATA"}


@pytest.mark.parametrize("is_another_there", [False, True])
def test_what_is_replaced_in_the_very_last_moment_is_put_back(
    path: Path, monkeypatch: pytest.MonkeyPatch, *, is_another_there: bool
) -> None:
    rename = Path.rename

    def late(self: Path, target: Path) -> Path:
        self.unlink()
        self.write_bytes(b"newer")
        moved = rename(self, target)
        if is_another_there:
            self.write_bytes(b"newest")
        return moved

    with Original(path) as original:
        monkeypatch.setattr(Path, "rename", late)
        assert not original.take_away()
    newest = {"a.jpg": b"newest", "a-2.jpg": b"newer"}
    assert left(path) == (newest if is_another_there else {"a.jpg": b"newer"})
    assert not [*path.parent.glob(".*")]


def test_what_somebody_writes_to_in_the_very_last_moment_is_put_back(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(originals, "is_being_written", lambda _: True)
    with Original(path) as original:
        assert not original.take_away()
    assert left(path) == {"a.jpg": b"data"}


def test_an_inbox_that_may_not_be_written_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with Original(path) as original, pytest.raises(OutputError, match="Permission denied: 'a"):
        original.take_away()
    assert left(path) == {"a.jpg": b"data"}


def test_what_a_killed_run_had_taken_is_put_back(path: Path) -> None:
    aside = path.with_name(f"{HIDDEN}01")
    aside.mkdir()
    (aside / "a.jpg").write_bytes(b"other")
    (aside / "b.jpg").write_bytes(b"b")
    put_back(aside)
    assert left(path) == {"a.jpg": b"data", "a-2.jpg": b"other", "b.jpg": b"b"}
    assert not aside.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_linux_tells_who_writes(path: Path) -> None:
    assert not is_being_written(path)
    with path.open("rb"):
        assert not is_being_written(path)
    with path.open("ab") as file:
        assert is_being_written(path)
        file.write(b"more")
    assert not is_being_written(path)
    assert not is_being_written(path.with_name("gone"))
