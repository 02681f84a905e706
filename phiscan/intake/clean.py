"""A copy of a photo's main picture and of nothing else: upright, in sRGB, proven bare."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from math import inf
from typing import TYPE_CHECKING, cast

import numpy as np
from PIL import Image

from phiscan.errors import UnreadableImage
from phiscan.intake import load, png_text
from phiscan.intake.blocks import Blocks
from phiscan.intake.codec import DAMAGED, decoding
from phiscan.intake.colours import to_rgb
from phiscan.intake.encode import encode, format_for
from phiscan.intake.limits import Limits
from phiscan.intake.source import read
from phiscan.intake.srgb import to_srgb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phiscan.model import Photo

_PLUGINS = {
    "JPEG": "JpegImagePlugin.JpegImageFile",
    "PNG": "PngImagePlugin.PngImageFile",
    "GIF": "GifImagePlugin.GifImageFile",
    "WEBP": "WebPImagePlugin.WebPImageFile",
    "AVIF": "AvifImagePlugin.AvifImageFile",
    "TIFF": "TiffImagePlugin.TiffImageFile",
    "BMP": "BmpImagePlugin.BmpImageFile",
}
"""Called by name and not through `Image.open`, for the reasons given in phiscan.intake.paged."""
_KEPT = frozenset({"1", "L", "I", "F", "RGB", "CMYK"})
_DEEP = frozenset({"1", "I", "F", "I;16"})
"""Modes that Little CMS does not take."""
_UNDER = 32
"""Alpha below which a pixel counts as not shown, as in phiscan.intake.colours."""
_SAME = 1.0
"""Mean difference within which two JPEG decoders agree, as in tests/intake/test_decode.py."""
_TURNS = (1, 6, 8, 3, 2, 4, 5, 7)
"""EXIF orientations, the usual ones first."""
_BAND = 256
_COLOUR_LOST = "its colour profile could not be used, so colours may differ a little"
_TIFF_FRAME = frozenset(
    {
        *("ImageWidth", "ImageLength", "BitsPerSample", "Compression", "SamplesPerPixel"),
        *("PhotometricInterpretation", "PlanarConfiguration", "ExtraSamples", "SampleFormat"),
        *("StripOffsets", "RowsPerStrip", "StripByteCounts", "Predictor"),
    }
)
"""Tags without which a TIFF is no picture (TIFF 6.0, parts 1 and 2)."""


@dataclass(frozen=True, slots=True, repr=False)
class Copy:
    """The bytes of a clean copy, and a sentence for each thing that a person may miss in it."""

    data: bytes
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Print the size, never the picture."""
        return f"Copy({len(self.data)} bytes)"


def clean(
    source: str | os.PathLike[str] | bytes,
    name: str,
    limits: Limits | None = None,
    quality: int | None = None,
) -> Copy:
    """Return the photo's main picture as a file of the format that `name` ends in.

    The pixels are decoded and encoded again: upright, in sRGB, one flat colour where they are
    transparent, without metadata, thumbnails, other pictures and what stands behind the end.
    `quality` is 1 to 100. Raises UnreadableImage when the main picture does not decode whole or
    the copy cannot be shown to be bare, OutputError when the format cannot be written.
    """
    allowed = limits or Limits()
    _, data = read(source, allowed)
    photo = load(data, allowed)
    form = format_for(name, photo.format)
    notes = tuple(_left_out(photo))
    opened, turn = _reopen(photo, data)
    del photo, data  # a picture of 100 megapixels takes 300 MB each time
    image, is_colour_known = _bare(opened, turn)
    content, size = encode(image, form, quality), image.size
    del opened, image
    _prove(load(content, allowed), size)
    return Copy(content, notes if is_colour_known else (_COLOUR_LOST, *notes))


def _reopen(photo: Photo, data: bytes) -> tuple[Image.Image, int]:
    """Decode the main picture again, with the alpha, depth and profile that a scan drops.

    Also return the orientation that makes it upright.
    """
    scanned = photo.frames[0].pixels
    with decoding():
        if photo.format == "HEIF":
            opened = _open_heif(data)
        elif photo.format in _PLUGINS:
            opened = _open(photo.format, data)
        else:
            opened = Image.fromarray(scanned)
        return opened, _turn(opened, scanned)


def _open(form: str, data: bytes) -> Image.Image:
    if form == "PNG":
        data = png_text.split(data, Blocks())  # Pillow refuses a picture for an overlong text
    module, name = _PLUGINS[form].split(".")
    image = cast("Image.Image", getattr(import_module(f"PIL.{module}"), name)(BytesIO(data)))
    image.load()
    return image


