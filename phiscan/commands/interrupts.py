"""Ctrl-C ends a scan early, and lets the report end well wherever it strikes."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from phiscan.model import ScanResult


class Interrupts:
    """Notes Ctrl-C; breaks off the wait for a photo, never the writing of what was found.

    A second Ctrl-C breaks off everything.
    """

    def __init__(self) -> None:
        self.asked = False
        self._waiting = False

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note Ctrl-C until the block ends, unless the command was started to ignore it."""
        before = signal.getsignal(signal.SIGINT)
        if before is not signal.default_int_handler:
            yield
            return
        signal.signal(signal.SIGINT, self._note)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _note(self, *_: object) -> None:
        again, self.asked = self.asked, True
        if self._waiting or again:
            raise KeyboardInterrupt

    def until(self, results: Iterable[ScanResult]) -> Iterator[ScanResult]:
        """Pass results on until Ctrl-C."""
        coming = iter(results)
        while not self.asked:
            try:
                self._waiting = True
                result = next(coming, None)
            except KeyboardInterrupt:
                self.asked = True
                return
            finally:
                self._waiting = False
            if result is None:
                return
            yield result
