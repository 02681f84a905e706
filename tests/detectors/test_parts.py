from __future__ import annotations

import numpy as np
import pytest

from phiscan.detectors._looks import LOOKS
from phiscan.detectors._parts import parts_of
from phiscan.detectors._sheets import Sheet
from phiscan.geometry import Box, Region
from phiscan.text import Cell


def cell(number: int, x: float, y: float) -> Cell:
    box = Box(x, y, x + 100, y + 20)
    return Cell(10 * number, 10 * number + 9, number, 0, Region.from_box(0, box))


def sheet(box: Box) -> Sheet:
    return Sheet(Region.from_box(0, box), np.full(len(LOOKS), 1 / len(LOOKS), np.float32))


LEFT, RIGHT = sheet(Box(0, 0, 200, 200)), sheet(Box(400, 0, 600, 200))


def numbers(cells: list[Cell]) -> list[int]:
    return [each.line for each in cells]


def test_cells_go_to_the_sheet_that_they_stand_on() -> None:
    cells = [cell(n, x, y) for n, (x, y) in enumerate([(20, 20), (450, 20), (20, 80), (450, 80)])]
    parts = parts_of(cells, [LEFT, RIGHT])
    assert [(numbers(part.cells), part.sheet) for part in parts] == [
        ([0, 2], LEFT),
        ([1, 3], RIGHT),
    ]


def test_one_cell_is_no_print_of_a_sheet() -> None:
    cells = [cell(0, 20, 20), cell(1, 450, 20), cell(2, 450, 80)]
    on_it, left = parts_of(cells, [LEFT, RIGHT])
    assert (numbers(on_it.cells), on_it.sheet) == ([1, 2], RIGHT)
    assert (numbers(left.cells), left.sheet) == ([0], None)


@pytest.mark.parametrize(
    ("ys", "taken"),
    [((210,), 1), ((210, 240, 270), 3), ((300,), 0), ((210, 300), 1)],
    ids=["below its edge", "line after line", "too far", "with a gap"],
)
def test_lines_beside_a_sheets_print_belong_to_it(ys: tuple[float, ...], taken: int) -> None:
    cells = [cell(n, 20, y) for n, y in enumerate((20, 60, 100, 140, 175, *ys))]
    parts = parts_of(cells, [LEFT])
    assert len(parts[0].cells) == 5 + taken
    assert sum(len(part.cells) for part in parts) == len(cells)


@pytest.mark.parametrize("sheets", [[], [RIGHT]])
def test_print_on_no_sheet_stays_together(sheets: list[Sheet]) -> None:
    cells = [cell(n, 20, 30 * n) for n in range(4)]
    (part,) = parts_of(cells, sheets)
    assert (part.cells, part.sheet) == (cells, None)


def test_a_sheet_on_another_frame_holds_nothing() -> None:
    other = Sheet(Region.from_box(1, Box(0, 0, 200, 200)), LEFT.likely)
    (part,) = parts_of([cell(0, 20, 20), cell(1, 20, 60)], [other])
    assert part.sheet is None
