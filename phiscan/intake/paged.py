"""PNG, GIF, WebP and BMP, and for AVIF and TIFF too: what Pillow decodes, page by page."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

from phiscan.errors import UnreadableImage
from phiscan.intake import bmp, contents, gif, opencv, png_text, structure, trailer
from phiscan.intake.blocks import Decoded
from phiscan.intake.changes import shows_the_same
from phiscan.intake.codec import DAMAGED, NO_MEMORY, decoding
from phiscan.intake.colours import to_rgb
from phiscan.intake.limits import DECODED, SHOWN, Budget

if TYPE_CHECKING:
    import numpy as np
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
_STORED = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2}
"""Bytes of a pixel that Pillow holds, where they are not four."""
_OWN = {"WEBP": 16, "AVIF": 7}
"""Bytes of a pixel that decoders hold until their last frame: two canvases and a copy for WebP."""
_AGAIN = {"GIF": 16, "PNG": 16, "WEBP": 16}
"""Bytes of a pixel for each further frame of an animation, which is laid on what was before."""
_WEBP_PIXELS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"})


def decode(form: str, data: bytes, budget: Budget) -> Decoded:
    """Decode every page; the first must decode whole, for the others there are gaps."""
    result = Decoded(form)
    shown, end = _CHECKS[form](data, budget, result)
    add_pages(form, shown, budget, result)
    if form == "PNG" and (opencv.takes(*_size(result)) or _ends_evenly(result.pictures[0][1])):
        structure.check_png_rows(shown)
    trailer.read(form.lower(), data, end, result.blocks, budget)
    return result


def _size(result: Decoded) -> tuple[int, int]:
    height, width = result.pictures[0][1].shape[:2]
    return width, height


def _ends_evenly(pixels: NDArray[np.uint8]) -> bool:
    """Return whether the last row is of one colour, as it is where no data came for it."""
    return bool((pixels[-1] == pixels[-1, 0]).all())


def add_pages(form: str, data: bytes, budget: Budget, result: Decoded) -> dict[Any, Any]:
    """Add the picture and its further pages, and return what Pillow says of the first.

    Raises UnreadableImage when the first is not whole.
    """
    with decoding():
        image = _open(form, data)
    with image:
        by_opencv = _is_simple(form, image)
        budget.admit(*image.size, opencv.COST if by_opencv else _cost(form, image))
        with decoding():
            if by_opencv:
                pictures = [opencv.decode(data)]
                if pictures[0].shape[1::-1] != image.size:
                    raise UnreadableImage(DAMAGED)
            else:
                image.load()
                pictures = to_rgb(image)
            count = getattr(image, "n_frames", 1)
        budget.spend(*image.size)
        if not _add(result, pictures, budget):
            raise UnreadableImage(NO_MEMORY)
        info = dict(image.info)
        if count > 1:
            _further(form, image, budget, result)
    return info


def _is_simple(form: str, image: ImageFile) -> bool:
    """Return whether a picture is large, and such that OpenCV is sure to see in it the same."""
    if not opencv.takes(*image.size) or "transparency" in image.info:
        return False
    if getattr(image, "n_frames", 1) > 1:
        return False
    if form == "PNG":
        return image.mode in {"RGB", "L"} and all(part[3] == image.mode for part in image.tile)
    return form == "WEBP" and image.mode == "RGB"


def _cost(form: str, image: ImageFile) -> int:
    """Return the bytes a pixel that Pillow and `to_rgb` take for a picture."""
    return SHOWN + (_OWN.get(form) or _STORED.get(image.mode, DECODED - SHOWN))


def _open(form: str, data: bytes) -> ImageFile:
    module, name = _PLUGINS[form].split(".")
    opened = getattr(import_module(f"PIL.{module}"), name)(BytesIO(data))
    return cast("ImageFile", opened)


def _check_png(data: bytes, budget: Budget, result: Decoded) -> tuple[bytes, int]:
    budget.limits.check_size(*structure.png_size(data))
    shown, end = png_text.split_at_end(data, result.blocks)
    budget.held += len(shown) if shown is not data else 0
    return shown, end


def _check_gif(data: bytes, budget: Budget, result: Decoded) -> tuple[bytes, int]:
    end, size = structure.gif_end(data)
    budget.limits.check_size(*size)
    gif.read(data, result.blocks)
    return data, end


def _check_webp(data: bytes, budget: Budget, result: Decoded) -> tuple[bytes, int]:
    budget.limits.check_size(*structure.webp_size(data))
    blocks = result.blocks
    for kind, start, end in structure.webp_chunks(data):
        body = data[start:end]
        if kind == b"EXIF":
            blocks.exif.append(body.removeprefix(b"Exif\0\0"))
        elif kind == b"XMP ":
            blocks.xmp.append(body)
        elif kind == b"ICCP":
            blocks.icc.append(body)
        elif kind not in _WEBP_PIXELS:
            contents.look(
                "webp", body, blocks, contents.C2PA if kind == b"C2PA" else contents.UNKNOWN
            )
    return data, structure.webp_end(data)


def _check_bmp(data: bytes, budget: Budget, _result: Decoded) -> tuple[bytes, int]:
    del budget  # Pillow's header check comes before any pixel
    return data, bmp.check(data)


_CHECKS: dict[str, Callable[[bytes, Budget, Decoded], tuple[bytes, int]]] = {
    "PNG": _check_png,
    "GIF": _check_gif,
    "WEBP": _check_webp,
    "BMP": _check_bmp,
}
"""Each looks at sizes and lengths before any decoder sees the file, collects metadata, and returns
what the decoder is to see and where the file ends."""


def _further(form: str, image: ImageFile, budget: Budget, result: Decoded) -> None:
    """Add the pages behind the first; skip those that show what the last one showed."""
    last = [pixels for _, pixels in result.pictures]
    for index in range(1, getattr(image, "n_frames", 1)):
        try:
            with decoding():
                image.seek(index)
            if not budget.spend(*image.size):
                result.blocks.gaps.append(f"frames beyond {index}")
                return
            budget.admit(*image.size, _AGAIN.get(form, 0) + _cost(form, image))
            with decoding():
                image.load()
                pictures = to_rgb(image)
        except UnreadableImage:
            result.blocks.gaps.append(f"frame {index}")
            return
        # All pictures of a frame count: what lies under full transparency is one of its own.
        if len(pictures) != len(last) or not all(map(shows_the_same, pictures, last)):
            if not _add(result, pictures, budget):
                return
            last = pictures


def _add(result: Decoded, pictures: list[NDArray[np.uint8]], budget: Budget) -> bool:
    """Add a frame, and what lies under its transparency; return False where there is no room."""
    if not all(budget.keep(*pixels.shape[1::-1]) for pixels in pictures):
        result.blocks.gaps.append(f"frames beyond {budget.kept}")
        return False
    result.pictures.append(("page" if result.pictures else "main", pictures[0]))
    result.pictures += [("preview", hidden) for hidden in pictures[1:]]
    return True
