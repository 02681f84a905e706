"""What every report says of a photo that somebody has accepted, and of one that nobody could."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from judged import BLOCKED, CLEAN, GAP, REVIEW

from phiscan import registry
from phiscan.errors import ExitCode
from phiscan.model import Acceptance, ScanResult, Verdict
from phiscan.protocols import Report
from phiscan.reports._tally import Tally

WHO = Acceptance(
    "A. <Reviewer>\x1b",
    dt.date(2026, 11, 22),
    dt.date(2027, 11, 22),
    "a doll & no child",
    ("face",),
)
ACCEPTED = replace(BLOCKED, accepted=WHO)
NOT_SEEN = replace(GAP, accepted=WHO)
"""No baseline does that; a report must not believe it either."""
EVERY = [ACCEPTED, REVIEW, CLEAN]


def written(name: str, *results: ScanResult) -> str:
    reports: dict[str, Report] = registry.load("phiscan.reports", "REPORT")
    return "".join(reports[name].render(results))


def test_it_counts_by_itself_and_decides_nothing() -> None:
    tally = Tally()
    for result in (ACCEPTED, CLEAN):
        tally.add(result)
    assert (tally.total, tally.blocked, tally.accepted, tally.allowed) == (2, 0, 1, 1)
    assert tally.exit_code() is tally.exit_code(Verdict.BLOCK) is ExitCode.ALLOWED
    assert tally.words().endswith("1 allowed, 1 accepted by somebody")


def test_a_gap_is_never_counted_as_accepted() -> None:
    tally = Tally()
    tally.add(NOT_SEEN)
    assert (tally.accepted, tally.exit_code()) == (0, ExitCode.UNSCANNED)


@pytest.mark.parametrize("name", ["csv", "html", "json", "jsonl", "junit", "sarif", "text"])
def test_no_report_believes_that_a_gap_was_accepted(name: str) -> None:
    assert written(name, NOT_SEEN) == written(name, GAP)


def test_json() -> None:
    told = json.loads(written("jsonl", ACCEPTED))
    assert told["verdict"] == "block"
    assert told["accepted"] == {
        "by": "A. <Reviewer>\x1b",
        "on": "2026-11-22",
        "until": "2027-11-22",
        "why": "a doll & no child",
        "kinds": ["face"],
    }
    assert "accepted" not in json.loads(written("jsonl", REVIEW))


def test_text() -> None:
    told = written("text", ACCEPTED)
    assert told.startswith("BLOCK   ward/a.jpg\n  = accepted by A. <Reviewer>\\x1b on 2026-11-22")
    assert "date of birth" in told
    assert "To take it again" not in told


def test_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(written("csv", *EVERY))))
    assert {row["verdict"] for row in rows if row["accepted_by"]} == {"block"}
    assert {row["accepted_until"] for row in rows} == {"2027-11-22", ""}
    assert rows[0]["accepted_why"] == "a doll & no child"


def test_junit() -> None:
    (suite,) = ET.fromstring(written("junit", *EVERY))  # noqa: S314 - written just now
    assert (suite.get("skipped"), suite.get("failures"), suite.get("tests")) == ("1", "1", "3")
    assert [[element.tag for element in case] for case in suite] == [["skipped"], ["failure"], []]
    assert "doll & no child" in str(suite[0][0].get("message"))


def test_sarif() -> None:
    log = json.loads(written("sarif", *EVERY))["runs"][0]
    assert log["properties"]["accepted"] == 1
    told = [(r["level"], [s["status"] for s in r["suppressions"]]) for r in log["results"]]
    assert ("error", ["accepted"]) in told
    assert ("error", []) not in told
    assert ("warning", []) in told
    assert ("note", ["accepted"]) not in told
    (why,) = next(r["suppressions"] for r in log["results"] if r["suppressions"])
    assert why["justification"] == "a doll & no child"
    assert why["kind"] == "external"


def test_html() -> None:
    page = written("html", *EVERY)
    (block,) = re.findall(r'<script type="application/json" class="photos">(.*?)</script>', page)
    first, second, _ = json.loads(block)
    assert (first["group"], first["verdict"]) == ("accepted", "block")
    assert first["accepted"].endswith("until 2027-11-22: a doll & no child")
    assert "accepted" not in second
