"""One finding, one sentence: what it is, where, how sure, and what spoke for it."""

from __future__ import annotations

from phiscan.kinds import kinds
from phiscan.model import Finding, Reason, ScanResult
from phiscan.reports._places import place, sureness
from phiscan.reports._printable import printable
from phiscan.reports._tally import acceptance

UNEXPLAINED = "judged so, though no finding or gap of its own asks for it"
"""Said of a photo whose verdict would otherwise not show; no policy of ours ends there."""


def title(kind: str) -> str:
    """Return what a kind is called in reports."""
    known = kinds().get(kind)
    return known.title if known else printable(kind)


def sentence(finding: Finding, result: ScanResult) -> str:
    """Return the finding on one line of printable text."""
    parts = [title(finding.kind)]
    surface = result.surface_of(finding)
    if surface and surface != finding.kind:
        parts.append(f"on {_article(title(surface))}")
    where = place(finding, result)
    if where:
        parts.append(where)
    text = f"{', '.join(parts)}: {sureness(finding.score)} ({finding.score:.2f})"
    return f"{text}, {printable(finding.reason)}" if finding.reason else text


def _article(noun: str) -> str:
    return f"an {noun}" if noun[:1] in set("aeiou") else f"a {noun}"


def acceptance_sentence(result: ScanResult) -> str:
    """Return who accepted what was found, until when and why, in printable text; or nothing."""
    told = acceptance(result)
    if told is None:
        return ""
    return printable(f"accepted by {told.by} on {told.on} until {told.until}: {told.why}")


def gaps(result: ScanResult) -> list[Reason]:
    """Return what could not be checked; one for a file that was not opened, for it lacks all."""
    every = [reason for reason in result.ruling.reasons if reason.rule == "gap"]
    if result.sha256 or not every:
        return every
    text = f"not scanned: {result.problem or 'it could not be opened'}"
    return [Reason(max(reason.verdict for reason in every), "gap", text)]


def gap_sentences(result: ScanResult) -> list[str]:
    """Return what could not be checked and why, one printable line each; none without a gap."""
    told = sorted(reason.text for reason in gaps(result))
    if told and result.sha256 and result.problem:
        told.insert(0, result.problem)
    return [printable(text) for text in dict.fromkeys(told)]
