"""What other decoders say of a file that phiscan allows: whether it truly decodes whole."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

EXPLAINED = {
    "0182": "FFmpeg takes the count of planes, which nobody uses, for the mark of a broken header",
    "0179": "the header states a wrong size of the file; all rows are there",
    "0322": "a byte of 0 stands before the end mark, behind all frames",
    "0334": "FFmpeg stops at a tag of IFD0 that does not concern the pixels",
}
"""Files of the shared collection that a decoder objects to, by number, and why they are whole."""


def words_on(path: Path) -> str:
    """Return one line with each decoder's word on a file."""
    told = {"Pillow": _pillow(path), "OpenCV": _opencv(path), "FFmpeg": _ffmpeg(path)}
    said = "; ".join(f"{name}: {word}" for name, word in told.items())
    objects = any(word not in {"whole", "not installed"} for word in told.values())
    reason = EXPLAINED.get(path.name[:4], "NOT EXPLAINED") if objects else ""
    return f"{said}{f' ({reason})' if reason else ''}"


def _pillow(path: Path) -> str:
    try:
        with warnings.catch_warnings(), Image.open(path) as image:
            warnings.simplefilter("ignore")
            for index in range(min(getattr(image, "n_frames", 1), 100)):
                image.seek(index)
                image.load()
            return "whole"
    except Exception as exc:  # noqa: BLE001 - any answer is one
        return f"DOES NOT DECODE, {type(exc).__name__}"


def _opencv(path: Path) -> str:
    """Ask OpenCV, whose BMP, GIF and TIFF readers are its own or built by others."""
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    data = np.frombuffer(path.read_bytes(), np.uint8)
    return "whole" if cv2.imdecode(data, cv2.IMREAD_COLOR) is not None else "DOES NOT DECODE"


def _ffmpeg(path: Path) -> str:
    """Ask FFmpeg, all of whose decoders are its own, and take each of its complaints as a no."""
    program = shutil.which("ffmpeg")
    if program is None:
        return "not installed"
    strict = ("-err_detect", "crccheck+bitstream+buffer+explode")
    command = [program, "-nostdin", "-v", "error", *strict, "-i", str(path), "-f", "null", "-"]
    try:
        ended = subprocess.run(command, check=False, capture_output=True, timeout=300)  # noqa: S603
    except subprocess.TimeoutExpired:
        return "TAKES TOO LONG"
    lines = ended.stderr.decode("utf-8", "replace").splitlines()
    first = lines[0].partition("] ")[2] or lines[0] if lines else ""
    return f"OBJECTS, {ascii(first)[1:61]}" if lines else "whole"
