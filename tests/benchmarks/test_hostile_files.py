from __future__ import annotations

import stat
from pathlib import Path

import pytest

from benchmarks._hostile_files import NAMES, files, odd_things
from benchmarks.hostile import _end
from phiscan.batch import walk
from phiscan.errors import PhiscanError
from phiscan.intake import Limits, load
from phiscan.model import Check, Outcome, Ruling, ScanResult, Verdict

LARGE = (
    "bomb-1",
    "bomb-9",
    "picture-",
    "flood-2",
    "flood-5",
    "flood-100000-f",
    "flood-e",
    "flood-d",
)
QUICK = [name for name, _ in files() if not name.startswith(LARGE)]
WHOLE = {"flood-comments.jpg", "two-gif-script.gif", "two-png-in-jpeg.jpg", "two-wrong-name.jpg"}
LONG_DATA = {"flood-xmp.jpg"}


def test_every_trick_has_a_name_of_its_own() -> None:
    names = [name for name, _ in files()]
    assert len(set(names)) == len(names)
    assert len(QUICK) > 25


@pytest.mark.parametrize("name", QUICK)
def test_a_trick_ends_in_a_gap_unless_the_file_is_whole(name: str) -> None:
    content = dict(files())[name]()
    try:
        photo = load(content, Limits(pixels=4_000_000))
    except PhiscanError:
        assert name not in WHOLE
        return
    assert bool(photo.gaps) is (name not in WHOLE | LONG_DATA)


def test_odd_things_are_odd(tmp_path: Path) -> None:
    odd_things(tmp_path)
    kinds = {path.name: stat.S_IFMT(path.lstat().st_mode) for path in tmp_path.iterdir()}
    assert set(NAMES) <= set(kinds)
    assert {stat.S_IFLNK, stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFDIR} <= set(kinds.values())
    assert any(item.problem for item in walk([tmp_path]))


def test_an_end_is_told_with_the_first_check_that_failed() -> None:
    checks = (Check("intake", Outcome.FAILED, error="TooLarge"),)
    assert _end(ScanResult("a", "", Ruling(Verdict.BLOCK), checks=checks)) == (
        "block, intake: TooLarge"
    )
    assert _end(ScanResult("a", "", Ruling(Verdict.ALLOW))) == "allow"
