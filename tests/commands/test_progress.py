from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from phiscan.commands import progress as module
from phiscan.commands.progress import TerminalBar, progress
from phiscan.reports._tally import Tally


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "is_terminal", lambda _: True)
    monkeypatch.setenv("FORCE_COLOR", "1")  # by this, rich takes anything for a terminal
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")


def shown(
    capsys: pytest.CaptureFixture[str], count: Callable[[], int], tally: Tally, times: int = 1
) -> str:
    with progress(count, no_color=True) as bar:
        for thread in threading.enumerate():
            if "_find_total" in thread.name:
                thread.join(5)
        for _ in range(times):
            bar.advance(tally)
    return capsys.readouterr().err


def test_counts_and_the_total_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    err = shown(capsys, lambda: 70, Tally(blocked=3, unscanned=2, review=4, allowed=5))
    assert "14/70" in err
    assert "3 block, 4 review, 2 gaps" in err


def test_more_photos_than_were_counted_are_no_more_than_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "14/14" in shown(capsys, lambda: 9, Tally(allowed=14))


def test_a_count_that_never_ends_holds_nothing_up(capsys: pytest.CaptureFixture[str]) -> None:
    hold = threading.Event()

    def count() -> int:
        hold.wait()
        return 0

    with progress(count) as bar:
        bar.advance(Tally(blocked=1))
    hold.set()
    assert "1/?" in capsys.readouterr().err


def test_the_bar_is_not_drawn_for_each_photo(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SECONDS", 3600)
    err = shown(capsys, lambda: 9, Tally(allowed=1), times=1000)
    assert 0 < err.count("review") < 10


def test_the_bar_makes_room_for_results_on_its_terminal() -> None:
    bar = TerminalBar(lambda: 9, no_color=True, shares_screen=True)
    with bar.running() as running:
        for _ in range(3):
            with running.aside():
                assert not bar._is_shown
    assert not bar._is_shown


def test_no_bar_is_shown_where_nobody_looks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "is_terminal", lambda _: False)
    assert shown(capsys, pytest.fail, Tally(allowed=1)) == ""
