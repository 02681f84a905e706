"""Measure what a folder costs besides scanning: `python -m benchmarks.batch [--files N ...]`.

For each number of files, generates so many tiny photos, keeps a made-up result for each, and runs
the command over them. Every photo is then known, so that what is left is the cost of walking,
hashing, looking up, judging, and writing one JSON line each. Prints files a second end to end, the
seconds of processor time that the parent used, its peak memory, and the size of what is kept.

Works in a temporary folder with a cache folder of its own; on Linux only, for it reads /proc.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from phiscan.batch.results import ResultCache
from phiscan.geometry import Box, Region
from phiscan.model import Check, Finding, Outcome, ScanResult
from phiscan.policy import Policy, judge
from phiscan.settings import Settings

_IN_ONE_FOLDER = 1000
_STEPS = ("intake", "layout")
"""Checks besides those that the policy requires."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the command cost."""

    seconds: float
    processor_seconds: float
    peak_bytes: int
    lines: int


def tiny_photos(folder: Path, count: int) -> Iterator[Path]:
    """Write `count` photos of 16 x 16 pixels that differ in a comment, and yield their paths."""
    start, rest = _jpeg()
    for number in range(count):
        path = folder / f"{number // _IN_ONE_FOLDER:04}" / f"IMG_{number:06}.jpg"
        path.parent.mkdir(exist_ok=True)
        text = f"{number:010}".encode()
        path.write_bytes(start + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + rest)
        yield path


def _jpeg() -> tuple[bytes, bytes]:
    """Return a JPEG's first two bytes and the others: a comment may stand between them."""
    buffer = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    Image.fromarray(pixels).save(buffer, "JPEG")
    return buffer.getvalue()[:2], buffer.getvalue()[2:]


def keep_results(paths: Iterator[Path], cache: Path) -> None:
    """Keep a made-up result for each photo, as a scan under the default settings would."""
    settings = Settings()
    policy = settings.open_policy()
    with ResultCache(settings, policy, _stop, cache / "phiscan" / "results") as kept:
        for number, path in enumerate(paths):
            kept.put(_result(number, path, policy))


def _result(number: int, path: Path, policy: Policy) -> ScanResult:
    """Return a result: every third photo shows a face, every tenth a birth date on a chart."""
    findings = [Finding("capture_time", 1.0, reason="exif:DateTimeOriginal")]
    if number % 3 == 0:
        findings.append(Finding("face", 0.93, (Region.from_box(0, Box(2, 2, 9, 9)),)))
    if number % 10 == 0:
        chart, line = Region.from_box(0, Box(1, 1, 15, 15)), Region.from_box(0, Box(3, 4, 12, 6))
        findings.append(Finding("chart", 0.8, (chart,), reason="ruled lines and labels"))
        findings.append(Finding("birth_date", 0.95, (line,), "99/99/9999", "label on this line"))
    names = sorted(policy.required.union(_STEPS))
    checks = tuple(Check(name, Outcome.DONE, 0.0123) for name in names)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    ruling = judge(findings, checks, policy)
    return ScanResult(str(path), digest, ruling, tuple(findings), checks, 16, 16, 0.1)


def _stop(told: str) -> None:
    raise SystemExit(told)


def run_command(folder: Path, cache: Path, jobs: int) -> Run:
    """Run the command over a folder and watch its first process, not the workers."""
    report = cache / "report.jsonl"
    command = [sys.executable, "-m", "phiscan", str(folder), "--format", "jsonl"]
    command += ["--output", str(report), "--jobs", str(jobs)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    start = time.perf_counter()
    peak, ticks = 0, 0
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own command
        while process.poll() is None:
            peak, ticks = _watched(process.pid, peak, ticks)
            time.sleep(0.05)
    seconds = time.perf_counter() - start
    with report.open("rb") as file:
        lines = sum(1 for _ in file)
    return Run(seconds, ticks / os.sysconf("SC_CLK_TCK"), peak, lines)


def _watched(process: int, peak: int, ticks: int) -> tuple[int, int]:
    """Return the most memory in bytes and the processor time in ticks that were seen so far."""
    with suppress(OSError, ValueError, IndexError):  # it has just ended
        status = Path(f"/proc/{process}/status").read_text("utf-8")
        found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
        peak = max(peak, *(int(kib) * 1024 for kib in found))
        fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
        ticks = max(ticks, int(fields[11]) + int(fields[12]))  # proc(5): utime and stime
    return peak, ticks


def measure(count: int, jobs: int) -> None:
    """Print the figures for so many files."""
    with tempfile.TemporaryDirectory() as name:
        folder, cache = Path(name, "photos"), Path(name, "cache")
        folder.mkdir()
        cache.mkdir()
        keep_results(tiny_photos(folder, count), cache)
        size = sum(path.stat().st_size for path in (cache / "phiscan" / "results").iterdir())
        run = run_command(folder, cache, jobs)
    if run.lines != count:
        raise SystemExit(f"{run.lines} results for {count} files")
    print(
        f"{count:9,} {run.seconds:8.2f} {count / run.seconds:9,.0f} {run.processor_seconds:9.2f} "
        f"{run.peak_bytes / 2**20:9.0f} {size / count:9.0f}"
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.batch")
    parser.add_argument("--files", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    print(f"{'files':>9} {'seconds':>8} {'files/s':>9} {'CPU s':>9} {'MiB peak':>9} {'B kept':>9}")
    for count in options.files:
        measure(count, options.jobs)


if __name__ == "__main__":
    main()
