from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged import (
    ALLOWED,
    BLOCKED,
    DATE,
    DONE,
    EVERY,
    FAILED,
    GAP,
    GONE,
    GPS,
    PERSON,
    REVIEW,
    any_results,
    judged,
)

from phiscan.batch.baseline import Baseline, Entry, new_entry
from phiscan.errors import BadSettings
from phiscan.kinds import kinds
from phiscan.model import Check, Outcome, Reason, Ruling, ScanResult, Verdict
from phiscan.reports._tally import Tally

TODAY = dt.date(2026, 11, 22)
NEXT_YEAR = dt.date(2027, 11, 22)


def entry(**changes: object) -> Entry:
    """The decision that covers BLOCKED, changed."""
    made = new_entry(BLOCKED, "A. Reviewer", "a training form", TODAY, NEXT_YEAR)
    values = {name: getattr(made, name) for name in made.__struct_fields__}
    return Entry(**(values | changes))


def accepted(result: ScanResult, *entries: Entry) -> bool:
    return Baseline(entries, TODAY).accept(result).accepted is not None


def test_a_decision_is_told_and_changes_nothing_else() -> None:
    told = Baseline((entry(),), TODAY).accept(BLOCKED)
    assert told.accepted
    assert (told.accepted.by, told.accepted.why) == ("A. Reviewer", "a training form")
    assert (told.accepted.on, told.accepted.until) == (TODAY, NEXT_YEAR)
    assert told.accepted.kinds == ("birth_date", "gps_location")
    assert replace(told, accepted=None) == BLOCKED


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"kinds": ("birth_date", "face", "gps_location")}, True),
        ({"kinds": ("birth_date",)}, False),
        ({"sha256": "cd" * 32}, False),
        ({"until": TODAY}, True),
        ({"until": TODAY - dt.timedelta(1)}, False),
        ({"on": TODAY + dt.timedelta(1)}, False),
        ({"verdict": "review"}, False),
    ],
)
def test_when_a_decision_counts(changes: dict[str, object], counts: bool) -> None:  # noqa: FBT001
    assert accepted(BLOCKED, entry(**changes)) is counts


def test_two_halves_are_no_whole() -> None:
    halves = [entry(kinds=("birth_date",)), entry(kinds=("gps_location",))]
    assert not accepted(BLOCKED, *halves)


def test_of_several_that_count_the_longest_is_told() -> None:
    told = Baseline((entry(), entry(until=TODAY, by="B")), TODAY).accept(BLOCKED)
    assert told.accepted
    assert told.accepted.by == "A. Reviewer"


def every_kind(result: ScanResult) -> Entry:
    return entry(sha256=result.sha256 or "00" * 32, kinds=("gap", *kinds()))


SOFT_GAP = replace(
    GAP, ruling=Ruling(Verdict.REVIEW, (Reason(Verdict.REVIEW, "gap", "not checked: faces"),))
)
FAILED_CHECK = replace(BLOCKED, checks=(Check("faces", Outcome.FAILED),))
UNEXPLAINED = replace(REVIEW, ruling=Ruling(Verdict.BLOCK, REVIEW.ruling.reasons))


@pytest.mark.parametrize(
    "result",
    [
        GAP,
        GONE,
        SOFT_GAP,
        FAILED_CHECK,
        UNEXPLAINED,
        ALLOWED,
        judged(DATE, GPS, checks=FAILED),
        judged(DATE, GPS, checks=DONE[1:]),
        replace(BLOCKED, checks=()),
        replace(BLOCKED, sha256=""),
    ],
)
def test_what_nobody_can_accept(result: ScanResult) -> None:
    assert not accepted(result, every_kind(result))


def test_a_new_finding_of_another_kind_is_new() -> None:
    assert not accepted(replace(judged(DATE, GPS, PERSON), sha256=BLOCKED.sha256), entry())


