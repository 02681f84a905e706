"""Imports point one way, siblings leave each other alone, outside libraries are fenced."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ORDER = """
errors geometry memory shrinking
weight_files
kinds traces
text
grouping
layout plain_layout
separate_texts
model
protocols
private_folder
network_cache
inference intake readers detectors consent identifiers policy registry reports
settings
toolbox
scan
batch
distributed
commands
cli
"""
LEVEL = {name: n for n, line in enumerate(ORDER.strip().splitlines()) for name in line.split()}
ROOT = Path(__file__).parent.parent / "phiscan"
MODULES = sorted(ROOT.rglob("*.py"))

FENCED = {
    "PIL": {"intake", "reports"},
    "pillow_heif": {"intake"},
    "exifread": {"intake"},
    "openvino": {"inference"},
    "platformdirs": {"private_folder", "consent"},
    "sqlite3": {"batch"},
    "watchfiles": {"batch"},
    "onnxruntime": {"inference"},
    "rapidocr": set[str](),
    "cv2": {"shrinking", "intake", "readers", "detectors", "consent"},
    "zxingcpp": {"readers"},
    "pytesseract": {"readers"},
    "phonenumbers": {"identifiers"},
    "stdnum": {"identifiers"},
    "names": {"identifiers"},
    "cryptography": {"consent"},
    "keyring": {"consent"},
    "dlib": {"consent", "detectors"},
    "face_recognition": {"consent"},
    "cyclopts": {"cli", "commands"},
    "fsspec": {"intake"},
    "pyarrow": {"distributed"},
    "pyspark": {"distributed"},
    "requests": set[str](),
    "urllib": set[str](),
    "socket": set[str](),
    "http": set[str](),
}
"""Which rooms may import which library; the network libraries belong nowhere."""


def room(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").parts[0]


def imported(path: Path) -> set[str]:
    """Return the full names of all modules that a file imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_every_room_has_its_place() -> None:
    rooms = {room(path) for path in MODULES} - {"__init__", "__main__"}
    assert rooms <= set(LEVEL)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    me = room(path)
    if me in {"__init__", "__main__"}:
        return
    rooms = {n.split(".")[1] for n in imported(path) if n.startswith("phiscan.")}
    above = {other for other in rooms - {me} if other in LEVEL and LEVEL[other] >= LEVEL[me]}
    assert not above, f"{me} may not import {above}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_outside_libraries_are_fenced(path: Path) -> None:
    libraries = {name.split(".")[0] for name in imported(path)}
    strayed = {lib for lib in libraries if lib in FENCED and room(path) not in FENCED[lib]}
    assert not strayed
