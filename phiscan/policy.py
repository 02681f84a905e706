"""Rules, and judge(): the only place where evidence is combined. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from phiscan.errors import BadSettings
from phiscan.kinds import SURFACES, kind, kinds
from phiscan.model import Check, Finding, Outcome, Reason, Ruling, Verdict, holds

_BESIDE_X, _BESIDE_Y = 60.0, 12.0
"""How far apart two findings may be and still stand beside each other, in heights of the smaller
one. A row of a patient list runs over the whole screen (60 x 14 px = 840 px); a label and what
belongs to it are at most a dozen lines apart."""

_DONE, _FAILED = Outcome.DONE, Outcome.FAILED
"""Python 3.11 takes 0.4 us to find a member of an enum, two dozen times for each photo."""

_COMPANION_SCORE = 0.5
"""From which score a finding counts as company or as ground for another one."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Asks for `verdict` when a finding of `kind` scores `at_least` this much.

    With `inside`, it must lie on one of these surfaces, scored `inside_at_least`; with
    `together_with`, one of these kinds must stand beside it. Rules only ever ask for more: there is
    no way to say "unless".
    """

    kind: str
    verdict: Verdict
    at_least: float = 0.0
    inside: frozenset[str] = frozenset()
    inside_at_least: float = _COMPANION_SCORE
    together_with: frozenset[str] = frozenset()
    text: str = ""

    @property
    def name(self) -> str:
        """The rule's conditions in a few words."""
        return self.met_by(self.inside, self.together_with)

    def met_by(self, grounds: frozenset[str], company: frozenset[str]) -> str:
        """Return the conditions as results show them: only those surfaces and kinds that met it."""
        parts = [self.kind]
        if grounds:
            parts.append("inside " + "/".join(sorted(grounds)))
        if company:
            parts.append("beside " + "/".join(sorted(company)))
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules, the checks that must have been done, and what a gap means.

    `on_unknown_kind` is the verdict for a finding that no rule speaks of.
    """

    name: str
    rules: tuple[Rule, ...]
    required: frozenset[str]
    on_gap: Verdict = Verdict.BLOCK
    on_unknown_kind: Verdict = Verdict.REVIEW

    def requiring(self, checks: Iterable[str]) -> Policy:
        """Return the same policy that also requires `checks`."""
        return replace(self, required=self.required | frozenset(checks))


def judge(findings: Iterable[Finding], checks: Sequence[Check], policy: Policy) -> Ruling:
    """Return the strictest verdict that any finding or any gap asks for."""
    every = tuple(findings)
    reasons = [
        Reason(policy.on_gap, "gap", f"not checked: {name}") for name in gaps(checks, policy)
    ]
    ruled = {rule.kind for rule in policy.rules}
    reasons += [
        Reason(policy.on_unknown_kind, f"no rule for {finding.kind}")
        for finding in every
        if finding.kind not in ruled
    ]
    seen = {finding.kind for finding in every}
    for rule in (rule for rule in policy.rules if rule.kind in seen):
        hits = [hit for finding in every if (hit := _hit(rule, finding, every))]
        if hits:
            grounds = frozenset[str]().union(*(hit.grounds for hit in hits))
            company = frozenset[str]().union(*(hit.company for hit in hits))
            reasons.append(Reason(rule.verdict, rule.met_by(grounds, company), rule.text))
    unique = sorted(set(reasons), key=lambda r: (-r.verdict, r.rule, r.text))
    return Ruling(max((r.verdict for r in unique), default=Verdict.ALLOW), tuple(unique))


def blocks(findings: Iterable[Finding], policy: Policy) -> bool:
    """Return whether these findings block a photo by themselves, whatever else is found."""
    reasons = judge(findings, (), policy).reasons
    return any(reason.verdict is Verdict.BLOCK and reason.rule != "gap" for reason in reasons)


def gaps(checks: Sequence[Check], policy: Policy) -> tuple[str, ...]:
    """Return the checks that failed, or were required and did not run, by name."""
    done = {check.name for check in checks if check.outcome is _DONE}
    failed = {check.name for check in checks if check.outcome is _FAILED}
    return tuple(sorted((policy.required - done) | failed))


@dataclass(frozen=True, slots=True)
class _Hit:
    """A finding that a rule speaks of: the surfaces it lies on, the kinds that it stands beside."""

    grounds: frozenset[str] = frozenset()
    company: frozenset[str] = frozenset()


_ALONE = _Hit()


def _hit(rule: Rule, finding: Finding, every: Sequence[Finding]) -> _Hit | None:
    if finding.kind != rule.kind or finding.score < rule.at_least:
        return None
    if not rule.inside and not rule.together_with:
        return _ALONE
    hit = _Hit(
        frozenset(
            o.kind
            for o in every
            if o.kind in rule.inside and o.score >= rule.inside_at_least and _lies_on(finding, o)
        ),
        frozenset(
            o.kind
            for o in every
            if o.kind in rule.together_with
            and o.score >= _COMPANION_SCORE
            and o is not finding
            and _beside(finding, o)
        ),
    )
    unmet = (rule.inside and not hit.grounds) or (rule.together_with and not hit.company)
    return None if unmet else hit


def _lies_on(finding: Finding, surface: Finding) -> bool:
    return any(holds(ground, place) for ground in surface.regions for place in finding.regions)


def _beside(a: Finding, b: Finding) -> bool:
    """Whether two findings stand close together; findings of the whole file count as close."""
    if not a.regions and not b.regions:
        return True
    for one in a.regions:
        for two in b.regions:
            if one.frame == two.frame:
                across, down = one.box.gap(two.box)
                height = max(min(one.thickness, two.thickness), 1.0)
                if across <= _BESIDE_X * height and down <= _BESIDE_Y * height:
                    return True
    return False


def load_policy(name: str | Path) -> Policy:
    """Return a shipped policy by name, or read one from a TOML file.

    Raises BadSettings, naming the line's key, when it says anything that phiscan does not know.
    """
    shipped = {file.stem: file for file in shipped_policies()}
    path = shipped[str(name)] if str(name) in shipped else Path(name)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise BadSettings(
            f"no policy {str(name)!r}: give a file, or one of: {', '.join(sorted(shipped))}"
        ) from exc
    return parse_policy(text, default_name=path.stem)


def shipped_policies() -> list[Path]:
    """Return the files of the policies that come with phiscan."""
    folder = Path(str(resources.files("phiscan"))) / "policies"
    return sorted(folder.glob("*.toml"))


def parse_policy(text: str, default_name: str = "policy") -> Policy:
    """Read a policy from TOML text; BadSettings on anything unknown."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as exc:  # the latter by deep nesting
        raise BadSettings(f"policy {default_name}: not valid TOML: {exc}") from exc
    _known_keys(data, {"name", "required", "on_gap", "on_unknown_kind", "rule"}, default_name)
    rules = data.get("rule", [])
    if not isinstance(rules, list) or not rules:
        raise BadSettings(f"policy {default_name}: has no [[rule]]; it would allow everything")
    on_gap = _verdict(data.get("on_gap", "block"), default_name)
    if on_gap < Verdict.REVIEW:
        raise BadSettings(f"policy {default_name}: on_gap must be 'review' or 'block'")
    return Policy(
        name=str(data.get("name", default_name)),
        rules=tuple(_rule(entry, f"{default_name}, rule {n}") for n, entry in enumerate(rules, 1)),
        required=_names(data.get("required", []), f"{default_name}, required"),
        on_gap=on_gap,
        on_unknown_kind=_verdict(data.get("on_unknown_kind", "review"), default_name),
    )


