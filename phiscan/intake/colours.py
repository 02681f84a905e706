"""Any pixel format to eight-bit RGB, with nothing that it shows lost on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

_PLAIN = frozenset({"RGB", "RGBX", "CMYK", "YCbCr", "HSV"})
_UNDER = 32
"""Alpha below which a pixel counts as not shown."""
_HIDDEN_SPREAD = 8.0
"""Standard deviation of what lies under it from which that is a picture and not one flat colour."""


def to_rgb(image: Image) -> list[NDArray[np.uint8]]:
    """Return the picture as shown, and after it what transparency hides where that is a picture."""
    mode = image.mode
    if mode in {"L", "1"}:
        return [_stack(np.asarray(image.convert("L"), dtype=np.uint8))]
    if mode.startswith("I") or mode == "F":
        return [_stack(_stretch(np.asarray(image)))]
    if mode == "LAB":
        return [_from_lab(np.asarray(image))]
    if mode in _PLAIN or (mode == "P" and "transparency" not in image.info):
        if mode == "RGB" and "transparency" in image.info:
            return flatten(np.asarray(image.convert("RGBA")))
        return [np.asarray(image if mode == "RGB" else image.convert("RGB"))]
    return flatten(np.asarray(image.convert("RGBA")))


def from_array(array: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Return a grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4) array as RGB, copied."""
    if array.ndim == 3 and array.shape[2] == 4:
        return flatten(array)
    if array.ndim == 3 and array.shape[2] == 3:
        return [np.array(array, order="C")]
    return [_stack(array.reshape(array.shape[:2]))]


def flatten(rgba: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Lay an RGBA picture on plain ground, and add the bare RGB where it hides a picture.

    Black text on nothing vanishes on black, white text on white: so the ground is white, black or
    mid-grey, whichever the fewest visible pixels come near. Editors that "erase" to transparency
    often leave the colours in place, for any program that ignores alpha to show.
    """
    rgb, alpha = rgba[..., :3], rgba[..., 3]
    if alpha.size == 0 or alpha.min() == 255:
        return [np.ascontiguousarray(rgb)]
    grey = rgb.mean(axis=2)
    visible = grey[alpha >= _UNDER]
    ground = min((255, 0, 128), key=lambda level: int((abs(visible - level) < 64).sum()))
    weight = alpha[..., None].astype(np.uint16)
    shown = ((rgb * weight + np.uint16(ground) * (255 - weight) + 127) // 255).astype(np.uint8)
    hidden = grey[alpha < _UNDER]
    if hidden.size and hidden.std() > _HIDDEN_SPREAD:
        return [shown, np.ascontiguousarray(rgb)]
    return [shown]


def _stack(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.repeat(grey[..., None], 3, axis=2)


def _stretch(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Scale deep pixels to 0 to 255 by the range in use: few scanners and scopes fill 16 bits."""
    numbers = np.nan_to_num(np.asarray(values, dtype=np.float64), posinf=0.0, neginf=0.0)
    low, high = float(numbers.min()), float(numbers.max())
    if high <= low:
        return np.full(numbers.shape, min(max(int(low), 0), 255), np.uint8)
    return ((numbers - low) * (255.0 / (high - low))).round().astype(np.uint8)


def _from_lab(lab: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import cv2

    # Pillow hands out a and b as signed bytes; OpenCV wants them from 0, with 128 as neutral.
    lab = lab ^ np.array([0, 128, 128], np.uint8)
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), dtype=np.uint8)
