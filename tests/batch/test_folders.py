from __future__ import annotations

import inspect
import os
import sys
from pathlib import Path

import pytest

from phiscan.batch import Item, looks_like_photo, walk
from phiscan.batch.folders import LeftOut

JPEG = b"\xff\xd8\xff\xe0" + bytes(60)


def touch(root: Path, *names: str, content: bytes = JPEG) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def found(root: Path) -> list[str]:
    return [str(Path(item.path).relative_to(root)) for item in walk([root])]


def test_folders_are_walked_in_order_of_names(tmp_path: Path) -> None:
    touch(tmp_path, "b.jpg", "a/2.png", "a/1.JPG", "c/d/e.heic")
    assert found(tmp_path) == ["a/1.JPG", "a/2.png", "b.jpg", "c/d/e.heic"]


def test_hidden_entries_are_skipped(tmp_path: Path) -> None:
    touch(tmp_path, ".a.jpg", ".git/b.jpg", "c.jpg")
    assert found(tmp_path) == ["c.jpg"]


def test_other_files_are_skipped_in_folders(tmp_path: Path) -> None:
    touch(tmp_path, "notes.txt", "a.pdf", content=b"%PDF-1.7 plain words")
    assert found(tmp_path) == []


@pytest.mark.parametrize("name", ["a.cr2", "a.NEF", "a.dng", "a.jxl", "a.jp2"])
def test_pictures_that_cannot_be_opened_are_not_passed_over(tmp_path: Path, name: str) -> None:
    touch(tmp_path, name, content=b"raw")
    assert found(tmp_path) == [name]


def test_a_photo_without_a_telling_name_is_found_by_its_first_bytes(tmp_path: Path) -> None:
    touch(tmp_path, "upload", "upload.tmp")
    assert found(tmp_path) == ["upload", "upload.tmp"]


def test_an_empty_picture_is_still_reported(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", content=b"")
    assert found(tmp_path) == ["a.jpg"]


def test_named_files_are_taken_whatever_they_are(tmp_path: Path) -> None:
    touch(tmp_path, ".hidden", "notes.txt")
    paths = [tmp_path / ".hidden", tmp_path / "notes.txt", tmp_path / "missing"]
    assert list(walk(paths)) == [Item(str(path)) for path in paths]


def test_walking_starts_before_everything_is_listed(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "b/c.jpg")
    items = walk([tmp_path])
    next(items)
    (tmp_path / "b" / "c.jpg").unlink()
    assert list(items) == []


def test_folders_may_be_nested_deeper_than_python_recurses(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["d"] * 200)
    folder.mkdir(parents=True)
    (folder / "a.jpg").touch()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 100)
    try:
        items = list(walk([tmp_path]))
    finally:
        sys.setrecursionlimit(limit)
    assert len(items) == 1


def test_a_path_that_the_system_refuses_is_still_reported() -> None:
    (item,) = walk([Path("x" * 5000 + ".jpg")])
    assert item.path.startswith("xxx")


def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert found(tmp_path) == []
    assert not looks_like_photo(tmp_path / "pipe")


def test_a_link_out_of_the_folder_is_reported_and_not_followed(tmp_path: Path) -> None:
    touch(tmp_path, "out/a.jpg", "in/b.jpg")
    (tmp_path / "in/link.jpg").symlink_to(tmp_path / "out/a.jpg")
    (tmp_path / "in/more").symlink_to(tmp_path / "out")
    items = {Path(item.path).name: item.problem for item in walk([tmp_path / "in"])}
    assert set(items) == {"b.jpg", "link.jpg", "more"}
    assert not items["b.jpg"]
    assert "a link" in items["link.jpg"]
    assert "a link" in items["more"]


def test_links_that_lead_nowhere_new_are_left_alone(tmp_path: Path) -> None:
    touch(tmp_path, "a/b.jpg", "notes.txt", content=b"words")
    (tmp_path / "again.jpg").symlink_to(tmp_path / "a/b.jpg")
    (tmp_path / "round").symlink_to(tmp_path)
    (tmp_path / "broken").symlink_to(tmp_path / "nothing")
    assert found(tmp_path) == ["a/b.jpg"]


