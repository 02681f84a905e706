"""JPEG: the picture, its segments, and whatever follows its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phiscan.errors import UnreadableImage
from phiscan.intake import jpeg, segments, trailer
from phiscan.intake.blocks import Decoded
from phiscan.intake.codec import NO_MEMORY

if TYPE_CHECKING:
    from phiscan.intake.limits import Budget


def decode(data: bytes, budget: Budget) -> Decoded:
    """Decode a JPEG; further ones behind it, as MPO and gain-map phones write them, are hidden.

    Those that the file's own index lists are pages, others previews.
    """
    result = Decoded("JPEG")
    pixels, markers = jpeg.decode(data, budget)
    budget.spend(markers.width, markers.height)
    if not budget.keep(markers.width, markers.height):
        raise UnreadableImage(NO_MEMORY)
    result.pictures.append(("main", pixels))
    segments.read(data, markers, result.blocks)
    roles = segments.roles(data, markers)
    trailer.read("jpeg", data, markers.end, result.blocks, budget, roles)
    return result
