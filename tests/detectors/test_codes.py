from __future__ import annotations

import numpy as np
import pytest

from phiscan.detectors.codes import DETECTOR
from phiscan.geometry import Box, Region
from phiscan.layout import arrange
from phiscan.model import Finding, Frame, Photo, Scene
from phiscan.readers import _payloads
from phiscan.settings import Settings
from phiscan.text import Text, Word
from phiscan.toolbox import Toolbox

PLACE = Region.from_box(0, Box(10, 10, 90, 50))


def detect(text: Text) -> list[Finding]:
    frame = Frame(0, "main", np.zeros((100, 100, 3), np.uint8))
    detector = DETECTOR(Toolbox(Settings()))
    return list(detector.detect(Scene(Photo("x", "", "JPEG", (frame,)), text)))


def test_a_code_that_was_not_read_is_reported_where_it_lies() -> None:
    (finding,) = detect(arrange([Word(_payloads.UNREAD, PLACE, 0.7)]))
    assert (finding.kind, finding.score, finding.regions) == ("undecoded_code", 0.7, (PLACE,))
    assert finding.shape == ""


@pytest.mark.parametrize("text", ["0012345", "undecoded", "?", "\ufffd1"])
def test_words_are_left_alone(text: str) -> None:
    assert detect(arrange([Word(text, PLACE, 1.0)])) == []


def test_a_scene_without_text_is_fine() -> None:
    assert detect(Text()) == []
    assert DETECTOR.kinds == {"undecoded_code"}
