from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import pytest
from PIL import Image
from saboteurs import (
    QUOTED,
    Dies,
    DiesAtBirth,
    Hangs,
    Obedient,
    OnePartSabotaged,
    Quiet,
    Raises,
    Unmakeable,
)

from phiscan.batch import Item, Workers, workers
from phiscan.errors import MissingDependency
from phiscan.model import ScanResult, Verdict
from phiscan.policy import Policy, Rule
from phiscan.reports._tally import has_gap

POLICY = Policy("test", (Rule("face", Verdict.BLOCK),), frozenset({"intake"}))


linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds memory so")


def scan(
    *names: str, make: Callable[[], Obedient] = Obedient, jobs: int = 1, seconds: float = 30
) -> list[ScanResult]:
    with Workers(make, POLICY, jobs, seconds) as pool:
        return list(pool.scan_all(Item(f"{name}.jpg") for name in names))


def names(results: Iterable[ScanResult]) -> list[str]:
    return [Path(result.source).stem for result in results]


def of_worker(result: ScanResult) -> int:
    """Return the process that scanned; Obedient tells it in place of the file's hash."""
    return int(result.sha256)


@pytest.fixture(params=["fork", "spawn"])
def either_start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = 1 if request.param == "fork" else 2
    monkeypatch.setattr(threading, "active_count", lambda: threads)


@pytest.mark.usefixtures("either_start")
def test_files_are_scanned_in_another_process_in_their_order() -> None:
    every = ["slow-a", "b", "c", "slow-d", "e", "f", "g", "h", "i", "j"]
    results = scan(*every, jobs=2)
    assert names(results) == every
    assert all(result.verdict is Verdict.ALLOW for result in results)
    assert len({of_worker(result) for result in results} - {os.getpid()}) == 2


@pytest.mark.usefixtures("either_start")
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("deed", "error", "told"),
    [
        ("die", "Died", "died"),
        ("hang", "TimedOut", "gave up after"),
        ("raise", "RuntimeError", "broke"),
        ("panic", "Panic", "broke"),
        pytest.param("grow", "MemoryError", "broke", marks=linux),
    ],
)
def test_what_ruins_a_worker_costs_that_file_only(
    deed: str, error: str, told: str, jobs: int, capfd: pytest.CaptureFixture[str]
) -> None:
    results = scan("a", deed, "b", f"{deed}-2", "c", jobs=jobs, seconds=0.5)
    assert names(results) == ["a", deed, "b", f"{deed}-2", "c"]
    good, bad = results[::2], results[1::2]
    assert all(result.verdict is Verdict.ALLOW for result in good)
    for result in bad:
        assert result.verdict is Verdict.BLOCK
        assert has_gap(result)
        assert [check.error for check in result.checks] == [error]
        assert told in result.problem
    assert QUOTED not in "".join(capfd.readouterr())


