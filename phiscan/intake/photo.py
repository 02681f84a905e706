"""Open whatever a caller hands over as one Photo, or say in one line why that cannot be."""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING

import numpy as np

from phiscan.errors import UnreadableImage
from phiscan.intake import opening
from phiscan.intake.blocks import Blocks, Decoded
from phiscan.intake.codec import decoding
from phiscan.intake.colours import from_array, to_rgb
from phiscan.intake.source import Source, read
from phiscan.model import Frame, Photo, Tag

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from phiscan.intake.limits import Budget

_MOST_TEXT = 4096
"""Characters of one tag that are looked at, as for tags read from files."""


def load(source: Source, budget: Budget) -> Photo:
    """Return the photo; see phiscan.intake.load."""
    _check_pillow()
    if isinstance(source, np.ndarray):
        return _from_array(source, budget)
    if _is_pil(source):
        return _from_pil(source, budget)  # type: ignore[arg-type]
    name, data = read(source, budget.limits)  # type: ignore[arg-type]
    opened = opening.open_file(data, budget)
    return _assemble(name, hashlib.sha256(data).hexdigest(), opened)


def _check_pillow() -> None:
    """Refuse to work where the calling program has told Pillow to pass over missing data."""
    # Another thread may be importing the module just now: then it has no attributes yet.
    if getattr(sys.modules.get("PIL.ImageFile"), "LOAD_TRUNCATED_IMAGES", False):
        raise UnreadableImage(
            "this program tells Pillow to accept pictures that are cut off; set "
            "PIL.ImageFile.LOAD_TRUNCATED_IMAGES to False"
        )


def _is_pil(source: object) -> bool:
    """Tell a PIL image without loading Pillow: where none is loaded there can be none."""
    kind = getattr(sys.modules.get("PIL.Image"), "Image", None)
    return kind is not None and isinstance(source, kind)


def _from_array(array: NDArray[np.uint8], budget: Budget) -> Photo:
    shape = array.shape
    fits = len(shape) == 2 or (len(shape) == 3 and shape[2] in {1, 3, 4})
    if array.dtype != np.uint8 or not fits or 0 in shape:
        raise UnreadableImage(
            "an array must be uint8 of shape (height, width), (height, width, 3) or "
            "(height, width, 4), in RGB order"
        )
    budget.admit(shape[1], shape[0])
    decoded = Decoded("array", turn=1)
    _keep(decoded, from_array(array), budget)
    digest = hashlib.sha256(repr(shape).encode())
    digest.update(np.ascontiguousarray(array).data)
    return _assemble("<array>", digest.hexdigest(), opening.complete(decoded, budget))


def _from_pil(image: Image, budget: Budget) -> Photo:
    """Take a PIL image's present frame; it cannot be turned to the others without disturbing it.

    Of the file that it came from only the tags are seen that Pillow holds, and nothing behind its
    end: whoever passes a file on should have the file scanned.
    """
    budget.admit(*image.size)
    if 0 in image.size:
        raise UnreadableImage("an image without a single pixel; check how it was made")
    decoded = Decoded(image.format or image.mode)
    with decoding():
        image.load()
        _keep(decoded, to_rgb(image), budget)
        # Pillow turns TIFF itself while it loads and takes the tag away.
        orientation = image.getexif().get(0x0112, 1)
        frames = getattr(image, "n_frames", 1)
        digest = hashlib.sha256(repr((image.mode, image.size)).encode() + image.tobytes())
    decoded.turn = orientation
    decoded.blocks = _pil_blocks(image)
    if frames > 1:
        decoded.blocks.gaps.append("frames of an opened image; pass the file itself")
    return _assemble("<image>", digest.hexdigest(), opening.complete(decoded, budget))


def _pil_blocks(image: Image) -> Blocks:
    blocks = Blocks()
    for key, target in (("exif", blocks.exif), ("xmp", blocks.xmp)):
        value = image.info.get(key)
        if isinstance(value, bytes) and value:
            target.append(value.removeprefix(b"Exif\0\0"))
    group = (image.format or "png").lower()
    for name, value in image.info.items():  # texts of PNG, comments of JPEG and GIF
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        if isinstance(text, str) and name not in {"exif", "xmp", "icc_profile"}:
            known = "Comment" if name == "comment" else str(name)
            blocks.tags.append(Tag(group, known, text[:_MOST_TEXT]))
    return blocks


def _keep(decoded: Decoded, pictures: list[NDArray[np.uint8]], budget: Budget) -> None:
    for pixels in pictures:
        budget.take(*pixels.shape[1::-1])
    decoded.pictures.append(("main", pictures[0]))
    decoded.pictures += [("preview", hidden) for hidden in pictures[1:]]


def _assemble(name: str, digest: str, opened: opening.Opened) -> Photo:
    return Photo(
        source=name,
        sha256=digest,
        format=opened.format,
        frames=tuple(
            Frame(index, role, _freeze(pixels))
            for index, (role, pixels) in enumerate(opened.pictures)
        ),
        tags=tuple(opened.tags),
        gaps=tuple(dict.fromkeys(opened.gaps)),
    )


def _freeze(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    fixed = np.ascontiguousarray(pixels)
    fixed.flags.writeable = False
    return fixed
