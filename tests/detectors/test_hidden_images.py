from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from phiscan.detectors._likeness import Likeness, compare
from phiscan.detectors.hidden_images import DETECTOR, HiddenImages
from phiscan.geometry import Box, Region
from phiscan.kinds import kinds
from phiscan.layout import arrange
from phiscan.model import Finding, Frame, Photo, Role, Scene
from phiscan.protocols import Detector
from phiscan.text import Text, Word

Pixels = NDArray[np.uint8]


def scene(seed: int = 0, size: tuple[int, int] = (480, 360)) -> Pixels:
    """A picture with shapes of every size, as photos have them."""
    random = np.random.default_rng(seed)
    picture: Any = np.full((size[1], size[0], 3), 150, np.uint8)
    for _ in range(60):
        x, y = (int(random.integers(0, side)) for side in size)
        radius = int(random.integers(4, size[0] // 8))
        tone = tuple(int(value) for value in random.integers(0, 256, 3))
        cv2.circle(picture, (x, y), radius, tone, -1)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0), dtype=np.uint8)


def thumbnail(pixels: Pixels, width: int = 160, quality: int = 70) -> Pixels:
    """A small copy of a picture as cameras keep it."""
    height = round(width * pixels.shape[0] / pixels.shape[1])
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    _, packed = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)


def barred(small: Pixels) -> Pixels:
    """A thumbnail of fixed shape with bars above and below."""
    return np.pad(small[8:-8], ((20, 20), (0, 0), (0, 0)))


def painted(pixels: Pixels) -> Pixels:
    covered = pixels.copy()
    covered[120:220, 180:280] = 0
    return covered


def blurred(pixels: Pixels) -> Pixels:
    covered = pixels.copy()
    covered[100:260, 150:320] = cv2.GaussianBlur(covered[100:260, 150:320], (0, 0), 30)
    return covered


SCENE, OTHER = scene(), scene(7)
FLAT = np.full((360, 480, 3), 90, np.uint8)


@pytest.mark.parametrize(
    ("shown", "hidden", "likeness"),
    [
        (SCENE, thumbnail(SCENE), Likeness.SAME),
        (SCENE, thumbnail(SCENE, 60, 40), Likeness.SAME),
        (SCENE, np.rot90(thumbnail(SCENE)), Likeness.SAME),
        (SCENE, thumbnail(SCENE)[:, ::-1], Likeness.SAME),
        (SCENE, barred(thumbnail(SCENE)), Likeness.SAME),
        (SCENE, cv2.resize(thumbnail(SCENE), (160, 106)), Likeness.SAME),
        (SCENE, thumbnail(SCENE[60:300, 90:400]), Likeness.SAME),
        (np.clip(SCENE * 1.3 + 20, 0, 255).astype(np.uint8), thumbnail(SCENE), Likeness.SAME),
        (
            cv2.putText(SCENE.copy(), "CAKE", (90, 200), 0, 3, (0, 0, 0), 8),
            thumbnail(SCENE),
            Likeness.SAME,
        ),
        (SCENE, np.full((120, 160, 3), 7, np.uint8), Likeness.SAME),
        (FLAT, FLAT[:120, :160], Likeness.SAME),
        (SCENE[:, :300], thumbnail(SCENE), Likeness.MORE),
        (SCENE[40:330, 100:], thumbnail(SCENE), Likeness.MORE),
        (SCENE[100:260, 100:300], thumbnail(SCENE), Likeness.MORE),
        (np.rot90(SCENE[40:330, 100:]), thumbnail(SCENE), Likeness.MORE),
        (painted(SCENE), thumbnail(SCENE), Likeness.CHANGED),
        (blurred(SCENE), thumbnail(SCENE), Likeness.CHANGED),
        (SCENE, thumbnail(OTHER), Likeness.OTHER),
        (FLAT, thumbnail(SCENE), Likeness.OTHER),
        (SCENE[:8, :8], thumbnail(OTHER), Likeness.OTHER),
    ],
)
def test_compare(shown: Pixels, hidden: Pixels, likeness: Likeness) -> None:
    assert compare(np.ascontiguousarray(shown), np.ascontiguousarray(hidden)) is likeness


def test_a_logo_on_another_ground_is_the_same() -> None:
    logo: Any = np.full((200, 200, 3), 255, np.uint8)
    cv2.circle(logo, (100, 100), 60, (200, 30, 30), -1)
    bare: Any = np.zeros((200, 200, 3), np.uint8)
    cv2.circle(bare, (100, 100), 60, (200, 30, 30), -1)
    assert compare(logo, bare) is Likeness.SAME


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (3, 5), (20, 20)])
def test_pictures_of_odd_sizes(size: tuple[int, int]) -> None:
    tiny = np.random.default_rng(2).integers(0, 256, (*size, 3), np.uint8)
    assert compare(SCENE, tiny) in Likeness
    assert compare(tiny, thumbnail(SCENE)) in Likeness
    assert compare(tiny, tiny) is Likeness.SAME


def look(role: Role, hidden: Pixels, *words: Word) -> list[Finding]:
    frames = (Frame(0, "main", SCENE), Frame(1, role, hidden))
    text = arrange(words) if words else Text()
    return list(HiddenImages(None).detect(Scene(Photo("x", "", "JPEG", frames), text)))  # type: ignore[arg-type]


def word(text: str, frame: int, score: float = 0.9) -> Word:
    return Word(text, Region.from_box(frame, Box(10, 10, 60, 20)), score)


MORE = thumbnail(np.hstack([OTHER[:, :240], SCENE]))


def test_more_than_the_picture_is_a_finding_on_the_hidden_frame() -> None:
    for role in ("thumbnail", "preview"):
        (finding,) = look(role, MORE)
        assert finding.kind == "hidden_image"
        assert finding.score == 0.7
        assert finding.reason == f"a {role} shows what was cropped away"
        assert finding.regions[0].frame == 1


def test_pages_and_films_are_no_secret() -> None:
    assert look("page", MORE) == []
    assert look("video", MORE) == []
    assert look("thumbnail", thumbnail(SCENE)) == []


def test_text_that_the_picture_does_not_show_makes_it_surer() -> None:
    (finding,) = look("thumbnail", MORE, word("Jane", 1), word("Cake", 0))
    assert finding.score == 0.9
    assert finding.reason.endswith(", with text")
    assert "Jane" not in finding.reason
    (finding,) = look("thumbnail", MORE, word("Jane", 1), word("JANE", 0))
    assert finding.score == 0.7
    (finding,) = look("thumbnail", MORE, word("Jane", 1, 0.3))
    assert finding.score == 0.7


def test_it_is_a_detector() -> None:
    detector: Detector = DETECTOR(None)  # type: ignore[arg-type]
    assert detector.name == "hidden_images"
    assert detector.kinds <= set(kinds())
