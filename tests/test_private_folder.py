from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from phiscan.private_folder import cache_folder, is_own, make_own, make_own_file, open_own

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="owners and modes as on Unix")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_is_made_for_the_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "results"
    assert make_own(folder)
    assert mode(folder) == 0o700
    assert make_own(folder)


@pytest.mark.parametrize("loose", [0o755, 0o775, 0o707])
def test_a_folder_that_others_may_write_to_is_not_the_users_own(tmp_path: Path, loose: int) -> None:
    tmp_path.chmod(loose)
    assert make_own(tmp_path) is (loose == 0o755)


def test_a_folder_of_somebody_else_or_behind_a_link_is_not_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert not is_own(tmp_path / "link")
    monkeypatch.setattr(os, "geteuid", lambda: 123456)
    assert not is_own(tmp_path)


@pytest.mark.parametrize("before", [None, 0o644, 0o600])
def test_a_file_is_the_users_alone_whatever_it_was(tmp_path: Path, before: int | None) -> None:
    file = tmp_path / "file"
    if before is not None:
        file.write_bytes(b"content")
        file.chmod(before)
    make_own_file(file)
    assert mode(file) == 0o600
    assert file.read_bytes() == (b"" if before is None else b"content")


def _link(path: Path) -> None:
    path.with_name("else").touch()
    path.symlink_to(path.with_name("else"))


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


def _open_to_all(path: Path) -> None:
    path.touch()
    path.chmod(0o666)


@pytest.mark.parametrize("make", [_link, _pipe, _folder, _open_to_all])
@pytest.mark.parametrize("use", [open_own, make_own_file])
def test_what_is_not_the_users_own_file_is_not_opened(
    tmp_path: Path, make: Callable[[Path], None], use: Callable[[Path], object]
) -> None:
    make(tmp_path / "file")
    with pytest.raises((OSError, ValueError)):
        use(tmp_path / "file")


def test_what_is_kept_lies_in_the_users_cache_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder("networks").name == "networks"
    assert cache_folder("networks").parent.name == "phiscan"
