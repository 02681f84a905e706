"""File names as URI references (RFC 3986), without a network library."""

from __future__ import annotations

import os
import re

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
"""Bytes that need no escape in a path (RFC 3986, 2.3, and the slash that parts it)."""

_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_DRIVE = re.compile(r"[A-Za-z]:[/\\]")


def uri(path: str) -> str:
    """Return a path as a URI reference: `file:///...` for a full path, else relative to nothing.

    Every byte that is not plain is escaped, the colon too: `a:b.jpg` must not look like a scheme.
    """
    remote = _REMOTE.match(path)
    if remote:
        return remote[0] + _escaped(path[remote.end() :])
    if os.name == "nt" and _DRIVE.match(path):
        return f"file:///{path[:2]}{_escaped(path[2:].replace(os.sep, '/'))}"
    plain = path.replace(os.sep, "/")
    if plain.startswith("//"):  # a share: the host comes first
        return f"file:{_escaped(plain)}"
    return f"file://{_escaped(plain)}" if plain.startswith("/") else _escaped(plain)


def _escaped(path: str) -> str:
    r"""Escape the bytes of a name; one that was no character (`\udcff`) is that byte again."""
    try:
        name = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a character, which no file system hands out
        name = path.encode("utf-8", "surrogatepass")
    return "".join(chr(n) if n in _UNRESERVED else f"%{n:02X}" for n in name)
