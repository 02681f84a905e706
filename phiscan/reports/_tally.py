"""Count results, and tell a photo that was blocked for what it shows from one that was not seen."""

from __future__ import annotations

from dataclasses import dataclass

from phiscan.errors import ExitCode
from phiscan.model import Acceptance, ScanResult, Verdict


def has_gap(result: ScanResult) -> bool:
    """Whether something about the photo could not be checked."""
    return any(reason.rule == "gap" for reason in result.ruling.reasons)


def acceptance(result: ScanResult) -> Acceptance | None:
    """Return who accepted what was found, or None; nobody can accept what was not checked."""
    return None if has_gap(result) else result.accepted


def seen_verdict(result: ScanResult) -> Verdict:
    """Return the verdict that what was seen asks for, leaving gaps aside."""
    reasons = result.ruling.reasons
    seen = max((r.verdict for r in reasons if r.rule != "gap"), default=Verdict.ALLOW)
    return seen if has_gap(result) else max(seen, result.verdict)


@dataclass(slots=True)
class Tally:
    """Counts of a batch: every photo counts once, under the first of the fields that fits it."""

    blocked: int = 0
    unscanned: int = 0
    review: int = 0
    allowed: int = 0
    accepted: int = 0
    """Photos that would be blocked or to review, had not somebody accepted what they show."""
    gaps: int = 0
    """Photos with anything left unchecked, blocked ones included."""

    @property
    def total(self) -> int:
        """How many photos were counted."""
        return self.blocked + self.unscanned + self.review + self.allowed + self.accepted

    def add(self, result: ScanResult) -> None:
        """Count one result."""
        seen, gap = seen_verdict(result), has_gap(result)
        self.gaps += gap
        if acceptance(result):
            self.accepted += 1
        elif seen is Verdict.BLOCK:
            self.blocked += 1
        elif gap:
            self.unscanned += 1
        elif seen is Verdict.REVIEW:
            self.review += 1
        else:
            self.allowed += 1

    def exit_code(self, fail_on: Verdict = Verdict.REVIEW) -> ExitCode:
        """Return the command's status; with `fail_on` BLOCK a photo to review counts as passed."""
        if self.blocked:
            return ExitCode.BLOCKED
        if self.gaps:
            return ExitCode.UNSCANNED
        if self.review and fail_on is Verdict.REVIEW:
            return ExitCode.REVIEW
        return ExitCode.ALLOWED

    def words(self) -> str:
        """Return the counts as one line of plain words."""
        parts = [
            f"{self.blocked} blocked",
            f"{self.review} to review",
            f"{self.unscanned} not fully checked",
            f"{self.allowed} allowed",
        ]
        if self.accepted:
            parts.append(f"{self.accepted} accepted by somebody")
        return f"{self.total} photo{'s' * (self.total != 1)}: " + ", ".join(parts)
