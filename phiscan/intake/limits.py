"""How much of a file is worth opening: bytes, pixels, frames, and what memory that may take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phiscan.errors import TooLarge

_LOADED = 270_000_000
"""Bytes that a process holds beside a file: its libraries and lists, the networks let go."""
_LOOK = 500_000_000
"""Bytes that the networks take at most beside the frames, one at work (benchmarks.hostile)."""
_LEAST_MEMORY, _PER_PIXEL = 1_500_000_000, 10
_LEAST = 65_536
"""Pixels that a frame counts as at least: each costs time however small it is, and a file can hold
millions of frames of one pixel."""
DECODED, SHOWN = 7, 3
"""Bytes a pixel: what most decoders take at once, four of their own and three for the frame; and
what a frame keeps."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one file may ask for; more is refused before it is decoded.

    `pixels` is for one frame: the largest phone sensors have 200 million but bin to 50 by default,
    and full-frame cameras end at 102. `total_pixels` is for all frames that are decoded.
    """

    bytes: int = 300 * 1024 * 1024
    pixels: int = 150_000_000
    frames: int = 50
    total_pixels: int = 500_000_000

    @property
    def memory(self) -> int:
        """Bytes of memory that a process may take for one file, its networks included.

        1.5 GB, and ten bytes a pixel where larger frames are allowed.
        """
        return max(_LEAST_MEMORY, _PER_PIXEL * self.pixels)

    def check_bytes(self, count: int) -> None:
        """Refuse a file of more bytes than allowed."""
        if count > self.bytes:
            raise TooLarge(
                f"too large: more than the limit of {self.bytes / 2**20:,.1f} MiB; "
                "export a smaller copy, or raise the limit"
            )

    def check_size(self, width: int, height: int) -> None:
        """Refuse a frame of more pixels than allowed."""
        if width * height > self.pixels:
            raise TooLarge(
                f"too large: {width} x {height} is more than the limit of "
                f"{self.pixels / 1e6:,.1f} million pixels; export a smaller copy, or raise the "
                "limit"
            )


@dataclass(slots=True)
class Budget:
    """What is left of a file's allowance: for all its frames, hidden ones and pages alike.

    `held` are the bytes of the file itself, `kept` the frames so far and `shown` their pixels,
    `pixels` those of all that was decoded. `make_room` is told of bytes of memory to come.
    """

    limits: Limits
    held: int = 0
    kept: int = 0
    pixels: int = 0
    shown: int = 0
    make_room: Callable[[int], None] | None = None

    def admit(self, width: int, height: int, each: int = DECODED) -> None:
        """Refuse a frame that is too large, or that takes too much memory: `each` bytes a pixel."""
        self.limits.check_size(width, height)
        coming = width * height * each
        if _LOADED + self.held + SHOWN * self.shown + coming > self.limits.memory:
            raise TooLarge(
                f"too large: to decode {width} x {height} pixels in this form takes more memory "
                f"than {self.limits.memory / 1e9:.1f} GB; export a smaller copy, or a plain JPEG"
            )
        self.clear(coming)

    def clear(self, coming: int) -> None:
        """Tell who has memory to spare how many bytes are about to be taken."""
        if self.make_room:
            self.make_room(coming)

    def spend(self, width: int, height: int) -> bool:
        """Count one more decoded frame; return False when that is more than the limits allow."""
        self.pixels += max(width * height, _LEAST)
        return self.kept < self.limits.frames and self.pixels <= self.limits.total_pixels

    def take(self, width: int, height: int) -> bool:
        """Count a frame that is kept; return False when that is more than the limits allow."""
        return self.spend(width, height) and self.keep(width, height)

    def keep(self, width: int, height: int) -> bool:
        """Count a frame that was decoded as kept; return False when all take too much memory.

        That is from 240 million pixels on, and never so for the first: who asks for it has
        admitted it.
        """
        whole = self.shown + width * height
        if self.kept and _LOADED + SHOWN * whole + _LOOK > self.limits.memory:
            return False
        self.kept, self.shown = self.kept + 1, whole
        return True
