from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

import pytest

from phiscan.batch.originals import HIDDEN, numbered
from phiscan.batch.tray import Changed, Content, Tray
from phiscan.errors import OutputError


def content(data: bytes, modified: int | None = None) -> Content:
    return Content(
        lambda: [data[:2], data[2:]], hashlib.sha256(data).hexdigest(), len(data), modified
    )


@pytest.fixture
def tray(tmp_path: Path) -> Tray:
    made = Tray(tmp_path / "tray")
    made.make_ready()
    return made


def put(tray: Tray, name: str, data: bytes) -> tuple[str, bool]:
    placed = tray.put(PurePath(name), content(data))
    return str(placed.name), placed.is_new


def names(tray: Tray) -> list[str]:
    return sorted(
        str(path.relative_to(tray.root)) for path in tray.root.rglob("*") if not path.is_dir()
    )


def test_names_are_numbered_before_their_extension() -> None:
    some = numbered(PurePath("a/b.tar.gz"))
    assert [str(next(some)) for _ in range(3)] == ["a/b.tar.gz", "a/b.tar-2.gz", "a/b.tar-3.gz"]
    assert [str(name) for name, _ in zip(numbered(PurePath("x")), "12", strict=False)] == [
        "x",
        "x-2",
    ]


def test_a_file_is_put_with_its_folders_and_its_time(tray: Tray) -> None:
    placed = tray.put(PurePath("a/b/c.jpg"), content(b"data", 1_000_000_007))
    assert (str(placed.name), placed.is_new) == ("a/b/c.jpg", True)
    assert (tray.root / "a/b/c.jpg").read_bytes() == b"data"
    assert (tray.root / "a/b/c.jpg").stat().st_mtime_ns == 1_000_000_007
    assert names(tray) == ["a/b/c.jpg"]


def test_a_taken_name_gets_a_number_and_the_same_content_none(tray: Tray) -> None:
    told = [put(tray, "a.jpg", data) for data in (b"one", b"two", b"six", b"two", b"one")]
    assert told == [
        ("a.jpg", True), ("a-2.jpg", True), ("a-3.jpg", True), ("a-2.jpg", False), ("a.jpg", False),
    ]  # fmt: skip
    assert names(tray) == ["a-2.jpg", "a-3.jpg", "a.jpg"]
    assert tray.find(PurePath("a.jpg"), content(b"six")) == PurePath("a-3.jpg")
    assert tray.find(PurePath("a.jpg"), content(b"ten")) is None


@pytest.mark.parametrize("taken", ["folder", "link", "dead link", "link to the same"])
def test_what_is_no_file_is_never_replaced_or_taken_for_one(tray: Tray, taken: str) -> None:
    path = tray.root / "a.jpg"
    (tray.root / "same").write_bytes(b"data")
    targets = {"link": os.devnull, "dead link": "nowhere", "link to the same": "same"}
    if taken == "folder":
        path.mkdir()
    else:
        path.symlink_to(targets[taken])
    assert put(tray, "a.jpg", b"data") == ("a-2.jpg", True)
    assert path.is_symlink() or path.is_dir()


def test_what_does_not_fit_gets_the_next_name(tray: Tray) -> None:
    placed = tray.put(PurePath("a.jpg"), content(b"1"), lambda path: path.name != "a.jpg")
    assert placed.name == PurePath("a-2.jpg")


def test_bytes_that_are_not_those_of_the_hash_get_nowhere(tray: Tray) -> None:
    other = Content(lambda: [b"new"], hashlib.sha256(b"old").hexdigest(), 3)
    with pytest.raises(Changed):
        tray.put(PurePath("a.jpg"), other)
    assert names(tray) == []


def test_a_folder_that_is_a_link_is_not_written_through(tray: Tray, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tray.root / "a").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match=r"cannot write 'a/b.jpg': something else has its name"):
        put(tray, "a/b.jpg", b"data")
    assert not [*(tmp_path / "elsewhere").iterdir()]


def fails_with(number: int) -> Callable[..., int]:
    def fail(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    return fail


def test_a_full_disk_leaves_nothing_half(tray: Tray, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails_with(errno.ENOSPC))
        with pytest.raises(OutputError, match=r"cannot write 'a.jpg': No space left"):
            put(tray, "a.jpg", b"data")
    assert names(tray) == []
    assert put(tray, "a.jpg", b"data") == ("a.jpg", True)


@pytest.mark.parametrize("taken", [True, False])
def test_without_hard_links_nothing_is_replaced_either(
    tray: Tray, monkeypatch: pytest.MonkeyPatch, *, taken: bool
) -> None:
    if taken:
        (tray.root / "a.jpg").write_bytes(b"other")
    monkeypatch.setattr(os, "link", fails_with(errno.EPERM))
    assert put(tray, "a.jpg", b"data") == ("a-2.jpg" if taken else "a.jpg", True)
    assert names(tray) == (["a-2.jpg", "a.jpg"] if taken else ["a.jpg"])


def test_somebody_who_takes_the_name_at_the_last_moment_keeps_it(
    tray: Tray, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, rivals = os.link, iter([b"rival", b"data"])

    def late(staged: Path, target: Path) -> None:
        for rival in rivals:
            target.write_bytes(rival)
            break
        link(staged, target)

    monkeypatch.setattr(os, "link", late)
    assert put(tray, "a.jpg", b"data") == ("a-2.jpg", False)
    assert (tray.root / "a.jpg").read_bytes() == b"rival"


def test_a_tray_is_made_but_not_what_it_lies_in(tmp_path: Path) -> None:
    Tray(tmp_path / "new", 0o600, 0o700).make_ready()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    with pytest.raises(OutputError, match="No such file"):
        Tray(tmp_path / "not there/new").make_ready()


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_tray_that_cannot_be_written_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(os, "open", fails_with(number))
    with pytest.raises(OutputError, match=os.strerror(number)):
        Tray(tmp_path).make_ready()


def test_what_a_killed_run_left_is_swept_away_and_nothing_else(tray: Tray) -> None:
    (tray.root / f"{HIDDEN}0123").write_bytes(b"half")
    (tray.root / ".hidden").write_bytes(b"a stranger's")
    (tray.root / f"{HIDDEN}folder").mkdir()
    tray.make_ready()
    assert names(tray) == [".hidden"]


@pytest.mark.skipif(sys.platform == "win32", reason="other locks")
def test_what_another_run_is_writing_is_not_swept_away(tray: Tray) -> None:
    code = "import sys; from pathlib import Path; from phiscan.batch.tray import Tray"
    sweep = [sys.executable, "-c", f"{code}; Tray(Path(sys.argv[1])).make_ready()", str(tray.root)]

    def slowly() -> Iterator[bytes]:
        yield b"da"
        subprocess.run(sweep, check=True)
        yield b"ta"

    whole = Content(slowly, hashlib.sha256(b"data").hexdigest(), 4)
    assert tray.put(PurePath("a.jpg"), whole).is_new
    assert names(tray) == ["a.jpg"]
