"""What the reviewer's page knows of each photo, as JSON that can stand inside a script element."""

from __future__ import annotations

import json

import msgspec

from phiscan.model import Finding, ScanResult, Verdict
from phiscan.reports._places import place
from phiscan.reports._printable import printable
from phiscan.reports._sentences import UNEXPLAINED, acceptance_sentence, gap_sentences
from phiscan.reports._tally import Tally
from phiscan.reports._weights import is_explained, weights


class PictureEntry(msgspec.Struct, frozen=True):
    """One picture of a photo; `hint` is a JPEG of a few pixels, in base64."""

    frame: int
    role: str
    width: int
    height: int
    hint: str


class FindingEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One finding; `asks` is the verdict asked for (0 to 2), `polygons` are `x,y x,y ...`."""

    kind: str
    asks: int
    score: float
    where: str = ""
    surface: str = ""
    reason: str = ""
    frame: int = 0
    polygons: list[str] = []


class PhotoEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One photo; `group` is the field of Tally that counts it, `gaps` what was not checked."""

    path: str
    group: str
    verdict: str
    sha256: str = ""
    width: int = 0
    height: int = 0
    gaps: list[str] = []
    findings: list[FindingEntry] = []
    pictures: list[PictureEntry] = []
    note: str = ""
    accepted: str = ""


def entry(result: ScanResult, pictures: list[PictureEntry], note: str) -> PhotoEntry:
    """Return what the page shows of one photo, in text that prints; the weightiest comes first."""
    heaviest = weights(result)
    findings = [
        _finding(finding, heaviest.get(finding.kind, Verdict.ALLOW), result)
        for finding in result.findings
    ]
    gaps = gap_sentences(result)
    return PhotoEntry(
        path=printable(result.source),
        group=_group(result),
        verdict=result.verdict.word,
        sha256=result.sha256,
        width=result.width,
        height=result.height,
        gaps=gaps if is_explained(result) else [UNEXPLAINED, *gaps],
        findings=sorted(findings, key=lambda f: (-f.asks, -f.score)),
        pictures=pictures,
        note=note,
        accepted=acceptance_sentence(result),
    )


def _group(result: ScanResult) -> str:
    tally = Tally()
    tally.add(result)
    names = ("blocked", "unscanned", "review", "accepted", "allowed")
    return next(name for name in names if getattr(tally, name))


def _finding(finding: Finding, weight: Verdict, result: ScanResult) -> FindingEntry:
    surface = result.surface_of(finding)
    return FindingEntry(
        kind=printable(finding.kind),
        asks=int(weight),
        score=round(finding.score, 2),
        where=place(finding, result),
        surface="" if surface == finding.kind else surface,
        reason=printable(finding.reason),
        frame=finding.regions[0].frame if finding.regions else 0,
        polygons=[
            " ".join(f"{x:.0f},{y:.0f}" for x, y in region.corners)
            for region in finding.regions
            if region.frame == finding.regions[0].frame
        ],
    )


def in_script(value: object) -> str:
    r"""Return JSON in ASCII without `<`, `>` and `&`: no name can end the script element."""
    text = json.dumps(msgspec.to_builtins(value), separators=(",", ":"))
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text
