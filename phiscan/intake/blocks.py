"""What a decoder hands over: pictures as stored, metadata blocks as bytes, gaps by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phiscan.model import Role, Tag

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, repr=False)
class Hidden:
    """A picture inside a file, still encoded, that the usual viewer does not show."""

    role: Role
    data: bytes

    def __repr__(self) -> str:
        """Print the size, never the picture."""
        return f"Hidden({self.role}, {len(self.data)} bytes)"


@dataclass(slots=True)
class Blocks:
    """Metadata as found, before anybody reads it; each kind may occur more than once.

    `pictures` are hidden ones that needed no decoder; they turn with the main picture.
    """

    exif: list[bytes] = field(default_factory=list)
    xmp: list[bytes] = field(default_factory=list)
    iptc: list[bytes] = field(default_factory=list)
    photoshop: list[bytes] = field(default_factory=list)
    icc: list[bytes] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    pictures: list[tuple[Role, NDArray[np.uint8]]] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Decoded:
    """A decoded file.

    `pictures` are still turned as stored; `turn` says by what orientation to make them upright, for
    those formats where the decoder has not done so: 0 means that EXIF is to be asked.
    """

    format: str
    blocks: Blocks = field(default_factory=Blocks)
    pictures: list[tuple[Role, NDArray[np.uint8]]] = field(default_factory=list)
    turn: int = 0
