from __future__ import annotations

from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from benchmarks._consent_changes import CHANGES
from benchmarks.consent import Face, read_labels
from phiscan.geometry import Box

LABELS = read_labels()
PEOPLE = [*LABELS.same_session, *LABELS.years_apart]


def face(label: str) -> Face:
    """Return a face where a label says that there is one."""
    key, _, place = label.partition("@")
    x, y = map(float, place.split(",")) if place else (50.0, 50.0)
    return Face(Path(f"{key}_photo.jpg"), Box(x - 40, y - 40, x + 40, y + 40), (0.0,))


def test_every_label_speaks_of_one_person() -> None:
    labels = list(chain.from_iterable(PEOPLE))
    assert len(labels) == len(set(labels))
    assert all(len(person) > 1 for person in PEOPLE)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("0043", "0050", False),
        ("0043", "0051", True),
        ("0684", "0669@372,182", False),
        ("0684", "0669@548,222", True),
        ("0669@372,182", "0669@548,222", True),
        ("0555@1595,242", "0555@1170,1385", False),
        ("0555@1595,242", "0555@500,915", True),
        ("0568@10,10", "1064@90,90", False),
        ("0568@10,10", "0568@90,90", True),
        ("0545@10,10", "0546@10,10", True),
    ],
)
def test_who_are_strangers(one: str, other: str, *, expected: bool) -> None:
    assert LABELS.are_strangers(face(one), face(other)) is expected
    assert LABELS.are_strangers(face(other), face(one)) is expected


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_keeps_the_size_and_changes_the_picture(name: str) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (90, 90, 3), np.uint8)
    changed = CHANGES[name](picture)
    assert changed.shape == picture.shape
    assert changed.dtype == picture.dtype
    assert (changed != picture).any()
