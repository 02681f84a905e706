from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.unreadable import Case, fit, weighed
from phiscan.detectors._unread import Clues


def cases(number: int) -> list[Case]:
    """Return photos in which only traces of print and the size tell records from the rest."""
    rng = np.random.default_rng(number)
    made = []
    for index in range(60):
        clues = rng.normal(size=(4, len(Clues._fields)))
        is_record = np.array([index % 2 == 0, False, False, False])
        clues[:, Clues._fields.index("traced")] += 3.0 * is_record
        clues[:, Clues._fields.index("size")] -= 3.0 * is_record
        made.append(Case(clues, is_record, np.ones(4, np.bool_), shows_one=index % 2 == 0))
    return made


def test_what_tells_records_apart_gets_the_weight() -> None:
    _, *weights = fit(cases(1))
    by_size = sorted(Clues._fields, key=lambda name: -abs(weights[Clues._fields.index(name)]))
    assert set(by_size[:2]) == {"traced", "size"}
    assert weights[Clues._fields.index("traced")] > 0 > weights[Clues._fields.index("size")]


def test_photos_are_weighed_by_what_others_taught() -> None:
    sums = list(weighed(cases(2)))
    assert len(sums) == 60
    right = [value for shows_one, value in sums if shows_one]
    wrong = [value for shows_one, value in sums if not shows_one]
    assert np.median(right) > max(np.median(wrong), 0.0)


def test_a_photo_without_a_sheet_speaks_for_nothing() -> None:
    none = np.zeros(0, np.bool_)
    empty = Case(np.zeros((0, len(Clues._fields))), none, none, shows_one=True)
    assert (True, -np.inf) in set(weighed([*cases(3), empty]))


def test_a_sheet_that_shows_no_print_speaks_for_nothing() -> None:
    blank = replace(cases(4)[0], shows_print=np.zeros(4, np.bool_))
    assert (True, -np.inf) in set(weighed([*cases(3), blank]))
