from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from saboteurs import Obedient

from phiscan.batch import Item, Workers
from phiscan.batch.arrivals import Arrivals
from phiscan.policy import load_policy


class Sender:
    """The other program: sends bytes, and ends."""

    def __init__(self) -> None:
        self.ours, self._theirs = os.pipe()

    def send(self, *entries: bytes) -> None:
        for entry in entries:
            os.write(self._theirs, entry)

    def end(self) -> None:
        if self._theirs >= 0:
            os.close(self._theirs)
        self._theirs = -1


@pytest.fixture
def sender() -> Iterator[Sender]:
    sender = Sender()
    yield sender
    sender.end()
    for thread in threading.enumerate():
        if thread.name == "phiscan-arrivals":  # it would read from whoever gets the number next
            thread.join(10)
    os.close(sender.ours)


def received(sender: Sender) -> list[Item]:
    sender.end()
    return list(Arrivals(sender.ours))


def test_paths_come_in_the_order_in_which_they_were_sent(sender: Sender) -> None:
    sender.send(b"b.jpg\0a", b".jpg\0", b"new\nline.jpg\0without an end.jpg")
    names = ["b.jpg", "a.jpg", "new\nline.jpg", "without an end.jpg"]
    assert received(sender) == [Item(name) for name in names]


def test_a_name_in_no_encoding_comes_whole(sender: Sender) -> None:
    sender.send(b"\xff.jpg\0")
    (item,) = received(sender)
    assert os.fsencode(item.path) == b"\xff.jpg"


def test_nothing_sent_is_nothing_to_wait_for(sender: Sender) -> None:
    sender.end()
    assert not Arrivals(sender.ours).wait()


def test_what_was_waited_for_is_not_lost(sender: Sender) -> None:
    sender.send(b"a.jpg\0b.jpg\0")
    sender.end()
    arrivals = Arrivals(sender.ours)
    assert arrivals.wait()
    assert [item.path for item in arrivals] == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize(
    ("entry", "told"),
    [(b"", "empty name"), (b"x" * 100_000, "too long"), (b"y" * 40_000, "too long")],
)
def test_what_is_no_path_is_told_and_the_next_is_taken(
    sender: Sender, entry: bytes, told: str
) -> None:
    threading.Thread(target=sender.send, args=(entry, b"\0a.jpg\0")).start()
    arrivals = Arrivals(sender.ours)
    bad, good = next(arrivals), next(arrivals)
    assert told in bad.problem
    assert len(bad.path) < 300
    assert good == Item("a.jpg")


def test_a_folder_is_told_for_its_files_may_come_as_well(sender: Sender, tmp_path: Path) -> None:
    sender.send(os.fsencode(tmp_path))
    (item,) = received(sender)
    assert item.path == str(tmp_path)
    assert "a folder" in item.problem


def test_a_stream_that_breaks_is_told(tmp_path: Path) -> None:
    with (tmp_path / "no reading").open("wb") as file:
        (item,) = Arrivals(file.fileno())
    assert "broke off" in item.problem


def test_no_thread_runs_before_the_first_wait(sender: Sender) -> None:
    before = threading.active_count()
    arrivals = Arrivals(sender.ours)
    assert threading.active_count() == before
    assert received(sender) == []
    assert not arrivals.wait()


def test_a_program_may_wait_for_each_result_before_it_sends_more() -> None:
    with Workers(Obedient, load_policy("default"), jobs=2) as pool:
        sender = Sender()  # after the workers, who would hold its end open
        results = pool.scan_all(Arrivals(sender.ours))
        for name in ("a.jpg", "slow.jpg", "b.jpg"):
            sender.send(name.encode() + b"\0")
            assert next(results).source == name
        sender.send(b"slow-2.jpg\0c.jpg\0\0")
        sender.end()
        assert [result.source for result in results] == ["slow-2.jpg", "c.jpg", "<stdin>"]