_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


def _rule(entry: Any, where: str) -> Rule:
    if not isinstance(entry, dict):
        raise BadSettings(f"policy {where}: must be a table, written [[rule]]")
    allowed = {
        *("kind", "verdict", "at_least", "inside", "inside_at_least", "together_with", "text"),
    }
    _known_keys(entry, allowed, where)
    if "kind" not in entry or "verdict" not in entry:
        raise BadSettings(f"policy {where}: needs kind and verdict")
    inside = _names(entry.get("inside", []), where)
    if inside - SURFACES:
        raise BadSettings(f"policy {where}: inside takes surfaces: {', '.join(sorted(SURFACES))}")
    together_with = _names(entry.get("together_with", []), where)
    for name in together_with:
        kind(name)
    return Rule(
        kind=kind(str(entry["kind"])).name,
        verdict=_verdict(entry["verdict"], where),
        at_least=_share(entry, "at_least", 0.0, where),
        inside=inside,
        inside_at_least=_share(entry, "inside_at_least", _COMPANION_SCORE, where),
        together_with=together_with,
        text=str(entry.get("text", "")),
    )


def _share(entry: dict[str, Any], key: str, default: float, where: str) -> float:
    value = entry.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise BadSettings(f"policy {where}: {key} must be a number from 0 to 1")
    return float(value)


def _known_keys(entry: dict[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(entry) - known)
    if unknown:
        raise BadSettings(
            f"policy {where}: unknown key {unknown[0]!r}; known keys: {', '.join(sorted(known))}"
        )


def _names(value: Any, where: str) -> frozenset[str]:
    if not isinstance(value, list) or not all(
        isinstance(v, str) and _IDENTIFIER.fullmatch(v) for v in value
    ):
        raise BadSettings(f"policy {where}: must be a list of names")
    return frozenset(value)


def _verdict(value: Any, where: str) -> Verdict:
    for verdict in Verdict:
        if verdict.word == value:
            return verdict
    raise BadSettings(f"policy {where}: a verdict is 'allow', 'review' or 'block', not {value!r}")


def unruled(policy: Policy) -> tuple[str, ...]:
    """Return the kinds that no rule of the policy speaks of, in their documented order."""
    ruled = {rule.kind for rule in policy.rules}
    return tuple(name for name in kinds() if name not in ruled)
