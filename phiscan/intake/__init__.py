"""Bytes to Photo: sniff the type, hold the limits, decode every frame upright, read every tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phiscan.intake.limits import Budget, Limits
from phiscan.intake.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.model import Photo

__all__ = ["Limits", "Source", "load"]


def load(
    source: Source, limits: Limits | None = None, make_room: Callable[[int], None] | None = None
) -> Photo:
    """Return the photo with every frame upright and every tag.

    Before a picture is decoded, `make_room` is told how many bytes of memory that takes, so that
    who has some to spare can hand it back.

    Raises UnreadableImage when the main picture does not decode whole, UnsupportedFormat when it is
    of no format that phiscan opens, TooLarge when it breaks a limit. What else could not be looked
    at is named in the photo's gaps.
    """
    from phiscan.intake import photo  # brings numpy, which --help does not need

    return photo.load(source, Budget(limits or Limits(), make_room=make_room))
