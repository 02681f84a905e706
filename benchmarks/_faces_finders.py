"""The face finders that are measured beside each other, and what counts as found."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from phiscan.consent.consent_list import Nobody
from phiscan.detectors.faces import Faces
from phiscan.geometry import Box
from phiscan.inference import open_network
from phiscan.model import Frame, Photo, Scene
from phiscan.protocols import Effort, Identifier, Network
from phiscan.text import Text

BLOCKS = 0.6
"""Score from which the default policy blocks a face; weaker ones are for review."""
_DLIB_SIDE = 1600
"""Longer side in pixels to which dlib's detectors get larger photos: 12 megapixels take the network
a minute and the other one seven seconds."""

Found = list[tuple[float, Box]]


class Finder:
    """One way to find faces, and how long it took: seconds of the clock and of all cores."""

    def __init__(self, name: str, find: Callable[[NDArray[np.uint8]], Found]) -> None:
        self.name = name
        self._find = find
        self.seconds: list[float] = []
        self.cores: list[float] = []

    def find(self, pixels: NDArray[np.uint8]) -> Found:
        """Return score and box of every face on an RGB picture, the surest first."""
        clock, cores = time.perf_counter(), time.process_time()
        found = self._find(pixels)
        self.seconds.append(time.perf_counter() - clock)
        self.cores.append(time.process_time() - cores)
        return sorted(found, key=lambda one: -one[0])


class _Tools:
    """What the detector of a scan needs, without anybody who agreed to be shown."""

    consents = Nobody()
    effort: Effort = "normal"
    identifiers: tuple[Identifier, ...] = ()

    def __init__(self, face_finders: Sequence[str]) -> None:
        self.face_finders = face_finders

    def network(self, name: str) -> Network:
        return open_network(name)


def as_scanned(*names: str) -> Finder:
    """Return phiscan's own detector with these finders of faces."""
    detector = Faces(_Tools(names))

    def find(pixels: NDArray[np.uint8]) -> Found:
        photo = Photo("", "", "", (Frame(0, "main", np.ascontiguousarray(pixels)),))
        found = detector.detect(Scene(photo, Text()))
        return [(one.score, one.regions[0].box) for one in found if one.kind == "face"]

    return Finder(" + ".join(names), find)


def dlib_network() -> Finder:
    """Return dlib's convolutional detector, `model="cnn"` of face_recognition, not enlarged."""
    models = Path(str(import_module("face_recognition_models").__file__)).parent / "models"
    weights = models / "mmod_human_face_detector.dat"
    network = import_module("dlib").cnn_face_detection_model_v1(str(weights))

    def find(pixels: NDArray[np.uint8]) -> Found:
        scale = min(_DLIB_SIDE / max(pixels.shape[:2]), 1.0)
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        answers = [(one.confidence, one.rect) for one in network(small, 0)]
        return [
            (1.0, Box(*(v / scale for v in (r.left(), r.top(), r.right() + 1, r.bottom() + 1))))
            for _, r in answers
        ]

    return Finder("dlib's network", find)


def is_found(truth: Box, found: Found) -> bool:
    """Return whether a blocking answer is at that face: its middle in it, its size about right.

    Detectors draw the same face differently, turned faces most of all, so overlap is not asked.
    """
    x0, y0, x1, y1 = truth.x0, truth.y0, truth.x1, truth.y1
    for score, box in found:
        x, y = box.centre
        size = max(box.width, box.height) / max(truth.width, truth.height)
        if score >= BLOCKS and x0 <= x < x1 and y0 <= y < y1 and 0.5 < size < 2:
            return True
    return False
