"""FLIR's thermal cameras keep the ordinary photo of the scene, and where it was, beside the heat.

The layout is that of ExifTool's FLIR.pm: a header, a directory of records of 32 bytes each, and the
records. FLIR has published none.
"""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING

from phiscan.errors import UnreadableImage
from phiscan.intake import contents
from phiscan.intake.codec import decoding
from phiscan.intake.colours import to_rgb
from phiscan.model import Tag

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from phiscan.intake.blocks import Blocks

_RAW, _PHOTO, _CAMERA, _GPS = 0x01, 0x0E, 0x20, 0x2B
_PICTURE_HEAD = 32
_MOST_RECORDS = 100
_MOST_PIXELS = 4_000_000
"""The largest sensors for heat have 1024 x 768 pixels."""


def read(block: bytes, blocks: Blocks) -> None:
    """Add the pictures, coordinates and serial numbers of an FFF block; a gap where it breaks."""
    try:
        order = ">" if struct.unpack_from(">I", block, 20)[0] < 0x10000 else "<"
        at, count = struct.unpack_from(f"{order}II", block, 24)
        for number in range(min(count, _MOST_RECORDS)):
            kind, start, size = struct.unpack_from(f"{order}H10xII", block, at + 32 * number)
            _read_record(kind, block[start : start + size], blocks)
    except struct.error:
        blocks.gaps.append("metadata")


def _read_record(kind: int, body: bytes, blocks: Blocks) -> None:
    if kind in {_RAW, _PHOTO}:
        _read_picture(body, blocks, is_heat=kind == _RAW)
    elif kind == _CAMERA:
        for name, at in (("CameraSerialNumber", 0x104), ("LensSerialNumber", 0x190)):
            value = body[at : at + 16].split(b"\0")[0].decode("latin-1").strip()
            if any(char.isdigit() for char in value):
                blocks.tags.append(Tag("flir", name, value))
    elif kind == _GPS and len(body) >= 32:
        order = "<" if body[0] else ">"
        latitude, longitude = struct.unpack_from(f"{order}dd", body, 16)
        if any(body[:4]) and abs(latitude) <= 90 and abs(longitude) <= 180:
            blocks.tags.append(Tag("flir", "GPSLatitude", f"{latitude:.6f}"))
            blocks.tags.append(Tag("flir", "GPSLongitude", f"{longitude:.6f}"))


def _read_picture(body: bytes, blocks: Blocks, *, is_heat: bool) -> None:
    """Add a photo that is a file of its own, or the heat: a PNG or bare numbers, of 16 bits."""
    if len(body) <= _PICTURE_HEAD:
        return
    order = "<" if body[0] else ">"
    width, height = struct.unpack_from(f"{order}HH", body, 2)
    data = body[_PICTURE_HEAD:]
    if is_heat and 0 < width * height <= _MOST_PIXELS:
        try:
            blocks.pictures.append(("preview", _heat(data, width, height, order)))
        except UnreadableImage:
            blocks.gaps.append("hidden picture")
    elif not contents.add_pictures(data, blocks):
        blocks.gaps.append("hidden picture")


def _heat(data: bytes, width: int, height: int, order: str) -> NDArray[np.uint8]:
    """Return the heat as grey; the numbers in FLIR's PNG have their bytes the wrong way round."""
    import numpy as np
    from PIL import Image

    with decoding():
        if data.startswith(b"\x89PNG"):
            from PIL.PngImagePlugin import PngImageFile

            with PngImageFile(BytesIO(data)) as image:
                heat = np.asarray(image).astype(np.uint16).byteswap()
        else:
            heat = np.frombuffer(data, f"{order}u2", width * height).reshape(height, width)
        return to_rgb(Image.fromarray(heat.astype(np.uint16)))[0]
