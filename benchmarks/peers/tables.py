"""The tables: what each tool flags, what it costs, and where it is better than phiscan."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.intervals import Share
from benchmarks.peers.environments import DEFACE, PAIR, PEERS, PHISCAN, PRESIDIO
from benchmarks.peers.photos import CLEAN_GROUP, FACE, PHI
from benchmarks.peers.pipe import Answer
from benchmarks.peers.rules import Rule, both
from benchmarks.peers.run import Looked

PAIR_RULES = (
    both(PRESIDIO.rules[0], DEFACE.rules[0]),
    both(PRESIDIO.rules[0], DEFACE.rules[1]),
    both(PRESIDIO.rules[1], DEFACE.rules[0]),
)
_MEBIBYTE = 2**20
HEAD = (
    "tool",
    "photos with PHI flagged",
    "clean photos flagged",
    "photos with faces: a face flagged",
    "median seconds",
    "times phiscan",
    "processor seconds",
    "most memory",
    "no answer",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One tool read by one rule.

    `faces` is None where the tool does not look for faces; `ratio` is the median over the photos of
    its seconds divided by phiscan's; `processor` the median of the seconds of all cores together;
    `memory` the most bytes at any photo. `problem` says why there are no figures.
    """

    name: str
    phi: Share
    clean: Share
    faces: Share | None
    seconds: float
    ratio: float
    processor: float
    memory: int
    unanswered: int
    problem: str = ""


def answers_of(photo: Looked, names: Sequence[str]) -> Answer | None:
    """Return the answers of some tools as one, as if one ran after the other; None if not shown."""
    every = [photo.answers[name] for name in names if name in photo.answers]
    if len(every) < len(names):
        return None
    return Answer(
        tuple(found for one in every for found in one.found),
        sum(one.seconds for one in every),
        sum(one.processor for one in every),
        max(one.memory for one in every),
        next((one.problem for one in every if one.problem), ""),
    )


def row(title: str, names: Sequence[str], rule: Rule, photos: Sequence[Looked]) -> Row:
    """Return the figures of one tool, or of several as one, by one rule.

    A photo without an answer counts as not flagged.
    """
    seen = [(one, answer) for one in photos if (answer := answers_of(one, names))]

    def share(group: str, *, face: bool = False) -> Share:
        flags = rule.flags_face if face else rule.flags
        hits = [flags(answer.found) for photo, answer in seen if photo.group == group]
        return Share(sum(hits), len(hits))

    done = [(photo, answer) for photo, answer in seen if not answer.problem]
    ratios = [
        answer.seconds / own.seconds
        for photo, answer in done
        if (own := photo.answers.get(PHISCAN.name)) and own.seconds and not own.problem
    ]
    problems = {answer.problem for _, answer in seen}
    return Row(
        title,
        share(PHI),
        share(CLEAN_GROUP),
        share(FACE, face=True) if rule.face is not None else None,
        statistics.median(answer.seconds for _, answer in done) if done else 0.0,
        statistics.median(ratios) if ratios else 0.0,
        statistics.median(answer.processor for _, answer in done) if done else 0.0,
        max((answer.memory for _, answer in done), default=0),
        len(seen) - len(done),
        "" if done else ", ".join(sorted(problems)) or "not shown",
    )


def rows(photos: Sequence[Looked], *, slow: bool) -> list[Row]:
    """Return a row for every tool and rule: of the quick tools, or of phiscan and the slow ones."""
    every = []
    for peer in PEERS:
        if peer.rarely is slow or peer is PHISCAN:
            for rule in peer.rules:
                title = rule.name if peer is PHISCAN else f"{peer.name}: {rule.name}".rstrip(": ")
                every.append(row(title, [peer.name], rule, photos))
    if not slow:
        names = [peer.name for peer in PAIR]
        for rule in PAIR_RULES:
            title = f"{PRESIDIO.name} + {DEFACE.name}: {rule.name}"
            every.append(row(title, names, rule, photos))
    return every


