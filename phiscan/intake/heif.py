"""HEIF: every picture of a file, its thumbnails, companions and sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phiscan.errors import UnreadableImage
from phiscan.intake import heif_edits, heif_items, structure, trailer, video
from phiscan.intake.blocks import Decoded
from phiscan.intake.codec import decoding
from phiscan.intake.colours import to_rgb
from phiscan.intake.limits import DECODED

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from phiscan.intake.limits import Budget
    from phiscan.model import Role

_ALPHA = "alpha"
_MOST_COMPANIONS = 50
_WITH_ALPHA = 16
"""Bytes a pixel of any other than plain pictures: two and a half of libheif's planes, four in a row
and Pillow's, and one frame or two. Plain ones take less than five."""
_CLAP = 64
"""Pixels a side up to which encoders add some, to reach whole blocks (H.265's are 64 wide at most),
and crop them away again with `clap`."""


def decode(data: bytes, budget: Budget) -> Decoded:
    """Decode every picture of a HEIF file, the primary one first.

    libheif turns pictures by their own `irot` and `imir`, which HEIF makes binding; EXIF's word
    for it is for information only, and would turn them twice.
    """
    result = Decoded("HEIF", turn=1)
    boxes, end = structure.boxes(data)
    items = heif_items.parse(data)
    heif_items.read(data, items, result.blocks)
    shown = heif_edits.exposed(data[:end], items)
    _add_pictures(shown, budget, result)
    uncropped = heif_edits.uncropped(shown, items, _CLAP)
    if uncropped:
        _add_uncropped(uncropped, budget, result)
    for kind, start, stop in boxes:
        if kind == b"moov":
            _add_sequence(data[:end], budget, result)
        elif kind == b"mpvd":
            trailer.add_film("heif", data[start + 8 : stop], result.blocks, budget)
    trailer.read("heif", data, end, result.blocks, budget)
    return result


def _add_pictures(data: bytes, budget: Budget, result: Decoded) -> None:
    waiting = _open(data, budget)
    for index in range(len(waiting)):
        image = waiting.pop(0)  # which lets go of the pixels of the last one
        try:
            _admit(image, budget)
            if not budget.take(*image.size):
                result.blocks.gaps.append(f"frames beyond {budget.kept}")
                break
            pictures = _pixels(image)
        except UnreadableImage:
            if not result.pictures:
                raise
            result.blocks.gaps.append(f"frame {index}")
            continue
        role: Role = "page" if result.pictures else "main"
        result.pictures.append((role, pictures[0]))
        result.pictures += [("preview", hidden) for hidden in pictures[1:]]
        _add_companions(image, budget, result)


def _open(data: bytes, budget: Budget) -> list[Any]:
    """Return the pictures, not yet decoded, the primary one first."""
    import pillow_heif

    with decoding():
        file = pillow_heif.open_heif(data)
        order = sorted(range(len(file)), key=lambda index: (index != file.primary_index, index))
        budget.limits.check_size(*file[order[0]].size)
        return [file[index] for index in order]


def _admit(image: Any, budget: Budget) -> None:
    """Make sure that a picture may be decoded: planes, pixels in a row, and frames."""
    width, height = image.size
    budget.admit(width, height, DECODED if image.mode == "RGB" else _WITH_ALPHA)


def _pixels(image: Any) -> list[NDArray[np.uint8]]:
    """Return the pixels without Pillow's copy of them where it has no part in that."""
    import numpy as np

    with decoding():
        if image.mode == "RGB":
            return [np.asarray(image)]
        return to_rgb(image.to_pillow())


def _add_companions(image: Any, budget: Budget, result: Decoded) -> None:
    """Add a picture's thumbnails, depth maps, mattes and gain maps."""
    for number, (role, opener) in enumerate(_companions(image)):
        if number >= _MOST_COMPANIONS:
            result.blocks.gaps.append("hidden pictures")
            return
        try:
            with decoding():
                companion = opener()
                _admit(companion, budget)
                pictures = _pixels(companion)
        except UnreadableImage:
            result.blocks.gaps.append("hidden picture")
            continue
        if not budget.take(*companion.size):
            result.blocks.gaps.append(f"frames beyond {budget.kept}")
            return
        result.pictures += [(role, pixels) for pixels in pictures]


def _companions(image: Any) -> Iterator[tuple[Role, Any]]:
    """Yield role and opener of each; the opener fails where pillow-heif is too old to have one."""
    for index in range(len(image.info.get("thumbnails", ()))):
        yield "thumbnail", lambda index=index: image.get_thumbnail(index)
    for depth in image.info.get("depth_images", ()):
        yield "preview", lambda depth=depth: depth
    for kind, numbers in image.info.get("aux", {}).items():
        if _ALPHA not in str(kind).lower():
            for number in numbers:
                yield "preview", lambda number=number: image.get_aux_image(number)


def _add_uncropped(data: bytes, budget: Budget, result: Decoded) -> None:
    """Add the primary picture with what its clean aperture (`clap`) cuts away."""
    try:
        image = _open(data, budget)[0]
        _admit(image, budget)
        pictures = _pixels(image)
    except UnreadableImage:
        result.blocks.gaps.append("cropped part")
        return
    if not budget.take(*image.size):
        result.blocks.gaps.append(f"frames beyond {budget.kept}")
        return
    result.pictures.append(("preview", pictures[0]))


def _add_sequence(data: bytes, budget: Budget, result: Decoded) -> None:
    """Add the frames of a sequence, such as a burst; libheif's Python binding opens none."""
    try:
        frames, is_all = video.every(heif_edits.as_film(data), result.pictures[0][1], budget)
    except UnreadableImage:
        result.blocks.gaps.append("image sequence")
        return
    if not is_all:
        result.blocks.gaps.append("frames of the image sequence")
    result.pictures += [("page", pixels) for pixels in frames]
