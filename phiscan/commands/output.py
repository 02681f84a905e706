"""Where a report goes: to stdout as it comes, or into a file that appears only when complete."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from phiscan.errors import OutputError

Write = Callable[[str], object]


@contextmanager
def open_output(target: Path | None) -> Iterator[Write]:
    """Yield a function that writes; OutputError at once when that cannot work."""
    if target is None:
        yield _write_stdout
    else:
        with _replacing(target) as write:
            yield write


def _write_stdout(text: str) -> None:
    if sys.stdout is None:
        raise OutputError("there is no standard output to write to; use --output FILE")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as exc:
        raise OutputError(f"the report could not be written: {exc.strerror}") from exc


@contextmanager
def _replacing(target: Path) -> Iterator[Write]:
    """Write beside `target` and rename at the end: readers see the old file or the whole new one.

    Only the owner may read it. After an error nothing is left behind.
    """
    import tempfile

    _check_target(target)
    try:
        handle, name = tempfile.mkstemp(prefix=".phiscan-", dir=target.parent)  # mode 0600
    except OSError as exc:
        raise _failure(target, exc) from exc
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            yield _guarded(file.write, target)
            try:
                file.flush()
                os.fsync(file.fileno())
            except OSError as exc:
                raise _failure(target, exc) from exc
        try:
            Path(name).replace(target)
        except OSError as exc:
            raise _failure(target, exc) from exc
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _guarded(write: Write, target: Path) -> Write:
    def guarded(text: str) -> None:
        try:
            write(text)
        except OSError as exc:
            raise _failure(target, exc) from exc

    return guarded


def _check_target(target: Path) -> None:
    """Refuse to replace folders, devices and pipes."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return
    except OSError as exc:
        raise _failure(target, exc) from exc
    if not stat.S_ISREG(mode):
        raise OutputError(f"cannot write {str(target)!r}: it is not an ordinary file")


def _failure(target: Path, exc: OSError) -> OutputError:
    return OutputError(f"cannot write {str(target)!r}: {exc.strerror or type(exc).__name__}")
