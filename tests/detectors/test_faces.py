from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from benchmarks.truth import Labelled, read_manifest
from phiscan.detectors._candidates import Candidate, merge
from phiscan.detectors._centerface import LOOKS, Look, looks_at, turn_back
from phiscan.detectors.faces import DETECTOR
from phiscan.geometry import Box
from phiscan.model import Finding, Frame, Photo, Scene
from phiscan.settings import Settings
from phiscan.text import Text
from phiscan.toolbox import Toolbox

FIXTURES = Path(__file__).parents[2] / "fixtures" / "photos"
PHOTOS = {label.path.stem: label for label in read_manifest(FIXTURES)}
WITH_FACES = [p for p in PHOTOS.values() if any(t.kind == "face" for t in p.truths)]
WITHOUT = [p for p in PHOTOS.values() if p not in WITH_FACES]


@pytest.fixture(scope="module")
def faces() -> DETECTOR:
    return DETECTOR(Toolbox(Settings()))


def pixels(label: Labelled) -> NDArray[np.uint8]:
    with Image.open(label.path) as picture:
        return np.array(picture.convert("RGB"))


def detect(faces: DETECTOR, picture: NDArray[np.uint8]) -> list[Finding]:
    photo = Photo("p", "", "png", (Frame(0, "main", np.ascontiguousarray(picture)),))
    return [f for f in faces.detect(Scene(photo, Text())) if f.kind == "face"]


@pytest.mark.parametrize("off", [-40, -20, -5, 0, 5, 20, 40])
@pytest.mark.parametrize("turns", [0, 1])
def test_a_small_face_in_the_middle_is_found_once_where_two_halves_meet(
    faces: DETECTOR, off: int, turns: int
) -> None:
    label = WITH_FACES[0]
    face = next(truth.region.box for truth in label.truths if truth.kind == "face")
    around = face.inflate(face.width * 0.6, face.height * 0.6)
    with Image.open(label.path) as picture:
        crop = picture.convert("RGB").crop((around.x0, around.y0, around.x1, around.y1))
    crop = crop.resize((90, 110), Image.Resampling.LANCZOS)
    wall = Image.new("RGB", (1280, 960), (150, 150, 150))
    wall.paste(crop, (640 - 45 + off, 300))
    found = detect(faces, np.rot90(np.array(wall), turns))
    assert len(found) == 1
    assert found[0].score >= 0.6


def test_there_are_photos_with_faces() -> None:
    assert WITH_FACES


@pytest.mark.parametrize("label", WITH_FACES, ids=lambda label: label.path.stem)
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_every_face_is_found_whatever_way_it_is_turned(
    faces: DETECTOR, label: Labelled, turns: int
) -> None:
    picture = pixels(label)
    height, width = picture.shape[:2]
    found = [f.regions[0].box for f in detect(faces, np.rot90(picture, turns)) if f.score >= 0.6]
    for truth in label.truths:
        if truth.kind == "face":
            back = turn_back(truth.region.box, (4 - turns) % 4, _turned_size(width, height, turns))
            assert any(box.iou(Box(*back)) > 0.3 for box in found)


def _turned_size(width: int, height: int, turns: int) -> tuple[int, int]:
    return (height, width) if turns % 2 else (width, height)


@pytest.mark.parametrize("label", WITHOUT, ids=lambda label: label.path.stem)
def test_where_no_face_is_none_is_found(faces: DETECTOR, label: Labelled) -> None:
    assert not [f for f in detect(faces, pixels(label)) if f.score >= 0.6]


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 800, 3), (800, 1, 3), (5000, 40, 3)])
def test_odd_sizes_do_not_break_it(faces: DETECTOR, shape: tuple[int, int, int]) -> None:
    assert detect(faces, np.zeros(shape, dtype=np.uint8)) == []


def test_answers_for_one_face_become_one() -> None:
    large = Candidate(0.9, Box(0, 0, 100, 100))
    same = Candidate(0.7, Box(5, 5, 105, 105))
    inner = Candidate(0.6, Box(40, 40, 60, 60))
    other = Candidate(0.8, Box(300, 0, 400, 100))
    assert merge(iter([same, other, inner, large])) == [large, other]


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_turning_back_undoes_the_turn(turns: int) -> None:
    picture = np.zeros((30, 50), dtype=np.uint8)
    picture[4:9, 10:22] = 1
    ys, xs = np.nonzero(np.rot90(picture, turns))
    turned = Box(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
    assert turn_back(turned, turns, (50, 30)) == (10, 4, 22, 9)


@pytest.mark.parametrize(
    ("longest", "sides"),
    [(4000, [1280, 640, 320]), (500, [1000, 640, 320]), (160, [320]), (40, [320])],
)
def test_a_small_picture_is_not_enlarged_in_vain(longest: int, sides: list[int]) -> None:
    looks = looks_at(longest, LOOKS["normal"])
    assert [look.side for look in looks if look.turns == 0] == sides
    assert {look.turns for look in looks} == {0, 1, 2, 3}
    assert len(set(looks)) == len(looks)
    assert Look(sides[0], 0) == looks[0]
