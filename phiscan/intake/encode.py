"""Write one picture in a format that people share, with the pixels and nothing else."""

from __future__ import annotations

from io import BytesIO
from pathlib import PurePath

import numpy as np
from PIL import Image

from phiscan.errors import OutputError
from phiscan.intake.colours import to_rgb

_SUFFIXES = {
    "JPEG": "jpg jpeg jpe jfif mpo",
    "PNG": "png apng",
    "WEBP": "webp",
    "TIFF": "tif tiff",
    "BMP": "bmp dib",
    "GIF": "gif",
    "HEIF": "heic heif hif heics heifs",
    "AVIF": "avif avifs",
}
_FORMATS = {f".{suffix}": form for form, all_of in _SUFFIXES.items() for suffix in all_of.split()}
_CHOICE = ".jpg, .png, .webp, .tif, .bmp, .gif, .heic or .avif"

_MODES = {
    "JPEG": ("L", "RGB"),
    "PNG": ("1", "L", "I;16", "RGB", "RGBA"),
    "WEBP": ("RGB", "RGBA"),
    "TIFF": ("1", "L", "I;16", "I", "F", "RGB", "RGBA"),
    "BMP": ("1", "L", "RGB"),
    "GIF": ("RGB", "RGBA"),
    "HEIF": ("RGB", "RGBA"),
    "AVIF": ("RGB", "RGBA"),
}
"""Kinds of pixels that each format keeps as they are; others become RGB as a scan sees them."""
_LONGEST = {"JPEG": 65_500, "WEBP": 16_383, "GIF": 65_535}
"""Pixels of the longest side: libjpeg's JPEG_MAX_DIMENSION, WebP's 14 bits, GIF's 16."""
QUALITY = {"JPEG": 90, "WEBP": 90, "HEIF": 60, "AVIF": 80}
"""Used unless told otherwise: copies about as large as the original, and some 42 dB or more from it
in the median (benchmarks/clean.py)."""
_OPTIONS: dict[str, dict[str, object]] = {
    # JPEG of every chroma opens everywhere, and coloured print stays sharp at 4:4:4. HEIC and AVIF
    # of 4:4:4 do not open everywhere. The encoders' usual presets take 5 to 20 times as long.
    # Pillow's `optimize` fails on pictures that stay larger than a byte a pixel.
    "JPEG": {"subsampling": 0},
    "HEIF": {"chroma": 420, "enc_params": {"preset": "ultrafast"}},
    "AVIF": {"subsampling": "4:2:0", "speed": 8},
    "TIFF": {"compression": "tiff_adobe_deflate"},
}
_COLOURS = 256


def format_for(name: str, own: str) -> str:
    """Return the format that a file name's extension stands for; without one, the photo's own.

    Raises OutputError, with the extensions to choose from, for any other.
    """
    suffix = PurePath(name).suffix.lower()
    form = _FORMATS.get(suffix, "") if suffix else own
    if form in _MODES:
        return form
    unknown = f"phiscan does not write {suffix or own}"
    raise OutputError(f"{unknown}; let the name of the copy end in {_CHOICE}")


def encode(image: Image.Image, form: str, quality: int | None = None) -> bytes:
    """Return the file; `quality` is 1 to 100, without one that of `QUALITY`.

    `image` must hold pixels only: what its `info` holds would be written too. Raises OutputError
    when the format cannot hold it, or the library that writes it was built without that.
    """
    longest = _LONGEST.get(form, max(image.size))
    if max(image.size) > longest:
        raise OutputError(
            f"{form} holds {longest:,} pixels a side at most; let the name of the copy end in .png"
        )
    buffer = BytesIO()
    options = dict(_OPTIONS.get(form, {}))
    if form in QUALITY:
        options["quality"] = quality or QUALITY[form]
    try:
        _write(_fit(image, form), buffer, form, options)
    except (OSError, ValueError, KeyError, RuntimeError) as exc:  # all that the libraries raise
        raise OutputError(
            f"it cannot be written as {form} here ({type(exc).__name__}); "
            "let the name of the copy end in .jpg or .png"
        ) from None
    return buffer.getvalue()


def _fit(image: Image.Image, form: str) -> Image.Image:
    """Return the picture in a mode that the format holds."""
    modes = _MODES[form]
    if image.mode in modes:
        return image
    if image.mode in {"1", "L"}:
        return image.convert("L" if "L" in modes else "RGB")
    return Image.fromarray(to_rgb(image)[0])


def _write(image: Image.Image, buffer: BytesIO, form: str, options: dict[str, object]) -> None:
    if form == "HEIF":
        import pillow_heif

        pillow_heif.from_pillow(image).save(buffer, **options)
    elif form == "GIF":
        few, clear = _in_palette(image)
        few.save(buffer, form, **({} if clear is None else {"transparency": clear}))
    else:
        image.save(buffer, form, **options)


def _in_palette(image: Image.Image) -> tuple[Image.Image, int | None]:
    """Return the picture in 256 colours, and the index of the one that stands for transparent.

    A picture that has no more keeps them exactly; Pillow's own conversion picks near ones.
    """
    pixels = np.asarray(image).astype(np.int32)
    keys = pixels[..., 0] << 16 | pixels[..., 1] << 8 | pixels[..., 2]
    clear = pixels[..., 3] < 128 if image.mode == "RGBA" else np.zeros(keys.shape, bool)
    keys[clear] = -1
    colours, places = np.unique(keys, return_inverse=True)
    if len(colours) > _COLOURS:
        few = image.convert("RGB").quantize(_COLOURS - 1)
        few.paste(_COLOURS - 1, mask=Image.fromarray(clear))
        return few, _COLOURS - 1 if clear.any() else None
    few = Image.fromarray(places.reshape(keys.shape).astype(np.uint8)).convert("P")
    shades = np.maximum(colours, 0)
    palette = np.stack([shades >> 16, shades >> 8 & 255, shades & 255], -1).astype(np.uint8)
    few.putpalette(palette.tobytes())
    return few, 0 if colours[0] < 0 else None
