"""Tiny photos, and the command with a scanner that looks at none: what is left is the batch."""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from phiscan import cli
from phiscan.commands import scan
from phiscan.geometry import Box, Region
from phiscan.model import Check, Finding, Outcome, ScanResult
from phiscan.policy import judge
from phiscan.settings import Settings

_IN_ONE_FOLDER = 1000
_STEPS = ("intake", "layout")
"""Checks besides those that the policy requires."""


def tiny_photos(folder: Path, count: int) -> Iterator[Path]:
    """Write `count` photos of 16 x 16 pixels that differ in a comment, and yield their paths."""
    start, rest = _jpeg()
    for number in range(count):
        path = folder / f"{number // _IN_ONE_FOLDER:04}" / f"IMG_{number:06}.jpg"
        path.parent.mkdir(exist_ok=True)
        text = f"{number:010}".encode()
        path.write_bytes(start + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + rest)
        yield path


def _jpeg() -> tuple[bytes, bytes]:
    """Return a JPEG's first two bytes and the others: a comment may stand between them."""
    buffer = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    Image.fromarray(pixels).save(buffer, "JPEG")
    return buffer.getvalue()[:2], buffer.getvalue()[2:]


class MadeUp:
    """Stands in for the scanner: takes a photo's hash, and makes its findings up."""

    def __init__(self, settings: Settings) -> None:
        self._policy = settings.open_policy()

    def scan(self, source: str) -> ScanResult:
        """Return a result: every third photo shows a face, every tenth a birth date on a chart."""
        digest = hashlib.sha256(Path(source).read_bytes())
        number = digest.digest()[0] * 256 + digest.digest()[1]
        findings = [Finding("capture_time", 1.0, reason="exif:DateTimeOriginal")]
        if number % 3 == 0:
            findings.append(Finding("face", 0.93, (Region.from_box(0, Box(2, 2, 9, 9)),)))
        if number % 10 == 0:
            line = Region.from_box(0, Box(3, 4, 12, 6))
            chart = Region.from_box(0, Box(1, 1, 15, 15))
            findings.append(Finding("chart", 0.8, (chart,), reason="ruled lines and labels"))
            findings.append(
                Finding("birth_date", 0.95, (line,), "99/99/9999", "label on this line")
            )
        names = sorted(self._policy.required.union(_STEPS))
        checks = tuple(Check(name, Outcome.DONE, 0.0123) for name in names)
        ruling = judge(findings, checks, self._policy)
        found = tuple(findings)
        return ScanResult(source, digest.hexdigest(), ruling, found, checks, 16, 16, 0.1)


if __name__ == "__main__":
    vars(scan)["Scanner"] = MadeUp  # all else is the command itself
    cli.main(sys.argv[1:])
