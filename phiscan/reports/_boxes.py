"""The rectangle that stands for a finding where a format knows no polygons."""

from __future__ import annotations

from phiscan.geometry import Box, enclosing
from phiscan.model import Finding


def first_box(finding: Finding) -> Box | None:
    """Return the box round what was found on the first of its frames; None for the whole file."""
    boxes = [r.box for r in finding.regions if r.frame == finding.regions[0].frame]
    return enclosing(boxes) if boxes else None
