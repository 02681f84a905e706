"""A bar on stderr while many photos are scanned."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from phiscan.commands.terminal import is_terminal, wants_colour
from phiscan.reports._tally import Tally


class Bar(Protocol):
    """What a scan tells while it goes on."""

    def advance(self, tally: Tally) -> None:
        """Show the counts after one more photo."""
        ...

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the bar away while something else is written to the same terminal."""
        ...


class NoBar:
    """Shows nothing: stderr is not a terminal, or there is only one photo."""

    def advance(self, tally: Tally) -> None:
        """Show nothing."""

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Have nothing to take away."""
        yield


class TerminalBar:
    """Counts, rate, time left and verdicts; the total is counted while scanning goes on."""

    def __init__(self, count: Callable[[], int], *, no_color: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeRemainingColumn as TimeLeft

        colour = wants_colour(sys.stderr, forbidden=no_color)
        console = Console(stderr=True, no_color=not colour)
        columns = BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeLeft()
        self._progress = Progress(
            *columns,
            TextColumn("{task.fields[counts]}"),
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._progress.add_task("", total=None, rate="", counts="")
        self._started = time.perf_counter()
        self._shares_screen = is_terminal(sys.stdout)
        self._count = count

    @contextmanager
    def running(self) -> Iterator[Bar]:
        """Show the bar until the block ends."""
        threading.Thread(target=self._find_total, daemon=True).start()
        with self._progress:
            yield self

    def _find_total(self) -> None:
        self._progress.update(self._task, total=self._count())

    def advance(self, tally: Tally) -> None:
        """Show the counts after one more photo."""
        rate = tally.total / max(time.perf_counter() - self._started, 1e-3)
        counts = f"{tally.blocked} block, {tally.review} review, {tally.unscanned} gaps"
        self._progress.update(self._task, advance=1, rate=f"{rate:.1f}/s", counts=counts)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the bar away while results are written to the same terminal."""
        if self._shares_screen:
            self._progress.stop()
            yield
            self._progress.start()
        else:
            yield


@contextmanager
def progress(count: Callable[[], int] | None, *, no_color: bool = False) -> Iterator[Bar]:
    """Yield a bar whose total `count` finds out, or one that shows nothing."""
    if count is None or not is_terminal(sys.stderr):
        yield NoBar()
    else:
        with TerminalBar(count, no_color=no_color).running() as bar:
            yield bar
