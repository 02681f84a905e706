from __future__ import annotations

import inspect
import os
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiscan.batch import Item, looks_like_photo, scan_all, walk
from phiscan.errors import ExitCode
from phiscan.model import Check, Outcome, Reason, Ruling, ScanResult, Verdict
from phiscan.policy import Policy, Rule
from phiscan.reports._tally import Tally, has_gap

JPEG = b"\xff\xd8\xff\xe0" + bytes(60)
POLICY = Policy("test", (Rule("face", Verdict.BLOCK),), frozenset({"intake"}))
BLOCK, REVIEW, ALLOW = Verdict.BLOCK, Verdict.REVIEW, Verdict.ALLOW


class FakeScanner:
    """Allows everything; waits `delays[name]` seconds and notes how many scans run at once."""

    policy = POLICY

    def __init__(self, **delays: float) -> None:
        self.delays = delays
        self.scanned: list[str] = []
        self.running = 0
        self.most_running = 0
        self._lock = threading.Lock()

    def scan(self, source: str) -> ScanResult:
        with self._lock:
            self.running += 1
            self.most_running = max(self.running, self.most_running)
            self.scanned.append(source)
        time.sleep(self.delays.get(Path(source).stem, 0))
        with self._lock:
            self.running -= 1
        return ScanResult(source, "0" * 64, Ruling(ALLOW), checks=(Check("intake", Outcome.DONE),))


def touch(root: Path, *names: str, content: bytes = JPEG) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def found(root: Path) -> list[str]:
    return [str(Path(item.path).relative_to(root)) for item in walk([root])]


def result(*reasons: Reason) -> ScanResult:
    verdict = max((reason.verdict for reason in reasons), default=ALLOW)
    return ScanResult("x.jpg", "", Ruling(verdict, reasons))


# Walking


def test_folders_are_walked_in_order_of_names(tmp_path: Path) -> None:
    touch(tmp_path, "b.jpg", "a/2.png", "a/1.JPG", "c/d/e.heic")
    assert found(tmp_path) == ["a/1.JPG", "a/2.png", "b.jpg", "c/d/e.heic"]


def test_hidden_entries_are_skipped(tmp_path: Path) -> None:
    touch(tmp_path, ".a.jpg", ".git/b.jpg", "c.jpg")
    assert found(tmp_path) == ["c.jpg"]


def test_other_files_are_skipped_in_folders(tmp_path: Path) -> None:
    touch(tmp_path, "notes.txt", "a.pdf", content=b"%PDF-1.7 plain words")
    assert found(tmp_path) == []


@pytest.mark.parametrize("name", ["a.cr2", "a.NEF", "a.dng", "a.jxl", "a.jp2"])
def test_pictures_that_cannot_be_opened_are_not_passed_over(tmp_path: Path, name: str) -> None:
    touch(tmp_path, name, content=b"raw")
    assert found(tmp_path) == [name]


def test_a_photo_without_a_telling_name_is_found_by_its_first_bytes(tmp_path: Path) -> None:
    touch(tmp_path, "upload", "upload.tmp")
    assert found(tmp_path) == ["upload", "upload.tmp"]


def test_an_empty_picture_is_still_reported(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", content=b"")
    assert found(tmp_path) == ["a.jpg"]


def test_named_files_are_taken_whatever_they_are(tmp_path: Path) -> None:
    touch(tmp_path, ".hidden", "notes.txt")
    paths = [tmp_path / ".hidden", tmp_path / "notes.txt", tmp_path / "missing"]
    assert list(walk(paths)) == [Item(str(path)) for path in paths]


def test_walking_starts_before_everything_is_listed(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "b/c.jpg")
    items = walk([tmp_path])
    next(items)
    (tmp_path / "b" / "c.jpg").unlink()
    assert list(items) == []


def test_folders_may_be_nested_deeper_than_python_recurses(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["d"] * 200)
    folder.mkdir(parents=True)
    (folder / "a.jpg").touch()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 100)
    try:
        items = list(walk([tmp_path]))
    finally:
        sys.setrecursionlimit(limit)
    assert len(items) == 1


