"""The life of one worker: a process that scans what comes over a line, in silence and in bounds."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Protocol

from phiscan import memory
from phiscan.model import ScanResult

_MOST_EVER = 5 * 1024**3
"""Bytes of address space that a worker gets at all, where the system counts them (Linux); what asks
for more becomes a gap. After many photos 2.4 GB of it belong to the networks and to what the heap
keeps for later, though no more than 1.5 GB are ever in memory."""


class PhotoScanner(Protocol):
    """What a worker needs of phiscan.Scanner."""

    def scan(self, source: str) -> ScanResult:
        """Scan one file; never raises for a bad one."""
        ...


def started(
    line: Connection, make: Callable[[], PhotoScanner], ours: Sequence[Connection]
) -> BaseProcess:
    """Start a process that scans what comes over the line: a fork where that is safe.

    A fork is ready 0.3 s sooner. It closes `ours`, the ends of lines that belong to the parent.
    """
    if sys.platform == "linux" and threading.active_count() == 1:
        fork = get_context("fork")
        process: BaseProcess = fork.Process(target=_serve, args=(line, make, ours), daemon=True)
    else:
        process = get_context("spawn").Process(target=_serve, args=(line, make), daemon=True)
    process.start()
    return process


def _serve(
    line: Connection, make: Callable[[], PhotoScanner], ours: Sequence[Connection] = ()
) -> None:
    """Scan what comes over the line until it is closed; the whole life of a worker."""
    for inherited in ours:  # held open here, they would hide that the parent is gone
        inherited.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a fork has the parent's way to end
    _fall_silent(line)
    _bound_memory()
    memory.share_heap()
    _keep_blas_alone()
    try:
        scanner = make()
    except Exception as exc:  # noqa: BLE001 - raised again by the parent
        line.send(exc)
        return
    line.send(None)
    with contextlib.suppress(EOFError, OSError):  # the parent is gone
        while True:
            line.send(_scanned(scanner, line.recv()))


def _fall_silent(line: Connection) -> None:
    """Let nothing reach the terminal or a report from here: libraries print about broken files.

    What is to be told goes over the line, whose number may be that of a stream that was closed.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in {1, 2} - {line.fileno()}:
        os.dup2(nowhere, stream)


def _bound_memory() -> None:
    """Have the system refuse this process more memory than any photo may cost."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limits
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = _MOST_EVER if hard == resource.RLIM_INFINITY else min(_MOST_EVER, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def _keep_blas_alone() -> None:
    """Have NumPy's linear algebra start no threads: they spin while networks need the cores.

    Its matrices here are of 3 x 3, and a cold start spent 0.5 s of processor time on waiting.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when NumPy is first imported


def _scanned(scanner: PhotoScanner, path: str) -> tuple[ScanResult, int] | str:
    """Return the result and the memory in use, or the name of the error that broke the scanner."""
    try:
        return scanner.scan(path), memory.in_use()
    except BaseException as exc:  # noqa: BLE001 - its message may hold a name, and Python prints it
        return type(exc).__name__
