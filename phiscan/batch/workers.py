"""Scan in processes of their own: a file that crashes or hangs one costs a gap, and no more.

The parent decodes no photo and loads no network, so it stays small and can always end a worker.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing import Pipe, connection
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Protocol, Self

from phiscan.batch.folders import Item
from phiscan.batch.worker_process import PhotoScanner, started
from phiscan.errors import MissingDependency
from phiscan.intake.remote import is_address, shown
from phiscan.model import Check, Outcome, ScanResult
from phiscan.policy import Policy, judge

_WINDOW = 4
"""Files under way for each worker: enough to keep all busy behind one slow photo, few enough that
memory does not grow with the folder."""
_MOST_WAITING = 500
"""Results that wait for a slow photo before them, a few KB each; those that were kept from an
earlier run come in thousands a second."""
_MOST_STARTS = 3
"""Workers that may end one after the other without having become ready."""
_START_SECONDS = 300.0
"""How long a worker may take to become ready: 2 s, but many times that on a disk that wakes up."""
_MOST_MEMORY = 1_500_000_000
"""Bytes from which a worker is replaced between two files, where its scanner gave too little back
(phiscan.toolbox): starting anew costs as much as two photos."""


class Results(Protocol):
    """Results kept from earlier runs, as phiscan.batch.results keeps them."""

    def get(self, path: str) -> ScanResult | None:
        """Return the result that scanning this file would give, when it is known."""
        ...

    def put(self, result: ScanResult) -> None:
        """Keep a result for the next run."""
        ...


@dataclass(slots=True)
class _Slot:
    """One file on its way, in the order of the files; `is_known` when it needs no worker."""

    item: Item
    result: ScanResult | None
    is_known: bool


@dataclass(slots=True)
class _Worker:
    """A process, the line to it, and the file that it has in hand until `deadline`."""

    process: BaseProcess
    line: Connection
    deadline: float
    ready: bool = False
    slot: _Slot | None = None


@dataclass(slots=True)
class Workers:
    """Scans files in `jobs` processes; `make` builds the scanner in each and must be picklable.

    A file that takes longer than `seconds` is given up, its worker ended and replaced. `policy`
    says what such a gap means. What `results` knows is not scanned again. Raises what `make` raises
    when a worker cannot be made ready.
    """

    make: Callable[[], PhotoScanner]
    policy: Policy
    jobs: int = 1
    seconds: float = 300.0
    results: Results | None = None
    _workers: list[_Worker] = field(default_factory=list)
    _failed_starts: int = 0

    def __enter__(self) -> Self:
        """Start the workers; early, while this process has no thread that a fork would lose."""
        for _ in range(self.jobs):
            self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self._workers:
            self._end(self._workers[-1])

    def scan_all(self, items: Iterable[Item]) -> Iterator[ScanResult]:
        """Yield the result of every item, in their order, as soon as all before it are there.

        Items that come over a `line` (see arrivals.py) are waited for only while there is nothing
        else to do.
        """
        under_way: deque[_Slot] = deque()
        coming, line = iter(items), getattr(items, "line", None)
        more, to_scan = True, 0
        while more or under_way:
            has_room = to_scan < _WINDOW * self.jobs and len(under_way) < _MOST_WAITING
            if more and has_room and (line is None or not under_way or line.poll()):
                item = next(coming, None)
                more = item is not None
                if item is not None:
                    known = self._known(item)
                    under_way.append(_Slot(item, known, known is not None))
                    to_scan += known is None
            if to_scan:
                self._hand_out(slot for slot in under_way if slot.result is None)
            while under_way and under_way[0].result is not None:
                slot = under_way.popleft()
                to_scan -= not slot.is_known
                yield slot.result  # type: ignore[misc]  # just looked
            if under_way:
                may_take = more and has_room
                self._wait(
                    0.0 if may_take and line is None else math.inf, line if may_take else None
                )

    def _known(self, item: Item) -> ScanResult | None:
        """Return the result of an item whose problem the walk found already, or a kept one."""
        if item.problem:
            return self._gap(item, "UnreadableImage", item.problem)
        if self.results is None or is_address(item.path):  # of those nothing is kept
            return None
        return self.results.get(item.path)

    def _gap(self, item: Item, error: str, problem: str) -> ScanResult:
        check = Check("intake", Outcome.FAILED, error=error)
        ruling = judge((), (check,), self.policy)
        return ScanResult(shown(item.path), "", ruling, checks=(check,), problem=problem)

    def _hand_out(self, slots: Iterable[_Slot]) -> None:
        taken = {id(worker.slot) for worker in self._workers}
        idle = [worker for worker in self._workers if worker.ready and worker.slot is None]
        for slot in slots:
            if not idle:
                return
            if id(slot) not in taken:
                worker = idle.pop()
                worker.slot, worker.deadline = slot, time.monotonic() + self.seconds
                with contextlib.suppress(OSError):  # it died meanwhile; the next wait tells
                    worker.line.send(slot.item.path)

    def _wait(self, at_most: float, other: Connection | None) -> None:
        """Wait until a worker answers, dies, or has used up its time, or `other` is ready."""
        busy = [worker for worker in self._workers if worker.slot or not worker.ready]
        left = min(at_most, min(worker.deadline for worker in busy) - time.monotonic())
        lines = [worker.line for worker in busy] + ([other] if other else [])
        answering = set(connection.wait(lines, max(left, 0.0)))
        for worker in busy:
            if worker.line in answering:
                self._receive(worker)
            elif time.monotonic() >= worker.deadline:
                self._lose(worker, "TimedOut", f"gave up after {self.seconds:g} seconds")

    def _receive(self, worker: _Worker) -> None:
        try:
            answer = worker.line.recv()
        except (EOFError, OSError):
            self._lose(worker, "Died", "the process that scanned it died")
            return
        if isinstance(answer, Exception):  # it could not be made ready
            raise answer
        if not worker.ready:
            worker.ready, self._failed_starts = True, 0
        elif isinstance(answer, str):
            self._lose(worker, answer, "the scanner broke on it; please report that")
        elif worker.slot:
            worker.slot.result, memory = answer
            if self.results and not is_address(worker.slot.item.path):
                self.results.put(worker.slot.result)
            worker.slot = None
            if memory > _MOST_MEMORY:
                self._replace(worker)

    def _lose(self, worker: _Worker, error: str, problem: str) -> None:
        """Replace a worker that died or hangs; the file that it had in hand becomes a gap."""
        if worker.slot:
            worker.slot.result = self._gap(worker.slot.item, error, problem)
        elif not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= _MOST_STARTS:
                raise MissingDependency("the scanner dies when it starts; see: phiscan doctor")
        self._replace(worker)

    def _replace(self, worker: _Worker) -> None:
        self._end(worker)
        self._start()

    def _start(self) -> None:
        here, there = Pipe()
        process = started(there, self.make, [here, *(worker.line for worker in self._workers)])
        there.close()  # so that its end here tells when the worker dies
        self._workers.append(_Worker(process, here, time.monotonic() + _START_SECONDS))

    def _end(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.process.kill()
        worker.process.join()
        worker.line.close()
