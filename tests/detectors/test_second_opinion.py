from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from phiscan.detectors._candidates import Candidate
from phiscan.detectors._second_opinion import SecondOpinion, cut_out
from phiscan.geometry import Box
from phiscan.model import Frame
from phiscan.policy import load_policy
from phiscan.protocols import Identifier, Network

FACE = Box(40, 40, 60, 60)
FRAME = Frame(0, "main", np.full((100, 100, 3), 90, np.uint8))


class Saying:
    """A network that gives these opinions one after the other, and then the last one for ever."""

    lanes = 1

    def __init__(self, *opinions: float, cell: tuple[int, int] = (24, 24)) -> None:
        self.opinions = list(opinions)
        self.cell = cell
        self.seen: list[NDArray[np.float32]] = []

    def run(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        self.seen.append(batch)
        opinion = self.opinions.pop(0) if len(self.opinions) > 1 else self.opinions[0]
        answers = np.full((48, 48), -20.0, np.float32)
        answers[self.cell] = math.log(opinion / (1 - opinion))
        return [np.zeros((1, 2304, 16), np.float32), answers.reshape(1, 2304, 1)]

    def metadata(self, _key: str) -> str:
        return ""


class Tools:
    identifiers: tuple[Identifier, ...] = ()

    def __init__(self, network: Network) -> None:
        self._network = network

    def network(self, name: str) -> Network:
        assert name == "face_opinion"
        return self._network


def graded(network: Saying, *scores: float, box: Box = FACE) -> list[float]:
    faces = [Candidate(score, box) for score in scores]
    return [face.score for face in SecondOpinion(Tools(network)).grade(FRAME, faces)]


@pytest.mark.parametrize(
    ("score", "opinion", "wanted"),
    [
        (0.7, 0.05, [0.59]),  # denied: for review, and still reported
        (0.7, 0.3, [0.7]),
        (0.7, 0.95, [0.7]),
        (0.95, 0.01, [0.95]),  # sure: not asked
        (0.56, 0.01, [0.56]),
        (0.56, 0.9, [0.9]),  # weak, confirmed: it blocks
        (0.4, 0.9, [0.9]),
        (0.4, 0.5, []),  # too weak to report, not confirmed
    ],
)
def test_an_opinion_grades_a_score(score: float, opinion: float, wanted: Sequence[float]) -> None:
    assert graded(Saying(opinion), score) == pytest.approx(wanted)


@pytest.mark.parametrize("score", np.linspace(0.55, 1.0, 10))
@pytest.mark.parametrize("opinion", [0.001, 0.2, 0.5, 0.999])
def test_what_centerface_reports_is_never_dropped_and_still_stops_the_photo(
    score: float, opinion: float
) -> None:
    (given,) = graded(Saying(opinion), score)
    assert given >= min(score, 0.4)
    assert any(
        rule.kind == "face" and rule.verdict.word != "allow" and given >= rule.at_least
        for rule in load_policy("default").rules
    )


def test_a_face_is_looked_at_until_one_look_is_enough() -> None:
    network = Saying(0.01, 0.01, 0.02, 0.5, 0.01)
    assert graded(network, 0.7) == [0.7]
    assert len(network.seen) == 4


def test_what_lies_at_the_rim_of_the_cut_out_is_another_face() -> None:
    assert graded(Saying(0.95, cell=(3, 3)), 0.7) == [0.59]
    assert graded(Saying(0.95, cell=(3, 3)), 0.5) == []


def test_in_a_crowd_only_a_few_are_asked_about_and_the_others_stay() -> None:
    network = Saying(0.01)
    scores = graded(network, *[0.7] * 30, 0.5)
    assert sorted(scores) == [0.59] * 8 + [0.7] * 22
    assert len(network.seen) == 8 * 8


def test_scores_come_back_in_falling_order() -> None:
    scores = graded(Saying(0.9), 0.99, 0.85, 0.7, 0.5, 0.4)
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "box",
    [
        FACE,
        Box(-5, -5, 30, 30),
        Box(90, 90, 140, 100),
        Box(50, 50, 50.2, 50.2),
        Box(0, 0, 100, 100),
    ],
)
def test_every_place_can_be_cut_out(box: Box) -> None:
    assert cut_out(FRAME.pixels, box).shape == (256, 256, 3)


def test_the_face_lies_in_the_middle_of_what_is_cut_out() -> None:
    pixels = np.zeros((100, 100, 3), np.uint8)
    pixels[40:60, 40:60] = 255
    rows, columns = np.nonzero(cut_out(pixels, FACE)[..., 0] > 128)
    assert rows.mean() == pytest.approx(127.5, abs=2)
    assert columns.mean() == pytest.approx(127.5, abs=2)
    assert np.ptp(rows) == pytest.approx(256 / 3, abs=4)
