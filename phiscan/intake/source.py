"""From what a caller hands over to bytes, without ever waiting on a pipe or reading a device."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from phiscan.errors import UnreadableImage
from phiscan.intake import remote

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    from phiscan.intake.limits import Limits

Source: TypeAlias = "str | os.PathLike[str] | bytes | BinaryIO | Image | NDArray[np.uint8]"
"""What can be scanned; a string, so that naming it does not load Pillow."""
_CHUNK = 1024 * 1024


def read(source: str | os.PathLike[str] | bytes | BinaryIO, limits: Limits) -> tuple[str, bytes]:
    """Return the source's name and its bytes, at most `limits.bytes` of them."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        limits.check_bytes(len(source))
        return "<bytes>", bytes(source)
    if isinstance(source, str) and remote.is_address(source):
        return remote.shown(source), _read_address(source, limits)
    if isinstance(source, (str, os.PathLike)):
        path = remote.local_path(os.fspath(source))
        return path, _read_path(path, limits)
    if hasattr(source, "read"):
        return "<file>", _read_stream(source, limits)
    raise UnreadableImage(
        "not something to open: pass a path, bytes, a binary file, a PIL image or an RGB array"
    )


def _read_path(path: str, limits: Limits) -> bytes:
    """Read a regular file; a link to one counts, for the caller named it."""
    try:
        _check_regular(os.stat(path).st_mode)  # noqa: PTH116 - a path may come from os.fspath
        # Not to wait for a writer if somebody puts a pipe there between the two looks.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        handle = os.open(path, flags)
        with os.fdopen(handle, "rb") as file:
            state = os.fstat(handle)
            _check_regular(state.st_mode)
            limits.check_bytes(state.st_size)
            return _read_stream(file, limits, state.st_size)
    except FileNotFoundError:
        raise UnreadableImage("no such file; check the path") from None
    except PermissionError:
        raise UnreadableImage("no permission to read it; check who owns the file") from None
    except (OSError, ValueError):
        raise UnreadableImage("cannot be read; check the path and the disk") from None


def _read_address(address: str, limits: Limits) -> bytes:
    with remote.opened(address) as (file, size):
        limits.check_bytes(size or 0)
        content = _read_stream(file, limits)
    if size not in {None, len(content)}:
        raise UnreadableImage("it arrived cut off; scan it again")
    return content


def _check_regular(mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise UnreadableImage("a directory, not a photo; name the files in it")
    what = "a named pipe" if stat.S_ISFIFO(mode) else "a device or socket"
    raise UnreadableImage(f"{what}, not a file; save the photo to a file first")


def _read_stream(file: BinaryIO, limits: Limits, size: int = 0) -> bytes:
    """Read to the end or one byte past the limit; what is of the stated size is held once only."""
    pieces: list[bytes] = []
    count, chunk = 0, max(size, _CHUNK)
    while count <= limits.bytes:
        try:
            piece = file.read(min(chunk, limits.bytes + 1 - count))
        except (OSError, ValueError):
            raise UnreadableImage("cannot be read to its end; copy it again") from None
        if not isinstance(piece, (bytes, bytearray)):
            raise UnreadableImage("a file in text mode; open it in binary mode ('rb')")
        if not piece:
            break
        pieces.append(bytes(piece))
        count, chunk = count + len(piece), _CHUNK
    limits.check_bytes(count)
    return b"".join(pieces)
