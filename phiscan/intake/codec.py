"""Run a decoder on bytes that a stranger wrote: in silence, and with one kind of error."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from phiscan.errors import PhiscanError, UnreadableImage

TRUNCATED = "truncated: the file ends before the picture does; copy it again from the camera"
DAMAGED = "damaged: the picture's data make no sense; copy it again from the camera"
NO_MEMORY = "too large: there is not enough memory to decode it; export a smaller copy"

_TALKERS = ("PIL.Image", "PIL.PngImagePlugin", "PIL.TiffImagePlugin", "exifread")
"""Loggers that write tag values at DEBUG: what a photo says must not reach a program's log."""


class _Silence:
    """Mutes warnings and loggers while at least one decoder runs, in whichever thread.

    `warnings.catch_warnings` alone is not safe between threads: the second to leave would put back
    the first one's filters. So the first to enter changes them and the last to leave restores them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._filters: warnings.catch_warnings[None] | None = None
        self._loud: list[logging.Logger] = []

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._filters = warnings.catch_warnings()
                self._filters.__enter__()
                warnings.simplefilter("ignore")
                loggers = [logging.getLogger(name) for name in _TALKERS]
                self._loud = [logger for logger in loggers if not logger.disabled]
                for logger in self._loud:
                    logger.disabled = True
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._filters is not None:
                self._filters.__exit__(None, None, None)
                for logger in self._loud:
                    logger.disabled = False


_silence = _Silence()


@contextmanager
def decoding() -> Iterator[None]:
    """Silence a decoder's warnings and turn whatever it raises into UnreadableImage.

    The decoder's own message is dropped: it may quote the file.
    """
    with _silence:
        try:
            yield
        except PhiscanError:
            raise
        except MemoryError:
            raise UnreadableImage(NO_MEMORY) from None
        except Exception as error:  # noqa: BLE001 - decoders raise anything on hostile bytes
            cut = isinstance(error, EOFError) or "truncated" in str(error).lower()
            raise UnreadableImage(TRUNCATED if cut else DAMAGED) from None
