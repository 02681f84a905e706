"""Cut out what was missed, turned upright and enlarged, to be looked at one by one."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from benchmarks._reading_tables import Judged, is_fair

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks._reading_truth import Shot

_AROUND, _HEIGHT = 1.6, 200
"""Line heights shown round a line, and height of the picture in pixels."""
_LONGEST = 1800


def save_misses(folder: Path, part: str, shot: Shot, judged: Sequence[Judged]) -> None:
    """Write a PNG file for each line that phiscan should have read; its name says how it did."""
    missed = [
        (index, each)
        for index, each in enumerate(judged)
        if is_fair(each.value) and each.value.height >= 12 and not each.exact("phiscan")
    ]
    if not missed:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(shot.jpeg)) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    for index, each in missed:
        value = each.value
        alike = round(100 * each.read["phiscan"])
        name = f"{part}_{shot.number:03}_{index:02}_{value.height:.0f}px_{alike}.png"
        Image.fromarray(_upright(pixels, value.region.corners)).save(folder / name)


def _upright(
    pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], corners: Sequence[tuple[float, float]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return a line and what stands round it as a lying strip."""
    a, b, _, d = np.asarray(corners, np.float64)
    length, height = float(np.linalg.norm(b - a)), float(np.linalg.norm(d - a))
    right, down = (b - a) / max(length, 1.0), (d - a) / max(height, 1.0)
    margin = _AROUND * height
    start = a - margin * (right + down)
    zoom = min(_HEIGHT / (height + 2 * margin), _LONGEST / (length + 2 * margin))
    size = round((length + 2 * margin) * zoom), round((height + 2 * margin) * zoom)
    back = np.column_stack([right / zoom, down / zoom, start])
    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    strip = cv2.warpAffine(pixels, back, size, flags=how)
    return np.asarray(strip, np.uint8)
