from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiscan.geometry import Box, Region
from phiscan.layout import arrange
from phiscan.plain_layout import lay_out
from phiscan.text import Text, Word, _laid, _under

WORDS = st.lists(st.text("ABCdef0123-/", min_size=1, max_size=12), min_size=1, max_size=12)
HEIGHT = 20.0


def word(text: str, x: float, y: float, angle: float = 0.0, *, frame: int = 0) -> Word:
    """A word of 10 px a letter whose top left stands at (x, y) before turning about the origin."""
    corners = ((x, y), (x + 10 * len(text), y), (x + 10 * len(text), y + HEIGHT), (x, y + HEIGHT))
    cos, sin = math.cos(angle), math.sin(angle)
    turned = tuple((px * cos - py * sin, px * sin + py * cos) for px, py in corners)
    return Word(text, Region(frame, turned), 0.9)


def row(texts: list[str], y: float, gap: float = 8.0, angle: float = 0.0) -> list[Word]:
    x, words = 0.0, []
    for text in texts:
        words.append(word(text, x, y, angle))
        x += 10 * len(text) + gap
    return words


@pytest.mark.parametrize(
    ("text", "score", "cuts"),
    [("", 0.5, ()), ("a", math.nan, ()), ("a", 1.1, ()), ("ab", 0.5, (0.0, 1.0))],
    ids=["empty", "NaN", "above one", "cuts that do not fit"],
)
def test_a_word_refuses_nonsense(text: str, score: float, cuts: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"word|score"):
        Word(text, Region.from_box(0, Box(0, 0, 1, 1)), score, cuts)


def test_nothing_prints_its_words() -> None:
    words = row(["Smith", "Jane"], 0)
    assert "Smith" not in repr(words) + repr(arrange(words)) + str(arrange(words))


@given(WORDS, st.floats(-3.1, 3.1))
def test_each_words_span_maps_back_to_its_own_pixels(texts: list[str], angle: float) -> None:
    words = row(texts, 40, angle=angle)
    text = arrange(words)
    for placed, (start, end) in zip(text.words, text.spans, strict=True):
        assert text.flow[start:end] == placed.text
        assert text.regions(start, end) == (placed.region,)


@given(WORDS, st.floats(-3.1, 3.1))
def test_a_line_reads_in_order_whatever_way_it_is_turned(texts: list[str], angle: float) -> None:
    words = row(texts, 40, angle=angle)
    assert arrange(reversed(words)).flow == " ".join(texts)


@given(st.lists(st.tuples(st.floats(0, 999), st.floats(0, 999)), max_size=12))
def test_no_word_is_lost_or_doubled(places: list[tuple[float, float]]) -> None:
    words = [word(f"w{n}", x, y) for n, (x, y) in enumerate(places)]
    text = arrange(words)
    assert sorted(w.text for w in text.words) == sorted(w.text for w in words)
    assert sorted(text.flow.split()) == sorted(w.text for w in words)


def test_characters_inside_a_word_map_to_their_part() -> None:
    text = arrange([word("MRN:0012", 0, 0)])
    (region,) = text.regions(4, 8)
    assert region.box == Box(40, 0, 80, HEIGHT)


def test_cuts_are_used_where_the_reader_knows_them() -> None:
    region = Region.from_box(0, Box(0, 0, 100, 20))
    text = arrange([Word("iW", region, 0.9, (0.0, 0.1, 1.0))])
    assert text.regions(1, 2)[0].box == Box(10, 0, 100, 20)


def test_a_span_over_two_lines_gives_a_region_for_each() -> None:
    text = arrange(row(["JOHN"], 0) + row(["SMITH"], 24))
    assert text.flow == "JOHN\nSMITH"
    assert [r.box.y0 for r in text.regions(0, len(text.flow))] == [0, 24]


def test_wide_gaps_part_cells_and_empty_space_parts_blocks() -> None:
    words = [
        *row(["Name", "DOB"], 0, gap=100),
        *row(["Ann", "1950"], 26, gap=110),
        *row(["Elsewhere"], 300),
    ]
    text = arrange(words)
    assert text.flow == "Name\tDOB\nAnn\t1950\n\nElsewhere"
    assert len(text.blocks) == 2


def test_things_turned_against_each_other_are_two_blocks() -> None:
    page = row(["MENU", "SOUP"], 0) + row(["TOMATO", "SALAD"], 24)
    card = [word("NAME", 40, -20, math.pi), word("1A2B", 40, -44, math.pi)]
    between = word("7", -20, 56)  # too short to have a direction
    text = arrange([*page, *card, between])
    blocks = [block.split("\n") for block in text.flow.split("\n\n")]
    assert sorted([line for line in block if line != "7"] for block in blocks) == [
        ["1A2B", "NAME"],
        ["MENU SOUP", "TOMATO SALAD"],
    ]


