"""The film part of a moving photo, and picture sequences: a few frames of each, from memory."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from phiscan.errors import UnreadableImage
from phiscan.intake.changes import shows_the_same
from phiscan.intake.codec import DAMAGED, decoding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phiscan.intake.limits import Budget

_STEP = 0.4
"""Seconds between two frames that are looked at: who comes into a picture stays longer."""
_MOST_KEPT = 8
"""Frames kept of one film: a moving photo lasts 1.5 to 3 s, which makes 4 to 8."""
_MOST_GRABBED, _MOST_PIXELS = 900, 2_000_000_000
"""Frames, and pixels of all of them, that are decoded at most: 15 s at 60 frames a second."""
_MOST_HELD, _COST = 200_000_000, 12
"""Bytes of frames that are held to choose from, and bytes that FFmpeg and we take for a pixel."""
_WIDTH, _HEIGHT, _FPS = 3, 4, 5
"""OpenCV's numbers for a film's properties (`CAP_PROP_FRAME_WIDTH` and so on)."""
_lock = threading.Lock()


def sample(data: bytes, budget: Budget) -> tuple[list[NDArray[np.uint8]], bool]:
    """Return up to 8 frames of an MP4 or QuickTime film, and whether it was followed to its end.

    Raises UnreadableImage when it cannot be decoded, or not a frame more is allowed. The bytes
    start with the box `ftyp`: FFmpeg then takes its reader of such boxes, and none that would
    follow an address in the file. Nothing is written to disk.
    """
    frames: list[NDArray[np.uint8]] = []
    is_all = False
    with _opened(data, budget) as film:
        rate = film.get(_FPS)
        step = max(round(rate * _STEP), 1) if 1 <= rate <= 1000 else 10
        for pixels in _frames(film, step):
            if pixels is None:
                is_all = True
            elif not frames or not shows_the_same(frames[-1], pixels):
                frames.append(pixels)
                if len(frames) > max(min(2 * _MOST_KEPT, _MOST_HELD // pixels.nbytes), 2):
                    del frames[1:-1:2]
    chosen = np.linspace(0, len(frames) - 1, min(_MOST_KEPT, len(frames))).round().astype(int)
    kept = [frames[index] for index in dict.fromkeys(chosen.tolist())]
    if not kept or not all(budget.take(*pixels.shape[1::-1]) for pixels in kept):
        raise UnreadableImage(DAMAGED)
    return kept, is_all


def every(
    data: bytes, first: NDArray[np.uint8], budget: Budget
) -> tuple[list[NDArray[np.uint8]], bool]:
    """Return each frame that shows something else than the one before, and whether that is all.

    `first` is what was shown before the first frame. For the rest see `sample`.
    """
    kept = [first]
    with _opened(data, budget) as film:
        for pixels in _frames(film, 1):
            if pixels is None:
                return kept[1:], True
            if shows_the_same(kept[-1], pixels):
                continue
            if not budget.take(*pixels.shape[1::-1]):
                break
            kept.append(pixels)
    return kept[1:], False


@contextmanager
def _opened(data: bytes, budget: Budget) -> Iterator[Any]:
    """Open a film in silence; one at a time, for OpenCV's log level is the whole program's."""
    # FFmpeg prints to stderr what it dislikes about a file; it asks once, before it first runs.
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    import cv2

    if not hasattr(cv2, "IStreamReader"):  # OpenCV before 4.11 opens films by name only
        raise UnreadableImage(DAMAGED)
    logging = cv2.utils.logging
    with _lock, decoding():
        level = logging.getLogLevel()
        logging.setLogLevel(logging.LOG_LEVEL_SILENT)
        try:
            stream: Any = BytesIO(data)
            film = cv2.VideoCapture(stream, cv2.CAP_FFMPEG, [])
            try:
                if not film.isOpened():
                    raise UnreadableImage(DAMAGED)
                budget.admit(int(film.get(_WIDTH)), int(film.get(_HEIGHT)), _COST)
                yield film
            finally:
                film.release()
        finally:
            logging.setLogLevel(level)


def _frames(film: Any, step: int) -> Iterator[NDArray[np.uint8] | None]:
    """Yield every `step`th frame as RGB, and None when the film's end was reached."""
    most = min(_MOST_GRABBED, _MOST_PIXELS // max(int(film.get(_WIDTH) * film.get(_HEIGHT)), 1))
    for count in range(most):
        if not film.grab():
            yield None
            return
        if count % step == 0:
            found, pixels = film.retrieve()
            if found:
                yield np.ascontiguousarray(pixels[..., ::-1])
