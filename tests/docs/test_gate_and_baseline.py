"""What docs/how-to/gate.md and baseline.md tell to paste."""

from __future__ import annotations

import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pages import HOW_TO, command_in, located
from parts import encode

from phiscan.commands.gate import GateOptions

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="for a Unix shell")


def blocks(page: str) -> list[str]:
    return re.findall(
        r"^```sh\n(.*?)^```", (HOW_TO / page).read_text("utf-8"), re.DOTALL | re.MULTILINE
    )


def paste(block: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a block as a person would who has phiscan on the path, in a home of its own."""
    command_in(folder / "bin")
    for name in ("systemctl", "journalctl", "launchctl"):
        (folder / "bin" / name).write_text("#!/bin/sh\n")
        (folder / "bin" / name).chmod(0o755)
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", block],
        cwd=folder,
        env=os.environ | {"PATH": path, "HOME": str(folder / "home")},
        capture_output=True,
        text=True,
        check=False,
    )


def is_understood(words: list[str], folder: Path) -> bool:
    """Whether a command line is one of phiscan's, and every option one of a gate's."""
    known = {f"--{name.replace('_', '-')}" for name in GateOptions.__dataclass_fields__}
    options = {word for word in words if word.startswith("--")}
    return words[:2] == [str(folder / "bin/phiscan"), "gate"] and options <= known


def test_the_gate(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox/a.jpg").write_bytes(encode("JPEG"))
    (tmp_path / "inbox/b.jpg").write_bytes(located())
    done = paste(blocks("gate.md")[0], tmp_path)
    assert (done.returncode, done.stderr) == (1, "phiscan: 1 allowed, 1 held\n")
    assert done.stdout == "allowed  a.jpg\nheld     b.jpg  [block: gps_location]\n"
    assert [path.name for path in (tmp_path / "upload").iterdir()] == ["a.jpg"]


def test_the_service_of_systemd(tmp_path: Path) -> None:
    (block,) = (block for block in blocks("gate.md") if "systemctl" in block)
    assert paste(block, tmp_path).returncode == 0
    unit = tmp_path / "home/.config/systemd/user/phiscan-gate.service"
    (start,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
    assert is_understood(shlex.split(start), tmp_path)
    assert (tmp_path / "home/photos/inbox").is_dir()
    if shutil.which("systemd-analyze"):
        check = ["systemd-analyze", "verify", "--user", str(unit)]
        told = subprocess.run(check, capture_output=True, text=True, check=False)
        assert "phiscan-gate" not in told.stderr


def test_the_service_of_launchd(tmp_path: Path) -> None:
    (block,) = (block for block in blocks("gate.md") if "launchctl" in block)
    assert paste(block, tmp_path).returncode == 0
    (file,) = (tmp_path / "home/Library/LaunchAgents").iterdir()
    told = plistlib.loads(file.read_bytes())
    assert told["Label"] == file.stem
    assert is_understood(told["ProgramArguments"], tmp_path)


def test_the_baseline(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/mannequin.jpg").write_bytes(located())
    first, second = blocks("baseline.md")
    done = paste(first, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "accepted by A. Reviewer" in done.stdout
    done = paste(second, tmp_path)
    assert done.returncode == 0
    assert "a mannequin in the training room" in done.stdout
