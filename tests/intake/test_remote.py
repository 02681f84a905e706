"""Photos at addresses: read whole or not at all, and nothing secret is repeated."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import pytest
from parts import encode

from phiscan.errors import BadSettings, MissingDependency, TooLarge, UnreadableImage
from phiscan.intake import Limits, load, remote
from phiscan.intake.source import read

fsspec = pytest.importorskip("fsspec")
ROOT = Path(remote.__file__).parent.parent
SECRET = "hunter2"  # noqa: S105 - nobody's


@pytest.fixture
def memory() -> Iterator[Any]:
    place = fsspec.filesystem("memory")
    yield place
    place.store.clear()
    place.pseudo_dirs[:] = [""]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3://bucket/a.jpg", True),
        ("zip://a.jpg::s3://bucket/b.zip", True),
        ("memory://a", True),
        ("git+ssh://a", True),
        ("file:///home/a.jpg", False),
        ("C://a.jpg", False),
        ("a.jpg", False),
        ("s3:/bucket/a.jpg", False),
        ("a::b.jpg", False),
        ("./s3://bucket/a.jpg", False),
        ("", False),
    ],
)
def test_addresses_are_told_from_paths(text: str, expected: bool) -> None:  # noqa: FBT001
    assert remote.is_address(text) == expected


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("file:///home/a b.jpg", "/home/a b.jpg"),
        ("file://localhost/home/a.jpg", "/home/a.jpg"),
        ("file:///C:/a.jpg", "C:/a.jpg"),
        ("/home/a.jpg", "/home/a.jpg"),
        ("s3://a.jpg", "s3://a.jpg"),
    ],
)
def test_a_file_address_is_a_path(text: str, path: str) -> None:
    assert remote.local_path(text) == path


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("s3://bucket/a.jpg", "s3://bucket/a.jpg"),
        (f"sftp://user:{SECRET}@host/a@b.jpg", "sftp://host/a@b.jpg"),
        (f"sftp://user:{SECRET}@:22/a.jpg", "sftp://:22/a.jpg"),
        (f"sftp://user:p@ss@{SECRET}@host/a.jpg", "sftp://host/a.jpg"),
        (f"https://host/a.jpg?sig={SECRET}", "https://host/a.jpg"),
        (f"https://host/a.jpg?{SECRET}", "https://host/a.jpg"),
        (f"s3://bucket/a.jpg?token={SECRET}", "s3://bucket/a.jpg"),
        ("s3://bucket/why?.jpg", "s3://bucket/why?.jpg"),
        ("abfs://container@account.host/a.jpg", "abfs://container@account.host/a.jpg"),
        (
            f"zip://a.jpg::https://me:{SECRET}@host/b.zip?sig={SECRET}",
            "zip://a.jpg::https://host/b.zip",
        ),
        ("zip://a.jpg::/home/b?c=d.zip", "zip://a.jpg::/home/b?c=d.zip"),
        ("a?b=c.jpg", "a?b=c.jpg"),
        ("/home/me@here/a.jpg", "/home/me@here/a.jpg"),
    ],
)
def test_what_may_be_secret_is_not_shown(address: str, expected: str) -> None:
    assert remote.shown(address) == expected


@pytest.mark.parametrize(
    ("folder", "address"),
    [
        ("s3://bucket", "s3://bucket/a.jpg"),
        ("s3://bucket/b/", "s3://bucket/b/a.jpg"),
        ("memory://", "memory://a.jpg"),
        ("memory:///", "memory://a.jpg"),
        ("zip://::/b.zip", "zip://a.jpg::/b.zip"),
        ("zip://b::s3://c/d.zip", "zip://b/a.jpg::s3://c/d.zip"),
        ("sftp://user@host/b", "sftp://user@host/b/a.jpg"),
    ],
)
def test_the_address_of_something_in_a_folder(folder: str, address: str) -> None:
    assert remote.inside(folder, "a.jpg") == address


def test_an_object_is_read_whole(memory: Any) -> None:
    memory.pipe("/a/b.jpg", encode("JPEG"))
    assert read("memory://a/b.jpg", Limits()) == ("memory://a/b.jpg", encode("JPEG"))
    assert load("memory://a/b.jpg").frames[0].width == 64


def test_a_file_address_is_read_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"1")
    assert read(f"file://{tmp_path}/a.jpg", Limits()) == (str(tmp_path / "a.jpg"), b"1")


class Stream(io.RawIOBase):
    """Endless, or broken after some bytes; counts what was taken."""

    taken = 0

    def __init__(self, broken_at: int) -> None:
        self._broken_at = broken_at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if Stream.taken >= self._broken_at:
            raise RuntimeError(f"https://host/a.jpg?sig={SECRET}")
        count = min(len(buffer), 100)
        Stream.taken += count
        return count


def failing(error: Exception) -> Callable[..., NoReturn]:
    def fail(*_: Any, **__: Any) -> NoReturn:
        raise error

    return fail


def refuse_to_open(monkeypatch: pytest.MonkeyPatch, memory: Any, error: Exception) -> None:
    monkeypatch.setattr(type(memory), "open", failing(error))


def test_a_large_object_is_refused_before_it_is_read(
    memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.pipe("/a.jpg", bytes(11))
    monkeypatch.setattr(type(memory.store["/a.jpg"]), "read", failing(AssertionError()))
    with pytest.raises(TooLarge):
        read("memory://a.jpg", Limits(bytes=10))


def give(monkeypatch: pytest.MonkeyPatch, memory: Any, stream: Stream, size: int | None) -> None:
    Stream.taken = 0
    monkeypatch.setattr(type(memory), "open", lambda *_, **__: stream)
    monkeypatch.setattr(type(memory), "info", lambda *_, **__: {"size": size})


@pytest.mark.parametrize("size", [None, 10])
def test_an_object_without_end_is_read_up_to_the_limit(
    memory: Any, monkeypatch: pytest.MonkeyPatch, size: int | None
) -> None:
    give(monkeypatch, memory, Stream(broken_at=10**9), size)
    with pytest.raises(TooLarge):
        read("memory://a.jpg", Limits(bytes=5000))
    assert Stream.taken <= 5100


def test_a_broken_connection_is_told_without_a_secret(
    memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, memory, Stream(broken_at=500), None)
    with pytest.raises(UnreadableImage, match="RuntimeError") as caught:
        read("memory://a.jpg", Limits())
    assert SECRET not in str(caught.value)


def test_an_object_that_arrives_cut_off_is_no_photo(
    memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.pipe("/a.jpg", encode("JPEG"))
    monkeypatch.setattr(type(memory.store["/a.jpg"]), "size", 10**6)
    with pytest.raises(UnreadableImage, match="cut off"):
        read("memory://a.jpg", Limits())


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (FileNotFoundError(SECRET), "nothing is there"),
        (PermissionError(SECRET), "no permission"),
        (OSError(SECRET), "OSError"),
        (TimeoutError(SECRET), "TimeoutError"),
        (ValueError(SECRET), "ValueError"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line(
    memory: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    refuse_to_open(monkeypatch, memory, error)
    with pytest.raises(UnreadableImage, match=told) as caught:
        read("memory://a.jpg", Limits())
    assert SECRET not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(MissingDependency, match=r"pip install 'phiscan\[remote\]'"):
        remote.check("s3://bucket/a.jpg")


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = {"class": "nowhere.Nowhere", "err": "Install nowhere to access this"}
    known = import_module("fsspec.registry").known_implementations
    monkeypatch.setitem(known, "lost", lost)
    for address in ("lost://a.jpg", "zip://a.jpg::lost://b.zip"):
        with pytest.raises(MissingDependency, match="Install nowhere"):
            remote.check(address)


@pytest.mark.parametrize("address", ["nobody://a.jpg", "zip://a.jpg::nobody://b.zip"])
def test_an_unknown_scheme_is_a_mistake(address: str) -> None:
    with pytest.raises(BadSettings, match="nobody://"):
        remote.check(address)


def test_what_cannot_be_reached_now_is_no_mistake(tmp_path: Path) -> None:
    remote.check(f"zip://a.jpg::{tmp_path}/none.zip")


def test_an_archive_is_opened_once_and_again_when_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, opened = tmp_path / "a.zip", list[int]()
    kind = fsspec.get_filesystem_class("zip")
    begin = kind.__init__

    def noted(*given: Any, **named: Any) -> None:
        opened.append(1)
        begin(*given, **named)

    monkeypatch.setattr(kind, "__init__", noted)
    for content in (b"1", b"22", b"333"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("b/a.jpg", content)
        for _ in range(3):
            assert read(f"zip://b/a.jpg::{path}", Limits())[1] == content
        assert remote.entries(f"zip://b::{path}") == [remote.Entry("a.jpg", "file")]
    assert len(opened) == 3


def test_only_one_module_reaches_beyond_this_machine() -> None:
    named = [path for path in ROOT.rglob("*.py") if "import fsspec" in path.read_text("utf-8")]
    named += [path for path in ROOT.rglob("*.py") if "from fsspec" in path.read_text("utf-8")]
    assert set(named) == {Path(remote.__file__)}


def test_no_network_library_is_loaded_for_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(encode("JPEG"))
    code = (
        "import sys; from phiscan.intake import load\n"
        f"load({str(path)!r}); load('file://' + {str(path)!r})\n"
        "assert not {'fsspec', 's3fs', 'aiohttp', 'requests'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