_entries = st.builds(
    lambda sha, verdict, names, start, days: entry(
        sha256=sha,
        verdict=verdict,
        kinds=tuple(names),
        on=TODAY + dt.timedelta(start),
        until=TODAY + dt.timedelta(start + days),
    ),
    st.sampled_from(["ab" * 32, "cd" * 32, "ef" * 32]),
    st.sampled_from(["review", "block"]),
    st.lists(st.sampled_from(["face", "person", "odd", *kinds()]), min_size=1),
    st.integers(-3, 3),
    st.integers(0, 5),
)


def status(*results: ScanResult) -> int:
    tally = Tally()
    for result in results:
        tally.add(result)
    return tally.exit_code()


@given(
    st.lists(_entries, max_size=5),
    st.one_of(any_results, st.sampled_from(EVERY)),
    st.sampled_from(["", "ab" * 32, "12" * 32]),
)
def test_a_baseline_changes_nothing_of_a_photo_that_it_does_not_name(
    entries: list[Entry], result: ScanResult, sha256: str
) -> None:
    photo = replace(result, sha256=sha256)
    told = Baseline(tuple(entries), TODAY).accept(photo)
    assert replace(told, accepted=None) == photo
    if all(entry.sha256 != sha256 for entry in entries):
        assert told == photo
        assert status(told) == status(photo)
    if any(reason.rule == "gap" for reason in photo.ruling.reasons):
        assert told == photo


def written(folder: Path, *lines: str) -> Path:
    path = folder / "baseline.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


def line(**changes: object) -> str:
    made = json.loads(Baseline((entry(),), TODAY).text())
    return json.dumps({k: v for k, v in {**made, **changes}.items() if v is not None})


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    before = Baseline((entry(), entry(sha256="cd" * 32, why="größer")), TODAY)
    path = written(tmp_path, before.text(), "", "  ")
    assert Baseline.read(path).entries == before.entries
    assert before.text().count("\n") == 2


def wrong() -> Iterator[tuple[str, str]]:
    yield "{", "Input data was truncated"
    yield "[]", "Expected `object`"
    yield line(sha256="ABC"), "matching regex"
    yield line(kinds=["gap", "face"]), "a gap cannot be accepted"
    yield line(kinds=["fase"]), "unknown kind 'fase'"
    yield line(kinds=[]), "kinds is empty"
    yield line(by=""), "length >= 1"
    yield line(why=None), "missing required field `why`"
    yield line(until=None), "missing required field `until`"
    yield line(until="tomorrow"), "Invalid"
    yield line(until="2020-01-01"), "until lies before on"
    yield line(verdict="allow"), "Invalid enum value"
    yield line(schema=2), "Invalid enum value"
    yield line(untill="2020-01-01"), "unknown field `untill`"


@pytest.mark.parametrize(("text", "told"), [*wrong()])
def test_a_line_that_is_no_entry_is_named(tmp_path: Path, text: str, told: str) -> None:
    path = written(tmp_path, line(), text)
    with pytest.raises(BadSettings, match=r"^baseline.jsonl, line 2: .*" + told):
        Baseline.read(path)


@pytest.mark.parametrize(("data", "told"), [(None, "No such file"), (b"\xff\xfe", "not UTF-8")])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, data: bytes | None, told: str) -> None:
    path = tmp_path / "baseline.jsonl"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(BadSettings, match=told):
        Baseline.read(path)


def test_a_new_decision_takes_the_place_of_an_older_one() -> None:
    before = Baseline((entry(), entry(sha256="cd" * 32)), TODAY)
    after = before.adding([entry(by="B"), entry(sha256="ef" * 32)])
    assert [(e.sha256[:2], e.by) for e in after.entries] == [
        ("cd", "A. Reviewer"), ("ab", "B"), ("ef", "A. Reviewer"),
    ]  # fmt: skip


def test_what_has_ended_is_taken_out() -> None:
    ended = entry(until=TODAY - dt.timedelta(1), on=TODAY - dt.timedelta(9))
    coming = entry(on=TODAY + dt.timedelta(1))
    assert Baseline((ended, entry(), coming), TODAY).pruned().entries == (entry(), coming)
