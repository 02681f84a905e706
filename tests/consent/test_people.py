from __future__ import annotations

import datetime as dt

import pytest

from phiscan.consent import people
from phiscan.consent.people import People, Person

DAY = dt.date(2026, 3, 10)
ADA = Person("Ada Example", DAY, DAY + dt.timedelta(days=2), "birthday", ((0.25,) * 128,))


@pytest.mark.parametrize(
    ("days", "expected"), [(-1, False), (0, True), (1, True), (2, True), (3, False)]
)
def test_a_consent_holds_from_its_first_day_to_the_end_of_its_last(
    monkeypatch: pytest.MonkeyPatch, *, days: int, expected: bool
) -> None:
    monkeypatch.setattr(people, "today", lambda: DAY + dt.timedelta(days=days))
    assert ADA.holds(people.today()) is expected
    assert People("e", (ADA,)).valid() == ((ADA,) if expected else ())


def test_neither_name_nor_face_is_printed() -> None:
    for text in (repr(ADA), str(ADA), repr(People("e", (ADA,))), f"{[ADA]}"):
        assert "Ada" not in text
        assert "birthday" not in text
        assert "0.25" not in text
