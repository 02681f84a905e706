"""The face detector of the library face_recognition: dlib's, from 2014, on a processor.

It is here to be compared with and, beside CenterFace, to be asked as well. Alone it is weak: of
turned, covered and small faces it misses most (`python -m benchmarks.faces`).
"""

from __future__ import annotations

from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any

from phiscan.detectors._candidates import Candidate
from phiscan.errors import MissingDependency
from phiscan.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from phiscan.model import Frame
    from phiscan.protocols import Tools

_SIDE = 1600
"""Longer side in pixels to which larger pictures are brought. Enlarged twice, as face_recognition
does it, 2 megapixels take about a second and 12 take seven."""
_ENLARGED = 1
"""How often the picture is doubled: face_recognition's default. dlib's detector needs 80 px, so
faces from 40 px are found."""
_SURE, _SPREAD = 0.7, 0.1
"""Score of an answer at dlib's own threshold, and what each unit of its confidence adds: what it
takes for a face is one most of the time, so it blocks."""


class FaceRecognition:
    """dlib's HOG detector, as `face_recognition.face_locations` runs it.

    dlib is asked without face_recognition, whose import changes how Pillow opens photos that are
    cut off. Raises MissingDependency when dlib is not installed.
    """

    name = "face_recognition"

    def __init__(self, _tools: Tools) -> None:
        try:
            self._detector: Any = import_module("dlib").get_frontal_face_detector()
        except ImportError as exc:
            raise MissingDependency(
                "the face detector face_recognition needs dlib; run: pip install 'phiscan[consent]'"
            ) from exc
        self._turn = Lock()  # dlib's detectors keep their pyramid in themselves

    def find(self, frame: Frame) -> Iterator[Candidate]:
        """Yield every face that looks about into the camera and is not turned."""
        picture, scale = _reduced(frame.pixels)
        with self._turn:
            places, confidences, _ = self._detector.run(picture, _ENLARGED, 0.0)
        for place, confidence in zip(places, confidences, strict=True):
            sides = (place.left(), place.top(), place.right() + 1, place.bottom() + 1)
            box = Box(*(side / scale for side in sides)).clip(frame.width, frame.height)
            if box.area > 0:
                yield Candidate(min(_SURE + _SPREAD * float(confidence), 1.0), box)


def _reduced(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """Return the picture as dlib gets it, and its scale."""
    import cv2
    import numpy as np

    scale = min(_SIDE / max(pixels.shape[:2]), 1.0)
    if scale == 1.0:
        return np.ascontiguousarray(pixels), scale
    height, width = (max(round(side * scale), 1) for side in pixels.shape[:2])
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), scale
