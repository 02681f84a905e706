"""SARIF 2.1.0 (OASIS, errata 01), for programs that collect the results of many scanners."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from phiscan.kinds import Kind, kinds
from phiscan.model import Finding, ScanResult, Verdict
from phiscan.reports._boxes import first_box
from phiscan.reports._printable import printable
from phiscan.reports._sentences import UNEXPLAINED, gap_sentences, gaps, sentence
from phiscan.reports._tally import Tally, acceptance
from phiscan.reports._uris import uri
from phiscan.reports._weights import is_explained, weights

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

_LEVELS = {Verdict.BLOCK: "error", Verdict.REVIEW: "warning", Verdict.ALLOW: "note"}

_GRID = 16
"""Pixels to which boxes are rounded in fingerprints: the networks move them by a few from one
version to the next."""

_OTHER_RULES = {
    "gap": (
        "not checked",
        "Something about the photo could not be checked, or the file could not be opened.",
        "Nothing can be said about what was not checked: have a person look at the photo.",
    ),
    "verdict": (
        "judged as a whole",
        "The photo was judged so, though no single finding asks for it.",
        "Have a person look at the photo.",
    ),
}
"""Rules beside the kinds of findings: title, meaning, help."""

Json = dict[str, Any]


class SarifLog:
    """Writes one run: a result for each finding and each gap, one photo after the other.

    What comes of all photos together (gaps as notifications, the rules, the counts) stands behind
    the results, so a log that broke off is no valid JSON and cannot pass for a whole one.
    """

    name = "sarif"

    def render(self, results: Iterable[ScanResult]) -> Iterator[str]:
        """Yield the log in pieces."""
        yield f'{{"$schema":{_text(_SCHEMA)},"version":"2.1.0","runs":[{{"results":['
        tally, notices, separator = Tally(), list[Json](), "\n"
        for result in results:
            tally.add(result)
            notices += _notices(result)
            for entry in _results(result):
                yield separator + _text(entry)
                separator = ",\n"
        yield f'\n],\n"invocations":[{_text(_invocation(notices))}]'
        yield f',\n"tool":{_text(_tool())},\n"properties":{_text(_counts(tally))}}}]}}\n'


def _text(value: object) -> str:
    """Return JSON in ASCII, as the other JSON reports are."""
    return json.dumps(value, separators=(",", ":"))


def _results(result: ScanResult) -> Iterator[Json]:
    heaviest = weights(result)
    for gap in gaps(result):
        why = f"{gap.text}; {result.problem}" if result.sha256 and result.problem else gap.text
        yield _entry(result, "gap", gap.verdict, printable(why), [gap.text])
    for finding in result.findings:
        verdict = heaviest.get(finding.kind, Verdict.ALLOW)
        entry = _entry(result, finding.kind, verdict, sentence(finding, result), _mark(finding))
        entry["properties"] |= {"score": round(finding.score, 3)}
        surface = result.surface_of(finding)
        if surface:
            entry["properties"]["surface"] = surface
        if finding.regions:
            entry["locations"][0]["physicalLocation"]["region"] |= _pixels(finding)
        yield entry
    if not is_explained(result):
        yield _entry(result, "verdict", result.verdict, UNEXPLAINED, [])


def _entry(result: ScanResult, rule: str, verdict: Verdict, text: str, mark: list[str]) -> Json:
    """Return one result; `mark` is what tells it from others of its rule in the same file."""
    entry: Json = {
        "ruleId": rule,
        "level": _LEVELS[verdict],
        "message": {"text": text},
        "locations": [_location(result)],
        "suppressions": _suppressions(result, verdict),
        "properties": {"photo": result.verdict.word},
    }
    if rule in _indexes():
        entry["ruleIndex"] = _indexes()[rule]
    if result.sha256:
        entry["properties"]["sha256"] = result.sha256
        digest = hashlib.sha256("\n".join([result.sha256, rule, *mark]).encode())
        entry["partialFingerprints"] = {"phiscan/v1": digest.hexdigest()}
    return entry


def _suppressions(result: ScanResult, verdict: Verdict) -> list[Json]:
    """Return who accepted a finding; none says that nobody did, which SARIF tells from silence."""
    told = acceptance(result)
    if told is None or verdict is Verdict.ALLOW:
        return []
    who = {"by": told.by, "on": str(told.on), "until": str(told.until)}
    return [
        {
            "kind": "external",
            "status": "accepted",
            "justification": printable(told.why),
            "properties": who,
        }
    ]


def _location(result: ScanResult) -> Json:
    """Return the file; byte 0 stands for all of it, since GitHub wants a region in every result."""
    artifact = {"uri": uri(result.source) or "."}
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"byteOffset": 0}}}


def _pixels(finding: Finding) -> Json:
    """Return where the finding is; SARIF counts lines or bytes, so the pixels are properties."""
    box = first_box(finding)
    assert box  # noqa: S101 - regions were just seen to be there
    sides = {"left": box.x0, "top": box.y0, "right": box.x1, "bottom": box.y1}
    pixels = {name: round(side, 1) for name, side in sides.items()}
    return {"properties": {"frame": finding.regions[0].frame, "pixels": pixels}}


def _mark(finding: Finding) -> list[str]:
    """Return the frame and the rounded box: what stays when the same photo is scanned again."""
    box = first_box(finding)
    if box is None:
        return []
    sides = (box.x0, box.y0, box.x1, box.y1)
    return [str(finding.regions[0].frame), *(str(round(side / _GRID)) for side in sides)]


def _notices(result: ScanResult) -> Iterator[Json]:
    for text in gap_sentences(result):
        yield {
            "level": "error",
            "message": {"text": text},
            "locations": [_location(result)],
            "descriptor": {"id": "gap"},
            "associatedRule": {"id": "gap"},
        }


def _invocation(notices: list[Json]) -> Json:
    """Return how the run went; a gap makes it one that a consumer must not take for complete."""
    return {"executionSuccessful": not notices, "toolExecutionNotifications": notices}


def _tool() -> Json:
    from phiscan import __version__

    rules = [_rule(kind) for kind in kinds().values()]
    rules += [
        {"id": name, **_told(title, what, advice, advice)}
        for name, (title, what, advice) in _OTHER_RULES.items()
    ]
    notification = {"id": "gap", "shortDescription": {"text": _OTHER_RULES["gap"][0]}}
    return {
        "driver": {
            "name": "phiscan",
            "version": __version__,
            "semanticVersion": __version__,
            "rules": rules,
            "notifications": [notification],
        }
    }


def _rule(kind: Kind) -> Json:
    tags = [f"hipaa-{kind.hipaa}"] if kind.hipaa else []
    plain = f"{kind.why}\n\nTo take the photo again: {kind.retake}\n\nThe rule: {kind.rule}."
    marked = f"{kind.why}\n\n**To take the photo again.** {kind.retake}\n\n*{kind.rule}.*"
    return {
        "id": kind.name,
        **_told(kind.title, kind.what, plain, marked),
        "properties": {"tags": ["phi", kind.group, *tags]},
    }


def _told(title: str, what: str, plain: str, marked: str) -> Json:
    return {
        "shortDescription": {"text": title},
        "fullDescription": {"text": what},
        "help": {"text": plain, "markdown": marked},
    }


@cache
def _indexes() -> dict[str, int]:
    return {name: number for number, name in enumerate([*kinds(), *_OTHER_RULES])}


def _counts(tally: Tally) -> Json:
    return {
        "photos": tally.total,
        "blocked": tally.blocked,
        "review": tally.review,
        "notFullyChecked": tally.unscanned,
        "accepted": tally.accepted,
        "allowed": tally.allowed,
    }


REPORT = SarifLog()
