from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from phiscan.commands.interrupts import Interrupts
from phiscan.model import Ruling, ScanResult, Verdict

ONE = ScanResult("a.jpg", "", Ruling(Verdict.ALLOW))


def endless() -> Iterator[ScanResult]:
    while True:
        yield ONE


def test_without_ctrl_c_everything_passes() -> None:
    interrupts = Interrupts()
    with interrupts.noted():
        assert list(interrupts.until([ONE, ONE])) == [ONE, ONE]
    assert not interrupts.asked


def test_ctrl_c_while_writing_ends_the_results_after_it() -> None:
    interrupts = Interrupts()
    written = []
    with interrupts.noted():
        for result in interrupts.until(endless()):
            signal.raise_signal(signal.SIGINT)
            written.append(result)
    assert written == [ONE]
    assert interrupts.asked


def test_ctrl_c_while_waiting_breaks_the_wait_off() -> None:
    def slow() -> Iterator[ScanResult]:
        yield ONE
        signal.raise_signal(signal.SIGINT)
        pytest.fail("the wait went on")

    interrupts = Interrupts()
    with interrupts.noted():
        assert list(interrupts.until(slow())) == [ONE]
    assert interrupts.asked


def test_a_second_ctrl_c_breaks_everything_off() -> None:
    interrupts = Interrupts()
    with interrupts.noted():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_the_handler_is_put_back() -> None:
    with Interrupts().noted():
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_command_that_was_told_to_ignore_ctrl_c_does() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interrupts().noted():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
