from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phiscan.batch import inbox as inbox_module
from phiscan.batch.inbox import NO_PICTURE, Inbox
from phiscan.batch.originals import HIDDEN


class Clock:
    """Goes on when somebody sleeps, or when it is told to.

    `age` is how old files look that have just been written.
    """

    def __init__(self) -> None:
        self.ahead = self.age = 0.0
        self.on_sleep: Callable[[], None] = lambda: None

    def time(self) -> float:
        return time.time() + self.age

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    def sleep(self, seconds: float) -> None:
        self.ahead += seconds
        self.on_sleep()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(inbox_module, "time", made)
    return made


@pytest.fixture
def left() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def inbox(tmp_path: Path, clock: Clock, left: list[tuple[str, str]]) -> Inbox:
    assert clock.ahead == 0
    (tmp_path / "in").mkdir()
    return Inbox(tmp_path / "in", lambda path, why: left.append((Path(path).name, why)))


def write(inbox: Inbox, *names: str, data: bytes = b"\xff\xd8\xff") -> None:
    for name in names:
        path = inbox.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def once(inbox: Inbox) -> list[list[str]]:
    return [[shown(inbox, item.path) for item in batch] for batch in inbox.once()]


def shown(inbox: Inbox, path: str) -> str:
    return str(Path(path).relative_to(inbox.root))


def test_everything_comes_in_order_with_what_is_no_picture(inbox: Inbox, clock: Clock) -> None:
    write(inbox, "b.jpg", "a/z.jpg", "a/b/c.heic", "x", "a.jpg")
    write(inbox, "letter.pdf", "a/note.txt", data=b"text")
    clock.age = 10
    found = [item for batch in inbox.once() for item in batch]
    assert [shown(inbox, item.path) for item in found] == [
        "a.jpg", "b.jpg", "letter.pdf", "x", "a/note.txt", "a/z.jpg", "a/b/c.heic",
    ]  # fmt: skip
    assert [shown(inbox, i.path) for i in found if i.problem] == ["letter.pdf", "a/note.txt"]
    assert {item.problem for item in found} == {"", NO_PICTURE}


def test_hidden_and_unfinished_files_are_left_alone(
    inbox: Inbox, clock: Clock, left: list[tuple[str, str]]
) -> None:
    write(inbox, ".a.jpg", ".sync/b.jpg", "c.jpg.part", "d.jpg.CRDOWNLOAD", "e.download/f.jpg")
    clock.age = 10
    assert once(inbox) == [[]]
    assert left == []


@pytest.mark.parametrize("to", ["/etc/hostname", "a.jpg", "nowhere.jpg", "."])
def test_links_stay_and_are_told(
    inbox: Inbox, clock: Clock, left: list[tuple[str, str]], to: str
) -> None:
    write(inbox, "a.jpg")
    (inbox.root / "link.jpg").symlink_to(to)
    os.mkfifo(inbox.root / "pipe.jpg")
    clock.age = 10
    assert once(inbox) == [["a.jpg"]]
    assert left == [
        ("link.jpg", "a link, and links are not followed"),
        ("pipe.jpg", "not a file"),
    ]


def test_fresh_files_come_last_when_they_have_been_quiet(inbox: Inbox, clock: Clock) -> None:
    write(inbox, "fresh.jpg")
    assert once(inbox) == [[], ["fresh.jpg"]]
    assert clock.ahead >= 1.9


def test_a_file_that_never_gets_quiet_stays(
    inbox: Inbox, clock: Clock, left: list[tuple[str, str]]
) -> None:
    write(inbox, "a.jpg", "slow.jpg")

    def go_on() -> None:
        with (inbox.root / "slow.jpg").open("ab") as file:
            file.write(b"more")

    clock.on_sleep = go_on
    assert once(inbox) == [[], ["a.jpg"]]
    assert left == [("slow.jpg", "still being written to")]


