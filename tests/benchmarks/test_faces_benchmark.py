from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import _faces_collages as collages
from benchmarks._faces_finders import is_found
from benchmarks.faces import turn
from phiscan.geometry import Box

RNG = np.random.default_rng(3)
GROUND = np.full((600, 800, 3), 90, np.uint8)


def white_face(side: int = 300) -> collages.Cutout:
    """A black picture with a white square for a face."""
    picture = np.zeros((side, side, 3), np.uint8)
    third = side // 3
    picture[third : 2 * third, third : 2 * third] = 255
    return collages.cut_out(picture, Box(third, third, 2 * third, 2 * third), "0001")


def test_a_cut_out_holds_the_face_in_its_middle_at_one_height() -> None:
    picture = white_face().picture
    rows, columns = np.nonzero(picture[..., 0] > 128)
    assert picture.shape == (3 * collages.FULL, 3 * collages.FULL, 3)
    assert np.ptp(rows) + 1 == pytest.approx(collages.FULL, abs=3)
    assert columns.mean() == pytest.approx(picture.shape[1] / 2, abs=2)


def test_a_face_at_the_edge_of_a_photo_can_be_cut_out() -> None:
    photo = np.full((100, 100, 3), 50, np.uint8)
    assert collages.cut_out(photo, Box(-10, 80, 30, 120), "x").picture.shape[0] == 3 * collages.FULL


@pytest.mark.parametrize("height", collages.HEIGHTS)
def test_the_truth_of_a_collage_is_where_the_face_is(height: int) -> None:
    face = white_face()
    wanted = [collages.Wanted("plain", face, face.picture, height) for _ in range(15)]
    sheets = list(collages.compose(wanted, [GROUND], RNG))
    assert [len(faces) for _, faces in sheets] == [12, 3]
    for sheet, faces in sheets:
        assert sheet.shape == (collages.SIZE[1], collages.SIZE[0], 3)
        for one in faces:
            assert one.box.height == pytest.approx(height)
            x, y = (round(side) for side in one.box.centre)
            assert sheet[y, x].min() > 200
            assert sheet[round(one.box.y0 - height * 0.3), x].max() < 60


@pytest.mark.parametrize("changes", [collages.COVERS, collages.LIGHTS])
def test_every_change_but_the_first_changes_the_face(changes: dict[str, object]) -> None:
    face = white_face()
    changed = list(collages.changed([face], changes, RNG))  # type: ignore[arg-type]  # as they are
    assert [one.condition for one in changed] == list(changes)
    same = [one.condition for one in changed if np.array_equal(one.picture, face.picture)]
    assert [name for name in same if name != "black and white"] == list(changes)[:1]


def test_faces_are_pasted_at_every_turn() -> None:
    wanted = list(collages.by_turn([white_face()]))
    assert [one.turn for one in wanted] == list(collages.TURNS)


@pytest.mark.parametrize(
    ("score", "box", "found"),
    [
        (0.9, Box(10, 10, 30, 30), True),
        (0.5, Box(10, 10, 30, 30), False),  # weak: it does not block
        (0.9, Box(60, 60, 80, 80), False),
        (0.9, Box(0, 0, 60, 60), False),  # far too large
        (0.9, Box(18, 18, 22, 22), False),  # far too small
    ],
)
def test_found_means_there_and_of_that_size(score: float, box: Box, *, found: bool) -> None:
    assert is_found(Box(12, 12, 32, 32), [(score, box)]) is found


@pytest.mark.parametrize("degrees", [0, 45, 90, 180, 270])
def test_a_turned_photo_keeps_all_of_itself(degrees: int) -> None:
    photo = np.full((40, 80, 3), 200, np.uint8)
    turned = turn(photo, degrees)
    assert int((turned > 100).sum()) == pytest.approx(photo.size, rel=0.05)


def test_labels_name_photos_by_four_digits() -> None:
    import tomllib

    kept = Path(collages.__file__).parent / "faces_labels.toml"
    groups = tomllib.loads(kept.read_text("utf-8"))
    assert all(len(key) == 4 and key.isdigit() for keys in groups.values() for key in keys)
