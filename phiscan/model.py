"""The nouns of the flow: Photo, Scene, Finding, Check, Ruling, ScanResult; all frozen data."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Literal

from phiscan.geometry import Region
from phiscan.kinds import SURFACES
from phiscan.text import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Role = Literal["main", "page", "thumbnail", "preview", "video"]


class Verdict(IntEnum):
    """What may happen to a photo; the strictest of many is `max()`."""

    ALLOW = 0
    REVIEW = 1
    BLOCK = 2

    @property
    def word(self) -> str:
        """The name as reports and policies write it: `allow`, `review` or `block`."""
        return self.name.lower()


class Outcome(Enum):
    """How a check ended; only DONE counts as having looked."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, repr=False)
class Frame:
    """One picture of a photo.

    `pixels` is `uint8 (height, width, 3)` RGB, upright and read-only. An EXIF thumbnail can show
    what was cropped away, so it is a frame like any other.
    """

    index: int
    role: Role
    pixels: NDArray[np.uint8]

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])

    def __repr__(self) -> str:
        """Print the size, never the pixels."""
        return f"Frame({self.index}, {self.role}, {self.width}x{self.height})"


@dataclass(frozen=True, slots=True, repr=False)
class Tag:
    """One entry of a file's metadata: `group` is `exif`, `gps`, `xmp`, `iptc`, `png` or `jpeg`."""

    group: str
    name: str
    value: str

    def __repr__(self) -> str:
        """Print where the tag stands, never its value: it may be a patient's name."""
        return f"Tag({self.group}:{self.name})"


@dataclass(frozen=True, slots=True, repr=False)
class Photo:
    """A decoded file: every frame upright, every tag, and the SHA-256 of its bytes.

    `gaps` names what could not be looked at though the main picture decoded (a page beyond the
    limit, a broken thumbnail): each becomes a failed check, so that it can never be allowed.
    """

    source: str
    sha256: str
    format: str
    frames: tuple[Frame, ...]
    tags: tuple[Tag, ...] = ()
    gaps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a photo without a frame: nothing seen must not look like nothing found."""
        if not self.frames:
            raise ValueError("a photo needs at least one frame")

    def __repr__(self) -> str:
        """Print counts only."""
        return f"Photo({self.format}, {len(self.frames)} frames, {len(self.tags)} tags)"


@dataclass(frozen=True, slots=True)
class Scene:
    """A photo and the text read in it: all that a detector may look at."""

    photo: Photo
    text: Text


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing seen: its kind, how sure, and where; never the words themselves.

    `regions` is empty when the finding belongs to the file as a whole. `shape` is the form without
    the content (`999-99-9999`). `reason` says in words what spoke for it.
    """

    kind: str
    score: float
    regions: tuple[Region, ...] = ()
    shape: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse a score outside 0 to 1, and NaN with it: it would pass under every threshold."""
        if not 0.0 <= self.score <= 1.0 or math.isnan(self.score):
            raise ValueError("a score must be a number from 0 to 1")


@dataclass(frozen=True, slots=True)
class Check:
    """One step of a scan and how it ended; `error` is an exception's type, never its message."""

    name: str
    outcome: Outcome
    seconds: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that asked for a verdict: the rule's name, and a sentence for a person."""

    verdict: Verdict
    rule: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """The verdict on a photo and everything that asked for it, strictest first."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A person's decision that all that speaks against a photo is all right, and until when.

    It counts from the day `on` to the end of the day `until`, for these kinds of findings.
    """

    by: str
    on: dt.date
    until: dt.date
    why: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan returns: small, picklable, without pixels and without words.

    `width` and `height` are the main frame's, in upright pixels (0 when it did not decode).
    `problem` is one plain line on why a file could not be scanned, without any of its content.
    `accepted` says who has accepted what was found; the verdict is the same with and without it.
    """

    source: str
    sha256: str
    ruling: Ruling
    findings: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    problem: str = ""
    accepted: Acceptance | None = None

    @property
    def verdict(self) -> Verdict:
        """The ruling's verdict."""
        return self.ruling.verdict

    @property
    def complete(self) -> bool:
        """Whether every check was made and ended well."""
        return bool(self.checks) and all(c.outcome is Outcome.DONE for c in self.checks)

    def surface_of(self, finding: Finding) -> str:
        """Return the kind of surface that `finding` lies on, or an empty string."""
        return surface_under(finding, self.findings)


_FIRM = 0.5
"""Score from which a surface is told as one; below, it is a guess that only a policy may use."""


def surface_under(finding: Finding, findings: Iterable[Finding]) -> str:
    """Return the kind of the smallest surface among `findings` that holds `finding`'s middle."""
    if finding.kind in SURFACES:
        return finding.kind
    best, best_area = "", math.inf
    for other in findings:
        if other.kind not in SURFACES or other.score < _FIRM:
            continue
        for ground in other.regions:
            area = ground.box.area
            if area < best_area and any(holds(ground, region) for region in finding.regions):
                best, best_area = other.kind, area
    return best


def holds(ground: Region, region: Region) -> bool:
    """Return whether at least half of `region`'s box lies in `ground`'s box on the same frame."""
    if ground.frame != region.frame:
        return False
    box = region.box
    return ground.box.overlap(box) >= 0.5 * max(box.area, 1e-9)
