"""Feed phiscan with broken input and watch its laws: `python -m benchmarks.fuzz --minutes 5`.

Four targets: `intake` (files), `identifiers` (text), `payloads` (what barcodes say) and `settings`
(policies and settings). Each starts from the seeds of `tests/corpus`, changes them by chance, and
runs in a process of its own, so that a crash of a decoder, a hang, or too much memory is seen as
such. What broke a law is written to `--keep`; once mended, it belongs into `tests/corpus`, which a
test replays. `--write-seeds` makes the seeds again.

No library for fuzzing is used: those that look at coverage (atheris) have no wheel for all systems
and Pythons that phiscan runs on, and most of what is tried here is C, which they cannot look into.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import resource
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks._fuzz_seeds import seeds
from benchmarks._fuzz_targets import TARGETS

CORPUS = Path(__file__).parent.parent / "tests" / "corpus"
_SECONDS = 20.0
"""From how long on a small input counts as a hang: most take milliseconds."""
_MEMORY = 1_500_000_000
"""Bytes that a process may come to need (issue 6)."""


@dataclass(slots=True)
class Tally:
    """What came of the runs of one target."""

    runs: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    memory: int = 0


def corpus(target: str) -> dict[str, bytes]:
    """Return the committed inputs of a target by name."""
    return {path.name: path.read_bytes() for path in sorted((CORPUS / target).iterdir())}


def _work(line: Connection, target: str, start: int) -> None:
    """Run inputs without end: each is sent before it is tried, so that the other side has it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # decoders print about what is broken
    inputs = list(corpus(target).values())
    for number in range(start, 10**12):
        chance = random.Random(number)  # noqa: S311 - so that a run can be done again
        data = TARGETS[target].change(chance.choice(inputs), inputs, chance)
        line.send(data)
        began = time.perf_counter()
        try:
            end, error = TARGETS[target].run(data), ""
        except Exception as exc:  # noqa: BLE001 - that is what is looked for
            last = traceback.extract_tb(exc.__traceback__)[-1]
            end = ""
            error = f"{type(exc).__name__} at {Path(last.filename).name}:{last.lineno}: {exc}"[:200]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        line.send((end, error, time.perf_counter() - began, peak))


def fuzz(target: str, seconds: float, start: int, keep: Callable[[str, bytes], None]) -> Tally:
    """Run a target for some seconds; hand on every input that broke a law, with what it did."""
    tally, until = Tally(), time.monotonic() + seconds
    while time.monotonic() < until:
        here, there = get_context("fork").Pipe()
        worker = get_context("fork").Process(target=_work, args=(there, target, start + tally.runs))
        worker.start()
        there.close()
        _watch(here, until, tally, keep)
        worker.kill()
        worker.join()
    return tally


def _watch(
    line: Connection, until: float, tally: Tally, keep: Callable[[str, bytes], None]
) -> None:
    """Follow a process until the time is up, or it dies, hangs, or needs too much memory."""
    data = b""
    while time.monotonic() < until:
        problem = ""
        try:
            data = line.recv()
            tally.runs += 1
            answered = line.poll(_SECONDS)
            end, problem, seconds, memory = line.recv() if answered else ("", "hang", _SECONDS, 0)
        except (EOFError, OSError):
            end, problem, seconds, memory = "", "the process died", 0.0, 0
        tally.slowest, tally.memory = max(tally.slowest, seconds), max(tally.memory, memory)
        problem = problem or ("too much memory" if memory > _MEMORY else "")
        if end:
            tally.ends[end] += 1
        if problem:
            tally.broken[problem] += 1
            keep(problem, data)
        if problem in {"hang", "the process died", "too much memory"}:
            return


def write_seeds() -> None:
    """Make the seeds again; what else lies in the corpus stays."""
    for target in TARGETS:
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in seeds(target):
            (folder / name).write_bytes(data)


def _report(target: str, tally: Tally) -> None:
    print(
        f"{target:12} {tally.runs:8} runs, {sum(tally.broken.values())} broke a law; "
        f"slowest {tally.slowest:.2f} s, most memory {tally.memory / 1e6:.0f} MB"
    )
    for end, count in tally.ends.most_common():
        print(f"    {count:8} {end}")
    for problem, count in tally.broken.most_common():
        print(f"    {count:8} BROKEN: {problem}")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.fuzz")
    parser.add_argument("--minutes", type=float, default=1.0, help="for each target")
    parser.add_argument("--only", choices=sorted(TARGETS), action="append")
    parser.add_argument("--start", type=int, default=0, help="number of the first change")
    parser.add_argument("--keep", type=Path, help="folder for the inputs that broke a law")
    parser.add_argument("--write-seeds", action="store_true")
    options = parser.parse_args()
    if options.write_seeds:
        write_seeds()
        return

    def keep(problem: str, data: bytes) -> None:
        if options.keep:
            name = f"{hashlib.sha256(problem.encode() + data).hexdigest()[:12]}"
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / name).write_bytes(data)
            print(f"    {name}: {problem}", flush=True)

    for target in options.only or TARGETS:
        _report(target, fuzz(target, options.minutes * 60, options.start, keep))


if __name__ == "__main__":
    main()
