"""The programs of docs/how-to/read-jsonl.md that send paths."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pages import HOW_TO, command_in, located, write_blocks
from parts import encode


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    command_in(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/a b.jpg").write_bytes(encode("JPEG"))
    (tmp_path / "photos/c.jpg").write_bytes(located())
    return tmp_path


@pytest.mark.skipif(shutil.which("jq") is None, reason="no jq here")
def test_the_shell_names_what_is_allowed(path: Path) -> None:
    page = (HOW_TO / "read-jsonl.md").read_text("utf-8")
    (block,) = (b for b in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) if "--stdin0" in b)
    done = subprocess.run(
        ["sh", "-c", block], cwd=path, capture_output=True, text=True, timeout=240, check=True
    )
    assert done.stdout == "photos/a b.jpg\n"


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js here")
def test_a_program_asks_about_one_photo_after_the_other(path: Path) -> None:
    write_blocks("read-jsonl.md", "js", path)
    names = ["photos/c.jpg", "photos/a b.jpg", "missing.jpg"]
    done = subprocess.run(
        ["node", "ask.mjs", *names],
        cwd=path,
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "block photos/c.jpg",
        "allow photos/a b.jpg",
        "block missing.jpg",
    ]


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js here")
def test_a_phiscan_that_ends_is_no_answer(path: Path) -> None:
    write_blocks("read-jsonl.md", "js", path)
    (path / "bin/phiscan").write_text("#!/bin/sh\nexit 5\n")
    done = subprocess.run(
        ["node", "ask.mjs", "photos/c.jpg"],
        cwd=path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode != 0
    assert done.stdout == ""