@pytest.mark.parametrize("part", ["barcodes", "rapidocr", "faces", "identifiers", "metadata"])
@pytest.mark.parametrize(
    ("saboteur", "error"),
    [(Quiet, ""), (Hangs, "TimedOut"), (Dies, "Died"), (Raises, "RuntimeError")],
)
def test_a_reader_or_detector_that_breaks_is_a_gap(
    part: str, saboteur: type[Quiet], error: str, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.png"
    Image.new("RGB", (40, 30), "olive").save(photo)
    make = partial(OnePartSabotaged, part, saboteur)
    seconds = 1.0 if saboteur is Hangs else 100.0
    with Workers(make, POLICY, seconds=seconds) as pool:
        (result,) = pool.scan_all([Item(str(photo))])
    assert {check.error for check in result.checks} - {""} == {error} - {""}
    assert result.verdict is (Verdict.BLOCK if error else Verdict.ALLOW)


@pytest.mark.usefixtures("either_start")
def test_what_libraries_print_in_a_worker_reaches_nobody(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert names(scan("print", "a")) == ["print", "a"]
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform == "win32", reason="streams are closed otherwise there")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_workers_serve_where_streams_are_closed(closed: str, tmp_path: Path) -> None:
    script = tmp_path / "scan.py"
    script.write_text(
        "from phiscan.batch import Item, Workers\n"
        "from phiscan.policy import load_policy\n"
        "from saboteurs import Obedient\n"
        "with Workers(Obedient, load_policy('default'), 2) as pool:\n"
        "    results = list(pool.scan_all(Item(f'{n}.jpg') for n in range(9)))\n"
        f"open({str(tmp_path / 'done')!r}, 'w').write(str(len(results)))\n"
    )
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    command = f"{shlex.quote(sys.executable)} {shlex.quote(str(script))} {closed}"
    subprocess.run(
        ["sh", "-c", command], check=True, timeout=120, env={**os.environ, "PYTHONPATH": path}
    )
    assert (tmp_path / "done").read_text() == "9"


def test_a_worker_that_grew_too_large_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len({of_worker(result) for result in scan("a", "b", "c")}) == 1
    monkeypatch.setattr(workers, "_MOST_MEMORY", 0)
    results = scan("a", "b", "c")
    assert names(results) == ["a", "b", "c"]
    assert len({of_worker(result) for result in results}) == 3


def test_a_scanner_that_cannot_be_made_says_why() -> None:
    with pytest.raises(MissingDependency, match="no weights"):
        scan("a", make=Unmakeable)


def test_a_worker_that_dies_at_its_start_is_not_tried_for_ever() -> None:
    with pytest.raises(MissingDependency, match="phiscan doctor"):
        scan("a", make=DiesAtBirth)


def test_what_the_walk_found_wrong_is_a_gap_in_its_place() -> None:
    items = [Item("a.jpg"), Item("b", "this folder cannot be listed"), Item("c.jpg")]
    with Workers(Obedient, POLICY) as pool:
        results = list(pool.scan_all(items))
    assert names(results) == ["a", "b", "c"]
    assert [has_gap(result) for result in results] == [False, True, False]
    assert results[1].verdict is Verdict.BLOCK
    assert "cannot be listed" in results[1].problem


def test_files_are_taken_from_a_long_list_as_they_are_needed() -> None:
    taken: list[str] = []

    def endless() -> Iterator[Item]:
        while True:
            taken.append("x")
            yield Item("x.jpg")

    with Workers(Obedient, POLICY, jobs=2) as pool:
        results = pool.scan_all(endless())
        for _ in range(20):
            next(results)
    assert len(taken) <= 20 + 4 * 2


def test_leaving_ends_every_worker_even_one_that_hangs() -> None:
    with Workers(Obedient, POLICY, jobs=2, seconds=60) as pool:
        results = pool.scan_all([Item("a.jpg"), Item("hang.jpg"), Item("hang-2.jpg")])
        process = of_worker(next(results))
        assert is_running(process)
    assert not is_running(process)


def test_ctrl_c_at_the_terminal_is_left_to_the_parent() -> None:
    with Workers(Obedient, POLICY) as pool:
        results = pool.scan_all([Item("a.jpg"), Item("slow.jpg"), Item("b.jpg")])
        os.kill(of_worker(next(results)), signal.SIGINT)
        assert names(results) == ["slow", "b"]


@pytest.mark.usefixtures("either_start")
def test_workers_whose_parent_was_killed_end_too() -> None:
    with Workers(Obedient, POLICY, jobs=2) as pool:
        list(pool.scan_all([Item("slow.jpg"), Item("slow-2.jpg")]))
        for worker in pool._workers:
            worker.line.close()  # what the system does for a parent that is gone
        assert all(_ends(worker.process.pid or 0) for worker in pool._workers)
        pool._workers.clear()


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _ends(process: int) -> bool:
    for _ in range(200):
        if os.waitpid(process, os.WNOHANG) != (0, 0):
            return True
        time.sleep(0.05)
    return False


class Known:
    """Knows every result but those of slow photos."""

    def get(self, path: str) -> ScanResult | None:
        return None if "slow" in path else Obedient().scan(path)

    def put(self, result: ScanResult) -> None:
        pass


def test_known_results_behind_a_slow_photo_wait_their_turn_and_are_not_too_many() -> None:
    taken: list[str] = []

    def endless() -> Iterator[Item]:
        yield Item("slow.jpg")
        while True:
            taken.append("x")
            yield Item(f"{len(taken)}.jpg")

    with Workers(Obedient, POLICY, results=Known()) as pool:
        results = pool.scan_all(endless())
        assert next(results).source == "slow.jpg"
        assert len(taken) <= workers._MOST_WAITING
        assert names(islice(results, 1000)) == [str(number) for number in range(1, 1001)]
        assert len(taken) <= 1000 + workers._MOST_WAITING
