"""Zones: what is looked at again, at which size, and whose line is whose."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from phiscan.geometry import Box, Region
from phiscan.inference import open_network
from phiscan.readers import _places
from phiscan.readers._line import Line
from phiscan.readers._places import CELL, HEIGHTS, Places, places_of
from phiscan.readers._zones import Coarse, Zone, hides_print, zones_of

FRAME = 3024, 4032
MOST = 2.5e6
COARSE = 0.27
WARM = np.ones((FRAME[0] // CELL, FRAME[1] // CELL), np.float32)


def nothing() -> Places:
    return np.zeros((FRAME[0] // CELL, FRAME[1] // CELL, len(HEIGHTS)), dtype=np.float32)


def line(x: float, y: float, width: float = 200, height: float = 20) -> Line:
    return Line(Region.from_box(0, Box(x, y, x + width, y + height)), 0.9)


def test_where_nothing_is_likely_nothing_is_looked_at_again() -> None:
    assert zones_of(nothing(), Coarse([], [], [], COARSE, WARM), FRAME, MOST) == []


@pytest.mark.parametrize(("size", "scale"), [(0, 2.0), (1, 24 / 17), (2, 24 / 27)])
def test_small_print_is_enlarged_and_larger_print_is_not(size: int, scale: float) -> None:
    places = nothing()
    places[50:54, 60:80, size] = 0.9
    (zone,) = zones_of(places, Coarse([], [], [], 0.2, WARM), FRAME, MOST)
    assert zone.scale == pytest.approx(scale)
    assert zone.box.x0 < 60 * CELL < 80 * CELL < zone.box.x1
    assert zone.box.y0 < 50 * CELL < 54 * CELL < zone.box.y1


def test_a_few_squares_of_small_print_in_large_do_not_count_and_more_do() -> None:
    places = nothing()
    places[50:60, 60:80, 2] = 0.9
    places[50, 60:65, :] = (0.9, 0, 0)
    (few,) = zones_of(places, Coarse([], [], [], COARSE, WARM), FRAME, MOST)
    places[50:53, 60:80, :] = (0.9, 0, 0)
    (more,) = zones_of(places, Coarse([], [], [], COARSE, WARM), FRAME, MOST)
    assert few.scale < 1 < more.scale


@pytest.mark.parametrize(("squares", "count"), [(1, 0), (2, 0), (3, 1)])
def test_a_spot_smaller_than_a_word_is_not_looked_at_again(squares: int, count: int) -> None:
    places = nothing()
    places[51, 61 : 61 + squares, 1] = 0.9
    assert len(zones_of(places, Coarse([], [], [], COARSE, WARM), FRAME, MOST)) == count


@pytest.mark.parametrize(
    ("squares", "warmth", "scale"),
    [
        pytest.param(12, 0.5, 2.0, id="print"),
        pytest.param(12, 0.0, 1.4, id="the detector stays cold: looked at from farther"),
        pytest.param(3, 0.5, 1.4, id="a few warm squares: looked at from farther"),
        pytest.param(3, 0.0, None, id="a few cold squares: leaves"),
    ],
)
@pytest.mark.parametrize("likely", [0.6, 0.9])
def test_where_print_is_doubtful_less_is_looked_at(
    squares: int, warmth: float, scale: float | None, likely: float
) -> None:
    places = nothing()
    places[51, 61 : 61 + squares, 0] = likely
    zones = zones_of(places, Coarse([], [], [], COARSE, WARM * np.float32(warmth)), FRAME, MOST)
    assert [zone.scale for zone in zones] == ([] if scale is None else [pytest.approx(scale)])


@pytest.mark.parametrize(("warmth", "count"), [(0.0, 0), (0.8, 1)])
def test_faint_print_is_looked_at_where_the_detector_is_warm(warmth: float, count: int) -> None:
    """A card in poor light: no square is likely to hold print, and yet there is some."""
    places = nothing()
    places[50:54, 60:70, 1] = 0.25
    zones = zones_of(places, Coarse([], [], [], COARSE, WARM * np.float32(warmth)), FRAME, MOST)
    assert len(zones) == count


def test_a_small_line_that_only_the_coarse_look_saw_is_looked_at_again() -> None:
    (zone,) = zones_of(nothing(), Coarse([line(1000, 2000)], [], [], COARSE, WARM), FRAME, MOST)
    assert zone.owns(line(1000, 2000))
    assert zone.scale > 1


def test_a_line_that_was_seen_well_is_not_looked_at_again() -> None:
    places = nothing()
    places[60:64, 60:80, 1] = 0.9
    seen = line(55 * CELL, 58 * CELL, 30 * CELL, 8 * CELL)
    assert zones_of(places, Coarse([], [seen], [], COARSE, WARM), FRAME, MOST) == []


@pytest.mark.parametrize(("likely", "whole"), [(0, False), (4, False), (12, True)])
def test_all_of_a_large_line_is_looked_at_again_where_part_of_it_is_likely_print(
    likely: int, *, whole: bool
) -> None:
    """Two lines on a wristband that ran into one, of which the first words are surely print."""
    places = nothing()
    places[60:63, 40 : 40 + likely, 1] = 0.9
    band = line(40 * CELL, 60 * CELL, 80 * CELL, 3 * CELL)
    zones = zones_of(places, Coarse([], [], [band], COARSE, WARM), FRAME, MOST)
    assert any(zone.box.x1 >= band.region.box.x1 for zone in zones) == whole


@pytest.mark.parametrize(
    ("length", "likely", "size", "hides"),
    [
        pytest.param(20, 60, 1, True, id="a label whose lines ran into one, read as a letter"),
        pytest.param(30, 60, 1, False, id="a word"),
        pytest.param(20, 20, 1, False, id="a spot of print beside a large letter"),
        pytest.param(20, 0, 1, False, id="a large letter"),
        pytest.param(5, 12, 2, False, id="a letter hardly higher than what the places are for"),
    ],
)
def test_a_sheet_of_small_print_that_was_taken_for_a_letter(
    length: int, likely: int, size: int, *, hides: bool
) -> None:
    places = nothing()
    places[60:68, 60:68, size] = (np.arange(64).reshape(8, 8) < likely) * 0.3
    height = min(length, 24)
    seen = line(60 * CELL, 60 * CELL, length * CELL, height * CELL)
    assert hides_print(seen, places) == hides


def test_a_neighbours_line_in_the_same_rectangle_is_not_owned() -> None:
    """Two strips of print that stand like an L: the rectangle round one holds the other."""
    places = nothing()
    places[20:22, 20:100, 1] = 0.9
    places[22:100, 20:22, 1] = 0.9  # one group with the first
    places[60:62, 60:80, 1] = 0.9  # inside its rectangle, but apart
    outer, inner = sorted(
        zones_of(places, Coarse([], [], [], COARSE, WARM), FRAME, MOST), key=lambda z: -z.box.area
    )
    lonely = line(62 * CELL, 60 * CELL)
    assert outer.box.overlap(lonely.region.box) > 0
    assert inner.owns(lonely)
    assert not outer.owns(lonely)


def test_the_second_look_is_bounded() -> None:
    zones = zones_of(nothing() + np.float32(0.9), Coarse([], [], [], 0.1, WARM), FRAME, MOST)
    assert 0 < sum(zone.size[0] * zone.size[1] for zone in zones) <= 1.01 * MOST


def test_a_small_zone_keeps_its_enlargement_beside_a_large_one() -> None:
    places = nothing()
    places[5:10, 5:15, 0] = 0.9
    places[40:180, 20:240, 0] = 0.9
    small, large = sorted(
        zones_of(places, Coarse([], [], [], 0.1, WARM), FRAME, MOST), key=lambda zone: zone.box.area
    )
    assert small.scale == pytest.approx(2.0)
    assert large.scale < 1


def test_a_picture_that_was_seen_as_large_is_not_looked_at_again() -> None:
    assert zones_of(nothing() + np.float32(0.9), Coarse([], [], [], 0.9, WARM), FRAME, MOST) == []


@pytest.mark.parametrize("shape", [(1, 1), (16, 4000), (3024, 4032), (500, 333)])
def test_every_square_of_a_picture_is_judged(shape: tuple[int, int]) -> None:
    pixels: NDArray[np.uint8] = np.full((*shape, 3), 205, dtype=np.uint8)
    places = places_of(open_network("text_places"), pixels)
    assert places.shape == (-(-shape[0] // CELL), -(-shape[1] // CELL), len(HEIGHTS))
    assert float(places.max()) < 0.5


@pytest.mark.parametrize("shape", [(700, 332), (330, 1004)])
def test_a_picture_in_tiles_is_judged_like_the_whole(
    shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = Image.new("RGB", shape[::-1], "white")
    for y in range(5, shape[0], 40):
        ImageDraw.Draw(sheet).text((y % 90, y), "Patient DOE, JANE MRN 00417", fill="black")
    pixels, network = np.asarray(sheet), open_network("text_places")
    whole = places_of(network, pixels)
    monkeypatch.setattr(_places, "_TILE", 50_000)
    assert float(whole.max()) > 0.5
    np.testing.assert_allclose(places_of(network, pixels), whole, atol=0.1)


@pytest.mark.parametrize(
    ("box", "shown"),
    [
        (Box(1000, 1000, 1096, 1096), Box(948, 984, 1148, 1112)),  # on both sides
        (Box(0, 0, 96, 96), Box(0, 0, 200, 128)),  # in a corner of the frame
        (Box(4000, 2960, 4032, 3024), Box(3832, 2896, 4032, 3024)),
        (Box(0, 1000, 4032, 1096), Box(0, 984, 4032, 1112)),  # as wide as the frame
    ],
)
def test_room_that_is_left_shows_what_lies_round_a_zone(box: Box, shown: Box) -> None:
    zone = Zone(box, np.ones((6, 6), bool), 0.5)
    assert zone.grown(64, 100, FRAME) == shown


def test_lines_beside_a_zone_are_not_its_own() -> None:
    zone = Zone(Box(96, 96, 192, 192), np.ones((6, 6), bool), 1.0)
    assert zone.owns(line(100, 130, 80, 20))
    assert not zone.owns(line(200, 130, 80, 20))


@pytest.mark.parametrize(("height", "fitted"), [(128, 128), (136, 128), (138, 138), (120, 120)])
def test_a_zone_that_is_just_too_high_is_made_to_fit(height: int, fitted: int) -> None:
    zone = Zone(Box(0, 0, 200, height), np.ones((9, 13), bool), 1.0)
    assert zone.fitted(128).size[0] == fitted


def test_print_between_two_large_lines_that_were_read_belongs_to_the_zone_beside_them() -> None:
    """A birth date between a name and a medicine in bold, whose boxes reach over it."""
    places = nothing()
    places[60:72, 60:90, 1] = 0.9
    name = line(58 * CELL, 60 * CELL, 16 * CELL, 4 * CELL)
    medicine = line(58 * CELL, 64 * CELL, 16 * CELL, 4 * CELL)
    zones = zones_of(places, Coarse([], [name, medicine], [], COARSE, WARM), FRAME, MOST)
    born = line(61 * CELL, 63.5 * CELL, 8 * CELL, CELL)
    assert sum(zone.owns(born) for zone in zones) == 1
