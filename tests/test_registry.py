from __future__ import annotations

from pathlib import Path

import pytest

from phiscan.errors import MissingDependency
from phiscan.registry import load


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / f"parts_of_{tmp_path.name}"  # modules are cached by name
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "good.py").write_text("PART = 1\n")
    (package / "_private.py").write_text("raise AssertionError\n")
    monkeypatch.syspath_prepend(tmp_path)
    return package


def test_every_public_module_is_found(folder: Path) -> None:
    assert load(folder.name, "PART") == {"good": 1}


def test_a_module_without_its_part_is_an_error(folder: Path) -> None:
    (folder / "empty.py").touch()
    with pytest.raises(MissingDependency, match="empty does not define PART"):
        load(folder.name, "PART")
