"""The program of docs/how-to/other-languages.md."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from pages import command_in, write_blocks
from parts import encode

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js here")


def run(folder: Path, *photos: str, path: str) -> subprocess.CompletedProcess[str]:
    write_blocks("other-languages.md", "js", folder)
    node = str(shutil.which("node"))
    return subprocess.run(
        [node, "scan.mjs", *photos],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_the_program_names_what_is_allowed_and_nothing_else(tmp_path: Path) -> None:
    command_in(tmp_path / "bin")
    (tmp_path / "-a b.jpg").write_bytes(encode("JPEG"))
    (tmp_path / "cut off.jpg").write_bytes(encode("JPEG")[:-99])
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = run(tmp_path, "-a b.jpg", "cut off.jpg", path=path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["-a b.jpg"]


@pytest.mark.parametrize("command", ["", "#!/bin/sh\nexit 5\n", "#!/bin/sh\nkill -9 $$\n"])
def test_the_program_ends_badly_where_phiscan_does(tmp_path: Path, command: str) -> None:
    place = tmp_path / "bin"
    place.mkdir()
    if command:
        (place / "phiscan").write_text(command, "utf-8")
        (place / "phiscan").chmod(0o755)
    done = run(tmp_path, "a.jpg", path=f"{place}{os.pathsep}/bin" if command else str(place))
    assert done.returncode != 0
    assert done.stdout == ""
