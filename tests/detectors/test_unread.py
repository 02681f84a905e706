from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from looking import Sees, Takes

from phiscan.detectors._bands import bands_on
from phiscan.detectors._looks import LOOKS
from phiscan.detectors._sheets import Sheet
from phiscan.detectors._unread import unread
from phiscan.detectors.surfaces import DETECTOR
from phiscan.geometry import Box, Region
from phiscan.layout import arrange
from phiscan.model import Check, Frame, Outcome, Photo, Role, Scene, Verdict
from phiscan.policy import judge, load_policy
from phiscan.text import Word

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = Box(100, 80, 500, 400)


def page(*, lines: bool = True) -> Frame:
    """Return a white page on a desk, with grey bars for lines or without."""
    pixels = np.full((480, 640, 3), 90, np.uint8)
    cv2.rectangle(pixels, (100, 80), (499, 399), (240, 240, 240), -1)
    for y in range(110, 380, 24) if lines else ():
        cv2.rectangle(pixels, (130, y), (460, y + 8), (150, 150, 150), -1)
    return Frame(0, "main", pixels)


def sheet(look: str, likely: float = 0.97) -> Sheet:
    row = np.zeros(len(LOOKS), np.float32)
    row[LOOKS.index("nothing")] = 1 - likely
    row[LOOKS.index(look)] += likely
    return Sheet(Region.from_box(0, PAGE), row)


def line(y: float, text: str = "Patient", score: float = 0.98, frame: int = 0) -> Word:
    return Word(text, Region.from_box(frame, Box(120, y, 480, y + 30)), score)


DOUBTFUL = [line(y, score=0.4) for y in range(100, 380, 40)]


@pytest.mark.parametrize("look", ["paper", "wristband", "card", "board", "screen"])
def test_a_plain_record_without_a_word_is_unreadable(look: str) -> None:
    (found,) = unread([sheet(look)], [], page())
    assert found.kind == "unreadable_surface"
    assert found.regions[0].box == PAGE
    assert look in found.reason


def test_a_screen_needs_many_lines_or_lines_that_were_seen_and_not_read() -> None:
    blinds = striped(5)
    assert not list(unread([sheet("screen")], [], blinds))
    assert len(list(unread([sheet("screen")], DOUBTFUL, blinds))) == 1


def test_a_label_needs_marks_that_were_seen_and_not_read() -> None:
    assert not list(unread([sheet("label")], DOUBTFUL, page()))
    marks = [mark(number) for number in range(12)]
    assert len(list(unread([sheet("label")], marks, page()))) == 1


@pytest.mark.parametrize(
    "words",
    [
        [line(100, score=0.4), line(130, score=0.7)],
        [line(100, text="II")],
        [line(420)],  # below the sheet
        [line(100, frame=1)],
    ],
    ids=["doubtful", "a scrap", "elsewhere", "on another frame"],
)
def test_what_was_not_read_on_it_does_not_count(words: list[Word]) -> None:
    assert len(list(unread([sheet("paper")], words, page()))) == 1


def test_a_sheet_that_was_read_is_left_alone() -> None:
    assert not list(unread([sheet("paper")], [line(100), line(130)], page()))


@pytest.mark.parametrize("near_miss", [sheet("sign"), sheet("nothing"), sheet("paper", 0.6)])
def test_signs_and_what_is_not_plainly_there_are_left_alone(near_miss: Sheet) -> None:
    assert not list(unread([near_miss], DOUBTFUL, page()))


def test_a_blank_sheet_is_left_alone() -> None:
    assert not list(unread([sheet("paper")], [], page(lines=False)))


def striped(rows: int, *, ground: int = 90) -> Frame:
    """Return the page with so many broad bars, on a desk as bright as wanted."""
    pixels = np.full((480, 640, 3), ground, np.uint8)
    cv2.rectangle(pixels, (100, 80), (499, 399), (240, 240, 240), -1)
    for row in range(rows):
        y = 80 + 320 * (row + 1) // (rows + 1)
        cv2.rectangle(pixels, (130, y - 6), (460, y + 6), (150, 150, 150), -1)
    return Frame(0, "main", pixels)


