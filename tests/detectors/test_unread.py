from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from looking import Sees, Takes

from phiscan.detectors._ground import ground_of
from phiscan.detectors._looks import LOOKS
from phiscan.detectors._sheets import Sheet, Sight
from phiscan.detectors._unread import unread
from phiscan.detectors.surfaces import DETECTOR
from phiscan.geometry import Box, Region
from phiscan.layout import arrange
from phiscan.model import Check, Finding, Frame, Outcome, Photo, Role, Scene, Verdict
from phiscan.policy import judge, load_policy
from phiscan.text import Word
from phiscan.traces import Traces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

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


@dataclass(frozen=True)
class Doubts:
    """A network that takes every view for one look, so likely as was said."""

    look: str
    likely: float
    lanes: int = 1

    def run(self, batch: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        return [np.tile(sheet(self.look, self.likely).likely, (len(batch), 1))]

    def metadata(self, key: str) -> str:
        return key


def traces(share: float = 1.0, frame: int = 0) -> Traces:
    """Return traces of print all over the page, as dense as wanted, and nowhere else."""
    squares = np.zeros((120, 160), np.uint8)
    squares[20:100, 25:125] = round(255 * share)
    return Traces(frame, squares)


def found(
    outline: Sheet,
    read: Sequence[Word | Traces] = (),
    frame: Frame | None = None,
    *,
    again: tuple[str, float] | None = None,
) -> list[Finding]:
    """Return what is reported of an outline; `again` is what closer looks take it for."""
    look = max(LOOKS[1:], key=outline.share)
    network = Doubts(*(again or (look, outline.share(look))))
    return list(unread([outline], arrange(read), Sight(network, frame or page())))


@pytest.mark.parametrize("look", ["paper", "wristband", "card", "board", "screen"])
def test_a_plain_record_with_traces_of_print_is_unreadable(look: str) -> None:
    (only,) = found(sheet(look), [traces()])
    assert only.kind == "unreadable_surface"
    assert only.regions[0].box == PAGE
    assert look in only.reason


@pytest.mark.parametrize(
    ("look", "likely", "read", "reported"),
    [
        ("paper", 0.93, [], False),  # a sheet without print
        ("paper", 0.93, [traces()], True),
        ("paper", 0.99, [], True),  # a record in glare has no traces
        ("paper", 0.55, [traces()], False),
        ("paper", 0.55, [traces(), *[line(y, score=0.4) for y in range(100, 380, 40)]], True),
        ("paper", 0.93, [traces(0.1)], False),
        ("wristband", 0.97, [], False),  # the tube of a stethoscope
        ("wristband", 0.97, [traces(0.2)], True),
        ("paper", 0.93, [traces(frame=1)], False),
        ("label", 0.97, [traces()], False),  # stamps, tiles, packages
        ("sign", 0.97, [traces()], False),
        ("nothing", 0.97, [traces()], False),
    ],
)
def test_evidence_adds_up(
    look: str, likely: float, read: list[Word | Traces], *, reported: bool
) -> None:
    assert bool(found(sheet(look, likely), read, page(lines=False))) is reported


@pytest.mark.parametrize(("share", "reported"), [(1.0, True), (0.1, False)])
def test_rows_count_where_there_are_traces_of_print(share: float, *, reported: bool) -> None:
    doubtful = sheet("paper", 0.55)
    assert not found(doubtful, [traces(share)], page(lines=False))
    assert bool(found(doubtful, [traces(share)])) is reported


@pytest.mark.parametrize(("grey", "reported"), [(255, True), (240, False)])
def test_a_sheet_that_is_burnt_out_may_hide_print(grey: int, *, reported: bool) -> None:
    pixels = page(lines=False).pixels.copy()
    pixels[80:400, 100:500] = grey
    assert bool(found(sheet("screen", 0.95), (), Frame(0, "main", pixels))) is reported


def test_what_closer_looks_take_for_nothing_is_left_alone() -> None:
    assert not found(sheet("paper"), [traces()], again=("nothing", 0.97))


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
    assert len(found(sheet("paper"), [*words, traces()])) == 1


def test_a_part_of_a_sheet_that_was_read_is_left_alone() -> None:
    margin = Sheet(Region.from_box(0, Box(110, 250, 490, 390)), sheet("paper").likely)
    sight = Sight(Doubts("paper", 0.97), page())
    text = arrange([line(100), line(130), traces()])
    assert len(list(unread([margin], text, sight))) == 1
    assert not list(unread([margin, sheet("paper")], text, sight))


def test_a_sheet_that_was_read_is_left_alone() -> None:
    assert not found(sheet("paper"), [line(100), line(130), traces()])


def mark(number: int, score: float = 0.4, text: str = "ebl") -> Word:
    x, y = 120 + 60 * (number % 5), 100 + 30 * (number // 5)
    return Word(text, Region.from_box(0, Box(x, y, x + 40, y + 12)), score)


@pytest.mark.parametrize(
    ("marks", "words", "reported"),
    [(12, 0, True), (12, 5, True), (12, 15, False), (0, 0, False)],
)
def test_marks_that_could_not_be_read_count(marks: int, words: int, *, reported: bool) -> None:
    seen = [mark(n) for n in range(marks)]
    seen += [mark(marks + n, 0.98, "Patient") for n in range(words)]
    outline = sheet("paper", 0.65)
    assert bool(found(outline, [*seen, traces(0.6)], page(lines=False))) is reported


def numbers(count: int) -> list[Word]:
    return [mark(number, 0.98, str(number)) for number in range(count)]


@pytest.mark.parametrize(("count", "reported"), [(5, True), (20, False)])
def test_many_numbers_that_were_read_count_as_words(count: int, *, reported: bool) -> None:
    assert bool(found(sheet("board"), [*numbers(count), traces()])) is reported


def small(number: int, score: float = 0.98) -> Word:
    x, y = 120 + 20 * (number % 15), 100 + 10 * (number // 15)
    return Word("visit", Region.from_box(0, Box(x, y, x + 12, y + 4)), score)


@pytest.mark.parametrize(("words", "reported"), [(8, True), (14, False)])
def test_many_small_words_are_enough_on_a_wide_desk(words: int, *, reported: bool) -> None:
    desk = sheet("paper")
    seen = [small(number) for number in range(words)]
    assert bool(found(desk, [*seen, traces()])) is reported


@pytest.mark.parametrize(("words", "reported"), [(25, True), (45, False)])
def test_a_page_of_which_much_was_read_can_be_read(words: int, *, reported: bool) -> None:
    seen = [small(number, 0.98 if number < words else 0.6) for number in range(words + 90)]
    assert bool(found(sheet("paper"), [*seen, traces()])) is reported


def test_what_lies_on_a_desk_with_many_words_may_still_be_unreadable() -> None:
    other = Sheet(Region.from_box(0, Box(250, 250, 490, 390)), sheet("paper").likely)
    text = arrange([*[small(number) for number in range(14)], traces()])
    (only,) = unread([sheet("paper"), other], text, Sight(Doubts("paper", 0.97), page()))
    assert only.regions == (other.region,)


def heading(text: str, box: Box, score: float = 0.98) -> list[Word]:
    """Return words side by side that fill a box."""
    parts = text.split(" ")
    width = (box.x1 - box.x0) / len(parts)
    return [
        Word(
            part,
            Region.from_box(
                0, Box(box.x0 + n * width, box.y0, box.x0 + (n + 1) * width - 2, box.y1)
            ),
            score,
        )
        for n, part in enumerate(parts)
    ]


ABOVE = Box(150, 60, 350, 76)


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (heading("August 2024", ABOVE), False),
        (heading("August 2024", Box(150, 20, 350, 36)), True),  # too far above
        (heading("August 2024", Box(150, 66, 190, 76)), True),  # too small to be its heading
        (heading("Statement August 2024", ABOVE), True),
        (heading("PRICE LIST 2026", ABOVE), False),
        (heading("Menu", ABOVE), False),
        (heading("Today's specials", ABOVE), False),
        (heading("OFFICE HOURS", ABOVE), False),
        (heading("Menu", Box(150, 66, 190, 76)), True),  # a button of a program
        (heading("Menu Patients Orders", ABOVE), True),
        (heading("Mon Tue Wed", ABOVE), True),  # a plan of the week
        (heading("Patient list", ABOVE), True),
    ],
)
def test_a_harmless_sheet_is_known_by_its_heading(words: list[Word], *, reported: bool) -> None:
    assert bool(found(sheet("board"), [*words, traces()])) is reported


def test_a_part_of_a_calendar_is_left_alone() -> None:
    days = Sheet(Region.from_box(0, Box(110, 200, 490, 390)), sheet("board").likely)
    text = arrange([*heading("August 2024", ABOVE), traces()])
    assert not list(unread([days, sheet("board")], text, Sight(Doubts("board", 0.97), page())))


def test_a_mark_as_high_as_the_sheet_is_no_print() -> None:
    whole = Word("口", Region.from_box(0, PAGE), 0.4)
    assert not found(sheet("paper", 0.75), [whole] * 12)


def test_a_sign_as_high_as_the_sheet_does_not_cover_it_with_print() -> None:
    whole = Word("W", Region.from_box(0, PAGE), 0.94)
    outline, blank = sheet("paper", 0.55), page(lines=False)
    assert not found(outline, [traces(), whole], blank)
    small = [line(y, "W", 0.4) for y in range(100, 380, 40)]
    assert found(outline, [traces(), *small], blank)


def test_of_outlines_of_one_sheet_the_best_is_reported() -> None:
    half = Sheet(Region.from_box(0, Box(100, 80, 500, 240)), sheet("paper").likely)
    sight = Sight(Doubts("paper", 0.97), page())
    (only,) = unread([half, sheet("paper")], arrange([traces()]), sight)
    assert only.regions[0].box in {PAGE, half.region.box}


def test_an_even_ground_is_told_from_clutter() -> None:
    squares = np.random.default_rng(3).integers(0, 256, (12, 16, 1), dtype=np.uint8)
    clutter = np.repeat(np.repeat(squares, 40, axis=0), 40, axis=1).repeat(3, axis=2)
    region = Region.from_box(0, PAGE)
    assert ground_of(page(lines=False).pixels, region).even == 1.0
    assert 0.5 < ground_of(page().pixels, region).even < 1.0
    assert ground_of(clutter, region).even < 0.3


def test_lines_stand_in_rows_along_either_side_sharp_or_not() -> None:
    upright = Region.from_box(0, PAGE)
    lines = page().pixels
    turned = Region(0, (*upright.corners[1:], upright.corners[0]))
    assert ground_of(lines, upright).rows > 2
    assert ground_of(lines, turned).rows > 2
    blurred = cv2.GaussianBlur(lines, (0, 0), 4)
    assert ground_of(blurred, upright).rows > 1
    assert ground_of(page(lines=False).pixels, upright).rows == 0


def test_what_glare_hides_is_told() -> None:
    pixels = page().pixels.copy()
    pixels[80:240, 100:500] = 255
    assert ground_of(page().pixels, Region.from_box(0, PAGE)).burnt == 0
    assert 0.4 < ground_of(pixels, Region.from_box(0, PAGE)).burnt < 0.6


@pytest.mark.parametrize("box", [Box(-90, -90, 20, 20), Box(600, 440, 900, 900), Box(5, 5, 5, 5)])
def test_sheets_at_the_edge_do_no_harm(box: Box) -> None:
    at_edge = Sheet(Region.from_box(0, box), sheet("paper").likely)
    assert 0 <= ground_of(page().pixels, at_edge.region).even <= 1
    assert len(found(at_edge, [traces()])) <= 1


def look(takes: Takes, role: Role = "main", words: Sequence[Word] = ()) -> set[str]:
    frame = Frame(0, role, page(lines=False).pixels)
    photo = Photo("p", "", "png", (frame,))
    return {f.kind for f in DETECTOR(Sees(takes)).detect(Scene(photo, arrange([*words, traces()])))}


def test_the_detector_reports_a_page_that_nobody_could_read() -> None:
    assert look(Takes("paper")) == {"unreadable_surface"}
    assert look(Takes("nothing")) == set()
    assert look(Takes("paper"), words=(line(100), line(130))) == set()


@pytest.mark.parametrize("role", ["thumbnail", "preview"])
def test_small_copies_in_the_file_need_not_be_readable(role: Role) -> None:
    assert look(Takes("paper"), role) == set()


def test_policies_ask_a_person_to_look() -> None:
    (only,) = found(sheet("paper"), [traces()])
    policy = load_policy("default")
    checks = [Check(name, Outcome.DONE) for name in policy.required]
    assert judge([only], checks, policy).verdict is Verdict.REVIEW
