from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from phiscan.geometry import Box, Region
from phiscan.layout import arrange
from phiscan.model import Frame
from phiscan.readers import _search
from phiscan.readers._line import Line
from phiscan.readers._print_clues import Clues, clues_of
from phiscan.readers._zones import Coarse, Zone
from phiscan.readers.rapidocr import READER
from phiscan.settings import Settings
from phiscan.toolbox import Toolbox


@pytest.fixture(scope="module")
def reader() -> READER:
    return READER(Toolbox(Settings()))


def wall_with(text: list[str], scale: float) -> NDArray[np.uint8]:
    """A photo of 12 megapixels with small print in one corner; letters are 22 x scale px high."""
    wall = np.full((3024, 4032, 3), 205, dtype=np.uint8)
    for number, line in enumerate(text):
        place = (3000, 2000 + round(60 * scale * number))
        cv2.putText(
            wall, line, place, cv2.FONT_HERSHEY_SIMPLEX, scale, (30,) * 3, 1 + (scale > 0.7), 16
        )
    return wall


@pytest.mark.parametrize("scale", [0.45, 0.6, 1.0, 2.0])
def test_small_print_in_a_large_photo_is_read(reader: READER, scale: float) -> None:
    picture = wall_with(["PATIENT JANE MOE", "MRN 0012345", "DOB 03/04/1950"], scale)
    flow = arrange(reader.read(Frame(0, "main", picture))).flow
    assert {"0012345", "03/04/1950"} <= set(flow.split())
    assert flow.count("0012345") == 1


def line(x: float, y: float, width: float, height: float) -> Line:
    return Line(Region.from_box(0, Box(x, y, x + width, y + height)), 0.9)


def seen(doubtful: list[Line], clear: Sequence[Line] = (), scale: float = 1.0) -> Coarse:
    return Coarse(doubtful, clear, [], scale, np.ones((1, 1), np.float32))


def test_what_both_looks_saw_is_kept_once() -> None:
    large = line(0, 0, 400, 100)
    again = line(10, 10, 380, 80)
    blurred = line(0, 500, 300, 30)
    sharp = [line(5, 502, 140, 12), line(160, 504, 130, 12)]
    unseen = line(900, 900, 200, 30)
    merged = _search._merge(seen([blurred, unseen], [large], scale=0.3), [again, *sharp])
    assert merged == [large, *sharp, unseen]


@pytest.mark.parametrize(
    "sizes", [[(100, 100)] * 3, [(900, 1200)] * 2, [(2000, 50), (50, 2000)], [(300, 700)] * 9]
)
def test_zones_in_a_row_do_not_touch(sizes: list[tuple[int, int]]) -> None:
    every = np.ones((1, 1), dtype=bool)
    zones = [Zone(Box(0, 0, width, height), every, 1.0) for height, width in sizes]
    rows = list(_search._rows(zones))
    assert sum(len(row) for row in rows) == len(zones)
    for row in rows:
        ends = [left + zone.size[1] for zone, left in row]
        assert all(left > end for (_, left), end in zip(row[1:], ends, strict=False))
        assert len(row) == 1 or ends[-1] <= _search._WIDEST


def test_a_zone_is_read_beside_others_as_it_is_alone(reader: READER) -> None:
    """A dozen labels all over a wall: none may be lost for the company that it has."""
    wall = np.full((3024, 4032, 3), 205, dtype=np.uint8)
    numbers = [f"MRN 00{number}4719" for number in range(12, 24)]
    for place, number in enumerate(numbers):
        at = 200 + place % 3 * 1200, 300 + place // 3 * 700
        cv2.putText(wall, number, at, cv2.FONT_HERSHEY_SIMPLEX, 0.6, (30,) * 3, 1, 16)
    flow = arrange(reader.read(Frame(0, "main", wall))).flow
    assert {number.split()[1] for number in numbers} <= set(flow.split())


