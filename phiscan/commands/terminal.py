"""The two streams: results go to stdout, everything said to a person goes to stderr."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TextIO

from phiscan.reports._printable import printable


def say(message: str) -> None:
    """Print one line for a person on stderr, safe for a terminal whatever it quotes."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):  # nobody listens there any more
            print(f"phiscan: {printable(message)}", file=sys.stderr, flush=True)  # noqa: T201


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody watches this stream."""
    return stream is not None and stream.isatty()


def wants_colour(stream: TextIO | None, *, forbidden: bool = False) -> bool:
    """Whether to write colours to a stream."""
    if forbidden or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return is_terminal(stream)
