"""The tables of the reading benchmark."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from benchmarks._reading_truth import HEIGHTS, Code, Ground, Value, row
from benchmarks.intervals import Share

T = TypeVar("T")

ALIKE = 0.8
"""Similarity from which a line counts as read in the lenient column."""
GOALS = (
    ("lines of 20 px and more", 0.99),
    ("lines of 12 to 20 px", 0.88),
    ("codes of 3 px a module and more", 0.95),
    ("surfaces named right", 0.90),
    ("unreadable_surface on documents made illegible", 0.80),
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A value and how much of it each engine read, 0 to 1."""

    value: Value
    read: Mapping[str, float]

    def exact(self, engine: str) -> bool:
        """Whether an engine read every character."""
        return self.read[engine] >= 1.0


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that one run found out."""

    values: Sequence[Judged]
    codes: Sequence[tuple[Code, bool]]
    grounds: Sequence[tuple[Ground, str]]
    """Each with the kind of surface that was found there, or `none`."""
    unreadable: Sequence[tuple[str, bool]]
    """Each photo's damage (`none`: sharp), and whether `unreadable_surface` was found."""
    seconds: Mapping[str, Sequence[float]]
    """By engine, and by step of phiscan with the step's name in front of ` of phiscan`."""

    def shares(self, engine: str = "phiscan") -> dict[str, Share]:
        """Return the shares that the goals are about."""
        fair = [each for each in self.values if is_fair(each.value)]
        large = [each.exact(engine) for each in fair if each.value.height >= 20]
        small = [each.exact(engine) for each in fair if 12 <= each.value.height < 20]
        codes = [decoded for code, decoded in self.codes if code.module >= 3]
        right = [ground.kind == found for ground, found in self.grounds]
        seen = [found for damage, found in self.unreadable if damage != "none"]
        groups = (large, small, codes, right, seen)
        return {name: _share(group) for (name, _), group in zip(GOALS, groups, strict=True)}


def is_fair(value: Value) -> bool:
    """Return whether a value counts: printed, and readable for a person who zooms in."""
    return not value.beyond and not value.handwritten


def report(record: Record, engines: Sequence[str]) -> None:
    """Print every table for which there is something to print."""
    if record.values:
        _by_height(record.values, engines)
        _by_condition(record.values)
    if record.grounds:
        _confusion(record.grounds)
    if record.codes:
        _codes(record.codes)
    if record.unreadable:
        _unreadable(record.unreadable)
    _seconds(record.seconds, engines)
    _goals(record)


def _share(hits: Iterable[bool]) -> Share:
    every = list(hits)
    return Share(sum(every), len(every))


def _by_height(values: Sequence[Judged], engines: Sequence[str]) -> None:
    print("\nprinted identifiers read, all characters right (phiscan also: 80 % alike)")
    print(f"{'box height, px':26} {'phiscan':>25} {'80 % alike':>25}", end="")
    print("".join(f" {name:>25}" for name in engines[1:]))
    fair = _grouped((v for v in values if is_fair(v.value)), lambda v: row(v.value.height, HEIGHTS))
    apart = {
        "handwritten, 20 px and up": [
            v for v in values if v.value.handwritten and not v.value.beyond and v.value.height >= 20
        ],
        "handwritten, 10 to 20 px": [
            v for v in values if v.value.handwritten and not v.value.beyond and v.value.height < 20
        ],
        "beyond reading": [v for v in values if v.value.beyond],
    }
    for name, group in {**fair, **apart}.items():
        alike = _share(v.read["phiscan"] >= ALIKE for v in group)
        shares = [_share(v.exact(engine) for v in group) for engine in engines]
        print(f"{name:26} {shares[0]!s:>25} {alike!s:>25}", end="")
        print("".join(f" {share!s:>25}" for share in shares[1:]))


def _by_condition(values: Sequence[Judged]) -> None:
    tables: dict[str, list[tuple[str, Judged]]] = defaultdict(list)
    for each in values:
        if is_fair(each.value) and each.value.height >= 12:
            for table, name in each.value.rows():
                tables[table].append((name, each))
    for table, members in tables.items():
        print(f"\n{table:26} {'12 to 20 px':>25} {'20 px and more':>25}")
        for name, rows in _grouped(members, lambda member: member[0]).items():
            small = _share(v.exact("phiscan") for _, v in rows if v.value.height < 20)
            large = _share(v.exact("phiscan") for _, v in rows if v.value.height >= 20)
            print(f"{name:26} {small!s:>25} {large!s:>25}")


def _confusion(grounds: Sequence[tuple[Ground, str]]) -> None:
    kinds = sorted({kind for ground, found in grounds for kind in (ground.kind, found)})
    print("\nsurface: what it is, and what was found there")
    print(f"{'':12}" + "".join(f"{kind:>11}" for kind in kinds) + f"{'right':>25}")
    for kind, rows in _grouped(grounds, lambda pair: pair[0].kind).items():
        counts = Counter(found for _, found in rows)
        right = Share(counts[kind], len(rows))
        print(f"{kind:12}" + "".join(f"{counts[k]:11}" for k in kinds) + f"{right!s:>25}")
    for name, fresh in (("designs that no rule was written after", True), ("the others", False)):
        rows = [pair for pair in grounds if pair[0].fresh is fresh and pair[0].kind != "none"]
        print(f"{name:40} {_share(ground.kind == found for ground, found in rows)}")


def _codes(codes: Sequence[tuple[Code, bool]]) -> None:
    tables: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for code, decoded in codes:
        for table, name in code.rows():
            tables[table].append((name, decoded))
    print("\ncodes decoded")
    for table, members in tables.items():
        for name, rows in _grouped(members, lambda member: member[0]).items():
            print(f"{table:26} {name:14} {_share(decoded for _, decoded in rows)!s:>25}")


def _unreadable(photos: Sequence[tuple[str, bool]]) -> None:
    print("\nunreadable_surface found, by damage (none: every line can be read)")
    for damage, rows in _grouped(photos, lambda photo: photo[0]).items():
        print(f"{damage:26} {_share(found for _, found in rows)!s:>25}")


def _seconds(seconds: Mapping[str, Sequence[float]], engines: Sequence[str]) -> None:
    print(f"\n{'seconds a photo':26} {'median':>8} {'mean':>8}")
    for name, spent in seconds.items():
        print(f"{name:26} {statistics.median(spent):8.2f} {statistics.mean(spent):8.2f}")
    for name in engines[1:]:
        ratio = statistics.median(seconds["phiscan"]) / statistics.median(seconds[name])
        print(f"phiscan takes {ratio:.2f} times the seconds of {name} (medians)")


def _goals(record: Record) -> None:
    shares = record.shares()
    print("\ngoals")
    for name, goal in GOALS:
        print(f"{name:48} {shares[name]!s:>25}   goal {goal:.0%}")


def _grouped(members: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for member in members:
        groups[key(member)].append(member)
    return dict(sorted(groups.items()))
