from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from phiscan.detectors._candidates import Candidate
from phiscan.detectors._people import People, run, without_faces
from phiscan.geometry import Box
from phiscan.model import Frame
from phiscan.settings import Settings
from phiscan.toolbox import Toolbox

FRONT, BEHIND = Candidate(0.9, Box(0, 0, 100, 300)), Candidate(0.7, Box(80, 20, 200, 300))


class Certain:
    """A network that sees a person exactly in the `number`-th of its boxes."""

    lanes = 1

    def __init__(self, number: int, logit: float) -> None:
        self.number = number
        self.logit = logit

    def run(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        assert batch.shape == (1, 3, 300, 300)
        assert -1 <= batch.min() <= batch.max() <= 1
        logits = np.full((1, 1917, 2), -9.0, np.float32)
        logits[0, self.number, 1] = self.logit
        return [np.zeros((1, 1917, 4), np.float32), logits]

    def metadata(self, _key: str) -> str:
        return ""


@pytest.fixture(scope="module")
def people() -> People:
    return People(Toolbox(Settings(ocr=("tesseract",))))


@pytest.mark.parametrize(
    ("faces", "left"),
    [
        ([], [FRONT, BEHIND]),
        ([Box(40, 10, 60, 40)], [BEHIND]),
        ([Box(130, 30, 150, 60)], [FRONT]),
        ([Box(40, 10, 60, 40), Box(130, 30, 150, 60)], []),
        ([Box(85, 30, 95, 45)], [BEHIND]),  # in both: it is the smaller one's only
        ([Box(300, 0, 320, 20)], [FRONT, BEHIND]),
    ],
)
def test_a_face_is_one_person_s(faces: list[Box], left: list[Candidate]) -> None:
    assert without_faces([FRONT, BEHIND], faces) == left


@pytest.mark.parametrize(
    ("number", "middle", "size"),
    [
        (0, (0.5 / 19, 0.5 / 19), (0.1, 0.1)),  # x, y; width, height, in parts of the picture
        (1082, (18.5 / 19, 18.5 / 19), (0.2 / 2**0.5, 0.2 * 2**0.5)),
        (1916, (0.5, 0.5), ((0.95 * 1.0) ** 0.5,) * 2),
    ],
)
def test_boxes_lie_where_the_network_was_trained_to_have_them(
    number: int, middle: tuple[float, float], size: tuple[float, float]
) -> None:
    picture = np.full((300, 300, 3), 128, np.uint8)
    ((score, box),) = run(Certain(number, 3.0), picture)
    assert score == pytest.approx(1 / (1 + np.exp(-3.0)))
    assert box.centre == pytest.approx([300 * part for part in middle], abs=0.1)
    assert (box.width, box.height) == pytest.approx([300 * part for part in size], abs=0.1)


def test_a_weak_answer_is_not_reported() -> None:
    assert not list(run(Certain(1916, 0.2), np.zeros((300, 300, 3), np.uint8)))


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 900, 3), (4000, 40, 3), (700, 900, 3)])
def test_an_empty_picture_of_any_shape_shows_nobody(
    people: People, shape: tuple[int, int, int]
) -> None:
    assert people.find(Frame(0, "main", np.full(shape, 200, np.uint8))) == []
