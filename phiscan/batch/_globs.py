"""The wild cards in one pattern of gitignore(5): stars, question marks, brackets, backslashes."""

from __future__ import annotations

import re
from typing import Final

STAR: Final = b"*"
STARS: Final = b"**"
_ANY: Final = b"."
_CLASSES = {
    b"alnum": rb"0-9A-Za-z",
    b"alpha": rb"A-Za-z",
    b"blank": rb"\t ",
    b"cntrl": rb"\x00-\x1f\x7f",
    b"digit": rb"0-9",
    b"graph": rb"!-~",
    b"lower": rb"a-z",
    b"print": rb" -~",
    b"punct": rb"!-/:-@\[-`{-~",
    b"space": rb"\t-\r ",
    b"upper": rb"A-Z",
    b"xdigit": rb"0-9A-Fa-f",
}
"""The named classes of POSIX, in ASCII."""
_NAMED = re.compile(rb"\[:([^\]]*):\]")
_SINGLE = re.compile(rb"\\(.)|([^\\])", re.DOTALL)


class _FitsNothing(Exception):
    """A bracket that does not end, an unknown class, a backslash at the end."""


def split(pattern: bytes) -> list[list[bytes]] | None:
    """Return what stands between the slashes of a pattern; None where it can fit no name.

    Each piece is a list of STAR, STARS, and regular expressions for one byte each.
    """
    pieces: list[list[bytes]] = [[]]
    place = 0
    try:
        while place < len(pattern):
            token, place = _token(pattern, place)
            if token == b"/":
                pieces.append([])
            else:
                pieces[-1].append(token)
    except _FitsNothing:
        return None
    return pieces


def _token(pattern: bytes, place: int) -> tuple[bytes, int]:
    """Return the token that begins at `place`, and where the next one begins."""
    sign = pattern[place : place + 1]
    if sign == b"*":
        end = place
        while pattern[end : end + 1] == b"*":
            end += 1
        return (STARS if end - place > 1 else STAR), end
    if sign == b"?":
        return _ANY, place + 1
    if sign == b"[":
        return _bracket(pattern, place + 1)
    char, end = _single(pattern, place)
    return (b"/" if char == b"/" else re.escape(char)), end


def _single(pattern: bytes, place: int) -> tuple[bytes, int]:
    """Return the byte that stands for itself at `place`, if need be behind a backslash."""
    found = _SINGLE.match(pattern, place)
    if found is None:
        raise _FitsNothing
    return found[1] or found[2], found.end()


def _bracket(pattern: bytes, place: int) -> tuple[bytes, int]:
    """Return a regular expression for what stands in brackets, and the place behind them."""
    negated = pattern[place : place + 1] in {b"!", b"^"}
    first = place = place + negated
    members, before = [], b""
    while place == first or pattern[place : place + 1] != b"]":
        if named := _NAMED.match(pattern, place):
            if named[1] not in _CLASSES:
                raise _FitsNothing
            members.append(_CLASSES[named[1]])
            place, before = named.end(), b""
        elif (
            before and pattern[place : place + 1] == b"-" and pattern[place + 1 : place + 2] != b"]"
        ):
            last, place = _single(pattern, place + 1)
            if before <= last:
                members.append(re.escape(before) + b"-" + re.escape(last))
            before = b""
        else:
            before, place = _single(pattern, place)
            members.append(re.escape(before))
    inside = b"".join(members)
    # A slash is between names, so that no bracket has to keep off it.
    return b"[" + (b"^" if negated else b"") + inside + b"]", place + 1


def compiled(piece: list[bytes]) -> re.Pattern[bytes]:
    """Return a regular expression for a whole name, which takes no long time on any name.

    Each star takes as little as it can and never gives back: where what follows it fits early, it
    need not be looked for further on. Without that, 20 stars could take years.
    """
    runs: list[list[bytes]] = [[]]
    for token in piece:
        if token in {STAR, STARS}:
            runs.append([])
        else:
            runs[-1].append(token)
    start, *others = [b"".join(run) for run in runs]
    if not others:
        return re.compile(start, re.DOTALL)
    *inner, end = others
    middle = b"".join(b"(?>.*?" + run + b")" for run in inner if run)
    return re.compile(start + middle + b".*" + end, re.DOTALL)
