from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st
from judged import (
    ALLOWED,
    BLOCKED,
    CLEAN,
    DATE,
    EVERY,
    FAILED,
    GAP,
    GONE,
    HOSTILE,
    REVIEW,
    any_results,
    judged,
)

from phiscan.errors import ExitCode
from phiscan.model import Ruling, ScanResult, Verdict
from phiscan.reports._printable import printable
from phiscan.reports._tally import Tally
from phiscan.reports.junit import REPORT


def suite(results: Iterable[ScanResult]) -> Element:
    document: Element = fromstring("".join(REPORT.render(results)).encode())
    assert document.tag == "testsuites"
    (only,) = document
    assert only.tag == "testsuite"
    return only


def case(result: ScanResult) -> Element:
    (only,) = suite([result])
    return only


def test_the_counts() -> None:
    assert dict(suite(EVERY).attrib) == {
        "name": "phiscan",
        "tests": "6",
        "failures": "2",
        "errors": "2",
        "skipped": "0",
        "time": "2.500",
    }


def test_no_photo_is_an_empty_suite() -> None:
    assert suite([]).attrib["tests"] == "0"


@pytest.mark.parametrize(
    ("result", "tag", "kind"),
    [
        (BLOCKED, "failure", "block"),
        (REVIEW, "failure", "review"),
        (GAP, "error", "gap"),
        (GONE, "error", "gap"),
        (judged(DATE, checks=FAILED), "failure", "block"),
    ],
)
def test_what_did_not_pass(result: ScanResult, tag: str, kind: str) -> None:
    (problem,) = case(result)
    assert (problem.tag, problem.get("type")) == (tag, kind)
    assert problem.get("message")


@pytest.mark.parametrize("result", [ALLOWED, CLEAN])
def test_an_allowed_photo_passes(result: ScanResult) -> None:
    assert len(case(result)) == 0


def test_a_case_is_named_after_its_file() -> None:
    entry = case(BLOCKED)
    assert (entry.tag, entry.get("classname"), entry.get("name"), entry.get("time")) == (
        "testcase",
        "ward",
        "ward/a.jpg",
        "0.500",
    )


def test_the_strictest_comes_first_and_notes_are_left_out() -> None:
    (failure,) = case(BLOCKED)
    assert failure.text is not None
    assert [line.partition(",")[0] for line in failure.text.splitlines()] == [
        "block: place where the photo was taken",
        "block: date of birth",
    ]
    assert failure.get("message") == failure.text.splitlines()[0]


def test_a_gap_tells_why_and_what_was_seen_all_the_same() -> None:
    (error,) = case(GAP)
    assert error.text is not None
    assert "review: person" in error.text
    assert "not checked: " in error.text
    (error,) = case(GONE)
    assert error.get("message") == "not scanned: no such file; check the path"


def test_a_verdict_that_nothing_explains_fails_too() -> None:
    (failure,) = case(ScanResult("a.jpg", "", Ruling(Verdict.BLOCK)))
    assert failure.get("type") == "block"


@pytest.mark.parametrize("path", HOSTILE, ids=ascii)
def test_hostile_names_come_back_as_they_print(path: str) -> None:
    assert case(judged(DATE, source=path)).get("name") == printable(path)


@given(st.lists(any_results, max_size=5))
def test_the_suite_is_red_whenever_the_status_is_not_0(results: list[ScanResult]) -> None:
    tally = Tally()
    for result in results:
        tally.add(result)
    counts = suite(results).attrib
    red = int(counts["failures"]) + int(counts["errors"])
    assert red == sum(len(entry) for entry in suite(results))
    assert (red == 0) == (tally.exit_code() is ExitCode.ALLOWED)
