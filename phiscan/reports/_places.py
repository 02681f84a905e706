"""Where a finding is, and how sure it is, in words."""

from __future__ import annotations

from phiscan.kinds import kinds
from phiscan.model import Finding, ScanResult

_GRID = (
    ("upper left", "top", "upper right"),
    ("left", "middle", "right"),
    ("lower left", "bottom", "lower right"),
)
_IN_FILE = {"file_name": "in the file's name", "trailing_data": "behind the end of the picture"}


def place(finding: Finding, result: ScanResult) -> str:
    """Return where the finding's middle lies, on a grid of three by three."""
    if not finding.regions:
        known = kinds().get(finding.kind)
        hidden = known is not None and known.group == "hidden"
        return _IN_FILE.get(finding.kind, "in the file's metadata" if hidden else "")
    region = finding.regions[0]
    if region.frame > 0:
        return f"in picture {region.frame + 1} of the file"
    if not result.width or not result.height:
        return ""
    x, y = region.centre
    return _GRID[_third(y, result.height)][_third(x, result.width)]


def _third(position: float, extent: int) -> int:
    return min(max(int(3 * position / extent), 0), 2)


def sureness(score: float) -> str:
    """Return how sure a score is, in words."""
    if score >= 0.9:
        return "almost certain"
    if score >= 0.75:
        return "very likely"
    return "likely" if score >= 0.5 else "possible"
