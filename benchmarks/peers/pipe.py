"""A tool in a process of its own: asked over a pipe, watched, ended when it hangs."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_STEP = 0.04
"""Seconds between two looks at the memory."""
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass(frozen=True, slots=True)
class Found:
    """What a tool saw: its own word for the kind, its score, and where in pixels, if it tells."""

    kind: str
    score: float
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one photo; `problem` is empty unless there is no answer.

    `seconds` are those of the clock, `processor` those of all cores together. `memory` is the most
    bytes that the process and its children were seen to hold. The last two are read from /proc, and
    0 where there is none.
    """

    found: tuple[Found, ...] = ()
    seconds: float = 0.0
    processor: float = 0.0
    memory: int = 0
    problem: str = ""


class DriverEndedError(Exception):
    """The process died, or did not answer in time; it is gone by now."""


class Driver:
    """A process that loads a tool once and then looks at one photo after the other."""

    def __init__(self, command: Sequence[str], *, seconds: float, root: Path) -> None:
        self.seconds = seconds
        environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONNOUSERSITE": "1"}
        self._process = subprocess.Popen(  # noqa: S603 - commands of our own
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            text=True,
            start_new_session=True,  # so that the programs that it starts end with it
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.peak = 0
        self._looking = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout  # noqa: S101 - it was asked for
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _watch(self) -> None:
        while self._process.poll() is None:
            if self._looking.wait(1.0):
                self.peak = max(self.peak, memory_of(self._process.pid))
                time.sleep(_STEP)

    def _receive(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            self.close()
            raise DriverEndedError("no answer in time") from None
        if line is None:
            self.close()
            raise DriverEndedError("the process died")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def versions(self, seconds: float) -> str:
        """Wait until the tool is loaded, and return the versions that it tells."""
        return str(self._receive(seconds)["versions"])

    def ask(self, photo: Path) -> Answer:
        """Return what the tool says of a photo; DriverEndedError when it dies or hangs."""
        assert self._process.stdin  # noqa: S101 - it was asked for
        self.peak, spent = memory_of(self._process.pid), processor_seconds(self._process.pid)
        began = time.perf_counter()
        self._looking.set()
        try:
            self._process.stdin.write(json.dumps({"photo": str(photo.absolute())}) + "\n")
            self._process.stdin.flush()
            told = self._receive(self.seconds)
        except (OSError, ValueError) as exc:  # closed by now, or it wrote no JSON
            self.close()
            raise DriverEndedError("the process died") from exc
        finally:
            self._looking.clear()
        seconds = time.perf_counter() - began
        found = tuple(
            Found(kind, score, tuple(box) if box else None)
            for kind, score, box in told.get("found", ())
        )
        spent = processor_seconds(self._process.pid) - spent
        return Answer(found, seconds, spent, self.peak, told.get("error", ""))

    def close(self) -> None:
        """End the process and all that it started."""
        if sys.platform == "win32":
            self._process.kill()
        else:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._listener.join()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError, ValueError):
                if pipe:
                    pipe.close()


def memory_of(process: int) -> int:
    """Return the bytes that a process and all its descendants hold, as Linux tells it."""
    total = 0
    with suppress(OSError, ValueError, IndexError):
        text = Path(f"/proc/{process}/statm").read_text("ascii")
        total = int(text.split()[1]) * _PAGE
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            total += sum(memory_of(int(child)) for child in task.read_text("ascii").split())
    return total


def processor_seconds(process: int) -> float:
    """Return what a process and its ended children used of all cores, as Linux tells it."""
    with suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
        ticks = sum(int(field) for field in fields[11:15])  # proc(5): utime, stime, cutime, cstime
        return ticks / os.sysconf("SC_CLK_TCK")
    return 0.0