@pytest.mark.parametrize(
    ("look", "likely", "rows", "found"),
    [
        ("paper", 0.99, 2, True),  # shaken: few lines are left
        ("paper", 0.96, 2, False),
        ("paper", 0.96, 5, True),
        ("paper", 0.93, 5, False),
        ("wristband", 0.97, 3, True),
        ("wristband", 0.97, 2, False),  # highlights on the metal of a watch
    ],
)
def test_the_plainer_a_sheet_the_fewer_lines_it_needs(
    look: str, likely: float, rows: int, *, found: bool
) -> None:
    assert bool(list(unread([sheet(look, likely)], [], striped(rows)))) is found


def burnt(*, white: int = 255, ground: int = 90) -> Frame:
    """Return the page without a line, as white as wanted."""
    pixels = np.full((480, 640, 3), ground, np.uint8)
    cv2.rectangle(pixels, (100, 80), (499, 399), (white, white, white), -1)
    return Frame(0, "main", pixels)


@pytest.mark.parametrize("look", ["paper", "wristband", "screen"])
def test_a_sheet_that_glare_burns_out_is_unreadable(look: str) -> None:
    assert len(list(unread([sheet(look)], [], burnt()))) == 1


@pytest.mark.parametrize(
    ("frame", "likely"), [(burnt(white=244), 0.97), (burnt(ground=235), 0.97), (burnt(), 0.9)]
)
def test_white_paper_white_pages_and_doubtful_windows_are_not_burnt_out(
    frame: Frame, likely: float
) -> None:
    assert not list(unread([sheet("paper", likely)], [], frame))


def mark(number: int, score: float = 0.4, text: str = "ebl") -> Word:
    x, y = 120 + 60 * (number % 5), 100 + 30 * (number // 5)
    return Word(text, Region.from_box(0, Box(x, y, x + 40, y + 12)), score)


@pytest.mark.parametrize(
    ("marks", "words", "likely", "found"),
    [
        (12, 0, 0.75, True),
        (12, 3, 0.75, True),
        (12, 15, 0.75, False),
        (5, 0, 0.75, False),
        (12, 0, 0.6, False),
    ],
)
def test_print_that_the_reader_saw_and_could_not_read_counts(
    marks: int, words: int, likely: float, *, found: bool
) -> None:
    seen = [mark(n) for n in range(marks)]
    seen += [mark(marks + n, 0.98, "Patient") for n in range(words)]
    blank = page(lines=False)
    assert bool(list(unread([sheet("paper", likely)], seen, blank))) is found


def test_a_mark_as_high_as_the_sheet_is_no_print() -> None:
    whole = Word("口", Region.from_box(0, PAGE), 0.4)
    assert not list(unread([sheet("paper", 0.75)], [whole] * 12, page(lines=False)))


def test_the_edge_of_a_shelf_is_left_alone() -> None:
    edge = Sheet(Region.from_box(0, Box(100, 80, 500, 100)), sheet("paper").likely)
    assert not list(unread([edge], DOUBTFUL, page()))


def test_a_speck_is_left_alone() -> None:
    speck = Sheet(Region.from_box(0, Box(130, 110, 145, 120)), sheet("wristband").likely)
    assert not list(unread([speck], [], page()))


@pytest.mark.parametrize("box", [Box(-90, -90, 20, 20), Box(600, 440, 900, 900), Box(5, 5, 5, 5)])
def test_sheets_at_the_edge_do_no_harm(box: Box) -> None:
    assert bands_on(page().pixels, Region.from_box(0, box)) >= 0


def look(takes: Takes, role: Role = "main", words: Sequence[Word] = ()) -> set[str]:
    frame = Frame(0, role, page().pixels)
    photo = Photo("p", "", "png", (frame,))
    return {f.kind for f in DETECTOR(Sees(takes)).detect(Scene(photo, arrange(words)))}


def test_the_detector_reports_a_page_that_nobody_could_read() -> None:
    assert look(Takes("paper")) == {"unreadable_surface"}
    assert look(Takes("nothing")) == set()
    assert look(Takes("paper"), words=(line(100), line(130))) == set()


@pytest.mark.parametrize("role", ["thumbnail", "preview"])
def test_small_copies_in_the_file_need_not_be_readable(role: Role) -> None:
    assert look(Takes("paper"), role) == set()


def test_policies_ask_a_person_to_look() -> None:
    (found,) = unread([sheet("paper")], [], page())
    policy = load_policy("default")
    checks = [Check(name, Outcome.DONE) for name in policy.required]
    assert judge([found], checks, policy).verdict is Verdict.REVIEW