def markdown(every: Sequence[Row]) -> str:
    """Return the rows as a table, what is better than the first row in bold."""
    first = every[0]
    lines = ["| " + " | ".join(HEAD) + " |", "| --- |" + " ---: |" * (len(HEAD) - 1)]
    for one in every:
        if one.problem:
            cells = [one.problem, *[""] * (len(HEAD) - 2)]
        else:
            cells = [
                _bold(_counts(one.phi), better=_more(one.phi, first.phi)),
                _bold(_counts(one.clean), better=_more(first.clean, one.clean)),
                _bold(_counts(one.faces), better=_more(one.faces, first.faces)),
                _bold(f"{one.seconds:.2f}", better=one.seconds < first.seconds),
                f"{one.ratio:.2f}",
                _bold(f"{one.processor:.2f}", better=one.processor < first.processor),
                _bold(f"{one.memory / _MEBIBYTE:,.0f} MiB", better=one.memory < first.memory),
                str(one.unanswered or ""),
            ]
        lines.append("| " + " | ".join([one.name, *cells]) + " |")
    return "\n".join(lines)


def _counts(share: Share | None) -> str:
    if share is None:
        return "does not look"
    low, high = share.interval
    return f"{share.hits}/{share.total} ({low:.0%} to {high:.0%})" if share.total else "none shown"


def _bold(text: str, *, better: bool) -> str:
    return f"**{text}**" if better else text


def _more(one: Share | None, other: Share | None) -> bool:
    """Return whether one share is larger; those of nothing are not."""
    if one is None or other is None or not one.total or not other.total:
        return False
    return one.hits * other.total > other.hits * one.total


def worse(every: Sequence[Row]) -> Iterator[str]:
    """Yield a sentence for each thing in which a tool is better than phiscan's first row."""
    first, answering = every[0], [one for one in every[1:] if not one.problem]
    others = [one for one in answering if one.name not in {rule.name for rule in PHISCAN.rules}]
    found: dict[str, list[str]] = {
        f"flags more of the photos with PHI than phiscan's {_short(first.phi)}": [
            f"{one.name} ({_short(one.phi)})" for one in others if _more(one.phi, first.phi)
        ],
        f"flags fewer of the clean photos than phiscan's {_short(first.clean)}": [
            f"{one.name} ({_short(one.clean)})" for one in others if _more(first.clean, one.clean)
        ],
        f"flags a face on more of the photos with faces than phiscan's {_short(first.faces)}": [
            f"{one.name} ({_short(one.faces)})" for one in others if _more(one.faces, first.faces)
        ],
        f"is faster than phiscan's {first.seconds:.2f} s": _once(
            f"{one.name.split(':')[0]} ({one.seconds:.2f} s)"
            for one in others
            if one.seconds < first.seconds
        ),
        f"takes less of the processor than phiscan's {first.processor:.2f} s": _once(
            f"{one.name.split(':')[0]} ({one.processor:.2f} s)"
            for one in others
            if one.processor < first.processor
        ),
        f"needs less memory than phiscan's {first.memory / _MEBIBYTE:,.0f} MiB": _once(
            f"{one.name.split(':')[0]} ({one.memory / _MEBIBYTE:,.0f} MiB)"
            for one in others
            if one.memory < first.memory
        ),
    }
    for what, names in found.items():
        yield f"What {what}: {', '.join(names) or 'none'}."


def _short(share: Share | None) -> str:
    return f"{share.hits}/{share.total}" if share else ""


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def against_the_pair(every: Sequence[Row]) -> str:
    """Return the comparison with the two tools that together look for what phiscan looks for."""
    first = every[0]
    wanted = f"{PRESIDIO.name} + {DEFACE.name}: {PAIR_RULES[0].name}"
    pair = next(one for one in every if one.name == wanted)
    if pair.problem or not first.phi.total or not pair.phi.total:
        return ""
    points = 100 * (first.phi.hits / first.phi.total - pair.phi.hits / pair.phi.total)
    return (
        f"{PRESIDIO.name} and {DEFACE.name} together flag {_short(pair.phi)} of the photos with "
        f"PHI, phiscan {_short(first.phi)} ({points:+.0f} points); of the clean photos "
        f"{_short(pair.clean)}, phiscan {_short(first.clean)}; they take {pair.ratio:.2f} times "
        f"as long (median over the photos), and {pair.processor:.2f} s of the processor, phiscan "
        f"{first.processor:.2f} s."
    )
