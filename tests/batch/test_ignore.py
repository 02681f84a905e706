"""The patterns of `.phiscanignore`, checked against git itself where it is installed."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from phiscan.batch.ignore import Ignore

_NAMES = """
a.jpg b.jpg ab.jpg a.JPG 1.jpg [x].jpg !a.jpg #a.jpg back\\slash.jpg *.jpg é.jpg
in/a.jpg in/b.jpg in/deep/a.jpg in/deep/er/a.jpg in/deep/er/b.jpg deep/a.jpg inner/a.jpg
"""
FILES = [*_NAMES.split(), "a b.jpg", "end ", "in/end ", "a\tb.jpg"]
FOLDERS = {"in", "in/deep", "in/deep/er", "deep", "inner"}

CASES = {
    "a name": ("a.jpg", "a.jpg in/a.jpg in/deep/a.jpg in/deep/er/a.jpg deep/a.jpg inner/a.jpg"),
    "a name at the top": ("/a.jpg", "a.jpg"),
    "a path": ("in/a.jpg", "in/a.jpg"),
    "a path below any folder": ("**/deep/a.jpg", "deep/a.jpg in/deep/a.jpg"),
    "a folder": (
        "deep/",
        "deep deep/a.jpg in/deep in/deep/a.jpg in/deep/er in/deep/er/a.jpg in/deep/er/b.jpg",
    ),
    "a file where a folder is meant": ("a.jpg/", ""),
    "all in a folder": ("deep/**", "deep/a.jpg"),
    "any folders between": ("in/**/a.jpg", "in/a.jpg in/deep/a.jpg in/deep/er/a.jpg"),
    "one folder between": ("in/*/a.jpg", "in/deep/a.jpg"),
    "one sign": ("/?.jpg", "a.jpg b.jpg 1.jpg *.jpg"),
    "signs of a range": ("/[a-b].jpg", "a.jpg b.jpg"),
    "no sign of a range": ("/[!a-z].jpg", "1.jpg *.jpg"),
    "a named class": ("/[[:digit:]].jpg", "1.jpg"),
    "an unknown class": ("/[[:digits:]].jpg", ""),
    "a bracket in brackets": ("/[[]x[]].jpg", "[x].jpg"),
    "a bracket that does not end": ("/[x", ""),
    "signs that mean themselves": ("/\\*.jpg", "*.jpg"),
    "a backslash": ("/back\\\\slash.jpg", "back\\slash.jpg"),
    "a backslash at the end": ("a.jpg\\", ""),
    "a comment": ("#a.jpg", ""),
    "no comment": ("\\#a.jpg", "#a.jpg"),
    "no exception": ("\\!a.jpg", "!a.jpg"),
    "spaces at the end": ("/b.jpg  ", "b.jpg"),
    "a space that counts": ("end\\ ", "end |in/end "),
    "a space within": ("a b.jpg", "a b.jpg|"),
    "an exception": (
        "/*.jpg\n!/a*",
        "b.jpg 1.jpg [x].jpg !a.jpg #a.jpg back\\slash.jpg *.jpg é.jpg",
    ),
    "an exception from an exception": ("/a.jpg\n!a.jpg\n/a.jpg", "a.jpg"),
    "an exception in a folder that is out": ("/inner\n!inner/a.jpg", "inner inner/a.jpg"),
    "an exception in a folder whose content is out": ("/inner/*\n!inner/a.jpg", ""),
    "large letters": ("/a.JPG", "a.JPG"),
    "Windows line ends": ("/a.jpg\r\n/b.jpg\r\n", "a.jpg b.jpg"),
    "a mark of the byte order": ("\ufeff/a.jpg", "a.jpg"),
    "a letter of two bytes": ("/??.jpg", "ab.jpg !a.jpg #a.jpg é.jpg"),
    "no pattern": ("\n\n   \n/\n//\n!\n", ""),
}
"""What the file says, and what it leaves out."""


def left_out(content: str) -> set[str]:
    """Return what stays out, with all that lies in a folder that does."""
    ignore = Ignore(content.encode())
    out: set[str] = set()
    for path in sorted({*FILES, *FOLDERS}):
        parent = path.rpartition("/")[0]
        names = [name.encode() for name in path.split("/")]
        if parent in out or ignore.says(names, is_folder=path in FOLDERS):
            out.add(path)
    return out


@pytest.mark.parametrize(("content", "told"), CASES.values(), ids=CASES)
def test_patterns_leave_out_what_they_name(content: str, told: str) -> None:
    expected = told.split("|") if "|" in told else told.split()
    assert left_out(content) == {path for path in expected if path}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    root = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "--quiet", root], check=True)
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def asked_of_git(repository: Path, content: str) -> set[str]:
    (repository / ".gitignore").write_bytes(content.encode())
    command = ["git", "-c", "core.ignoreCase=false", "-C", str(repository), "check-ignore"]
    asked = "\0".join({*FILES, *FOLDERS}).encode()
    done = subprocess.run(
        [*command, "--no-index", "-z", "--stdin"], input=asked, capture_output=True, check=False
    )
    assert done.returncode in {0, 1}, done.stderr  # 1: nothing is left out
    return {name.decode() for name in done.stdout.split(b"\0") if name}


@pytest.mark.parametrize("content", [content for content, _ in CASES.values()], ids=CASES)
def test_git_leaves_out_the_same(repository: Path, content: str) -> None:
    assert left_out(content) == asked_of_git(repository, content)


PIECES = [
    *("a", "b", ".jpg", "in", "deep", "*", "*", "**", "***", "?", "/", "/", "\\", "\\*", "\\/"),
    *("[ab]", "[!a]", "[^a]", "[a-i]", "[i-a]", "[]a]", "[a-]", "[a\\]]", "[[:alpha:]]", "[[:a]"),
    *("[", "]", "!", "#", " ", "\\ ", "-", "é"),
]


def test_git_agrees_on_patterns_that_nobody_would_write(repository: Path) -> None:
    chance = random.Random(0)  # noqa: S311 - any patterns will do
    fitted = 0
    for _ in range(150):
        content = "\n".join(
            "".join(chance.choices(PIECES, k=chance.randint(1, 6))) for _ in range(3)
        )
        expected = asked_of_git(repository, content)
        assert left_out(content) == expected, content
        fitted += bool(expected)
    assert fitted > 30


def test_many_stars_take_no_long_time() -> None:
    ignore = Ignore(b"*a" * 60 + b"b\n" + b"**/" * 60 + b"b")
    assert ignore.says([b"a" * 255] * 100, is_folder=False) is None