def test_a_link_to_something_hidden_is_reported(tmp_path: Path) -> None:
    touch(tmp_path, ".hidden/b.jpg")
    (tmp_path / "a").symlink_to(tmp_path / ".hidden")
    assert found(tmp_path) == ["a"]


def test_a_broken_link_with_a_photos_name_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to(tmp_path / "nothing")
    assert found(tmp_path) == ["a.jpg"]


def test_a_folder_that_cannot_be_listed_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("phiscan.batch.folders.os.scandir", refuse)
    (item,) = walk([tmp_path])
    assert "cannot be listed" in item.problem


def test_the_name_is_written_as_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "a/b.jpg", "c.jpg")
    monkeypatch.chdir(tmp_path)
    assert [item.path for item in walk([Path()])] == ["a/b.jpg", "c.jpg"]
    assert [item.path for item in walk([Path("a/")])] == ["a/b.jpg"]
    assert [item.path for item in walk([Path("../") / tmp_path.name])][1].endswith("/c.jpg")


# Ignore files: test_ignore.py has the patterns


def left_out(*paths: Path) -> tuple[list[str], LeftOut]:
    counted = LeftOut()
    return [Path(item.path).name for item in walk(paths, counted)], counted


def test_what_an_ignore_file_names_is_left_out_and_counted(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "b.jpg", "upload", "old/c.jpg", "old/d.jpg", "gone/e.jpg")
    touch(tmp_path, "notes.txt", content=b"words")
    touch(tmp_path, ".phiscanignore", content=b"b.*\nupload\nnotes.txt\n/gone/\n")
    assert left_out(tmp_path) == (["a.jpg", "c.jpg", "d.jpg"], LeftOut(photos=2, folders=1))


def test_nothing_is_left_out_where_nobody_counts(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg")
    touch(tmp_path, ".phiscanignore", content=b"*")
    assert found(tmp_path) == ["a.jpg"]


def test_the_innermost_ignore_file_is_heard_first(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "in/a.jpg", "in/b.jpg", "in/deep/b.jpg", "then/a.jpg", "then/b.jpg")
    touch(tmp_path, ".phiscanignore", content=b"a.jpg")
    touch(tmp_path, "in/.phiscanignore", content=b"!a.jpg\n/b.jpg")
    names, counted = left_out(tmp_path)
    assert names == ["a.jpg", "b.jpg", "b.jpg"]
    assert counted == LeftOut(photos=3)


def test_what_is_named_is_never_left_out(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "in/b.jpg")
    touch(tmp_path, ".phiscanignore", content=b"*")
    assert left_out(tmp_path / "a.jpg", tmp_path / "in") == (["a.jpg", "b.jpg"], LeftOut())


def test_a_link_that_would_have_been_reported_counts(tmp_path: Path) -> None:
    touch(tmp_path, "out/a.jpg", "in/b.jpg")
    (tmp_path / "in/link.jpg").symlink_to(tmp_path / "out/a.jpg")
    (tmp_path / "in/again.jpg").symlink_to(tmp_path / "in/b.jpg")
    touch(tmp_path, "in/.phiscanignore", content=b"link.jpg\nagain.jpg")
    assert left_out(tmp_path / "in") == (["b.jpg"], LeftOut(photos=1))


def test_an_ignore_file_that_cannot_be_read_leaves_nothing_out(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "b/c.jpg")
    (tmp_path / ".phiscanignore").mkdir()
    touch(tmp_path, "b/.phiscanignore", content=b"*\n" * 600_000)
    assert left_out(tmp_path) == (["a.jpg", "c.jpg"], LeftOut(unread=2))


def test_a_pipe_in_place_of_an_ignore_file_is_not_opened(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg")
    os.mkfifo(tmp_path / ".phiscanignore")
    assert left_out(tmp_path) == (["a.jpg"], LeftOut(unread=1))
