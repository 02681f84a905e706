"""From bytes to frames and tags: the file itself, then every picture that hides in it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from phiscan.errors import UnreadableImage
from phiscan.intake import avif, heif, metadata, paged, still, tiff_file
from phiscan.intake.orient import upright
from phiscan.intake.sniff import sniff

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from phiscan.intake.blocks import Decoded, Hidden
    from phiscan.intake.limits import Budget
    from phiscan.model import Role, Tag

_DEEPEST = 3
"""How far pictures may hide in pictures: a preview behind the end has a thumbnail of its own."""
_MOST_BROKEN = 16
"""Hidden pictures that may fail to open before the rest is left: each costs time, and a file can
hold a hundred thousand."""
_THUMBNAIL_PIXELS = 20_000_000
"""EXIF thumbnails have 160 x 120 pixels, the previews of some makers 1920 x 1080; 64 KiB of JPEG
can claim 150 million."""

_DECODERS = {
    "JPEG": still.decode,
    "HEIF": heif.decode,
    "AVIF": avif.decode,
    "TIFF": tiff_file.decode,
}


@dataclass(slots=True)
class Opened:
    """A file's pictures, upright, the main one first; its tags; and what could not be seen."""

    format: str
    pictures: list[tuple[Role, NDArray[np.uint8]]] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    turn: int = 1


def open_file(data: bytes, budget: Budget) -> Opened:
    """Open a file with all that is in it; UnreadableImage when its main picture is not whole."""
    budget.held = len(data)
    budget.clear(len(data))  # for parts of it are copied
    form = sniff(data)
    return complete(_decode(form, data, budget), budget, data if form == "TIFF" else b"")


def complete(decoded: Decoded, budget: Budget, tiff: bytes = b"") -> Opened:
    """Read the metadata of a decoded file and open every picture that hides in it.

    One that starts as a picture and breaks off is a gap of its role's name.
    """
    whole, waiting = _read(decoded, tiff, 1)
    queue = deque((hidden, 1, whole.turn) for hidden in waiting)
    broken = 0
    while queue:
        hidden, depth, turn = queue.popleft()
        is_enough = budget.kept >= budget.limits.frames or broken >= _MOST_BROKEN
        if depth > _DEEPEST or is_enough:
            whole.gaps.append(f"frames beyond {budget.kept}")
            break
        try:
            part, waiting = _open_hidden(hidden, budget, turn)
        except UnreadableImage:
            whole.gaps.append(hidden.role)
            broken += 1
            continue
        whole.pictures += [(hidden.role, pixels) for _, pixels in part.pictures]
        whole.tags += part.tags
        whole.gaps += part.gaps
        queue += [(one, depth + 1, part.turn) for one in waiting]
    whole.tags = list(metadata.distinct(whole.tags, whole.gaps))
    return whole


def _decode(form: str, data: bytes, budget: Budget) -> Decoded:
    decoder = _DECODERS.get(form)
    return decoder(data, budget) if decoder else paged.decode(form, data, budget)


def _open_hidden(hidden: Hidden, budget: Budget, turn: int) -> tuple[Opened, list[Hidden]]:
    most = _THUMBNAIL_PIXELS if hidden.role == "thumbnail" else budget.limits.pixels
    limits = replace(budget.limits, pixels=min(budget.limits.pixels, most))
    inner = replace(budget, limits=limits)
    form = sniff(hidden.data)
    decoded = _decode(form, hidden.data, inner)
    budget.kept, budget.pixels, budget.shown = inner.kept, inner.pixels, inner.shown
    return _read(decoded, hidden.data if form == "TIFF" else b"", turn)


def _read(decoded: Decoded, tiff: bytes, outer: int) -> tuple[Opened, list[Hidden]]:
    """Read a file's metadata and turn its pictures, as it says or else as the outer one does.

    Gain maps and thumbnails carry no orientation of their own: they turn with the first picture.
    """
    found = metadata.read(decoded.blocks, tiff=tiff)
    turn = decoded.turn or found.orientation or outer
    pictures = [*decoded.pictures, *decoded.blocks.pictures]
    turned = [
        (role, pixels if role == "video" else upright(pixels, turn)) for role, pixels in pictures
    ]
    return Opened(decoded.format, turned, found.tags, found.gaps, turn), found.hidden
