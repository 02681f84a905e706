from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiscan.errors import ExitCode
from phiscan.model import Reason, Ruling, ScanResult, Verdict
from phiscan.reports._tally import Tally

BLOCK, REVIEW, ALLOW = Verdict.BLOCK, Verdict.REVIEW, Verdict.ALLOW


def result(*reasons: Reason) -> ScanResult:
    verdict = max((reason.verdict for reason in reasons), default=ALLOW)
    return ScanResult("x.jpg", "", Ruling(verdict, reasons))


SEEN = Reason(BLOCK, "face")
MAYBE = Reason(REVIEW, "face")
NOTE = Reason(ALLOW, "date")
GAP = Reason(BLOCK, "gap", "not checked: faces")
SOFT_GAP = Reason(REVIEW, "gap", "not checked: faces")


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        ((), ExitCode.ALLOWED),
        ((NOTE,), ExitCode.ALLOWED),
        ((MAYBE, NOTE), ExitCode.REVIEW),
        ((SEEN,), ExitCode.BLOCKED),
        ((GAP,), ExitCode.UNSCANNED),
        ((SOFT_GAP,), ExitCode.UNSCANNED),
        ((GAP, MAYBE), ExitCode.UNSCANNED),
        ((GAP, SEEN), ExitCode.BLOCKED),
    ],
)
def test_one_result_decides_the_status(reasons: tuple[Reason, ...], expected: ExitCode) -> None:
    tally = Tally()
    tally.add(result(*reasons))
    assert tally.exit_code() is expected


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([result(SEEN), result(GAP), result(MAYBE), result()], ExitCode.BLOCKED),
        ([result(GAP), result(MAYBE), result()], ExitCode.UNSCANNED),
        ([result(MAYBE), result()], ExitCode.REVIEW),
        ([result(), result()], ExitCode.ALLOWED),
    ],
)
def test_the_strictest_of_many_wins(results: list[ScanResult], expected: ExitCode) -> None:
    for order in (results, results[::-1]):
        tally = Tally()
        for each in order:
            tally.add(each)
        assert tally.exit_code() is expected


def test_review_passes_when_only_block_fails_but_a_gap_never_does() -> None:
    tally = Tally()
    tally.add(result(MAYBE))
    assert tally.exit_code(BLOCK) is ExitCode.ALLOWED
    tally.add(result(SOFT_GAP))
    assert tally.exit_code(BLOCK) is ExitCode.UNSCANNED


def test_a_verdict_without_a_reason_still_counts() -> None:
    tally = Tally()
    tally.add(ScanResult("x", "", Ruling(BLOCK)))
    assert tally.exit_code() is ExitCode.BLOCKED


@given(st.lists(st.lists(st.sampled_from([SEEN, MAYBE, NOTE, GAP, SOFT_GAP]), max_size=4)))
def test_only_batches_that_are_allowed_end_with_0(batch: list[list[Reason]]) -> None:
    tally = Tally()
    results = [result(*reasons) for reasons in batch]
    for each in results:
        tally.add(each)
    assert tally.total == len(results)
    assert (tally.exit_code() == 0) == all(r.verdict is ALLOW for r in results)


def test_the_counts_read_as_words() -> None:
    tally = Tally()
    for each in (result(SEEN), result(MAYBE), result(GAP), result(), result()):
        tally.add(each)
    assert tally.words() == "5 photos: 1 blocked, 1 to review, 1 not fully checked, 2 allowed"
