from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from benchmarks.text_zones import Case, Cases, fit, tell, weighed
from phiscan.readers._print_clues import Clues


def cases(number: int, count: int = 40) -> list[Case]:
    """Return photos in which only the warmth of zones tells print from the rest."""
    rng = np.random.default_rng(number)
    made = []
    for _ in range(count):
        clues = rng.normal(size=(6, len(Clues._fields)))
        has_words = np.array([True, True, True, False, False, False])
        clues[:, Clues._fields.index("hottest")] += 3.0 * has_words
        made.append(Case(clues, has_words, np.array([1e5] * 3 + [3e5] * 3)))
    return made


def test_what_tells_print_apart_gets_the_weight() -> None:
    _, *weights = fit(cases(1))
    assert max(Clues._fields, key=lambda name: weights[Clues._fields.index(name)]) == "hottest"


def test_photos_are_weighed_by_what_others_taught() -> None:
    print_, leaves = [], []
    for case, sums in weighed(cases(2)):
        print_ += sums[case.has_words].tolist()
        leaves += sums[~case.has_words].tolist()
    assert np.median(print_) > 0 > np.median(leaves)


def test_the_table_counts_zones_and_pixels(capsys: pytest.CaptureFixture[str]) -> None:
    made = cases(3, count=10)
    tell("photos", [(case, np.where(case.has_words, 1.0, -9.0)) for case in made])
    lines = capsys.readouterr().out.splitlines()
    assert "0/30" in lines[3]
    assert lines[3].endswith("75%")


def test_a_zone_with_words_is_told_from_one_without() -> None:
    """A wall of 12 megapixels with small print on one side and a net of twigs on the other."""
    wall = Image.new("RGB", (4032, 3024), (205, 205, 205))
    draw = ImageDraw.Draw(wall)
    font = ImageFont.load_default(size=18)
    for row in range(12):
        draw.text((500, 800 + 26 * row), "Admission to ward seven, bed 12", (30, 30, 30), font)
    rng = np.random.default_rng(1)
    for x, y, dx, dy in rng.integers((2800, 1200, -9, -9), (3100, 1500, 9, 9), (900, 4)).tolist():
        draw.line((x, y, x + dx, y + dy), (60, 60, 60), 2)
    file = io.BytesIO()
    wall.save(file, "JPEG", quality=95)
    case = Cases().of(file.getvalue())
    assert case.has_words.any()
    assert case.clues.shape == (len(case.has_words), len(Clues._fields))
    assert (case.pixels > 0).all()
