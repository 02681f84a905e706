"""Measure folders: `python -m benchmarks.batch [--files N ...] [--photos N] [--jobs N ...]`.

**Tiny photos** (`--files`, by default 1,000, 10,000 and 100,000): what a folder costs besides
scanning. In the first, cold run a stand-in takes each photo's hash and makes its findings up, so
that what is left is walking, handing out, judging, keeping the result, and writing one JSON line
each. In the second run every result is known. Prints files a second end to end, the seconds of
processor time of the parent, the most memory of the parent and of the largest worker, and the size
of what is kept.

**Generated photos** (`--photos`, by default 500 of the sizes of `fixtures.make`): the scan itself,
for each number of jobs with one thread each, once cold (compiled networks are there, results are
not), and once when all is known. `photos/s` leaves out loading, as far as the first result tells
when that was over. `outside` is the share of the workers' time that no scan was going on: handing
out, keeping, writing, and waiting at the end. Then each check's share of the scans' time.

Works in a temporary folder with a cache folder of its own; on Linux only, for it reads /proc.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks._batch_runs import Run, run_command
from benchmarks._batch_tiny import tiny_photos

_SEED = 20_270
_REPORT = ("--format", "jsonl")


def measure_files(count: int, jobs: int) -> None:
    """Print the figures for so many tiny files, cold and known."""
    with tempfile.TemporaryDirectory() as name:
        folder, cache = _folders(Path(name))
        for _ in tiny_photos(folder, count):
            pass
        known = ""
        for module in ("benchmarks._batch_tiny", "phiscan"):
            arguments = [str(folder), *_REPORT, "--jobs", str(jobs)]
            run = run_command([sys.executable, "-m", module, *arguments], cache)
            _require(len(run.lines) == count, f"{len(run.lines)} results for {count} files")
            _require(not known or "".join(run.lines) == known, "the known results are others")
            size = _kept(cache) / count
            told = "known" if known else "cold"
            print(
                f"{count:9,} {told:6} {run.seconds:8.2f} {run.rate:9,.0f} "
                f"{run.watched.processor_seconds:9.2f} {run.memory} {size:9.0f}",
                flush=True,
            )
            known = "".join(run.lines)


def measure_photos(count: int, jobs: Sequence[int]) -> None:
    """Print the figures for so many generated photos, for each number of jobs."""
    from fixtures.make import make

    with tempfile.TemporaryDirectory() as name:
        folder, cache = _folders(Path(name))
        make(folder, count, _SEED)
        make(Path(name, "others"), 2, _SEED + 1)
        one_thread = Path(name, "settings.toml")
        one_thread.write_text("threads = 1\n", "utf-8")
        command = [sys.executable, "-m", "phiscan", *_REPORT, "--settings", str(one_thread)]
        run_command([*command, str(Path(name, "others"))], cache)  # compiles the networks
        print(
            f"{'jobs':>9} {'run':6} {'seconds':>8} {'photos/s':>9} {'x 1 job':>9} {_MEMORY} outside"
        )
        base = 0.0
        for number in jobs:
            shutil.rmtree(cache / "phiscan" / "results")
            for told in ("cold", "known"):
                run = run_command([*command, "--jobs", str(number), str(folder)], cache)
                _require(len(run.lines) == count, f"{len(run.lines)} results for {count} photos")
                base = base or run.steady_rate
                faster = f"{run.steady_rate / base:9.2f}" if told == "cold" else " " * 9
                outside = f"{_outside(run, number):7.1%}" if told == "cold" else ""
                print(
                    f"{number:9} {told:6} {run.seconds:8.2f} {run.steady_rate:9.2f} {faster} "
                    f"{run.memory} {outside}",
                    flush=True,
                )
                if told == "cold":
                    print(f"{'':9} {_shares(run)}", flush=True)


_MEMORY = f"{'MiB':>8} {'worker':>8}"


def _folders(name: Path) -> tuple[Path, Path]:
    folder, cache = name / "photos", name / "cache"
    folder.mkdir()
    cache.mkdir()
    return folder, cache


def _require(holds: bool, told: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not holds:
        raise SystemExit(told)


def _kept(cache: Path) -> int:
    return sum(path.stat().st_size for path in (cache / "phiscan" / "results").iterdir())


def _outside(run: Run, jobs: int) -> float:
    """Return the share of the workers' time, once they were ready, that no scan was going on."""
    return 1 - run.check_seconds()["scan"] / (jobs * run.busy)


def _shares(run: Run) -> str:
    spent = run.check_seconds()
    whole = spent.pop("scan")
    spent["between the checks"] = whole - sum(spent.values())
    ordered = sorted(spent.items(), key=lambda each: -each[1])
    return ", ".join(f"{name} {seconds / whole:.1%}" for name, seconds in ordered)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        prog="python -m benchmarks.batch",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--files", type=int, nargs="*", default=[1000, 10_000, 100_000])
    parser.add_argument("--photos", type=int, default=500)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    if options.files:
        head = f"{'files':>9} {'run':6} {'seconds':>8} {'files/s':>9} {'CPU s':>9}"
        print(f"{head} {_MEMORY} {'B kept':>9}")
    for count in options.files:
        measure_files(count, options.jobs[-1])
    if options.photos:
        measure_photos(options.photos, options.jobs)


if __name__ == "__main__":
    main()
