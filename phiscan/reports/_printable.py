"""File names come from strangers: make text safe to show on a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """Return `text` on one line, with escapes in place of all that does not print.

    Line feeds, terminal escapes, invisible characters and those that turn the direction of
    writing could otherwise forge a verdict.
    """
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )
