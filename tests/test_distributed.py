"""A Spark cluster scans photos; a lost machine costs time and no result."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pages import blocks, located
from parts import encode, picture
from saboteurs import Obedient

from phiscan import distributed
from phiscan.batch import Workers
from phiscan.reports._record import PhotoRecord
from phiscan.settings import Settings

pyarrow = pytest.importorskip("pyarrow")
PAGE = "many-machines.md"
CLUSTER = """
--master local-cluster[2,1,512]
--conf spark.executor.memory=512m
--conf spark.driver.memory=512m
--conf spark.ui.enabled=false
--conf spark.driver.bindAddress=127.0.0.1
--conf spark.driver.host=127.0.0.1
--conf spark.sql.shuffle.partitions=2
--conf spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1
--conf spark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1
pyspark-shell
"""
"""Two workers with a process each, as on two machines."""


def test_the_columns_are_the_keys_of_the_json() -> None:
    named = distributed.schema()
    assert all(f"`{key}`" in named for key in PhotoRecord.__struct_fields__)
    arrow = pyarrow.schema(distributed._arrow(PhotoRecord))
    assert tuple(arrow.names) == PhotoRecord.__struct_fields__


@pytest.fixture
def obedient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made = []

    def workers(settings: Settings) -> Workers:
        made.append(Workers(Obedient, settings.open_policy(), 1, 1.0))
        return made[-1].__enter__()

    monkeypatch.setattr(distributed, "_workers", workers)
    yield
    for each in made:
        each.__exit__(None, None, None)


@pytest.mark.usefixtures("obedient")
def test_every_path_has_its_row_also_where_it_ruins_the_scanner() -> None:
    given = [
        {"path": "a.jpg", "problem": ""},
        {"path": "die-1.jpg", "problem": None},
        {"path": "link.jpg", "problem": "a link"},
        {"path": "hang-1.jpg", "problem": ""},
        {"path": "file:/b.jpg", "problem": ""},
    ]
    batches = [
        pyarrow.RecordBatch.from_pylist(given[:2]),
        pyarrow.RecordBatch.from_pylist(given[2:]),
    ]
    written = distributed._scanned(Settings(), iter(batches))
    rows = [row for batch in written for row in batch.to_pylist()]
    told = {row["path"]: (row["verdict"], row["problem"]) for row in rows}
    assert list(told) == ["a.jpg", "die-1.jpg", "link.jpg", "hang-1.jpg", "/b.jpg"]
    assert told["a.jpg"] == told["/b.jpg"] == ("allow", "")
    assert told["link.jpg"] == ("block", "a link")
    assert "died" in told["die-1.jpg"][1]
    assert "gave up" in told["hang-1.jpg"][1]


@pytest.mark.usefixtures("obedient")
def test_a_table_with_paths_alone_is_enough() -> None:
    batches = [pyarrow.RecordBatch.from_pylist([{"path": "a.jpg"}])]
    (batch,) = distributed._scanned(Settings(), iter(batches))
    assert batch.schema.equals(pyarrow.schema(distributed._arrow(PhotoRecord)))


def test_a_row_holds_every_key() -> None:
    record = PhotoRecord(1, "a.jpg", "", "allow", 1, 1, [], [], [], 0.5)
    assert tuple(distributed._row(record)) == PhotoRecord.__struct_fields__
    assert len(msgspec.to_builtins(record)) < len(PhotoRecord.__struct_fields__)


needs_spark = pytest.mark.skipif(
    find_spec("pyspark") is None or shutil.which("java") is None, reason="no Spark here"
)


def descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            yield child
            yield from descendants(child)


def executors(of: int) -> list[int]:
    """The processes of the two workers, found among what one process has started."""
    return [
        pid
        for pid in descendants(of)
        if b"CoarseGrainedExecutorBackend" in Path(f"/proc/{pid}/cmdline").read_bytes()
        and b"java" in Path(f"/proc/{pid}/exe").resolve().name.encode()
    ]


def wait_for(condition: Any, job: subprocess.Popen[str]) -> Any:
    for _ in range(3000):
        if found := condition():
            return found
        if job.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError((job.stderr.read() if job.stderr else "")[-3000:])


@needs_spark
def test_a_job_that_loses_a_worker_is_complete(tmp_path: Path) -> None:
    photos, results = tmp_path / "photos", tmp_path / "results"
    photos.mkdir()
    for number in range(20):
        blocked = number % 4 == 0
        content = located() if blocked else encode("JPEG", picture(seed=number))
        (photos / f"{'blocked' if blocked else 'fine'}-{number}.jpg").write_bytes(content)
    (photos / "cut.jpg").write_bytes(encode("JPEG")[:-99])
    program = "".join(blocks(PAGE, "python").values())
    assert "find(spark, source)" in program
    (tmp_path / "scan_photos.py").write_text(
        program.replace("find(spark, source)", "find(spark, source, share=2)"), "utf-8"
    )
    job = subprocess.Popen(
        [sys.executable, "scan_photos.py", str(photos), str(results)],
        cwd=tmp_path,
        env=os.environ | {"PYSPARK_SUBMIT_ARGS": " ".join(CLUSTER.split()), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        done = partial(results.glob, "_temporary/0/task_*")
        wait_for(lambda: list(done()), job)  # the first share is scanned
        assert not (results / "_SUCCESS").exists()
        killed = executors(job.pid)
        os.kill(killed[0], signal.SIGKILL)
        shown, told = job.communicate(timeout=400)
    finally:
        job.kill()
    assert job.returncode == 0, told[-3000:]
    assert len(killed) == 2
    assert "Lost executor" in told
    assert "cut.jpg" in shown
    rows = pytest.importorskip("pyarrow.parquet").read_table(results).to_pylist()
    names = Counter(Path(row["path"]).name for row in rows)
    assert names == Counter(path.name for path in photos.iterdir())
    for row in rows:
        name = Path(row["path"]).name
        assert row["verdict"] == ("allow" if name.startswith("fine") else "block"), row
        assert bool(row["problem"]) == (name == "cut.jpg")
