"""How much of a file is worth opening: bytes, pixels, frames."""

from __future__ import annotations

from dataclasses import dataclass

from phiscan.errors import TooLarge


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one file may ask for; more is refused before it is decoded.

    `pixels` is for one frame: the largest phone sensors have 200 million but bin to 50 by default,
    and full-frame cameras end at 102. `total_pixels` is for all frames together, three bytes each.
    """

    bytes: int = 300 * 1024 * 1024
    pixels: int = 150_000_000
    frames: int = 50
    total_pixels: int = 500_000_000

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


_LEAST = 65_536
"""Pixels that a frame counts as at least: each costs time however small it is, and a file can hold
millions of frames of one pixel."""


@dataclass(slots=True)
class Budget:
    """What is left of a file's allowance: for all its frames, hidden ones and pages alike."""

    limits: Limits
    kept: int = 0
    pixels: int = 0

    def spend(self, width: int, height: int) -> bool:
        """Count one more decoded frame; return False when that is more than the limits allow."""
        self.pixels += max(width * height, _LEAST)
        return self.kept < self.limits.frames and self.pixels <= self.limits.total_pixels

    def take(self, width: int, height: int) -> bool:
        """Count a frame that is kept; return False when that is more than the limits allow."""
        is_allowed = self.spend(width, height)
        self.kept += is_allowed
        return is_allowed
