"""Folders that lie elsewhere are walked as local ones are, and the command scans them."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import located
from parts import encode

from phiscan import cli
from phiscan.batch import folders, remote
from phiscan.batch.folders import Item
from phiscan.batch.places import count, is_folder, place, walk
from phiscan.errors import ExitCode, UnreadableImage
from phiscan.intake import remote as intake

fsspec = pytest.importorskip("fsspec")
JPEG = encode("JPEG")
SECRET = "hunter2"  # noqa: S105 - nobody's
TREE = {
    "b/2.jpg": JPEG,
    "b/10.JPG": JPEG,
    "b/.hidden/3.jpg": JPEG,
    "b/.4.jpg": JPEG,
    "a/deep/er/photo": JPEG,
    "a/deep/notes.txt": b"Dear diary",
    "a/raw.nef": b"",
    "a/odd name?.jpg": JPEG,
    "c.pdf": b"%PDF-1.4",
    "d": b"",
    "é.webp": encode("WEBP"),
}


def on_disk(folder: Path) -> str:
    for name, content in TREE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return str(folder)


def in_zip(folder: Path) -> str:
    path = folder / "tree.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in TREE.items():
            archive.writestr(name, content)
    return f"zip://::{path}"


def in_memory(_: Path) -> str:
    place = fsspec.filesystem("memory")
    for name, content in TREE.items():
        place.pipe(f"/tree/{name}", content)
    return "memory://tree/"


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]


def file_address(folder: Path) -> str:
    return f"file://{on_disk(folder)}"


@pytest.fixture
def expected(tmp_path: Path) -> list[str]:
    folder = tmp_path / "local"
    folder.mkdir()
    return [
        Path(item.path).relative_to(folder).as_posix()
        for item in folders.walk([Path(on_disk(folder))])
    ]


@pytest.mark.parametrize("put", [in_zip, in_memory, file_address])
def test_a_folder_elsewhere_is_walked_as_a_local_one(
    put: Any, tmp_path: Path, expected: list[str]
) -> None:
    (tmp_path / "there").mkdir()
    where = place(put(tmp_path / "there"))
    assert is_folder(where)
    items = list(walk([where]))
    assert len(items) == len(expected) == 6
    for item, name in zip(items, expected, strict=True):
        assert name in item.path
        assert not item.problem
    assert count([where]) in {5, 6}  # elsewhere the names alone count


def test_one_object_is_taken_as_it_is() -> None:
    fsspec.filesystem("memory").pipe("/a/.hidden.txt", b"1")
    assert list(walk(["memory://a/.hidden.txt"])) == [Item("memory://a/.hidden.txt")]


def test_folders_are_listed_when_their_turn_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    in_memory(Path())
    listed: list[str] = []
    entries = intake.entries

    def noted(address: str) -> list[intake.Entry]:
        listed.append(address)
        return entries(address)

    monkeypatch.setattr(intake, "entries", noted)
    items = remote.walk_address("memory://tree")
    assert next(items).path == "memory://tree/a/deep/er/photo"
    assert "memory://tree/b" not in listed


def test_a_folder_that_cannot_be_listed_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    in_memory(Path())
    entries = intake.entries

    def broken(address: str) -> list[intake.Entry]:
        if address.endswith("/a"):
            raise UnreadableImage("no permission")
        return entries(address)

    monkeypatch.setattr(intake, "entries", broken)
    first, *others = remote.walk_address("memory://tree")
    assert first == Item("memory://tree/a", "this folder cannot be listed: no permission")
    assert len(others) == 3


def test_what_cannot_be_looked_at_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    fsspec.filesystem("memory").pipe("/tree/notes.txt", b"Dear diary")
    assert list(remote.walk_address("memory://tree")) == []

    def broken(*_: object) -> bytes:
        raise UnreadableImage("no connection")

    monkeypatch.setattr(intake, "head", broken)
    assert list(remote.walk_address("memory://tree")) == [Item("memory://tree/notes.txt")]


def test_links_and_misleading_names_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    fsspec.filesystem("memory").pipe("/tree/x", b"")
    listed = [
        intake.Entry("a.jpg", "link"),
        intake.Entry("b.txt", "link"),
        intake.Entry("c::d.jpg", "file"),
        intake.Entry("e?f=g.jpg", "file"),
        intake.Entry("h", "other"),
    ]
    monkeypatch.setattr(intake, "entries", lambda _: listed)
    told = {item.path.rpartition("/")[2]: item.problem for item in walk(["memory://tree"])}
    assert set(told) == {"a.jpg", "c::d.jpg", "e?f=g.jpg"}
    assert all(told.values())


# The command


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[Any], str]:
    status = cli.main([*words, "--format", "jsonl"])
    captured = capsys.readouterr()
    return status, [json.loads(line) for line in captured.out.splitlines()], captured.err


def test_the_command_scans_a_zip_archive_in_workers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/fine.jpg", JPEG)
        archive.writestr("a/located.jpg", located())
        archive.writestr("b/cut.jpg", JPEG[:-99])
        archive.writestr("Smith_John_1950-03-04/IMG_1.jpg", JPEG)
    for _ in range(2):  # of what lies elsewhere nothing is kept
        status, photos, told = run(capsys, f"zip://::{path}", "--jobs", "2")
        assert status == ExitCode.BLOCKED
        assert "earlier" not in told
        named = {photo["path"].removesuffix(f"::{path}"): photo for photo in photos}
        assert list(named) == [
            "zip://Smith_John_1950-03-04/IMG_1.jpg",
            "zip://a/fine.jpg",
            "zip://a/located.jpg",
            "zip://b/cut.jpg",
        ]
        verdicts = [photo["verdict"] for photo in named.values()]
        assert verdicts[1:] == ["allow", "block", "block"]
        first, _, _, cut = named.values()
        assert "file_name" in {finding["kind"] for finding in first["findings"]}
        assert cut["problem"]


def test_an_object_that_is_not_there_is_a_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.zip").write_bytes(b"PK\5\6" + bytes(18))
    status, photos, told = run(capsys, f"zip://a.jpg::{tmp_path}/empty.zip")
    assert (status, photos) == (ExitCode.USAGE, [])
    assert "no such file" in told


@pytest.mark.parametrize("address", [f"sftp://me:{SECRET}@host/a", f"https://host/a?s={SECRET}"])
def test_without_the_extra_the_command_says_what_to_install(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    status, photos, told = run(capsys, address)
    assert (status, photos) == (ExitCode.MISSING, [])
    assert "pip install 'phiscan[remote]'" in told
    assert told.count("\n") == 1
    assert SECRET not in told


@pytest.mark.parametrize("deed", ["die", "raise"])
def test_what_ruins_a_worker_tells_no_secret(deed: str, capfd: pytest.CaptureFixture[str]) -> None:
    from saboteurs import Obedient

    from phiscan.batch import Workers
    from phiscan.settings import Settings

    address = f"https://me:{SECRET}@host/{deed}-1.jpg?s={SECRET}"
    with Workers(Obedient, Settings().open_policy()) as workers:
        (result,) = workers.scan_all([Item(address)])
    assert result.source == f"https://host/{deed}-1.jpg"
    assert SECRET not in repr(result) + "".join(capfd.readouterr())
