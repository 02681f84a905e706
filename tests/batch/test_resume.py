"""A run that is killed goes on where it was, and comes to the same results."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

RUN = """
import hashlib, random, sys, time
from pathlib import Path
from phiscan.batch import Workers, recipe, walk
from phiscan.batch.results import ResultCache
from phiscan.model import Check, Finding, Outcome, ScanResult
from phiscan.policy import judge
from phiscan.reports.jsonl import REPORT
from phiscan.settings import Settings

photos, cache, notes = map(Path, sys.argv[1:])
settings = Settings()
policy = settings.open_policy()
checks = tuple(Check(name, Outcome.DONE) for name in sorted(policy.required))

class Scanner:
    def scan(self, source):
        with notes.open("a") as file:
            file.write(source + "\\n")
        digest = hashlib.sha256(Path(source).read_bytes()).hexdigest()
        chance = random.Random(digest)
        time.sleep(chance.random() / 100)
        findings = (Finding("face", chance.random()),) * chance.randrange(2)
        ruling = judge(findings, checks, policy)
        return ScanResult(source, digest, ruling, findings, checks, 4, 3, 0.5)

recipe._program = dict  # the code may be worked on meanwhile
with Workers(Scanner, policy, 2) as workers, ResultCache(settings, policy, exit, cache) as kept:
    workers.results = kept
    for line in REPORT.render(workers.scan_all(walk([photos]))):
        print(line, end="", flush=True)
"""
"""A whole run, but for what looks at the pixels."""


@pytest.mark.skipif(sys.platform == "win32", reason="killed as on Unix")
@pytest.mark.parametrize("seed", [1, 2])
def test_ten_kills_change_no_result_and_cost_nothing_that_was_reported(
    tmp_path: Path, seed: int
) -> None:
    (tmp_path / "photos").mkdir()
    for n in range(120):
        (tmp_path / f"photos/{n:03}.jpg").write_bytes(str(n).encode())
    chance = random.Random(seed)  # noqa: S311 - where to kill

    def start(cache: str, notes: str) -> subprocess.Popen[str]:
        places = [str(tmp_path / name) for name in ("photos", cache, notes)]
        command = [sys.executable, "-c", RUN, *places]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def scanned(notes: str) -> list[str]:
        return (tmp_path / notes).read_text().split() if (tmp_path / notes).exists() else []

    with start("one cache", "undisturbed") as run:
        undisturbed, _ = run.communicate()
    reported: set[str] = set()
    for attempt in range(10):
        with start("cache", f"scanned {attempt}") as run:
            assert run.stdout
            # All that is known comes at once; what is new decides when to kill.
            lines = list(islice(run.stdout, len(reported) + chance.randrange(10)))
            run.kill()
        assert reported.isdisjoint(scanned(f"scanned {attempt}"))
        reported |= {json.loads(line)["path"] for line in lines}
    with start("cache", "last") as run:
        last, _ = run.communicate()
    assert last == undisturbed
    assert reported.isdisjoint(scanned("last"))
    assert len(scanned("undisturbed")) == 120