def test_an_open_file_is_not_taken_however_quiet_it_is(
    inbox: Inbox, clock: Clock, left: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(inbox, "a.jpg", "open.jpg")
    clock.age = 10
    monkeypatch.setattr(inbox_module, "is_being_written", lambda path: path.name == "open.jpg")
    assert once(inbox) == [["a.jpg"]]
    assert left == [("open.jpg", "still being written to")]


def test_a_date_in_the_future_does_not_keep_a_file_for_ever(inbox: Inbox) -> None:
    write(inbox, "a.jpg")
    os.utime(inbox.root / "a.jpg", (time.time() + 10**6,) * 2)
    assert once(inbox) == [[], ["a.jpg"]]


def test_what_a_killed_run_left_is_there_again(inbox: Inbox) -> None:
    write(inbox, f"deep/{HIDDEN}01/a.jpg")
    (inbox.root / f"{HIDDEN}02").mkdir()
    assert once(inbox) == [[], ["deep/a.jpg"]]
    assert not [*inbox.root.glob(".*")]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_folder_that_cannot_be_listed_is_told(inbox: Inbox, left: list[tuple[str, str]]) -> None:
    write(inbox, "shut/a.jpg")
    (inbox.root / "shut").chmod(0)
    assert once(inbox) == [[]]
    (inbox.root / "shut").chmod(0o700)
    assert left == [("shut", "cannot be listed: Permission denied")]


def test_watching(inbox: Inbox, clock: Clock) -> None:
    """One story, for what is known of a file goes from one tick to the next."""
    write(inbox, "old.jpg")
    clock.age = 10
    script: list[tuple[str, list[str]]] = []
    got: list[str] = []

    def ticks() -> Iterator[bool]:
        def note(step: str) -> None:
            script.append((step, got.copy()))
            got.clear()

        yield False
        clock.age = 0
        note("what is there comes at once")
        write(inbox, "new.jpg")
        clock.ahead += 1
        yield True
        note("a new file has to be quiet first")
        clock.ahead += 1
        write(inbox, "new.jpg", data=b"\xff\xd8\xff more")
        yield True
        clock.ahead += 1.5
        yield False
        note("it changed meanwhile")
        clock.ahead += 1
        yield False
        note("quiet for two seconds")
        clock.ahead += 100
        yield True
        note("nothing comes twice")
        write(inbox, "old.jpg", data=b"\xff\xd8\xff again")
        clock.ahead += 1
        yield True
        clock.ahead += 3
        yield False
        note("what changed comes again")
        write(inbox, "unseen.jpg")
        clock.ahead += 61
        yield False
        clock.ahead += 3
        yield False
        note("changes that nobody reported are found")

    for batch in inbox.watched(ticks()):
        for item in batch:
            got.append(shown(inbox, item.path))
            inbox.settle(item.path)
    assert script == [
        ("what is there comes at once", ["old.jpg"]),
        ("a new file has to be quiet first", []),
        ("it changed meanwhile", []),
        ("quiet for two seconds", ["new.jpg"]),
        ("nothing comes twice", []),
        ("what changed comes again", ["old.jpg"]),
        ("changes that nobody reported are found", ["unseen.jpg"]),
    ]


def test_what_went_away_does_not_come_and_is_forgotten(inbox: Inbox, clock: Clock) -> None:
    write(inbox, "old.jpg", "brief.jpg")

    def ticks() -> Iterator[bool]:
        yield True
        (inbox.root / "brief.jpg").unlink()
        clock.ahead += 5
        yield True
        (inbox.root / "old.jpg").unlink()
        clock.ahead += 5
        yield True
        assert not inbox._files

    assert [shown(inbox, i.path) for batch in inbox.watched(ticks()) for i in batch] == ["old.jpg"]


def test_a_file_that_does_not_open_comes_again_until_it_is_no_longer_fresh(
    inbox: Inbox, clock: Clock
) -> None:
    write(inbox, "half.jpg")
    got: list[tuple[str, bool]] = []
    seconds = iter([0, 2.1, 10, 10, 10, 100])

    def ticks() -> Iterator[bool]:
        for more in seconds:
            clock.ahead += more
            got.append((f"+{more}", False))
            yield True

    for batch in inbox.watched(ticks()):
        for item in batch:
            will_come = inbox.again(item.path)
            got.append((shown(inbox, item.path), will_come))
            if not will_come:
                inbox.settle(item.path)
    assert [name for name, _ in got] == [
        "+0", "+2.1", "half.jpg", "+10", "+10", "+10", "half.jpg", "+100",
    ]  # fmt: skip
    assert [will for name, will in got if name == "half.jpg"] == [True, False]


def test_an_old_file_that_does_not_open_does_not_come_again(inbox: Inbox, clock: Clock) -> None:
    write(inbox, "half.jpg")
    clock.age = 60
    for batch in inbox.watched([True]):
        assert [inbox.again(item.path) for item in batch] == [False]


def test_what_could_not_be_written_is_tried_again(inbox: Inbox, clock: Clock) -> None:
    write(inbox, "a.jpg")
    clock.age = 60
    count = 0

    def ticks() -> Iterator[bool]:
        for is_changed in (True, False, True):
            clock.ahead += 5
            yield is_changed

    for batch in inbox.watched(ticks()):
        for item in batch:
            count += 1
            inbox.retry(item.path)
    assert count == 2
