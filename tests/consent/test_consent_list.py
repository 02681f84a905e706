from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from phiscan.consent import consent_list, people
from phiscan.consent.consent_list import ConsentList, Nobody
from phiscan.consent.encoder import Encoder
from phiscan.consent.people import Encoding, People, Person
from phiscan.consent.store import Stamp, Store
from phiscan.errors import BadSettings, MissingDependency
from phiscan.geometry import Box
from phiscan.model import Frame

DAY = dt.date(2026, 3, 10)
FRAME = Frame(0, "main", np.zeros((400, 400, 3), np.uint8))
ADA, STRANGER = Box(0, 0, 100, 100), Box(200, 0, 300, 100)


def person(name: str, x: float, days: int = 10) -> Person:
    return Person(name, DAY, DAY + dt.timedelta(days=days), "", ((x, 0.0),))


class ByPlace:
    """An encoder that takes the left side of a face for all that there is to it."""

    name = "by place"

    def __init__(self) -> None:
        self.asked = 0

    def encode(self, pixels: NDArray[np.uint8], faces: Sequence[Box]) -> list[Encoding | None]:
        self.asked += 1
        return [(face.x0, 0.0) for face in faces]


@dataclass
class FakeStore:
    """A list in memory."""

    people: tuple[Person, ...] = (person("Ada", 0),)
    encoder: str = ByPlace.name
    there: bool = True
    changes: int = 0
    reads: int = 0
    broken: str = ""

    def stamp(self) -> Stamp | None:
        return (1, 1, self.changes) if self.there else None

    def read(self) -> tuple[People, None]:
        self.reads += 1
        if self.broken:
            raise BadSettings(self.broken)
        return People(self.encoder, self.people), None


@dataclass
class Desk:
    """A consent list with all that it needs."""

    store: FakeStore = field(default_factory=FakeStore)
    encoder: ByPlace = field(default_factory=ByPlace)

    def __post_init__(self) -> None:
        self.consents = ConsentList(cast("Store", self.store), lambda: self.encoder)

    def agreed(self, *faces: Box) -> list[bool]:
        return list(self.consents.agreed(FRAME, faces or (ADA, STRANGER)))


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(people, "today", lambda: DAY)
    return Desk()


def test_who_agreed_may_be_shown_and_a_stranger_may_not(desk: Desk) -> None:
    assert desk.agreed() == [True, False]
    assert desk.agreed(STRANGER) == [False]


def test_a_consent_that_was_withdrawn_blocks_again(desk: Desk) -> None:
    assert desk.agreed(ADA) == [True]
    desk.store.people = ()
    desk.store.changes += 1
    assert desk.agreed(ADA) == [False]
    desk.store.there = False
    assert desk.agreed(ADA) == [False]


def test_a_consent_blocks_again_the_day_after_it_expired(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days, expected in ((10, True), (11, False), (-1, False)):
        monkeypatch.setattr(people, "today", lambda days=days: DAY + dt.timedelta(days=days))
        assert desk.agreed(ADA) == [expected]


def test_a_consent_that_is_new_counts_at_once(desk: Desk) -> None:
    assert desk.agreed() == [True, False]
    desk.store.people += (person("Bob", 200),)
    desk.store.changes += 1
    assert desk.agreed() == [True, True]


def test_the_list_is_read_once_as_long_as_it_stays_the_same(desk: Desk) -> None:
    for _ in range(3):
        desk.agreed()
    assert desk.store.reads == 1


def test_a_list_that_cannot_be_opened_is_an_error_every_time(desk: Desk) -> None:
    desk.store.broken = "wrong passphrase"
    for _ in range(2):
        with pytest.raises(BadSettings, match="wrong passphrase"):
            desk.agreed()
    desk.store.broken = ""
    assert desk.agreed(ADA) == [True]


def test_a_list_that_breaks_later_no_longer_counts(desk: Desk) -> None:
    assert desk.agreed(ADA) == [True]
    desk.store.broken, desk.store.changes = "damaged", 1
    with pytest.raises(BadSettings, match="damaged"):
        desk.agreed(ADA)


def test_encodings_of_another_encoder_are_not_compared(desk: Desk) -> None:
    desk.store.encoder = "another"
    with pytest.raises(BadSettings, match="another version"):
        desk.agreed()


@pytest.mark.parametrize("case", ["no face", "no list", "nobody", "all expired"])
def test_the_encoder_is_not_loaded_for_nothing(desk: Desk, case: str) -> None:
    def refuse() -> NoReturn:
        raise AssertionError

    desk.store.there = case != "no list"
    desk.store.people = () if case == "nobody" else (person("Ada", 0, days=-1),)
    consents = ConsentList(cast("Store", desk.store), refuse)
    faces = [] if case == "no face" else [ADA]
    assert list(consents.agreed(FRAME, faces)) == [False] * len(faces)


def test_a_missing_library_is_an_error(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Encoder:
        raise MissingDependency("not installed")

    monkeypatch.setattr(consent_list, "_face_recognition", missing)
    with pytest.raises(MissingDependency):
        ConsentList(cast("Store", desk.store)).agreed(FRAME, [ADA])


def test_nobody_has_agreed_to_nothing() -> None:
    assert list(Nobody().agreed(FRAME, [ADA, STRANGER])) == [False, False]


def test_without_a_list_nothing_is_loaded(tmp_path: Path) -> None:
    code = (
        "import sys; import phiscan.scan, numpy;"
        "from phiscan.consent.consent_list import ConsentList;"
        "from phiscan.geometry import Box; from phiscan.model import Frame;"
        "consents = ConsentList();"
        "unwanted = {'phiscan.consent.store', 'platformdirs', 'msgspec'} & set(sys.modules);"
        "assert not unwanted, unwanted;"
        "frame = Frame(0, 'main', numpy.zeros((9, 9, 3), 'uint8'));"
        "assert list(consents.agreed(frame, [Box(0, 0, 1, 1)])) == [False];"
        "heavy = {'cryptography', 'keyring', 'dlib', 'face_recognition', 'PIL'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    environment = {
        "XDG_DATA_HOME": str(tmp_path),
        "HOME": str(tmp_path),
        "USERPROFILE": str(tmp_path),
    }
    paths = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": ""}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment | paths)
