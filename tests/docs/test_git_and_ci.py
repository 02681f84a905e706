"""The hook for pre-commit, and the workflow of docs/how-to/git-and-ci.md."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pages import HOW_TO, ROOT, blocks, command_in, located
from parts import encode

from phiscan.batch.folders import PICTURE_SUFFIXES
from phiscan.errors import ExitCode

MANIFEST = ROOT / ".pre-commit-hooks.yaml"
WORKFLOW = ".github/workflows/photos.yml"

yaml = pytest.importorskip("yaml")


def hooks() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load(MANIFEST.read_text("utf-8"))
    return loaded


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command_in(folder / "bin")
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    home = {"PRE_COMMIT_HOME": str(folder / "home"), "GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.run(
        words,
        cwd=folder,
        env=os.environ | home | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def pre_commit(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    pytest.importorskip("pre_commit")
    return run(folder, sys.executable, "-m", "pre_commit", *words)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty repository whose hooks are ours, with the command taken from the PATH."""
    local = [hook | {"language": "unsupported"} for hook in hooks()]
    config = {"repos": [{"repo": "local", "hooks": local}]}
    (tmp_path / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    assert run(tmp_path, "git", "init", "--quiet").returncode == 0
    return tmp_path


def commit_check(repository: Path, **files: bytes) -> subprocess.CompletedProcess[str]:
    for name, content in files.items():
        (repository / name).write_bytes(content)
    assert run(repository, "git", "add", "--", *files).returncode == 0
    return pre_commit(repository, "run")


def test_pre_commit_takes_the_manifest(tmp_path: Path) -> None:
    done = pre_commit(tmp_path, "validate-manifest", str(MANIFEST))
    assert done.returncode == 0, done.stdout


def test_the_hooks_see_every_picture_that_a_folder_scan_sees() -> None:
    identify = pytest.importorskip("identify.identify")
    known = hooks()[0]["types"]
    images = {s for s in PICTURE_SUFFIXES if known[0] in identify.tags_from_filename(f"a{s}")}
    assert {".jpg", ".png", ".webp"} <= images
    others = {s for s in PICTURE_SUFFIXES if re.search(hooks()[1]["files"], f"a{s}")}
    assert images | others == PICTURE_SUFFIXES


def test_a_commit_with_harmless_photos_goes_through(repository: Path) -> None:
    files = {"-q.jpg": encode("JPEG"), "b c.png": encode("PNG"), "d.HEIC": encode("HEIF")}
    done = commit_check(repository, **files)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("Passed") == 2


def test_a_commit_without_photos_is_not_looked_at(repository: Path) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    done = commit_check(repository, **{"a.py": b"pass\n", "logo.svg": svg})
    assert done.returncode == 0
    assert "Passed" not in done.stdout


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.jpg", located()), ("raw.dng", b"II*\0")],
)
def test_a_commit_that_phiscan_does_not_allow_is_stopped(
    repository: Path, name: str, content: bytes
) -> None:
    done = commit_check(repository, **{"fine.png": encode("PNG"), name: content})
    assert done.returncode == 1
    assert name in done.stdout


def test_the_page_names_the_hooks() -> None:
    config = yaml.safe_load(blocks("git-and-ci.md", "yaml")[".pre-commit-config.yaml"])
    named = [hook["id"] for hook in config["repos"][0]["hooks"]]
    assert named == [hook["id"] for hook in hooks()]
    assert "args: [--fail-on, block, --]" in (HOW_TO / "git-and-ci.md").read_text("utf-8")


@pytest.fixture(scope="module")
def workflow() -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load(blocks("git-and-ci.md", "yaml")[WORKFLOW])
    return loaded


@pytest.mark.skipif(importlib.util.find_spec("check_jsonschema") is None, reason="not installed")
def test_the_workflow_is_one(tmp_path: Path) -> None:
    path = tmp_path / "photos.yml"
    path.write_text(blocks("git-and-ci.md", "yaml")[WORKFLOW], "utf-8")
    schema = "vendor.github-workflows"
    check = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema)
    done = run(tmp_path, *check, path.name)
    assert done.returncode == 0, done.stdout


def test_the_report_may_be_uploaded_and_is_uploaded_after_a_failure(
    workflow: dict[Any, Any],
) -> None:
    job = workflow["jobs"]["phiscan"]
    assert job["permissions"]["security-events"] == "write"
    upload = job["steps"][-1]
    assert "!cancelled()" in upload["if"]
    assert upload["with"]["sarif_file"] in job["steps"][-2]["run"]


@pytest.mark.parametrize(
    ("content", "status"), [(encode("JPEG"), ExitCode.ALLOWED), (b"", ExitCode.UNSCANNED)]
)
def test_the_workflow_fails_with_the_status_of_the_scan(
    workflow: dict[Any, Any], tmp_path: Path, content: bytes, status: ExitCode
) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    step = workflow["jobs"]["phiscan"]["steps"][-2]["run"]
    assert run(tmp_path, "bash", "-e", "-c", step).returncode == status
    report = json.loads((tmp_path / "phiscan.sarif").read_text("utf-8"))
    told = report["runs"][0]["invocations"][0]["executionSuccessful"]
    assert told is (status is ExitCode.ALLOWED)