def _open_heif(data: bytes) -> Image.Image:
    import pillow_heif

    file = pillow_heif.open_heif(data)
    image: Image.Image = file[file.primary_index].to_pillow()
    return image


def _turn(image: Image.Image, scanned: NDArray[np.uint8]) -> int:
    """Return the orientation that makes the picture what was scanned.

    Which tag counts, and whether the decoder has obeyed it, differs between formats. Comparing
    asks nobody, and proves besides that both decoders saw the same picture.
    """
    is_plain = image.mode == "RGB" and not image.has_transparency_data
    whole = None if is_plain else to_rgb(image)[0]
    best, turn = _SAME, 0
    for orientation in _TURNS:
        stored = _as_stored(scanned, orientation)
        if stored.shape[:2] == (image.height, image.width):
            difference = _difference(image, whole, stored, best)
            if difference < best:
                best, turn = difference, orientation
        if turn and not best:
            break
    if not turn:
        raise UnreadableImage(DAMAGED)
    return turn


def _as_stored(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Return the view of an upright picture that an orientation would make upright again."""
    turned = pixels.transpose(1, 0, 2) if orientation >= 5 else pixels
    if orientation in {3, 4, 6, 7}:
        turned = turned[::-1]
    return turned[:, ::-1] if orientation in {2, 3, 7, 8} else turned


def _difference(
    image: Image.Image,
    whole: NDArray[np.uint8] | None,
    stored: NDArray[np.uint8],
    most: float,
) -> float:
    """Return the mean difference, in bands to save memory; infinite once it must exceed `most`."""
    import cv2

    total, room = 0.0, most * stored.size
    for top in range(0, image.height, _BAND):
        bottom = min(top + _BAND, image.height)
        if whole is None:
            band = np.asarray(image.crop((0, top, image.width, bottom)))
        else:
            band = whole[top:bottom]
        there = np.ascontiguousarray(stored[top:bottom])
        total += float(cv2.absdiff(band, there).sum(dtype=np.float64))
        if total > room:
            return inf
    return total / stored.size


def _bare(opened: Image.Image, turn: int) -> tuple[Image.Image, bool]:
    """Return the picture upright, in sRGB and without anything else; whether its colours are known.

    No step keeps the file's own object, which hands its tags on to whoever writes it.
    """
    with decoding():
        profile = opened.info.get("icc_profile") or b""
        settled = _upright(_settle(opened), turn)
        if settled.mode in _DEEP:
            image, is_colour_known = settled, not profile or settled.mode == "1"
        else:
            image, is_colour_known = to_srgb(settled, profile)
        if image.mode == "RGBA":
            image = _without_hidden(image)
        if image is opened:
            image = image.copy()
        image.info.clear()
    return image, is_colour_known


def _settle(image: Image.Image) -> Image.Image:
    """Return the picture in a mode whose numbers mean what they say, without a palette."""
    if image.mode.startswith("I;16"):
        return Image.fromarray(np.asarray(image).astype(np.uint16))
    if image.mode == "LAB":
        return Image.fromarray(to_rgb(image)[0])
    if image.has_transparency_data and image.mode not in _DEEP:
        return image.convert("RGBA")
    return image if image.mode in _KEPT else image.convert("RGB")


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def _without_hidden(image: Image.Image) -> Image.Image:
    """Put one flat colour where a picture is (nearly) transparent, and drop alpha of no use.

    The colour is what those pixels add to the picture on average: soft edges keep their tone.
    """
    pixels = np.array(image)
    alpha = pixels[..., 3]
    if alpha.min() == 255:
        return image.convert("RGB")
    faint = alpha < _UNDER
    weights = alpha[faint].astype(np.float64)
    if faint.any():
        colours = pixels[faint][:, :3]
        total = weights.sum()
        pixels[faint, :3] = (weights @ colours / total).round() if total else 0
    return Image.fromarray(pixels)


def _prove(copy: Photo, size: tuple[int, int]) -> None:
    """Look at the copy as at any photo: all that it may hold is the picture."""
    told = [t for t in copy.tags if copy.format != "TIFF" or t.name not in _TIFF_FRAME]
    # What lies under transparency after a lossy encoder is a preview, and is scanned.
    others = [frame for frame in copy.frames if frame.role not in {"main", "preview"}]
    main = copy.frames[0]
    if told or others or copy.gaps or (main.width, main.height) != size:
        raise UnreadableImage("its copy still holds more than the picture; please report this")


def _left_out(photo: Photo) -> Iterator[str]:
    """Tell what of the file a person may miss; thumbnails are missed by nobody."""
    if any(frame.role in {"page", "video"} for frame in photo.frames):
        yield "only its main picture is in the copy; its other pictures are left out"
    if photo.gaps:
        yield "what could not be read of the file is not in the copy"