def test_a_path_that_the_system_refuses_is_still_reported() -> None:
    (item,) = walk([Path("x" * 5000 + ".jpg")])
    assert item.path.startswith("xxx")


def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert found(tmp_path) == []
    assert not looks_like_photo(tmp_path / "pipe")


def test_a_link_out_of_the_folder_is_reported_and_not_followed(tmp_path: Path) -> None:
    touch(tmp_path, "out/a.jpg", "in/b.jpg")
    (tmp_path / "in/link.jpg").symlink_to(tmp_path / "out/a.jpg")
    (tmp_path / "in/more").symlink_to(tmp_path / "out")
    items = {Path(item.path).name: item.problem for item in walk([tmp_path / "in"])}
    assert set(items) == {"b.jpg", "link.jpg", "more"}
    assert not items["b.jpg"]
    assert "a link" in items["link.jpg"]
    assert "a link" in items["more"]


def test_links_that_lead_nowhere_new_are_left_alone(tmp_path: Path) -> None:
    touch(tmp_path, "a/b.jpg", "notes.txt", content=b"words")
    (tmp_path / "again.jpg").symlink_to(tmp_path / "a/b.jpg")
    (tmp_path / "round").symlink_to(tmp_path)
    (tmp_path / "broken").symlink_to(tmp_path / "nothing")
    assert found(tmp_path) == ["a/b.jpg"]


def test_a_link_to_something_hidden_is_reported(tmp_path: Path) -> None:
    touch(tmp_path, ".hidden/b.jpg")
    (tmp_path / "a").symlink_to(tmp_path / ".hidden")
    assert found(tmp_path) == ["a"]


def test_a_broken_link_with_a_photos_name_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to(tmp_path / "nothing")
    assert found(tmp_path) == ["a.jpg"]


def test_a_folder_that_cannot_be_listed_is_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("phiscan.batch.os.listdir", refuse)
    (scanned,) = scan_all([tmp_path], FakeScanner())
    assert scanned.verdict is BLOCK
    assert has_gap(scanned)
    assert "cannot be listed" in scanned.problem


# Scanning


def test_results_come_in_input_order_whatever_finishes_first(tmp_path: Path) -> None:
    names = [f"{n}.jpg" for n in range(8)]
    touch(tmp_path, *names)
    scanner = FakeScanner(**{"0": 0.1, "3": 0.05})
    results = scan_all([tmp_path], scanner, 4)
    assert [Path(r.source).name for r in results] == names


def test_jobs_bound_how_many_scans_run_at_once(tmp_path: Path) -> None:
    touch(tmp_path, *(f"{n}.jpg" for n in range(12)))
    scanner = FakeScanner(**{str(n): 0.01 for n in range(12)})
    assert len(list(scan_all([tmp_path], scanner, 3))) == 12
    assert 1 < scanner.most_running <= 3


def test_the_window_is_bounded(tmp_path: Path) -> None:
    touch(tmp_path, *(f"{n:03}.jpg" for n in range(100)))
    scanner = FakeScanner(**{"000": 0.2})
    next(scan_all([tmp_path], scanner, 2))
    assert len(scanner.scanned) <= 10


def test_a_bug_in_the_scanner_is_not_swallowed(tmp_path: Path) -> None:
    class Broken(FakeScanner):
        def scan(self, source: str) -> ScanResult:
            raise ZeroDivisionError(source)

    touch(tmp_path, "a.jpg")
    with pytest.raises(ZeroDivisionError):
        list(scan_all([tmp_path], Broken()))


def test_stopping_early_starts_nothing_more(tmp_path: Path) -> None:
    touch(tmp_path, *(f"{n:02}.jpg" for n in range(50)))
    scanner = FakeScanner(**{f"{n:02}": 0.01 for n in range(50)})
    results = scan_all([tmp_path], scanner, 1)
    next(results)
    results.close()  # type: ignore[attr-defined]
    count = len(scanner.scanned)
    time.sleep(0.05)
    assert len(scanner.scanned) <= count + 1


# Counting

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
