from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from phiscan.detectors.identifiers import DETECTOR, shape_of
from phiscan.geometry import Box, Region
from phiscan.layout import arrange
from phiscan.model import Finding, Frame, Photo, Scene
from phiscan.protocols import Identifier, Match, Network
from phiscan.separate_texts import separate_texts
from phiscan.text import Text, Word

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Everything:
    kind: str = "mrn"

    def find(self, text: Text) -> Iterable[Match]:
        if text.flow:
            yield Match(0, len(text.flow), 0.8, "all of it")


@dataclass(frozen=True)
class Box1:
    identifiers: tuple[Identifier, ...]

    def network(self, name: str) -> Network:
        raise NotImplementedError(name)


def scene(*words: tuple[str, float]) -> Scene:
    placed = [
        Word(text, Region.from_box(0, Box(100.0 * i, 10, 100.0 * i + 90, 110)), score)
        for i, (text, score) in enumerate(words)
    ]
    frame = Frame(0, "main", np.zeros((200, 900, 3), np.uint8))
    return Scene(Photo("x.jpg", "0" * 64, "JPEG", (frame,)), arrange(placed))


def detect(on: Scene) -> list[Finding]:
    return list(DETECTOR(Box1((Everything(),))).detect(on))


def test_places_a_match_on_the_pixels_and_hides_its_words() -> None:
    (finding,) = detect(scene(("MRN:", 0.99), ("00Ab-7", 0.9)))
    assert finding.kind == "mrn"
    assert finding.score == pytest.approx(0.8)
    assert finding.shape == "AAA: 99Aa-9"
    assert finding.reason == "all of it"
    assert finding.regions[0].box == Box(0, 10, 190, 110)


def test_is_less_sure_where_the_reader_was() -> None:
    (finding,) = detect(scene(("MRN:", 0.99), ("0012345", 0.35)))
    assert finding.score == pytest.approx(0.4)


def test_finds_nothing_where_nothing_is_written() -> None:
    assert detect(scene()) == []


def test_reports_the_kinds_of_its_identifiers() -> None:
    assert DETECTOR(Box1((Everything("ssn"), Everything("date")))).kinds == {"ssn", "date"}


@pytest.mark.parametrize(
    ("kind", "value", "shape"),
    [
        ("ssn", "219-45-6789", "999-99-9999"),
        ("name", "Jane O'Hara-LEE", "Aaaa Aaaa'Aaaa-Aaaa"),
        ("name", "SMITH, JO 2", "Aaaa, Aaaa 9"),
        ("mrn", "É-ab", "A-aa"),
        ("address", "1" * 60, "9" * 40),
        ("email", "jane@mail.org", "aaaa@aaaa.aaa"),
    ],
)
def test_a_shape_keeps_the_form_only(kind: str, value: str, shape: str) -> None:
    assert shape_of(kind, value) == shape


@dataclass(frozen=True)
class Heard:
    """Finds the first word, surely where nothing else stands beside it."""

    kind: str = "name"

    def find(self, text: Text) -> Iterable[Match]:
        if text.flow.startswith("JANE"):
            yield Match(0, 8, 0.9 if "SOUP" not in text.flow else 0.4, "first word")


def test_what_lies_beside_a_list_does_not_speak_for_or_against_it() -> None:
    alone = scene(("JANE", 0.9), ("DOE", 0.9))
    menu = Word("SOUP", Region.from_box(0, Box(100, 1400, 190, 1500)), 0.9)
    both = Scene(alone.photo, arrange([*alone.text.words, menu]))
    findings = [list(DETECTOR(Box1((Heard(),))).detect(each)) for each in (alone, both)]
    assert findings[0] == findings[1]
    assert [finding.score for finding in findings[1]] == [0.9]


def test_the_surer_finding_counts_whether_of_the_whole_or_of_a_part() -> None:
    far = Word("MRN", Region.from_box(0, Box(100, 1400, 190, 1500)), 0.9)
    both = Scene(scene().photo, arrange([*scene(("12345", 0.9)).text.words, far]))
    found = detect(both)
    assert len(found) == 1
    assert len(found[0].regions) == 2


@dataclass(frozen=True)
class EachWord:
    """Finds each word, the second one surely only where nothing else stands beside the two."""

    kind: str = "name"

    def find(self, text: Text) -> Iterable[Match]:
        for start, end in text.spans:
            if text.flow[start:end] != "SOUP":
                doubt = "ROE" in text.flow[start:end] and "SOUP" in text.flow
                yield Match(start, end, 0.5 if doubt else 0.9, "a word")


def test_high_boxes_of_two_lines_do_not_displace_each_other() -> None:
    """Readers draw boxes up to three times as high as a line: each holds the other's middle."""
    words = [
        Word(text, Region.from_box(0, Box(100, y, 190, y + 60)), 0.9)
        for text, y in (("DOE", 0), ("ROE", 24), ("SOUP", 1400))
    ]
    found = list(DETECTOR(Box1((EachWord(),))).detect(Scene(scene().photo, arrange(words))))
    assert sorted(finding.score for finding in found) == [0.9, 0.9]


@dataclass(frozen=True)
class Dates:
    """Finds a birth date."""

    kind: str = "birth_date"
    score: float = 0.9

    def find(self, text: Text) -> Iterable[Match]:
        at = text.flow.find("1950")
        if at >= 0:
            yield Match(at, at + 4, self.score, "a date")


@pytest.mark.parametrize(
    ("sure", "name"),
    [
        pytest.param(0.9, 0.9, id="a wristband on a poster is read by itself"),
        pytest.param(0.3, 0.4, id="what is hardly a birth date makes no record"),
    ],
)
def test_a_block_with_a_birth_date_is_read_by_itself(sure: float, name: float) -> None:
    words = [
        Word(text, Region.from_box(0, Box(x, y, x + 190, y + 60)), 0.9)
        for text, x, y in (("JANE", 100, 0), ("DOE", 300, 0), ("1950", 100, 80), ("SOUP", 100, 320))
    ]
    text = arrange(words)
    assert len(text.blocks) == 2
    assert not separate_texts(text), "near enough to be one thing"
    found = DETECTOR(Box1((Heard(), Dates(score=sure)))).detect(Scene(scene().photo, text))
    assert [finding.score for finding in found if finding.kind == "name"] == [name]
