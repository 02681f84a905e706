from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from benchmarks.truth import read_manifest
from phiscan import Scanner
from phiscan.cli import main
from phiscan.detectors.faces import FACE_FINDERS, Faces
from phiscan.errors import ExitCode, MissingDependency
from phiscan.geometry import Box
from phiscan.model import Finding, Frame, Outcome, Photo, Scene, Verdict
from phiscan.policy import load_policy
from phiscan.settings import Settings
from phiscan.text import Text
from phiscan.toolbox import Toolbox

FIXTURES = Path(__file__).parents[2] / "fixtures" / "photos"
PORTRAIT = next(
    label.path for label in read_manifest(FIXTURES) if any(t.kind == "face" for t in label.truths)
)


def pixels() -> NDArray[np.uint8]:
    with Image.open(PORTRAIT) as picture:
        return np.array(picture.convert("RGB"))


def seen_by(finders: Sequence[str], *pictures: NDArray[np.uint8]) -> list[Finding]:
    frames = tuple(Frame(n, "page" if n else "main", one) for n, one in enumerate(pictures))
    tools = Toolbox(Settings(ocr=("tesseract",), faces=tuple(finders)))
    return list(Faces(tools).detect(Scene(Photo("p", "", "png", frames), Text())))


@pytest.fixture
def no_dlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dlib", None)


def test_two_finders_report_one_face_once_and_the_surer_answer_counts() -> None:
    pytest.importorskip("dlib")
    alone = {name: seen_by([name], pixels()) for name in FACE_FINDERS}
    both = seen_by(FACE_FINDERS, pixels())
    assert len(both) == len(alone["centerface"])
    best = max(finding.score for findings in alone.values() for finding in findings)
    assert max(finding.score for finding in both) == best


def test_the_face_of_a_large_photo_is_placed_where_it_is() -> None:
    pytest.importorskip("dlib")
    height, width = pixels().shape[:2]
    large = np.zeros((height + 40, max(width, 3000), 3), np.uint8)
    large[40:, :width] = pixels()
    small, moved = (seen_by(["face_recognition"], one) for one in (pixels(), large))
    wanted = small[0].regions[0].box
    assert any(
        found.regions[0].box.iou(Box(wanted.x0, wanted.y0 + 40, wanted.x1, wanted.y1 + 40)) > 0.5
        for found in moved
    )


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 800, 3), (5000, 40, 3)])
def test_odd_sizes_do_not_break_it(shape: tuple[int, int, int]) -> None:
    pytest.importorskip("dlib")
    assert seen_by(["face_recognition"], np.zeros(shape, np.uint8)) == []


@pytest.mark.usefixtures("no_dlib")
def test_without_dlib_there_is_no_scanner_that_was_to_use_it() -> None:
    with pytest.raises(MissingDependency, match=r"phiscan\[consent\]"):
        seen_by(["centerface", "face_recognition"], pixels())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are not forks of the test")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.usefixtures("no_dlib")
def test_the_command_says_in_one_line_what_is_missing(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Idle threads that other tests left behind would have the worker spawned, with its dlib.
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    status = main([str(PORTRAIT), "--faces", "face_recognition", "--no-cache"])
    out, err = capfd.readouterr()
    assert (status, out) == (ExitCode.MISSING, "")
    assert len(err.splitlines()) == 1
    assert "pip install 'phiscan[consent]'" in err


def test_a_finder_that_breaks_leaves_a_gap_beside_one_that_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("dlib")

    def broken(_self: object, _frame: Frame) -> list[object]:
        raise RuntimeError

    monkeypatch.setattr("phiscan.detectors._face_recognition.FaceRecognition.find", broken)
    with Scanner(Settings(faces=FACE_FINDERS)) as scanner:
        result = scanner.scan(np.zeros((64, 64, 3), np.uint8))
    assert "faces" in load_policy("default").required
    assert [c.outcome for c in result.checks if c.name == "faces"] == [Outcome.FAILED]
    assert result.verdict is Verdict.BLOCK
