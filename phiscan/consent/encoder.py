"""Encodings of faces by face_recognition, which runs a network of dlib's."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

from phiscan.consent.locks import INSTALL
from phiscan.consent.people import Encoding
from phiscan.errors import MissingDependency
from phiscan.geometry import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SMALLEST = 80.0
"""Height in pixels from which a face is compared: smaller ones look alike. With faces from 60 px,
strangers on the shared photos come as near as 0.402, with those from 80 px 0.424."""
_HEIGHT = 150.0
"""Height to which a face is brought: dlib's detector needs 80 px, its network sees 150."""
_ROUND = 0.5
"""Part of the face's larger side that is cut out with it on every side; the network sees a quarter
more than the face."""
_SAME = 0.3
"""Overlap (intersection over union) from which dlib's box is that of the face. Its box is 0.84 as
high as ours on the median; on 204 faces that it found it overlaps by more than that."""


class Encoder(Protocol):
    """Turns faces into points of which two are near each other when they show one person."""

    @property
    def name(self) -> str:
        """What made the points: those of another encoder cannot be compared with them."""
        ...

    def encode(self, pixels: NDArray[np.uint8], faces: Sequence[Box]) -> Sequence[Encoding | None]:
        """Return a point for each face on an RGB picture; None where it shows too little of it."""
        ...


class FaceRecognition:
    """dlib's network of 2017, trained on 3 million faces; its points are compared by distance.

    Each face is cut out and brought to one size. dlib's own detector then has to find it there: it
    finds faces that look about into the camera, which are the ones that the network can tell apart,
    and its box is what the network's alignment was made for.

    Raises MissingDependency when the library is not installed.
    """

    name = "dlib_face_recognition_resnet_model_v1, 68 landmarks"

    def __init__(self) -> None:
        self._library = _library()
        self._turn = Lock()  # dlib's networks are not made for two threads at a time

    def encode(self, pixels: NDArray[np.uint8], faces: Sequence[Box]) -> list[Encoding | None]:
        """See Encoder.encode."""
        return [self._encode(pixels, face) for face in faces]

    def _encode(self, pixels: NDArray[np.uint8], face: Box) -> Encoding | None:
        if face.height < SMALLEST:
            return None
        picture, expected = cut_out(pixels, face)
        with self._turn:
            seen = self._library.face_locations(picture, number_of_times_to_upsample=0)
            best = max(seen, key=lambda css: _box(css).iou(expected), default=None)
            # The neighbour's face, on the edge of the picture, must not answer for this one.
            if best is None or _box(best).iou(expected) < _SAME:
                return None
            points = self._library.face_encodings(picture, [best], model="large")
        return tuple(float(number) for number in points[0])


def cut_out(pixels: NDArray[np.uint8], face: Box) -> tuple[NDArray[np.uint8], Box]:
    """Return a picture of the face and some of what is round it, and where the face is on it."""
    import cv2

    height, width = pixels.shape[:2]
    margin = _ROUND * max(face.width, face.height)
    part = face.inflate(margin, margin).clip(width, height)
    x0, y0, x1, y1 = (round(side) for side in (part.x0, part.y0, part.x1, part.y1))
    scale = _HEIGHT / face.height
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = cv2.resize(pixels[y0:y1, x0:x1], None, fx=scale, fy=scale, interpolation=how)
    sides = (face.x0 - x0, face.y0 - y0, face.x1 - x0, face.y1 - y0)
    return picture, Box(*(side * scale for side in sides))


def _box(css: tuple[int, int, int, int]) -> Box:
    """Return a location as face_recognition writes it: top, right, bottom, left."""
    top, right, bottom, left = css
    return Box(left, top, right, bottom)


@cache
def _library() -> Any:
    """Return face_recognition; MissingDependency when it, or what it needs, is not installed."""
    try:
        with _undisturbed():
            # Without its models, face_recognition ends the whole program when it is imported.
            import_module("face_recognition_models")
            return import_module("face_recognition")
    except ImportError as exc:
        if exc.name == "pkg_resources":
            raise MissingDependency(
                "face_recognition needs an older setuptools; run: pip install 'setuptools<82'"
            ) from exc
        raise MissingDependency(INSTALL) from exc


class _Firm(ModuleType):
    """PIL.ImageFile while it may not be told to pass over what is missing from a file."""

    def __setattr__(self, name: str, value: object) -> None:
        if name != "LOAD_TRUNCATED_IMAGES":
            super().__setattr__(name, value)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the import of face_recognition from changing how all other photos are opened.

    It sets PIL.ImageFile.LOAD_TRUNCATED_IMAGES for the whole program. With that, a photo that is
    cut off would look whole, also one that another thread opens at this very moment; so the
    attribute is held rather than put back afterwards.
    """
    image_file = import_module("PIL.ImageFile")
    kind = type(image_file)
    image_file.__class__ = _Firm
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its models use pkg_resources, which is deprecated
            yield
    finally:
        image_file.__class__ = kind
