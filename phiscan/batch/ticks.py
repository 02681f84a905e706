"""Tell when something changes in a folder; what has changed is for others to find out."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from phiscan.errors import MissingDependency

_TICK = 0.5
"""Seconds after which a tick comes though nothing has changed."""
_POLL = 5.0
"""Seconds between looks at a folder that the system does not watch."""


def ticks(folder: Path, tell: Callable[[str], None]) -> Iterator[bool]:
    """Return an iterator over a tick at least every half second, true when something changed.

    Where the system reports no changes, `tell` gets a line, and ticks are true every 5 seconds.
    Raises MissingDependency when watchfiles is not installed.
    """
    try:
        import watchfiles
    except ImportError as exc:
        raise MissingDependency(
            "--watch needs the library watchfiles; it comes with the extra phiscan[watch]"
        ) from exc
    changes = watchfiles.watch(
        folder,
        watch_filter=None,
        debounce=int(_TICK * 1000),
        rust_timeout=int(_TICK * 1000),
        yield_on_timeout=True,
        ignore_permission_denied=True,
    )
    return _ticks(changes, tell)


def _ticks(changes: Iterator[Collection[object]], tell: Callable[[str], None]) -> Iterator[bool]:
    try:
        for changed in changes:
            yield bool(changed)
    except (OSError, RuntimeError):  # too many folders for the system, or it watches none
        tell(f"changes are not reported here; the inbox is looked through every {_POLL:g} seconds")
    while True:
        time.sleep(_POLL)
        yield True
