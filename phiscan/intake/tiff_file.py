"""TIFF: its pages, and the pictures that its directories point to beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phiscan.errors import UnreadableImage, UnsupportedFormat
from phiscan.intake import tiff, trailer
from phiscan.intake.blocks import Decoded
from phiscan.intake.codec import DAMAGED, TRUNCATED, decoding
from phiscan.intake.colours import to_rgb
from phiscan.intake.paged import _open as open_paged
from phiscan.intake.paged import add_pages

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from phiscan.intake.limits import Budget

_MOST_SUB = 32
"""Sub-directories that are opened: a preview or two, or the levels of a scanned slide."""


def decode(data: bytes, budget: Budget) -> Decoded:
    """Decode every page and every picture beside them; Pillow has turned them already."""
    result = Decoded("TIFF", turn=1)
    _check(data, budget, result)
    add_pages("TIFF", data, budget, result)
    _add_sub_directories(data, budget, result)
    trailer.read("tiff", data, tiff.reach(data), result.blocks, budget)
    return result


def _check(data: bytes, budget: Budget, result: Decoded) -> None:
    """Look at sizes and extents before any decoder sees the file."""
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
    budget.limits.check_size(directories[0].first(tiff.WIDTH), directories[0].first(tiff.HEIGHT))
    if any(directory.raw(tiff.LAYERS) for directory in directories):
        result.blocks.gaps.append("layers of a Photoshop picture")


def _add_sub_directories(data: bytes, budget: Budget, result: Decoded) -> None:
    """Add the pictures that directories point to beside their own: previews, levels of detail.

    Pillow opens the pages that the header leads to; so the header is led to each of these.
    """
    reader = tiff.Tiff(data)
    starts = [
        start
        for directory in reader.directories()
        for start in directory.numbers(tiff.SUB_IFDS)
        if start
    ]
    if len(starts) > _MOST_SUB:
        result.blocks.gaps.append("pictures in sub-directories")
    for start in starts[:_MOST_SUB]:
        try:
            size, pictures = _sub_directory(data, reader, start, budget)
        except UnreadableImage:
            result.blocks.gaps.append("pictures in sub-directories")
            continue
        if not budget.take(*size):
            result.blocks.gaps.append(f"frames beyond {budget.kept}")
            return
        result.pictures += [("preview", one) for one in pictures]


def _sub_directory(
    data: bytes, reader: tiff.Tiff, start: int, budget: Budget
) -> tuple[tuple[int, int], list[NDArray[np.uint8]]]:
    """Return the size and the pixels of the picture whose directory starts at an offset."""
    directory, _ = reader.directory(start)
    if not directory.is_whole(len(data)):
        raise UnreadableImage(TRUNCATED)
    size = directory.first(tiff.WIDTH), directory.first(tiff.HEIGHT)
    budget.admit(*size)
    at = 8 if reader.big else 4
    led = data[:at] + start.to_bytes(reader.width, reader.order) + data[at + reader.width :]
    with decoding(), open_paged("TIFF", led) as image:
        image.load()
        return size, to_rgb(image)
