"""AVIF: the picture or sequence, and the items beside it that viewers do not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phiscan.errors import UnreadableImage
from phiscan.intake import exif, heif_edits, heif_items, structure, trailer
from phiscan.intake.blocks import Decoded
from phiscan.intake.changes import shows_the_same
from phiscan.intake.orient import upright
from phiscan.intake.paged import add_pages

if TYPE_CHECKING:
    from phiscan.intake.limits import Budget

_OTHER_BRAND = {b"avis": b"avif", b"avif": b"avis"}
"""A sequence, or one picture: by the first brand libavif decides which of the two it opens."""
_MOST_OTHERS = 50


def decode(data: bytes, budget: Budget) -> Decoded:
    """Decode what viewers show, then every other picture in the file; all of them upright."""
    boxes, end = structure.boxes(data)
    items, whole = heif_items.parse(data), data
    data = data[:end]
    result = _pages(data, budget)
    heif_items.read(data, items, result.blocks)
    if any(kind == b"moov" for kind, _, _ in boxes):
        brand = _OTHER_BRAND.get(data[8:12])
        if brand is None:
            result.blocks.gaps.append("image sequence")
        else:
            _add(data[:8] + brand + data[12:], budget, result)
    others = [
        item
        for item in items.pictures()
        if item.number != items.primary and not heif_edits.is_alpha(data, item)
    ]
    if len(others) > _MOST_OTHERS:
        result.blocks.gaps.append("hidden pictures")
    for item in others[:_MOST_OTHERS]:
        _add(heif_edits.led_to(data, items, item), budget, result)
    trailer.read("avif", whole, end, result.blocks, budget)
    return result


def _pages(data: bytes, budget: Budget) -> Decoded:
    """Decode what Pillow shows of a file, and turn it as its boxes say.

    Pillow puts the word of `irot` and `imir`, which is binding, into the EXIF that it hands out;
    the file's own EXIF may say otherwise.
    """
    result = Decoded("AVIF", turn=1)
    info = add_pages("AVIF", data, budget, result)
    block = info.get("exif")
    found = exif.read(block.removeprefix(b"Exif\0\0")) if isinstance(block, bytes) else exif.Exif()
    turn = found.orientation
    result.pictures = [(role, upright(pixels, turn)) for role, pixels in result.pictures]
    return result


def _add(data: bytes, budget: Budget, result: Decoded) -> None:
    """Add the pictures that a decoder led elsewhere finds, but for the one that is there already.

    The pages of a sequence may be what the main picture is the first of.
    """
    try:
        other = _pages(data, budget)
    except UnreadableImage:
        result.blocks.gaps.append("hidden picture")
        return
    main = result.pictures[0][1]
    result.blocks.gaps += other.blocks.gaps
    result.pictures += [
        ("preview", pixels) for _, pixels in other.pictures if not shows_the_same(main, pixels)
    ]
