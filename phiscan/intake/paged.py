"""PNG, GIF, WebP, AVIF, TIFF and BMP: what Pillow decodes, page by page."""

from __future__ import annotations

from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, cast

import numpy as np

from phiscan.errors import UnreadableImage, UnsupportedFormat
from phiscan.intake import png_text, structure, tiff
from phiscan.intake.blocks import Blocks, Decoded
from phiscan.intake.codec import DAMAGED, TRUNCATED, decoding
from phiscan.intake.colours import to_rgb
from phiscan.intake.limits import Budget, Limits
from phiscan.model import Tag

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.ImageFile import ImageFile

_PLUGINS = {
    "PNG": "PngImagePlugin.PngImageFile",
    "GIF": "GifImagePlugin.GifImageFile",
    "WEBP": "WebPImagePlugin.WebPImageFile",
    "AVIF": "AvifImagePlugin.AvifImageFile",
    "TIFF": "TiffImagePlugin.TiffImageFile",
    "BMP": "BmpImagePlugin.BmpImageFile",
}
"""The plugin is called by name and not through `Image.open`: no other plugin can then be tried,
and Pillow's own limit, a global that belongs to the program that uses us, stays out of it."""
_TURNED = frozenset({"TIFF"})
_SAME_MEAN, _SAME_BLOCK = 2.0, 12.0
"""Mean difference, and mean difference of the worst 8 x 8 block, below which a frame shows the
same as the last one kept: GIF dithering moves the mean by about 1, a stroke one
pixel wide a block by 30."""


def decode(form: str, data: bytes, limits: Limits) -> Decoded:
    """Decode every page; the first must decode whole, for the others there are gaps."""
    result = Decoded(form, turn=1 if form in _TURNED else 0)
    data = _check(form, data, limits, result.blocks)
    with decoding():
        image = _open(form, data)
    with image:
        limits.check_size(*image.size)
        with decoding():
            image.load()
            pictures = to_rgb(image)
            count = getattr(image, "n_frames", 1)
        _add(result, pictures)
        if count > 1:
            _further(image, limits, result)
        _read_info(image, result.blocks)
    return result


def _open(form: str, data: bytes) -> ImageFile:
    module, name = _PLUGINS[form].split(".")
    opened = getattr(import_module(f"PIL.{module}"), name)(BytesIO(data))
    return cast("ImageFile", opened)


def _check(form: str, data: bytes, limits: Limits, blocks: Blocks) -> bytes:
    """Look at sizes and lengths before any decoder sees the file; return what it is to see."""
    if form == "PNG":
        limits.check_size(*structure.png_size(data))
        return png_text.split(data, blocks)
    if form == "GIF":
        end, size = structure.gif_end(data)
        limits.check_size(*size)
        blocks.trailer("gif", data[end:])
    elif form == "WEBP":
        end = structure.webp_end(data)
        limits.check_size(*structure.webp_size(data))
        blocks.trailer("webp", data[end:])
    elif form == "AVIF":
        structure.boxes(data)
    elif form == "TIFF":
        _check_tiff(data, limits, blocks)
    return data


def _check_tiff(data: bytes, limits: Limits, blocks: Blocks) -> None:
    directories = list(tiff.Tiff(data).directories())
    if not directories:
        raise UnreadableImage(DAMAGED)
    if any(directory.first(tiff.DNG_VERSION) for directory in directories):
        raise UnsupportedFormat(
            "looks like RAW (DNG), which phiscan does not open; "
            "develop or export it as JPEG and scan that"
        )
    if not all(directory.is_whole(len(data)) for directory in directories):
        raise UnreadableImage(TRUNCATED)
    limits.check_size(directories[0].first(tiff.WIDTH), directories[0].first(tiff.HEIGHT))
    if any(directory.first(tiff.SUB_IFDS) for directory in directories):
        blocks.gaps.append("pictures in sub-directories")


def _further(image: ImageFile, limits: Limits, result: Decoded) -> None:
    """Add the pages behind the first; skip those that show what the last one showed."""
    budget = Budget(limits, kept=1)
    last = [pixels for _, pixels in result.pictures]
    for index in range(1, getattr(image, "n_frames", 1)):
        try:
            with decoding():
                image.seek(index)
            if not budget.spend(*image.size):
                result.blocks.gaps.append(f"frames beyond {index}")
                return
            limits.check_size(*image.size)
            with decoding():
                image.load()
                pictures = to_rgb(image)
        except UnreadableImage:
            result.blocks.gaps.append(f"frame {index}")
            return
        # All pictures of a frame count: what lies under full transparency is one of its own.
        if len(pictures) != len(last) or not all(map(_same, pictures, last)):
            _add(result, pictures)
            last = pictures
            budget.kept += 1


def _add(result: Decoded, pictures: list[NDArray[np.uint8]]) -> None:
    result.pictures.append(("page" if result.pictures else "main", pictures[0]))
    result.pictures += [("preview", hidden) for hidden in pictures[1:]]


def _same(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Return whether two frames show the same but for noise."""
    import cv2

    if one.shape != other.shape:
        return False
    difference = cv2.absdiff(one, other)
    if difference.mean() >= _SAME_MEAN:
        return False
    height, width = difference.shape[:2]
    small = cv2.resize(difference, (-(-width // 8), -(-height // 8)), interpolation=cv2.INTER_AREA)
    return bool(small.max() < _SAME_BLOCK)


def _read_info(image: ImageFile, blocks: Blocks) -> None:
    """Collect what Pillow has found; PNG's was read from its chunks, TIFF's is the file itself."""
    exif, xmp, comment = (image.info.get(key) for key in ("exif", "xmp", "comment"))
    if image.format in {"PNG", "TIFF"}:
        return
    if isinstance(exif, bytes) and exif:
        blocks.exif.append(exif.removeprefix(b"Exif\0\0"))
    if isinstance(xmp, bytes) and xmp:
        blocks.xmp.append(xmp)
    if isinstance(comment, bytes):
        blocks.tags.append(Tag("gif", "Comment", comment.decode("utf-8", "replace")))
