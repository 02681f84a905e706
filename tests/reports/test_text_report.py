from __future__ import annotations

from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged import DONE, at, judged

from phiscan.model import Check, Finding, Outcome, ScanResult
from phiscan.reports._places import place, sureness
from phiscan.reports._printable import printable
from phiscan.reports.text import TextReport

scanned = partial(judged, source="a.jpg", sha256="0" * 64)


def told(*results: ScanResult, width: int = 400) -> str:
    return "".join(TextReport(width=width).render(results))


def test_an_allowed_photo_takes_one_line_and_the_end_says_it_is_no_proof() -> None:
    text = told(scanned())
    assert text.startswith("ALLOW   a.jpg  nothing found that speaks against sharing\n\nChecked: ")
    assert "no proof" in text
    assert "faces" in text


def test_notes_on_an_allowed_photo() -> None:
    text = told(scanned(Finding("capture_time", 1.0), Finding("device_serial", 1.0)))
    assert "Also noted: " in text
    assert "time when the photo was taken" in text
    assert "Why it matters" not in text


def test_a_finding_says_what_where_how_sure_and_why() -> None:
    band = Finding("wristband", 0.8, at(0, 400, 300, 150))
    name = Finding("name", 0.93, at(20, 450), "Aaaa", "label 'Name' on the same line")
    text = told(scanned(band, name))
    assert text.startswith("BLOCK   a.jpg\n")
    assert (
        "  - person's name, on a wristband, lower left: almost certain (0.93), "
        "label 'Name' on the same line\n"
    ) in text
    assert "Why it matters:\n    A name in a clinic's photo says" in text


def test_what_lies_on_a_record_goes_away_with_the_record() -> None:
    band = Finding("wristband", 0.8, at(0, 400, 300, 150))
    name = Finding("name", 0.93, at(20, 450))
    date = Finding("birth_date", 0.93, at(20, 480))
    advice = told(scanned(band, name, date)).partition("To take it again:\n")[2]
    assert advice.startswith("    Cover the wristband with a sleeve")
    assert advice.count("Cover the wristband") == 1
    assert "paper, band or screen" not in advice


def test_findings_of_one_kind_in_one_place_are_one_line() -> None:
    names = [Finding("mrn", 0.8 + n / 100, at(10, 10 + n)) for n in range(3)]
    text = told(scanned(*names, Finding("mrn", 0.8, at(800, 500))))
    assert "3 x medical record number, upper left: very likely (0.82)" in text
    assert "- medical record number, lower right: very likely (0.80)" in text


def test_a_long_list_ends_with_how_many_more() -> None:
    findings = [
        Finding(kind, 0.9, at(x, y))
        for kind in ("mrn", "ssn")
        for x in (10, 400, 800)
        for y in (10, 500)
    ]
    text = told(scanned(*findings))
    assert text.count("  - ") == 9
    assert "  - and 4 more\n" in text


def test_what_blocks_comes_before_what_needs_review() -> None:
    text = told(scanned(Finding("person", 1.0, at(0, 0)), Finding("ssn", 0.85, at(0, 0))))
    assert text.index("social security") < text.index("- person")


def test_a_file_that_was_not_opened() -> None:
    failed = (Check("intake", Outcome.FAILED, error="UnreadableImage"),)
    text = told(scanned(checks=failed, sha256="", problem="no such file; check the path"))
    assert text.startswith("BLOCK   a.jpg  not scanned\n")
    assert "! could not be scanned: no such file; check the path\n" in text
    assert "not checked:" not in text
    assert "no proof" not in text


def test_a_check_that_failed_is_named() -> None:
    checks = (*DONE[1:], Check(DONE[0].name, Outcome.FAILED, error="ValueError"))
    text = told(scanned(checks=checks))
    assert text.startswith("BLOCK   a.jpg  not fully checked\n")
    assert f"! not checked: {DONE[0].name}" in text
    assert "have a person look" in text


def test_a_gap_does_not_hide_what_was_found() -> None:
    checks = (*DONE, Check("page 51", Outcome.FAILED))
    text = told(scanned(Finding("face", 0.9, at(0, 0)), checks=checks))
    assert "- face, upper left" in text
    assert "page 51" in text


def test_many_photos_end_with_counts() -> None:
    face = scanned(Finding("face", 0.9))
    assert told(face, scanned(), scanned()).endswith(
        "\n3 photos: 1 blocked, 0 to review, 0 not fully checked, 2 allowed\n"
    )


def test_photos_with_details_stand_apart_and_others_together() -> None:
    ok, face = scanned(), scanned(Finding("face", 0.9))
    starts = [
        (before, line[:5].strip())
        for before, line in pairwise(["", *told(ok, ok, face, ok, ok).split("\n")])
        if line.startswith(("ALLOW", "BLOCK"))
    ]
    together = [bool(before) for before, _ in starts]
    assert [word for _, word in starts] == ["ALLOW", "ALLOW", "BLOCK", "ALLOW", "ALLOW"]
    assert together == [False, True, False, False, True]


def test_nothing_is_called_de_identified_or_safe() -> None:
    text = told(scanned(), scanned(Finding("face", 0.9))).lower()
    assert "identified" not in text
    assert "safe" not in text


@pytest.mark.parametrize("width", [20, 40, 60, 100])
def test_lines_keep_to_the_width(width: int) -> None:
    text = told(scanned(Finding("ssn", 0.9, at(0, 0), reason="word " * 30)), width=width)
    assert max(map(len, text.splitlines())) <= max(width, 40)


def test_colour_is_beside_the_word() -> None:
    text = "".join(TextReport(colour=True).render([scanned()]))
    assert text.startswith("\x1b[1;32mALLOW \x1b[0m  a.jpg")


@given(st.text(min_size=1))
def test_a_path_takes_one_line_and_prints(path: str) -> None:
    head, *rest = told(scanned(source=path)).split("\n")
    assert head.startswith("ALLOW   ")
    assert head.isprintable()
    assert not rest[0]


@given(st.text())
def test_printable_leaves_printable_text_alone(text: str) -> None:
    safe = printable(text)
    assert safe.isprintable()
    assert safe == text or not text.isprintable()


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (0, 0, "upper left"),
        (450, 0, "top"),
        (890, 0, "upper right"),
        (0, 300, "left"),
        (450, 300, "middle"),
        (890, 300, "right"),
        (0, 590, "lower left"),
        (450, 590, "bottom"),
        (890, 590, "lower right"),
        (5000, -5000, "upper right"),
    ],
)
def test_places(x: float, y: float, words: str) -> None:
    assert place(Finding("face", 0.9, at(x, y, 4, 4)), scanned()) == words


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (Finding("gps_location", 1.0), "in the file's metadata"),
        (Finding("file_name", 1.0), "in the file's name"),
        (Finding("trailing_data", 1.0), "behind the end of the picture"),
        (Finding("name", 1.0), ""),
        (Finding("unheard_of", 1.0), ""),
        (Finding("face", 1.0, at(0, 0, frame=2)), "in picture 3 of the file"),
    ],
)
def test_places_outside_of_the_picture(finding: Finding, words: str) -> None:
    assert place(finding, scanned()) == words


def test_how_sure() -> None:
    assert [sureness(score) for score in (0.95, 0.8, 0.6, 0.2)] == [
        "almost certain",
        "very likely",
        "likely",
        "possible",
    ]