@given(st.floats(-3.1, 3.1))
def test_a_blot_that_was_read_as_a_letter_does_not_turn_the_lines_round(blot: float) -> None:
    lines = [row([text], 26 * n, angle=0.6) for n, text in enumerate(["FIRST", "SECOND", "THIRD"])]
    speck = word("x", 0, -26, 0.6)
    corners = tuple(
        (
            math.cos(blot) * x - math.sin(blot) * y + speck.region.centre[0],
            math.sin(blot) * x + math.cos(blot) * y + speck.region.centre[1],
        )
        for x, y in ((-6, -6), (6, -6), (6, 6), (-6, 6))
    )
    text = arrange([Word("x", Region(0, corners), 0.5), *(w for line in lines for w in line)])
    assert [line for line in text.flow.split() if line != "x"] == ["FIRST", "SECOND", "THIRD"]


def test_pieces_of_a_line_that_overlap_are_one_line() -> None:
    surname = word("SHEVCHENKO,", 0, 0)
    comma, first = word(",", 100, 0), word("SANTIAGO", 114, 0)
    assert arrange([surname, comma, first]).flow == "SHEVCHENKO, , SANTIAGO"


def test_neighbours_in_a_table() -> None:
    text = arrange(row(["Name", "DOB"], 0, gap=100) + row(["Ann", "1950"], 26, gap=110))
    name, dob, ann, year = text.cells
    assert text.right_of(name) == dob
    assert text.right_of(dob) is None
    assert text.below(name) == ann
    assert text.below(dob) == year
    assert text.below(ann) is None


@pytest.mark.parametrize("degrees", [0, 30, 90, 180, 270])
def test_below_follows_the_text_and_not_the_picture(degrees: int) -> None:
    angle = math.radians(degrees)
    text = arrange(row(["Patient"], 0, angle=angle) + row(["Ann"], 30, angle=angle))
    label = next(c for c in text.cells if text.flow[c.start : c.end] == "Patient")
    value = text.below(label)
    assert value is not None
    assert text.flow[value.start : value.end] == "Ann"


@given(
    st.lists(
        st.tuples(st.floats(0, 600), st.floats(0, 300), st.integers(1, 40), st.floats(-0.3, 0.3)),
        min_size=1,
        max_size=30,
    ),
    st.floats(-3.1, 3.1),
)
def test_below_looks_at_every_cell_that_may_stand_there(
    places: list[tuple[float, float, int, float]], turn: float
) -> None:
    text = arrange(word("x" * length, x, y, turn + tilt) for x, y, length, tilt in places)
    for cell in text.cells:
        laid = [_laid(other) for other in text.cells]
        every = [(drop, other.start, other) for other, drop in _under(_laid(cell), laid)]
        assert text.below(cell) == (min(every)[2] if every else None)


def test_what_is_worked_out_from_a_text_is_worked_out_once() -> None:
    texts = lay_out("Jane"), lay_out("John")
    asked: list[str] = []

    def first_letters(text: Text) -> str:
        asked.append(text.flow)
        return text.flow[:2]

    assert [text.worked_out(first_letters) for text in (*texts, *texts)] == ["Ja", "Jo"] * 2
    assert asked == ["Jane", "John"]


def test_words_of_two_frames_never_share_a_line() -> None:
    text = arrange([word("one", 0, 0), word("two", 40, 0, frame=1)])
    assert text.flow == "one\n\ntwo"


@given(st.text("ab1 \t|\n", max_size=80))
def test_a_plain_string_keeps_its_offsets(string: str) -> None:
    text = lay_out(string)
    assert text.flow == string
    for placed, (start, end) in zip(text.words, text.spans, strict=True):
        assert string[start:end] == placed.text


@pytest.mark.parametrize("line", ["Name\tDOB", "Name | DOB", "Name    DOB"])
def test_a_plain_string_has_cells(line: str) -> None:
    text = lay_out(line + "\nAnn")
    assert [text.flow[c.start : c.end] for c in text.cells] == ["Name", "DOB", "Ann"]
    assert text.below(text.cells[0]) == text.cells[2]


@given(st.lists(st.text("ab |\t", max_size=20), max_size=8), st.sampled_from([0, 2]))
def test_below_in_a_plain_string_is_what_the_search_by_squares_finds(
    lines: list[str], wide: int
) -> None:
    text = lay_out("\n".join(lines + [" | ".join("abc" * 20)] * wide))
    for cell in text.cells:
        assert text.below(cell) is Text._find_below(text, cell)


def test_an_empty_text_is_a_text() -> None:
    assert arrange([]) == Text()
    assert Text().regions(0, 5) == ()
    assert Text().confidence(0, 5) == 0.0
