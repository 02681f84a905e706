from __future__ import annotations

import importlib.util
import re
import sys
import textwrap
from pathlib import Path
from types import ModuleType

import pytest

from phiscan.commands.app import COMMANDS
from phiscan.commands.scan import ScanOptions
from phiscan.errors import ExitCode
from phiscan.kinds import kinds

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "README.md",
        ROOT / "SECURITY.md",
        ROOT / "CHANGELOG.md",
    ]
)


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["docs_generate"] = module
    spec.loader.exec_module(module)
    return module


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_the_reference_is_what_the_code_says(generate: ModuleType) -> None:
    assert generate.main(["--check"]) == 0, "run: python docs/generate.py"


def test_the_reference_holds_nothing_else(generate: ModuleType) -> None:
    assert {path.name for path in (ROOT / "docs/reference").iterdir()} == set(generate.pages())


def test_every_kind_is_documented() -> None:
    titles = re.findall(r"^## (\w+)", page("docs/reference/kinds.md"), re.MULTILINE)
    assert titles == list(kinds())


@pytest.mark.parametrize("name", ["README.md", "docs/reference/exit-status.md"])
def test_every_exit_status_is_documented(name: str) -> None:
    told = re.findall(r"^\| `(\d+)` \|", page(name), re.MULTILINE)
    assert told == [str(int(code)) for code in ExitCode]


def test_every_command_and_option_is_documented() -> None:
    text = page("docs/reference/command.md")
    assert all(f"phiscan {name}" in text for name in COMMANDS)
    assert all(f"`--{name.replace('_', '-')}`" in text for name in ScanOptions.__dataclass_fields__)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        assert (path.parent / target).exists() or target == "docs/images/demo.png", target


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_promised_that_cannot_be_kept(path: Path) -> None:
    text = path.read_text("utf-8").lower()
    assert "guarantees" not in text
    assert "hipaa compliant" not in text
    for sentence in re.findall(r"[^.]*de-identified[^.]*\.", text):
        assert "not" in sentence or "never" in sentence


@pytest.mark.parametrize("name", ["README.md", "docs/how-to/upload-handler.md"])
def test_python_examples_compile(name: str) -> None:
    blocks = re.findall(r"```python\n(.*?)```", page(name), re.DOTALL)
    assert blocks
    for block in blocks:
        compile(textwrap.dedent(block), name, "exec")