PRINT = clues_of(np.full(60, 0.9, np.float32), np.full(30, 0.5, np.float32), gain=7.0)
LEAVES = clues_of(np.full(60, 0.3, np.float32), np.full(30, 0.001, np.float32), gain=5.0)


class Moody:
    """A detector that sees dark bars, but nothing in a wide picture and one blot in a high one."""

    lanes = 1

    def __init__(self, *, widest: int = 10_000, highest: int = 10_000) -> None:
        self._widest, self._highest = widest, highest
        self.seen: list[tuple[int, int]] = []

    def run(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        rows, columns = batch.shape[2:]
        self.seen.append((rows, columns))
        dark = (batch[:, :1] < -0.5).astype(np.float32)
        if columns > self._widest:
            dark[:] = 0
        if rows > self._highest:
            dark[:] = cv2.morphologyEx(dark[0, 0], cv2.MORPH_CLOSE, np.ones((99, 99)))
        return [dark]

    def metadata(self, key: str) -> str:
        return key


def bars(count: int) -> tuple[NDArray[np.uint8], list[Zone]]:
    """Return a white wall with three dark bars in each of some places, and zones round those."""
    wall = np.full((400, 260 * count, 3), 255, np.uint8)
    zones = []
    for left in range(0, 260 * count, 260):
        for top in (80, 130, 180):
            cv2.rectangle(wall, (left + 40, top), (left + 200, top + 11), (0, 0, 0), -1)
        box = Box(left, 32, left + 240, 256)
        zones.append(Zone(box, np.ones((14, 15), dtype=bool), 2.0, PRINT))
    return wall, zones


@pytest.mark.parametrize(("clues", "found"), [(PRINT, 6), (LEAVES, 0)])
def test_a_likely_zone_that_is_empty_beside_others_is_looked_at_again(
    clues: Clues, found: int
) -> None:
    wall, zones = bars(2)
    zones = [replace(zone, clues=clues) for zone in zones]
    assert len(list(_search._rows(zones))) == 1
    assert len(_search._look_again(Moody(widest=800), wall, zones, 0)) == found


def test_a_zone_without_print_is_not_looked_at_for_ever() -> None:
    _, zones = bars(2)
    detector = Moody()
    assert not _search._look_again(detector, np.full((400, 640, 3), 255, np.uint8), zones, 0)
    assert len(detector.seen) == 2


def test_lines_that_ran_into_one_blot_come_apart_from_farther_away() -> None:
    wall, zones = bars(1)
    assert len(_search._look_again(Moody(highest=400), wall, zones, 0)) == 3
    assert len(_search._look_again(Moody(highest=100), wall, zones, 0)) == 1  # a blot at any size


def test_a_large_line_is_not_lost_for_a_letter_of_it_that_was_seen_again() -> None:
    huge = Line(Region.from_box(0, Box(0, 0, 600, 110)), 0.7)
    letter = line(300, 20, 90, 70)
    assert _search._merge(seen([huge]), [letter]) == [letter, huge]


def test_a_patch_of_small_print_is_let_go_for_its_lines() -> None:
    patch = Line(Region.from_box(0, Box(0, 0, 600, 110)), 0.7)
    lines = [line(10, y, 560, 25) for y in (5, 40, 75)]
    assert _search._merge(seen([patch]), lines) == lines


@pytest.mark.parametrize(("lines", "stays"), [(0, True), (2, True), (3, False)])
def test_a_sheet_that_was_taken_for_a_letter_is_let_go_for_its_lines(
    lines: int, *, stays: bool
) -> None:
    sheet = Line(Region.from_box(0, Box(0, 0, 400, 440)), 0.8)
    fine = [line(10, 100 * number + 20, 200, 25) for number in range(lines)]
    kept = _search._merge(seen([sheet]), fine)
    assert kept == ([*fine, sheet] if stays else fine)


def test_a_line_that_was_read_well_stays_one() -> None:
    huge = Line(Region.from_box(0, Box(0, 0, 600, 140)), 0.6)
    assert _search._merge(seen([], [huge]), [line(300, 20, 90, 30)]) == [huge]
