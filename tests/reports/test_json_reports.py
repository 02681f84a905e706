from __future__ import annotations

import json
from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiscan.geometry import Box, Region
from phiscan.model import Check, Finding, Outcome, Reason, Ruling, ScanResult, Verdict
from phiscan.registry import load
from phiscan.reports._record import PhotoRecord, encode

BAND = Region.from_box(0, Box(0, 0, 500, 200))
DATE = Region(0, ((10.04, 20), (90.06, 20), (90, 40), (10, 40)))
FULL = ScanResult(
    source="ward/a.jpg",
    sha256="ab" * 32,
    ruling=Ruling(Verdict.BLOCK, (Reason(Verdict.BLOCK, "birth_date", "a date of birth"),)),
    findings=(
        Finding("wristband", 0.8, (BAND,)),
        Finding("birth_date", 0.93456, (DATE, DATE), "99/99/9999", "label 'DOB'"),
        Finding("gps_location", 1.0),
    ),
    checks=(
        Check("intake", Outcome.DONE, 0.12345),
        Check("faces", Outcome.FAILED, 0.1, "ValueError"),
    ),
    width=640,
    height=480,
    seconds=0.98765,
)


def rendered(name: str, results: Iterable[ScanResult]) -> str:
    return "".join(load("phiscan.reports", "REPORT")[name].render(results))


def test_the_formats_are_exactly_these() -> None:
    reports = load("phiscan.reports", "REPORT")
    assert list(reports) == ["csv", "html", "json", "jsonl", "junit", "sarif", "text"]
    assert all(report.name == name for name, report in reports.items())


def test_the_record_has_the_keys_of_the_design_in_its_order() -> None:
    photo = json.loads(encode(FULL))
    assert list(photo) == [
        "schema",
        "path",
        "sha256",
        "verdict",
        "width",
        "height",
        "reasons",
        "findings",
        "checks",
        "seconds",
    ]
    assert list(photo["reasons"][0]) == ["verdict", "rule", "text"]
    keys = ["kind", "hipaa", "score", "frame", "polygon", "surface", "shape", "reason"]
    assert list(photo["findings"][0]) == keys
    assert list(photo["findings"][1]) == [*keys, "polygons"]
    assert list(photo["checks"][0]) == ["name", "outcome", "seconds"]
    assert list(photo["checks"][1]) == ["name", "outcome", "seconds", "error"]


def test_values() -> None:
    photo = json.loads(encode(FULL))
    assert (photo["schema"], photo["path"], photo["verdict"]) == (1, "ward/a.jpg", "block")
    assert photo["seconds"] == 0.988
    band, date, place = photo["findings"]
    assert band["surface"] == "wristband"
    assert (date["score"], date["hipaa"], date["surface"]) == (0.935, "C", "wristband")
    assert date["polygon"] == [[10.0, 20.0], [90.1, 20.0], [90.0, 40.0], [10.0, 40.0]]
    assert date["polygons"] == [date["polygon"]] * 2
    assert (place["frame"], place["polygon"], place["surface"]) == (0, [], "")
    assert photo["checks"][1] == {
        "name": "faces",
        "outcome": "failed",
        "seconds": 0.1,
        "error": "ValueError",
    }


def test_a_problem_is_told() -> None:
    gap = ScanResult("a.jpg", "", Ruling(Verdict.BLOCK), problem="no such file")
    assert json.loads(encode(gap))["problem"] == "no such file"


def test_a_kind_without_an_entry_is_still_written() -> None:
    odd = ScanResult("a.jpg", "", Ruling(Verdict.REVIEW), (Finding("unheard_of", 0.5),))
    assert json.loads(encode(odd))["findings"][0]["hipaa"] == ""


def test_json_is_one_document_and_jsonl_one_line_each() -> None:
    document = json.loads(rendered("json", [FULL, FULL]))
    assert document == {"schema": 1, "results": [json.loads(encode(FULL))] * 2}
    assert rendered("jsonl", [FULL, FULL]) == f"{encode(FULL)}\n" * 2


def test_no_results_are_still_a_document() -> None:
    assert json.loads(rendered("json", [])) == {"schema": 1, "results": []}
    assert rendered("jsonl", []) == ""


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_results_are_written_as_they_come(name: str) -> None:
    def results() -> Iterable[ScanResult]:
        yield FULL
        raise KeyboardInterrupt

    pieces = load("phiscan.reports", "REPORT")[name].render(results())
    first = next(pieces) if name == "jsonl" else next(pieces) + next(pieces)
    assert encode(FULL) in first
    with pytest.raises(KeyboardInterrupt):
        next(pieces)


@given(st.text(alphabet=st.characters(codec=None)))
def test_any_path_can_be_written(path: str) -> None:
    text = encode(ScanResult(path, "", Ruling(Verdict.BLOCK)))
    assert text.isascii()
    assert text.isprintable()
    told = json.loads(text)["path"]
    assert told == path or any("\ud800" <= char <= "\udfff" for char in path)


def test_odd_bytes_of_a_name_are_escaped() -> None:
    text = encode(ScanResult("caf\udce9\U0001f600\u202e.jpg", "", Ruling(Verdict.BLOCK)))
    assert json.loads(text)["path"] == "caf\\udce9\U0001f600\u202e.jpg"


def test_the_schema_reads_back_what_was_written() -> None:
    photo = msgspec.json.decode(encode(FULL), type=PhotoRecord)
    assert photo.findings[1].shape == "99/99/9999"
