"""A bar on stderr while many photos are scanned."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from phiscan.commands.terminal import is_terminal, wants_colour
from phiscan.reports._tally import Tally

if TYPE_CHECKING:
    from rich.progress import Progress

_SECONDS = 0.1
"""Between two looks of the bar: drawing it takes 5 ms, and known photos come in thousands a second.
Results that follow each other more closely on the same terminal are written without the bar."""


class Bar(Protocol):
    """What a scan tells while it goes on."""

    def advance(self, tally: Tally) -> None:
        """Have the counts shown after one more photo."""
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
    """Counts, rate, time left and verdicts, drawn by a thread of its own.

    `count` finds the total in another thread, while scanning goes on. With `shares_screen`, results
    are written to the same terminal.
    """

    def __init__(self, count: Callable[[], int], *, no_color: bool, shares_screen: bool) -> None:
        self._progress = _progress(no_color=no_color)
        self._task = self._progress.add_task("", total=None, counts="")
        self._shares_screen = shares_screen
        self._count = count
        self._total: int | None = None
        self._tally = Tally()
        self._drawing = threading.Lock()
        self._ended = threading.Event()
        self._is_shown = False

    @contextmanager
    def running(self) -> Iterator[Bar]:
        """Show the bar until the block ends."""
        threading.Thread(target=self._find_total, daemon=True).start()
        drawer = threading.Thread(target=self._draw_often, daemon=True)
        drawer.start()
        try:
            yield self
        finally:
            self._ended.set()
            drawer.join()
            self._draw()  # the last counts, for those who look at a recording
            self._hide()

    def advance(self, tally: Tally) -> None:
        """Have the counts shown after one more photo."""
        self._tally = tally

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the bar away while results are written to the same terminal."""
        if not self._shares_screen:
            yield
            return
        with self._drawing:
            self._hide()
            yield

    def _find_total(self) -> None:
        self._total = self._count()

    def _draw_often(self) -> None:
        while not self._ended.is_set():
            with self._drawing:
                self._draw()
            self._ended.wait(_SECONDS)

    def _draw(self) -> None:
        tally, total = self._tally, self._total
        done = tally.total
        self._progress.update(
            self._task,
            completed=done,
            total=None if total is None else max(total, done),  # not all that comes was counted
            counts=f"{tally.blocked} block, {tally.review} review, {tally.unscanned} gaps",
        )
        if self._is_shown:
            self._progress.refresh()
        else:
            self._progress.start()
            self._is_shown = True

    def _hide(self) -> None:
        if self._is_shown:
            self._progress.stop()
            self._is_shown = False


def _progress(*, no_color: bool) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft
    from rich.text import Text

    class Rate(TextColumn):
        """Photos a second, over the last half minute."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.1f}/s" if task.speed else "")

    colour = wants_colour(sys.stderr, forbidden=no_color)
    return Progress(
        *(
            BarColumn(),
            MofNCompleteColumn(),
            Rate(""),
            TimeLeft(),
            TextColumn("{task.fields[counts]}"),
        ),
        console=Console(stderr=True, no_color=not colour),
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )


@contextmanager
def progress(
    count: Callable[[], int] | None, *, no_color: bool = False, beside_results: bool = True
) -> Iterator[Bar]:
    """Yield a bar whose total `count` finds out, or one that shows nothing.

    With `beside_results`, the results go to stdout, which may be the bar's terminal.
    """
    if count is None or not is_terminal(sys.stderr):
        yield NoBar()
    else:
        shares_screen = beside_results and is_terminal(sys.stdout)
        with TerminalBar(count, no_color=no_color, shares_screen=shares_screen).running() as bar:
            yield bar
