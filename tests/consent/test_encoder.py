from __future__ import annotations

import importlib.util
import math
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFile

from benchmarks.truth import read_manifest
from phiscan.consent import encoder
from phiscan.consent.encoder import SMALLEST, FaceRecognition, cut_out
from phiscan.consent.matching import THRESHOLD
from phiscan.errors import MissingDependency
from phiscan.geometry import Box

FIXTURES = Path(__file__).parents[2] / "fixtures" / "photos"
PORTRAITS = [
    (label.path, truth.region.box)
    for label in read_manifest(FIXTURES)
    for truth in label.truths
    if truth.kind == "face"
]
IS_THERE = all(map(importlib.util.find_spec, ("dlib", "face_recognition_models")))
with_dlib = pytest.mark.skipif(not IS_THERE, reason="the extra phiscan[consent] is not installed")

MODULES = ("face_recognition", "face_recognition_models")
Css = tuple[int, int, int, int]


class FakeLibrary:
    """Sees faces where it is told to, each as one number: where its left side is."""

    def __init__(self, *boxes: Box) -> None:
        self.boxes = boxes
        self.inside = 0
        self.together = 0

    def face_locations(self, picture: NDArray[np.uint8], **_: object) -> list[Css]:
        self.inside += 1
        self.together = max(self.together, self.inside)
        time.sleep(0.001)
        self.inside -= 1
        return [(int(b.y0), int(b.x1), int(b.y1), int(b.x0)) for b in self.boxes]

    def face_encodings(
        self, picture: NDArray[np.uint8], places: Sequence[Css], **_: object
    ) -> list[NDArray[np.float64]]:
        return [np.array([float(left)]) for _, _, _, left in places]


def fake(monkeypatch: pytest.MonkeyPatch, *boxes: Box) -> FakeLibrary:
    library = FakeLibrary(*boxes)
    monkeypatch.setattr(encoder, "_library", lambda: library)
    return library


BLANK = np.zeros((600, 900, 3), np.uint8)
FACE = Box(300, 200, 400, 300)
WHERE = cut_out(BLANK, FACE)[1]
NEIGHBOUR = Box(WHERE.x1 + 5, WHERE.y0, WHERE.x1 + 70, WHERE.y1)
LESS = Box(WHERE.x0, WHERE.y0, WHERE.x1, WHERE.y0 + 0.2 * WHERE.height)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([], None),
        ([WHERE], int(WHERE.x0)),
        ([NEIGHBOUR, WHERE], int(WHERE.x0)),
        ([NEIGHBOUR], None),
        ([LESS], None),
    ],
    ids=["nothing", "the face", "the face beside another", "only the neighbour", "only a part"],
)
def test_only_the_face_itself_answers_for_it(
    monkeypatch: pytest.MonkeyPatch, seen: list[Box], expected: int | None
) -> None:
    fake(monkeypatch, *seen)
    (found,) = FaceRecognition().encode(BLANK, [FACE])
    assert found == (None if expected is None else (float(expected),))


def test_a_small_face_has_no_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Box(300, 200, 350, 200 + SMALLEST - 1)
    fake(monkeypatch, cut_out(BLANK, small)[1])
    assert FaceRecognition().encode(BLANK, [small]) == [None]
    enough = Box(300, 200, 350, 200 + SMALLEST)
    fake(monkeypatch, cut_out(BLANK, enough)[1])
    assert FaceRecognition().encode(BLANK, [enough]) != [None]


def test_threads_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    library = fake(monkeypatch, WHERE)
    shared = FaceRecognition()
    threads = [threading.Thread(target=shared.encode, args=(BLANK, [FACE] * 5)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert library.together == 1


@pytest.mark.parametrize(
    "face",
    [
        Box(0, 0, 900, 600),
        Box(0, 0, 80, 100),
        Box(850, 500, 900, 600),
        Box(300, 200, 301, 320),
        Box(300.4, 200.6, 390.2, 290.9),
    ],
)
def test_a_face_is_cut_out_at_one_size_wherever_it_is(face: Box) -> None:
    pixels = np.zeros((600, 900, 3), np.uint8)
    pixels[round(face.y0) : round(face.y1), round(face.x0) : round(face.x1)] = 255
    picture, place = cut_out(pixels, face)
    assert place.height == pytest.approx(150)
    ys, xs = np.nonzero(picture[..., 0] > 127)
    white = Box(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
    assert white.iou(place) > 0.9 or face.width == 1


# Importing the library


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Import the library as if for the first time, and forget what was imported."""
    encoder._library.cache_clear()
    for name in MODULES:
        monkeypatch.setitem(sys.modules, name, ModuleType(name))  # so that it is put back
        del sys.modules[name]
    yield
    encoder._library.cache_clear()


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("name", MODULES)
def test_a_library_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(sys.modules, "face_recognition_models", ModuleType("models"))
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingDependency, match=r"pip install 'phiscan\[consent\]'"):
        FaceRecognition()


@pytest.mark.usefixtures("fresh")
def test_a_setuptools_that_is_too_new_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "face_recognition_models.py").write_text("import pkg_resources\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "pkg_resources", None)
    with pytest.raises(MissingDependency, match="setuptools<82"):
        FaceRecognition()


@pytest.mark.usefixtures("fresh")
def test_its_import_lets_no_truncated_file_pass_at_any_moment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "face_recognition_models.py").write_text("")
    (tmp_path / "face_recognition.py").write_text(
        "import warnings\n"
        "from PIL import ImageFile\n"
        "ImageFile.LOAD_TRUNCATED_IMAGES = True\n"
        "seen = ImageFile.LOAD_TRUNCATED_IMAGES\n"
        "ImageFile.something_else = 1\n"
        "warnings.warn('pkg_resources is deprecated')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    library = encoder._library()
    assert library.seen is False
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
    assert type(ImageFile) is ModuleType
    assert vars(ImageFile).pop("something_else") == 1
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True  # the calling program may still set it


# With the library itself


@pytest.fixture(scope="module")
def real() -> FaceRecognition:
    return FaceRecognition()


def pixels(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        return np.array(picture.convert("RGB"))


def test_there_are_portraits() -> None:
    assert PORTRAITS


@with_dlib
@pytest.mark.parametrize(("path", "face"), PORTRAITS, ids=lambda value: str(value)[-24:])
def test_a_face_stays_itself_in_other_light_and_size(
    real: FaceRecognition, path: Path, face: Box
) -> None:
    picture = pixels(path)
    (enrolled,) = real.encode(picture, [face])
    assert enrolled
    assert len(enrolled) == 128
    half = Box(*(side / 2 for side in (face.x0, face.y0, face.x1, face.y1)))
    small = np.ascontiguousarray(picture[::2, ::2])
    dark = (picture * 0.7).astype(np.uint8)
    for other, place in ((dark, face), (small, half)):
        (found,) = real.encode(other, [place])
        assert found
        assert math.dist(enrolled, found) < THRESHOLD


@with_dlib
def test_where_no_face_looks_into_the_camera_is_no_encoding(real: FaceRecognition) -> None:
    path, face = PORTRAITS[0]
    height = pixels(path).shape[0]
    overhead = np.ascontiguousarray(pixels(path)[::-1])
    upside_down = Box(face.x0, height - face.y1, face.x1, height - face.y0)
    assert real.encode(overhead, [upside_down]) == [None]
    assert real.encode(np.zeros((300, 300, 3), np.uint8), [Box(50, 50, 200, 200)]) == [None]


@with_dlib
def test_the_library_leaves_pillow_as_it_was(real: FaceRecognition) -> None:
    assert real.name
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
