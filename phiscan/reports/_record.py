"""The JSON object that stands for one photo: schema 1."""

from __future__ import annotations

import re

import msgspec

from phiscan.geometry import Region
from phiscan.kinds import kinds
from phiscan.model import Acceptance, Finding, ScanResult
from phiscan.reports._tally import acceptance

SCHEMA = 1


class ReasonRecord(msgspec.Struct, frozen=True):
    """One thing that asked for a verdict."""

    verdict: str
    rule: str
    text: str


class FindingRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing seen; `polygon` is its first region, `polygons` all of them if there are more."""

    kind: str
    hipaa: str
    score: float
    frame: int
    polygon: list[list[float]]
    surface: str
    shape: str
    reason: str
    polygons: list[list[list[float]]] = []


class CheckRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step of the scan; `error` is the type of what went wrong."""

    name: str
    outcome: str
    seconds: float
    error: str = ""


class AcceptedRecord(msgspec.Struct, frozen=True):
    """A person's decision that what was found is all right; dates are `2026-11-22`."""

    by: str
    on: str
    until: str
    why: str
    kinds: list[str]


class PhotoRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything about one photo, in the order in which it is written."""

    schema: int
    path: str
    sha256: str
    verdict: str
    width: int
    height: int
    reasons: list[ReasonRecord]
    findings: list[FindingRecord]
    checks: list[CheckRecord]
    seconds: float
    problem: str = ""
    accepted: AcceptedRecord | None = None


def record(result: ScanResult) -> PhotoRecord:
    """Return the record of one result."""
    return PhotoRecord(
        schema=SCHEMA,
        path=_storable(result.source),
        sha256=result.sha256,
        verdict=result.verdict.word,
        width=result.width,
        height=result.height,
        reasons=[ReasonRecord(r.verdict.word, r.rule, r.text) for r in result.ruling.reasons],
        findings=[_finding(finding, result) for finding in result.findings],
        checks=[
            CheckRecord(c.name, c.outcome.value, round(c.seconds, 3), c.error)
            for c in result.checks
        ],
        seconds=round(result.seconds, 3),
        problem=result.problem,
        accepted=_accepted(acceptance(result)),
    )


def _accepted(told: Acceptance | None) -> AcceptedRecord | None:
    if told is None:
        return None
    return AcceptedRecord(told.by, str(told.on), str(told.until), told.why, list(told.kinds))


def _finding(finding: Finding, result: ScanResult) -> FindingRecord:
    known = kinds().get(finding.kind)
    polygons = [_polygon(region) for region in finding.regions]
    return FindingRecord(
        kind=finding.kind,
        hipaa=known.hipaa if known else "",
        score=round(finding.score, 3),
        frame=finding.regions[0].frame if finding.regions else 0,
        polygon=polygons[0] if polygons else [],
        surface=result.surface_of(finding),
        shape=finding.shape,
        reason=finding.reason,
        polygons=polygons if len(polygons) > 1 else [],
    )


def _polygon(region: Region) -> list[list[float]]:
    return [[round(float(x), 1), round(float(y), 1)] for x, y in region.corners]


def _storable(path: str) -> str:
    r"""Return a path that UTF-8 can hold: what is no character becomes text like `\udcff`."""
    return re.sub("[\ud800-\udfff]", lambda match: ascii(match[0])[1:-1], path)


def encode(result: ScanResult) -> str:
    r"""Return the record as one line of JSON in ASCII.

    All else is written as `\u1234`: so no terminal, locale or log can be confused by a file name
    with control or right-to-left characters in it.
    """
    text = msgspec.json.encode(record(result)).decode()
    if text.isascii() and "\x7f" not in text:  # JSON escapes the other control characters itself
        return text
    return re.sub(r"[^ -~]", _escape, text)


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
