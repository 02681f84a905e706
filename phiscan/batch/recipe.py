"""What a verdict rests on besides the photo, as one hash: a kept result counts under no other.

Left out is only what changes no verdict: where compiled networks are kept, how long a file may take
(see `results.py`), and the number of threads: all four networks give the same bits on 1, 2 and 4.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from phiscan.consent.store import default_path
from phiscan.policy import Policy
from phiscan.settings import Settings
from phiscan.weight_files import WEIGHTS, files_of

_NAMES = """
defusedxml dlib dlib_bin exifread face_recognition face_recognition_models names numpy onnxruntime
opencv_contrib_python opencv_contrib_python_headless opencv_python opencv_python_headless openvino
phonenumbers pillow pillow_heif pytesseract python_stdnum rapidocr zxing_cpp
"""
LIBRARIES = frozenset(_NAMES.split())
"""Distributions that decode, read or decide; each counts with its version where it is installed."""

NO_MATTER = frozenset({"cache", "policy", "seconds", "threads"})
"""Settings that change no verdict by themselves: of the policy, what it says counts."""
_DISTRIBUTION = re.compile(r"(.+?)-\d.*\.(?:dist|egg)-info$")
_INSTRUCTIONS = ("model name", "flags", "Features", "CPU implementer", "CPU part")
"""Lines of /proc/cpuinfo: OpenVINO computes in 16 bits where the processor can, in 32 elsewhere."""


def recipe(settings: Settings, policy: Policy) -> bytes:
    """Return a SHA-256 of the program, its libraries, its settings, the policy and the processor.

    Raises OSError where one of these cannot be looked at; then no kept result may be used.
    """
    chosen = {f.name: getattr(settings, f.name) for f in fields(settings)}
    parts: dict[str, Any] = {
        "program": _program(),
        "python": sys.version,
        "libraries": list(_libraries()),
        "weights": {
            name: [w.sha256 for w in files_of(weights)] for name, weights in WEIGHTS.items()
        },
        "settings": {name: value for name, value in chosen.items() if name not in NO_MATTER},
        "files": {n: _content(v) for n, v in chosen.items() if isinstance(v, os.PathLike)},
        "consents": _content(default_path()),
        "policy": policy,
        "processor": [platform.machine(), *_processor()],
        "tesseract": _tesseract() if "tesseract" in settings.ocr else [],
    }
    whole = msgspec.msgpack.encode(parts, enc_hook=os.fspath, order="deterministic")
    return hashlib.sha256(whole).digest()


def _program() -> dict[str, str]:
    """Return a hash of each of phiscan's own files: a version number alone misses what was edited.

    The weights are pinned by their own hashes.
    """
    from phiscan import __version__

    root = Path(str(resources.files("phiscan")))
    found = {"version": __version__}
    for folder, folders, names in os.walk(root, onerror=_stop):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            if name.endswith((".py", ".toml", ".txt")):
                path = Path(folder, name)
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                found[path.relative_to(root).as_posix()] = content
    return found


def _stop(error: OSError) -> None:
    raise error


def _libraries() -> Iterator[str]:
    """Yield name and version of each library; importlib.metadata would take 60 ms to tell them."""
    for folder in sorted({folder or "." for folder in sys.path}):
        with suppress(OSError):  # sys.path names zip files, and folders that are not there
            for name in sorted(os.listdir(folder)):  # noqa: PTH208 - iterdir would not be faster
                found = _DISTRIBUTION.match(name)
                if found and re.sub(r"[-_.]+", "_", found[1]).lower() in LIBRARIES:
                    yield name


def _content(path: os.PathLike[str]) -> str:
    """Return a hash of what a file holds, or nothing where there is no such file."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def _processor() -> list[str]:
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        return [platform.processor()]
    return [line for line in text.split("\n\n")[0].splitlines() if line.startswith(_INSTRUCTIONS)]


def _tesseract() -> list[str]:
    """Return the program's version, and name, size and age of its language files."""
    program = shutil.which("tesseract")
    if program is None:
        return []
    told = [_told(program, "--version"), languages := _told(program, "--list-langs")]
    if found := re.search(r'"(.+)"', languages):
        for file in sorted(Path(found[1]).glob("*.traineddata")):
            state = file.stat()
            told.append(f"{file.name} {state.st_size} {state.st_mtime_ns}")
    return told


def _told(program: str, option: str) -> str:
    try:
        done = subprocess.run([program, option], capture_output=True, timeout=30, check=True)  # noqa: S603 - as its reader runs it
    except subprocess.SubprocessError as exc:
        raise OSError("Tesseract does not say its version") from exc
    return (done.stdout + done.stderr).decode("utf-8", "replace")
