"""How much each finding of a photo weighs: what the rules that speak of its kind asked for."""

from __future__ import annotations

from phiscan.model import ScanResult, Verdict


def weights(result: ScanResult) -> dict[str, Verdict]:
    """Return the strictest verdict that a rule asked for on account of each kind."""
    heaviest: dict[str, Verdict] = {}
    for reason in result.ruling.reasons:
        kind = reason.rule.removeprefix("no rule for ").split(" ")[0]
        heaviest[kind] = max(reason.verdict, heaviest.get(kind, Verdict.ALLOW))
    return heaviest


def is_explained(result: ScanResult) -> bool:
    """Whether some finding or gap asks for the verdict; what shows only those must say it else."""
    heaviest = weights(result)
    told = {"gap", *(finding.kind for finding in result.findings)}
    return max(heaviest.get(kind, Verdict.ALLOW) for kind in told) >= result.verdict
