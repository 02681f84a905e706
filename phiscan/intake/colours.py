"""Any pixel format to eight-bit RGB, with nothing that it shows lost on the way.

Large pictures are turned into arrays in strips: Pillow would hold all pixels three times over, and
arithmetic on all of them at once another three. 150 million pixels, the limit, take 450 MB as RGB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from phiscan.errors import TooLarge

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

_PLAIN = frozenset({"RGB", "RGBX", "CMYK", "YCbCr", "HSV"})
_UNDER = 32
"""Alpha below which a pixel counts as not shown."""
_HIDDEN_SPREAD = 8.0
"""Standard deviation of what lies under it from which that is a picture and not one flat colour."""
_MOST_HIDDEN = 100_000_000
"""Pixels up to which there is memory for a picture with alpha, and for both that it shows."""
_WHOLE, _STRIP = 16_000_000, 2_000_000
"""Pixels up to which a picture is taken whole, as the photos of most phones are, and of the strips
of a larger one, each of which arithmetic takes up to 30 bytes a pixel for."""


def to_rgb(image: Image) -> list[NDArray[np.uint8]]:
    """Return the picture as shown, and after it what transparency hides where that is a picture."""
    mode = image.mode
    if mode in {"L", "1"}:
        return [_made(image, lambda part: _stack(np.asarray(part.convert("L"), dtype=np.uint8)))]
    if mode.startswith("I") or mode == "F":
        return [_stretched(image)]
    if mode == "LAB":
        return [_made(image, lambda part: _from_lab(np.asarray(part)))]
    if (mode in _PLAIN or mode == "P") and "transparency" not in image.info:
        return [_made(image, _plain)]
    is_opaque = mode == "RGBA" and image.getchannel("A").getextrema()[0] == 255
    if is_opaque or mode in _PLAIN - {"RGB"}:
        return [_made(image, _plain)]
    whole = image.convert("RGBA") if image.width * image.height <= _WHOLE else image
    return _flattened(
        lambda: (np.asarray(part.convert("RGBA")) for _, part in _strips(whole)),
        (image.height, image.width),
    )


def from_array(array: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Return a grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4) array as RGB, copied."""
    if array.ndim == 3 and array.shape[2] == 4:
        return flatten(array)
    if array.ndim == 3 and array.shape[2] == 3:
        return [np.array(array, order="C")]
    return [_stack(array.reshape(array.shape[:2]))]


def flatten(rgba: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Lay an RGBA picture on plain ground, and add the bare RGB where it hides a picture."""
    height, width = rgba.shape[:2]
    return _flattened(
        lambda: (rgba[top:bottom] for top, bottom in _cuts(height, width)), (height, width)
    )


def _cuts(height: int, width: int) -> Iterator[tuple[int, int]]:
    """Yield first and last row of each strip."""
    step = height if width * height <= _WHOLE else max(_STRIP // max(width, 1), 1)
    yield from ((top, min(top + step, height)) for top in range(0, height, max(step, 1)))


def _strips(image: Image) -> Iterator[tuple[int, Image]]:
    """Yield the first row of each strip, and the strip."""
    for top, bottom in _cuts(image.height, image.width):
        whole = bottom - top == image.height
        yield top, image if whole else image.crop((0, top, image.width, bottom))


def _made(image: Image, make: Callable[[Image], NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Return a picture of which each strip is made by itself."""
    pixels: NDArray[np.uint8] | None = None
    for top, part in _strips(image):
        strip = make(part)
        if part is image:
            return strip
        if pixels is None:
            pixels = np.empty((image.height, image.width, 3), np.uint8)
        pixels[top : top + part.height] = strip
    return np.empty((image.height, image.width, 3), np.uint8) if pixels is None else pixels


def _plain(image: Image) -> NDArray[np.uint8]:
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _flattened(
    strips: Callable[[], Iterator[NDArray[np.uint8]]], size: tuple[int, int]
) -> list[NDArray[np.uint8]]:
    """Lay RGBA strips on plain ground; they are asked for twice.

    Black text on nothing vanishes on black, white text on white: so the ground is white, black or
    mid-grey, whichever the fewest visible pixels come near. Editors that "erase" to transparency
    often leave the colours in place, for any program that ignores alpha to show.
    """
    near = dict.fromkeys((255, 0, 128), 0)
    hidden = np.zeros(3)
    for rgba in strips():
        grey, alpha = rgba[..., :3].mean(axis=2, dtype=np.float32), rgba[..., 3]
        visible = grey[alpha >= _UNDER]
        for level in near:
            near[level] += int((abs(visible - level) < 64).sum())
        under = grey[alpha < _UNDER].astype(np.float64)
        hidden += (under.size, under.sum(), (under * under).sum())
    ground = min(near, key=lambda level: near[level])
    if _spread(*hidden) > _HIDDEN_SPREAD and size[0] * size[1] > _MOST_HIDDEN:
        raise TooLarge(
            "too large to look at what its transparency hides; export a copy without transparency"
        )
    shown = np.empty((*size, 3), np.uint8)
    bare = np.empty((*size, 3), np.uint8) if _spread(*hidden) > _HIDDEN_SPREAD else None
    top = 0
    for rgba in strips():
        rows = slice(top, top := top + len(rgba))
        shown[rows] = _on(ground, rgba)
        if bare is not None:
            bare[rows] = rgba[..., :3]
    return [shown] if bare is None else [shown, bare]


def _spread(count: float, total: float, squares: float) -> float:
    """Return the standard deviation of so many values with this sum and sum of squares."""
    if not count:
        return 0.0
    return float(np.sqrt(max(squares / count - (total / count) ** 2, 0.0)))


def _on(ground: int, rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    rgb, alpha = rgba[..., :3], rgba[..., 3]
    if alpha.size == 0 or alpha.min() == 255:
        return rgb
    weight = alpha[..., None].astype(np.uint16)
    mixed = (rgb * weight + np.uint16(ground) * (255 - weight) + 127) // 255
    return mixed.astype(np.uint8)


def _stack(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.repeat(grey[..., None], 3, axis=2)


def _stretched(image: Image) -> NDArray[np.uint8]:
    """Scale deep pixels to 0 to 255 by the range in use: few scanners and scopes fill 16 bits."""
    low, high = np.inf, -np.inf
    for _, part in _strips(image):
        numbers = _numbers(part)
        if numbers.size:
            low, high = min(low, float(numbers.min())), max(high, float(numbers.max()))
    if high <= low:
        level = min(max(int(low), 0), 255)
        return np.full((image.height, image.width, 3), level, np.uint8)
    scale = 255.0 / (high - low)
    return _made(
        image, lambda part: _stack(((_numbers(part) - low) * scale).round().astype(np.uint8))
    )


def _numbers(image: Image) -> NDArray[np.float64]:
    numbers = np.asarray(np.asarray(image), dtype=np.float64)
    return np.nan_to_num(numbers, posinf=0.0, neginf=0.0)


def _from_lab(lab: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import cv2

    # Pillow hands out a and b as signed bytes; OpenCV wants them from 0, with 128 as neutral.
    lab = lab ^ np.array([0, 128, 128], np.uint8)
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), dtype=np.uint8)
