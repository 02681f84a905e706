from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged import ALLOWED, BLOCKED, CLEAN, EVERY, GAP, GONE, HOSTILE, any_results, judged

from phiscan.geometry import Box, Region
from phiscan.model import Finding, ScanResult
from phiscan.reports.csv import REPORT

COLUMNS = (
    "path sha256 verdict kind title hipaa asks_for score frame left top right bottom surface "
    "reason problem accepted_by accepted_until accepted_why"
)


def text(results: Iterable[ScanResult]) -> str:
    return "".join(REPORT.render(results))


def table(*results: ScanResult) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(results).removeprefix("\ufeff"), newline="")))


def test_the_head_and_the_mark_that_excel_needs() -> None:
    head = text([]).splitlines()
    assert head == ["\ufeff" + ",".join(f'"{name}"' for name in COLUMNS.split())]


def test_a_finding_is_one_row() -> None:
    row = table(BLOCKED)[1]
    assert row == {
        "path": "ward/a.jpg",
        "sha256": "ab" * 32,
        "verdict": "block",
        "kind": "birth_date",
        "title": "date of birth",
        "hipaa": "C",
        "asks_for": "block",
        "score": "0.935",
        "frame": "0",
        "left": "20",
        "top": "450",
        "right": "50",
        "bottom": "460",
        "surface": "wristband",
        "reason": "label 'DOB' on the same line",
        "problem": "",
        "accepted_by": "",
        "accepted_until": "",
        "accepted_why": "",
    }


def test_every_photo_and_every_finding_has_its_row() -> None:
    rows = table(*EVERY)
    told = [(row["path"], row["verdict"], row["kind"], row["asks_for"]) for row in rows]
    assert told[:4] == [
        ("ward/a.jpg", "block", "wristband", "allow"),
        ("ward/a.jpg", "block", "birth_date", "block"),
        ("ward/a.jpg", "block", "gps_location", "block"),
        ("ward/a.jpg", "block", "capture_time", "allow"),
    ]
    assert {row[0] for row in told} == {result.source for result in EVERY}


def test_a_finding_of_the_whole_file_has_no_box() -> None:
    row = table(ALLOWED)[0]
    assert [row[name] for name in ("frame", "left", "top", "right", "bottom")] == [""] * 5


def test_a_photo_without_findings_has_a_row() -> None:
    (row,) = table(CLEAN)
    assert (row["verdict"], row["kind"], row["asks_for"]) == ("allow", "", "")


def test_gaps_have_rows_beside_the_findings() -> None:
    gap, person = table(GAP)
    assert (gap["kind"], gap["asks_for"], person["kind"]) == ("gap", "block", "person")
    assert gap["reason"].startswith("not checked: ")
    (gone,) = table(GONE)
    assert (gone["kind"], gone["sha256"], gone["asks_for"]) == ("gap", "", "block")
    assert gone["problem"] == "no such file; check the path"


def test_the_box_goes_round_what_lies_on_the_first_frame() -> None:
    regions = tuple(
        Region.from_box(frame, Box(x, 0, x + 10, 10)) for frame, x in ((1, 5), (1, 40), (0, 900))
    )
    (row,) = table(judged(Finding("name", 0.9, regions)))
    assert [row[name] for name in ("frame", "left", "right")] == ["1", "5", "50"]


def test_an_unknown_kind_is_told_as_it_is() -> None:
    (row,) = table(judged(Finding("unheard_of", 0.5)))
    assert (row["kind"], row["title"], row["hipaa"]) == ("unheard_of", "unheard_of", "")


@pytest.mark.parametrize(
    ("path", "cell"),
    [
        ("=1+1.jpg", "'=1+1.jpg"),
        ("+1.jpg", "'+1.jpg"),
        ("-q.jpg", "'-q.jpg"),
        ("@SUM(A1).jpg", "'@SUM(A1).jpg"),
        ("\t=1.jpg", "\\t=1.jpg"),
        ("\r=1.jpg", "\\r=1.jpg"),
        ("  =1.jpg", "'  =1.jpg"),
        ("\uff1d1.jpg", "'\uff1d1.jpg"),
        ("a=1.jpg", "a=1.jpg"),
        ('a,"b".jpg', 'a,"b".jpg'),
        ("a\nb.jpg", "a\\nb.jpg"),
        ("caf\udce9.jpg", "caf\\udce9.jpg"),
        ("Geburtstag-ä.jpg", "Geburtstag-ä.jpg"),
    ],
)
def test_no_cell_is_computed_and_no_name_leaves_its_line(path: str, cell: str) -> None:
    (row,) = table(judged(source=path))
    assert row["path"] == cell


@pytest.mark.parametrize("path", HOSTILE, ids=ascii)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_hostile_names_stay_in_one_cell_whatever_parts_the_columns(
    path: str, delimiter: str
) -> None:
    lines = text([judged(source=path)]).removeprefix("\ufeff").splitlines()
    assert len(lines) == 2
    cells = next(csv.reader([lines[1]], delimiter=delimiter))
    assert not [cell for cell in cells if cell.lstrip()[:1] in set("=+-@\uff1d\uff0b\uff0d\uff20")]


@given(st.lists(any_results, max_size=5))
def test_every_photo_has_its_verdict_on_each_of_its_lines(results: list[ScanResult]) -> None:
    pieces = list(REPORT.render(results))[1:]
    assert len(pieces) == len(results)
    for piece, result in zip(pieces, results, strict=True):
        rows = list(csv.reader(io.StringIO(piece)))
        assert len(rows) == piece.count("\n") >= 1
        assert {row[2] for row in rows} == {result.verdict.word}
