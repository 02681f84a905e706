"""What a person reads: verdict first, then what was found where, why it matters, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap

from phiscan.kinds import Kind, kinds
from phiscan.model import Finding, Outcome, ScanResult, Verdict
from phiscan.reports._places import place, sureness
from phiscan.reports._printable import printable
from phiscan.reports._sentences import acceptance_sentence
from phiscan.reports._tally import Tally, has_gap

_MOST_FINDINGS = 8
"""Lines for one photo: more than a screen is not read, and the first ones decide anyway."""

_MOST_WHYS = 4
"""Kinds whose harm is spelled out for one photo."""

_COLOURS = {Verdict.ALLOW: "32", Verdict.REVIEW: "33", Verdict.BLOCK: "31"}
"""Terminal colours: green, yellow, red; always beside the word, never instead of it."""

_NO_PROOF = (
    "Nothing found is no proof that nothing is there: look at the background yourself before you "
    "share a photo."
)


_ADVICE = "Nothing can be said about what was not checked: have a person look at the photo."


@dataclass(frozen=True, slots=True)
class _Line:
    """Findings of one kind in one place: the surest of them, and how many there are."""

    kind: str
    where: str
    surface: str
    score: float
    reason: str
    count: int = 1


class TextReport:
    """Writes a few lines for each photo; `colour` is for terminals, `width` in characters."""

    name = "text"

    def __init__(self, *, colour: bool = False, width: int = 88) -> None:
        self._colour = colour
        self._width = max(width, 40)

    def render(self, results: Iterable[ScanResult]) -> Iterator[str]:
        """Yield one piece for each photo, then counts and what an allowed photo means."""
        tally = Tally()
        checked: set[str] = set()
        alone = True
        for result in results:
            tally.add(result)
            if result.verdict is Verdict.ALLOW:
                checked.update(c.name for c in result.checks if c.outcome is Outcome.DONE)
            lines = [*self._photo(result)]
            parted = tally.total > 1 and not (alone and len(lines) == 1)
            yield "\n" * parted + "\n".join(lines) + "\n"
            alone = len(lines) == 1
        if tally.allowed:
            names = ", ".join(sorted(checked))
            yield "\n" + "\n".join(self._wrap(f"Checked: {names}. {_NO_PROOF}", "")) + "\n"
        if tally.total > 1:
            yield f"\n{tally.words()}\n"

    def _photo(self, result: ScanResult) -> Iterator[str]:
        yield self._head(result)
        told = acceptance_sentence(result)
        if told:
            yield from self._wrap(told, "= ", indent="  ")
        lines = _merge(result)
        weights = _weights(result)
        serious = [line for line in lines if weights.get(line.kind, Verdict.ALLOW)]
        for line in serious[:_MOST_FINDINGS]:
            yield from self._wrap(_sentence(line), "- ", indent="  ")
        if len(serious) > _MOST_FINDINGS:
            yield f"  - and {len(serious) - _MOST_FINDINGS} more"
        yield from self._gap(result)
        if told:
            return
        yield from self._list("Why it matters", [kind.why for kind in _known(serious)][:_MOST_WHYS])
        yield from self._list("To take it again", _advice(serious))
        notes = _notes(lines, serious)
        if notes:
            yield from self._wrap(f"Also noted: {notes}.", "", indent="  ")

    def _head(self, result: ScanResult) -> str:
        word = result.verdict.word.upper().ljust(6)
        if self._colour:
            word = f"\x1b[1;{_COLOURS[result.verdict]}m{word}\x1b[0m"
        head = f"{word}  {printable(result.source)}"
        if has_gap(result):
            head += "  not fully checked" if result.sha256 else "  not scanned"
        if result.verdict is Verdict.ALLOW:
            head += "  nothing found that speaks against sharing"
        return head

    def _gap(self, result: ScanResult) -> Iterator[str]:
        if not has_gap(result):
            return
        if not result.sha256:
            told = [f"could not be scanned: {result.problem or 'it could not be opened'}"]
        else:
            told = [result.problem or "not fully checked", _ADVICE]
            if not result.problem.startswith("not fully checked"):
                gaps = (r.text for r in result.ruling.reasons if r.rule == "gap")
                told[1:1] = sorted(gaps)
        for sentence in told:
            yield from self._wrap(printable(sentence), "! ", indent="  ")

    def _list(self, title: str, sentences: list[str]) -> Iterator[str]:
        unique = list(dict.fromkeys(sentences))
        if not unique:
            return
        yield f"  {title}:"
        for sentence in unique:
            yield from self._wrap(sentence, "", indent="    ")

    def _wrap(self, text: str, mark: str, indent: str = "") -> list[str]:
        return wrap(
            text,
            self._width,
            initial_indent=indent + mark,
            subsequent_indent=indent + " " * len(mark),
            break_on_hyphens=False,
        )


def _weights(result: ScanResult) -> dict[str, Verdict]:
    """Return the strictest verdict that a rule asked for on account of each kind."""
    weights: dict[str, Verdict] = {}
    for reason in result.ruling.reasons:
        kind = reason.rule.removeprefix("no rule for ").split(" ")[0]
        weights[kind] = max(reason.verdict, weights.get(kind, Verdict.ALLOW))
    return weights


def _merge(result: ScanResult) -> list[_Line]:
    """Return one line for each kind and place, the weightiest and surest first."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in result.findings:
        surface = result.surface_of(finding)
        where = place(finding, result)
        key = finding.kind, where, "" if surface == finding.kind else surface
        groups.setdefault(key, []).append(finding)
    weights = _weights(result)
    lines = []
    for (kind, where, surface), findings in groups.items():
        best = max(findings, key=lambda f: f.score)
        lines.append(_Line(kind, where, surface, best.score, best.reason, len(findings)))
    return sorted(
        lines, key=lambda n: (-weights.get(n.kind, Verdict.ALLOW), -n.score, n.kind, n.where)
    )


def _title(name: str) -> str:
    known = kinds().get(name)
    return known.title if known else printable(name)


def _sentence(line: _Line) -> str:
    parts = [f"{line.count} x {_title(line.kind)}" if line.count > 1 else _title(line.kind)]
    if line.surface:
        parts.append(f"on a {_title(line.surface)}")
    if line.where:
        parts.append(line.where)
    text = f"{', '.join(parts)}: {sureness(line.score)} ({line.score:.2f})"
    return f"{text}, {printable(line.reason)}" if line.reason else text


def _known(lines: list[_Line]) -> list[Kind]:
    names = dict.fromkeys(line.kind for line in lines)
    return [kinds()[name] for name in names if name in kinds()]


def _advice(lines: list[_Line]) -> list[str]:
    """Return how to retake the photo: what lies on a record goes away with the record."""
    names = [line.surface or line.kind for line in lines]
    return [kinds()[name].retake for name in names if name in kinds()]


def _notes(lines: list[_Line], serious: list[_Line]) -> str:
    told = {line.kind for line in serious}
    names = dict.fromkeys(line.kind for line in lines if line.kind not in told)
    return ", ".join(_title(name) for name in names)


REPORT = TextReport()
