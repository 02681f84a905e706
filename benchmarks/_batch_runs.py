"""Run the command and watch what it costs: on Linux only, for it reads /proc."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MIB = 2**20


@dataclass(slots=True)
class Watched:
    """The most memory that was seen, in bytes, and the processor time in seconds."""

    parent: int = 0
    worker: int = 0
    """Of the largest worker."""
    processor_seconds: float = 0.0
    """Of the parent alone."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the command cost."""

    seconds: float
    first: float
    """Seconds from the start until the first result: libraries and networks are loaded by then."""
    lines: list[str] = field(repr=False)
    watched: Watched = field(default_factory=Watched)

    @property
    def rate(self) -> float:
        """Photos a second from start to end."""
        return len(self.lines) / self.seconds

    @property
    def busy(self) -> float:
        """Seconds from when a worker was ready, as far as the first result tells, to the end."""
        return self.seconds - self.first + float(json.loads(self.lines[0])["seconds"])

    @property
    def steady_rate(self) -> float:
        """Photos a second of that time."""
        return len(self.lines) / self.busy

    def check_seconds(self) -> dict[str, float]:
        """Return the seconds of each check and of the whole `scan`, of all photos."""
        spent = {"scan": 0.0}
        for line in self.lines:
            photo: dict[str, Any] = json.loads(line)
            spent["scan"] += photo["seconds"]
            for check in photo["checks"]:
                spent[check["name"]] = spent.get(check["name"], 0.0) + check["seconds"]
        return spent

    @property
    def memory(self) -> str:
        """The most memory of the parent and of the largest worker, in MiB."""
        return f"{self.watched.parent / _MIB:8.0f} {self.watched.worker / _MIB:8.0f}"


def run_command(command: Sequence[str], cache: Path) -> Run:
    """Run a command that prints one line for each photo, with a cache folder of its own."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    watched, first, lines = Watched(), 0.0, []
    start = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own command
        watcher = threading.Thread(target=_watch, args=(process, watched))
        watcher.start()
        assert process.stdout  # noqa: S101 - it was asked for
        for line in process.stdout:
            first = first or time.perf_counter() - start
            lines.append(line)
    seconds = time.perf_counter() - start
    watcher.join()
    return Run(seconds, first, lines, watched)


def _watch(process: subprocess.Popen[str], watched: Watched) -> None:
    while process.poll() is None:
        watched.parent = max(watched.parent, _peak(process.pid))
        for child in _children(process.pid):
            watched.worker = max(watched.worker, _peak(child))
        watched.processor_seconds = max(watched.processor_seconds, _processor(process.pid))
        time.sleep(0.1)


def _peak(process: int) -> int:
    """Return the most bytes that a process has held, 0 when it has ended."""
    with suppress(OSError):
        status = Path(f"/proc/{process}/status").read_text("utf-8")
        for line in status.splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    return 0


def _children(process: int) -> list[int]:
    with suppress(OSError, ValueError):
        tasks = Path(f"/proc/{process}/task").glob("*/children")
        return [int(child) for task in tasks for child in task.read_text("utf-8").split()]
    return []


def _processor(process: int) -> float:
    with suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])  # proc(5): utime and stime
        return ticks / os.sysconf("SC_CLK_TCK")
    return 0.0
