"""Measure what hostile files cost: `python -m benchmarks.hostile`.

Scans the malformed files of the photo collection, and files made here to exhaust, crash or mislead,
as the command does: in a worker process, with the networks. Prints for each how it ended, seconds,
and the most memory that its process had, against the limits: 1.5 GB, and `seconds` of the settings.
No file may be allowed unless it decodes whole: those that are allowed are listed, with the word of
three other decoders on them (Pillow, OpenCV, and FFmpeg where it is installed). One more file is
changed by somebody else all the time while it is scanned.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image

from benchmarks._hostile_decoders import words_on
from benchmarks._hostile_files import files, odd_things
from phiscan.batch import Item, Workers, walk
from phiscan.model import Outcome, ScanResult, Verdict
from phiscan.scan import Scanner
from phiscan.settings import Settings

_MEMORY = 1_500_000_000
"""Bytes that a process may have at most (issue 6)."""
_STEP = 0.02


@dataclass(frozen=True, slots=True)
class Cost:
    """What one file cost: its result, seconds, and the most memory of its process in bytes.

    `others` is what other decoders say of it when it was allowed.
    """

    result: ScanResult
    seconds: float
    memory: int
    others: str = ""


class Watch:
    """Reads again and again how much memory the workers have, as Linux tells it."""

    def __init__(self, pool: Workers) -> None:
        self._pool = pool
        self.peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(_STEP):
            self.peak = max(self.peak, self.memory())

    def memory(self) -> int:
        """Return the bytes of memory of the largest worker now."""
        found = [0]
        for worker in list(self._pool._workers):  # noqa: SLF001 - nobody else needs to know them
            with suppress(OSError, ValueError, IndexError):
                text = Path(f"/proc/{worker.process.pid}/statm").read_text("ascii")
                found.append(int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE"))
        return max(found)

    def close(self) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join()


def measure(items: Iterable[Item], settings: Settings) -> Iterator[Cost]:
    """Scan one file after the other, and yield what each cost."""
    with Workers(partial(Scanner, settings), settings.open_policy(), 1, settings.seconds) as pool:
        watch = Watch(pool)
        for item in items:
            watch.peak, began = 0, time.perf_counter()
            (result,) = pool.scan_all([item])
            seconds, memory = time.perf_counter() - began, max(watch.peak, watch.memory())
            path, is_allowed = Path(result.source), result.verdict is Verdict.ALLOW
            asked = is_allowed and not path.name.startswith("restless")
            yield Cost(result, seconds, memory, words_on(path) if asked else "")
        watch.close()


def _items(photos: Path, folder: Path, wanted: re.Pattern[str]) -> Iterator[Item]:
    """Yield the malformed files, those made here, and the odd ones also by their own names."""
    yield from (item for item in _every(photos, folder, wanted) if wanted.search(item.path))


def _every(photos: Path, folder: Path, wanted: re.Pattern[str]) -> Iterator[Item]:
    if photos.is_dir():
        yield from walk(sorted((photos / "malformed").iterdir()))
    for name, content in files():
        path = folder / "made" / name
        if wanted.search(str(path)):
            path.write_bytes(content())
            yield Item(str(path))
            path.unlink()
    odd_things(folder / "odd")
    yield from walk([folder / "odd"])
    yield from walk(sorted((folder / "odd").iterdir()))
    restless = folder / "restless.jpg"
    with _restless(restless):
        yield from [Item(str(restless))] * 5


@contextmanager
def _restless(path: Path) -> Iterator[None]:
    """Rewrite a file again and again: cut, grown, another picture."""
    ended = threading.Event()
    pictures = [Image.new("RGB", size, "olive") for size in ((4000, 3000), (40, 30), (400, 300))]
    for number, picture in enumerate(pictures):
        picture.save(path.with_suffix(f".{number}"), "JPEG")
    contents = [path.with_suffix(f".{number}").read_bytes() for number in range(len(pictures))]
    path.write_bytes(contents[0])

    def write() -> None:
        while not ended.is_set():
            for content in contents:
                path.write_bytes(content)
                with path.open("r+b") as file:
                    file.truncate(len(content) // 2)
                    file.seek(0, os.SEEK_END)
                    file.write(content)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    yield
    ended.set()
    thread.join()


def _end(result: ScanResult) -> str:
    failed = [check for check in result.checks if check.outcome is Outcome.FAILED]
    what = f", {failed[0].name}: {failed[0].error}" if failed else ""
    return f"{result.verdict.word}{what}"


def _report(costs: Iterable[Cost], seconds: float) -> None:
    ends: Counter[str] = Counter()
    over, allowed, every = [], [], []
    for cost in costs:
        name = ascii(Path(cost.result.source).name)[1:-1][:48]
        end = _end(cost.result)
        print(f"{name:48} {cost.seconds:7.2f} s {cost.memory / 1e6:6.0f} MB  {end}", flush=True)
        ends[end] += 1
        every.append(cost)
        if cost.memory > _MEMORY or cost.seconds > seconds + 1:
            over.append(name)
        if cost.result.verdict is Verdict.ALLOW:
            allowed.append(f"{name}: {cost.others or 'of no file'}")
    print(f"\n{len(every)} files, each with a result of its own")
    for end, count in ends.most_common():
        print(f"    {count:4} {end}")
    print(f"most seconds {max(c.seconds for c in every):.2f}, limit {seconds:g}")
    print(f"most memory {max(c.memory for c in every) / 1e6:.0f} MB, limit {_MEMORY / 1e6:.0f} MB")
    print(f"over a limit: {', '.join(over) or 'none'}")
    print("\n".join(["allowed:", *(f"    {line}" for line in allowed)]))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.hostile")
    parser.add_argument("--photos", type=Path, default=Path("../shared/photos"))
    parser.add_argument("--seconds", type=int, default=Settings().seconds, help="limit for a file")
    parser.add_argument("--only", default="", help="regular expression for the paths")
    options = parser.parse_args()
    settings = Settings(seconds=options.seconds)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in ("made", "odd"):
            (folder / name).mkdir()
        items = _items(options.photos, folder, re.compile(options.only))
        _report(measure(items, settings), options.seconds)


if __name__ == "__main__":
    main()
