"""The search for labels looks at few places of a text; here every place is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiscan.identifiers import _phrases
from phiscan.identifiers._labels import Labels
from phiscan.identifiers._letters import Letters
from phiscan.identifiers._phrases import BREAK, LONGEST, MISSPELT_FROM, known, phrase_at, starts
from phiscan.identifiers._vocabulary import phrases
from phiscan.plain_layout import lay_out

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECES = st.sampled_from(
    [
        *(phrase for phrase, *_ in phrases()[::7]),
        *("Patlent Narne", "D0B", "Medlcal Rec0rd Numbr", "Dale of Blrth", "Ilona", "to", "no"),
        *("MRN123456", "JohnDOB", "12DOB", "NameJohn", "Acct", "Surname/Nom", "née", "名前", "ID"),
        *(
            ":",
            " : ",
            "#",
            " ",
            "  ",
            "   ",
            ".",
            "...",
            "\n",
            "-",
            "/",
            "'",
            "1234567",
            " AB123456",
        ),
    ]
)


def _word_starts(letters: Letters) -> Iterator[int]:
    for index, offset in enumerate(letters.offsets):
        char, before = letters.raw[offset], letters.raw[offset - 1 : offset]
        hump = before.islower() and char.isupper()
        if char.isalpha() and (hump or not before.isalpha()):
            yield index


def _written(letters: Letters, index: int) -> int:
    stops = range(min(index + 2 * LONGEST, len(letters.folded)), index + 1, -1)
    known_here = (stop for stop in stops if letters.folded[index:stop] in known())
    return next((stop for stop in known_here if letters.ends(stop)), 0)


def _everywhere(letters: Letters) -> dict[int, tuple[str, int]]:
    """Return what stands at each start of a word, without any look at what may stand there."""
    found: dict[int, tuple[str, int]] = {}
    for index in _word_starts(letters):
        written, folded = _written(letters, index), letters.folded
        if written:
            found[index] = folded[index:written], written
        elif folded[index : index + 2] not in starts():
            continue
        first = index + max(written - index + 1, MISSPELT_FROM)
        for stop in letters.announced(first, index + LONGEST):
            word = folded[index:stop]
            meant = None if BREAK in word else _phrases._fuzzy(word)
            if meant is not None and not letters.is_name(index, stop):
                found[index] = meant, stop
                break
    return found


def _looked_up(letters: Letters) -> dict[int, tuple[str, int]]:
    hits = ((index, phrase_at(letters, index, stop)) for index, stop in letters.starts())
    return {index: hit for index, hit in hits if hit is not None}


@given(st.lists(PIECES, max_size=12).map("".join))
@settings(deadline=None, max_examples=200)
def test_no_label_is_lost_by_looking_at_few_places(raw: str) -> None:
    assert _looked_up(Letters(raw)) == _everywhere(Letters(raw))


@pytest.mark.parametrize(
    "raw",
    [
        "Patient Name: Ann\nPatlent Narne: Bob",
        "Medical Record Number 1234567, Medlcal Rec0rd Numbr: 1234567",
        "Date of Birth   01/02/1950\nDale of Birth",
        "a note to the patient who came from his ward: nothing",
        "patient",
        "DOB",
        "Nam",
        "",
    ],
)
def test_labels_as_forms_print_them_are_found_where_they_stand(raw: str) -> None:
    assert _looked_up(Letters(raw)) == _everywhere(Letters(raw))


def test_some_of_them_are_labels() -> None:
    raw = "Patlent Narne: Ann\nDOB 1/2/50"
    assert [known()[key][1] for key, _ in _looked_up(Letters(raw)).values()] == [
        "patient name",
        "name",
        "dob",
    ]


@pytest.mark.parametrize("dots", [0, 1, 40, 3000])
def test_a_label_is_marked_behind_a_row_of_dots(dots: int) -> None:
    tags = Labels(lay_out(f"Patient Name {'. ' * dots}: Ann")).tags
    assert [(tag.phrase, tag.marked) for tag in tags] == [("patient name", True)]
