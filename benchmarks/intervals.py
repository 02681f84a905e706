"""Shares with their 95 % Wilson intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.959963984540054
"""The normal distribution's 97.5 % point."""


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` out of `total`."""

    hits: int
    total: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson score interval (Wilson 1927), 0 to 1; all of it when there is nothing."""
        if self.total == 0:
            return 0.0, 1.0
        n, p = self.total, self.hits / self.total
        middle = (p + _Z * _Z / (2 * n)) / (1 + _Z * _Z / n)
        half = _Z / (1 + _Z * _Z / n) * math.sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
        return max(middle - half, 0.0), min(middle + half, 1.0)

    def __str__(self) -> str:
        if self.total == 0:
            return "  0/0"
        low, high = self.interval
        share = f"{self.hits / self.total:6.1%} ({low:.0%}-{high:.0%})"
        return f"{self.hits:3}/{self.total:<3} {share}"
