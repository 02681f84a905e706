"""A gate that is killed loses nothing, doubles nothing, and leaves nothing half, wherever it is."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from gatekeeping import ALLOWED, FILES, HELD, reasons, shown, tree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="killed as on Unix")

TESTS = Path(__file__).parent.parent

STEPS = """
import os, shutil, signal, sys
from pathlib import Path
from gatekeeping import ALLOWED, FILES, HELD, POLICY, Told, lay, reasons, shown, tree
from phiscan.batch import originals
from phiscan.batch.gate import open_gate
from phiscan.batch.inbox import Inbox
from phiscan.batch.workers import Workers

root, move = Path(sys.argv[1]), sys.argv[2] == "move"
originals._CHUNK = 3
left = -1

def step(event="", _=()):
    global left
    if event in WATCHED:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

WATCHED = {"open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.utime",
           "os.listdir", "os.scandir", "fcntl.flock", "fcntl.fcntl", "fsync"}
os.fsync = lambda _: step("fsync")  # no power is cut here, and that would take minutes
sys.addaudithook(step)

def work():
    gate = open_gate(root / "inbox", root / "allowed", root / "held", POLICY, move=move)
    for batch in Inbox(gate.inbox, print, quiet=0).once():
        for item in batch:
            known = Workers(Told, POLICY)._known(item)
            gate.settle(known or Told().scan(item.path))

def run(stop):
    global left
    child = os.fork()
    if not child:
        left = stop
        work()
        os._exit(0)
    return os.waitpid(child, 0)[1] != 0

def check(stop):
    "Whatever the moment, every file is somewhere, and what shows is whole."
    seen = [*tree(root / "inbox").values(), *shown(root / "allowed").values(),
            *shown(root / "held").values()]
    assert {*FILES.values()} <= {*seen}, stop
    assert shown(root / "allowed").items() <= ALLOWED.items(), stop
    assert shown(root / "held").items() <= HELD.items(), stop
    reasons(root / "held")

lay(root)
work()  # so that no child has to load what it needs
outcome = None
for stop in range(10_000):
    shutil.rmtree(root, ignore_errors=True)
    lay(root)
    was_killed = run(stop)
    assert was_killed or stop == 0 or stop > 100
    check(stop)
    run(0)
    check(stop)
    now = {name: tree(root / name) for name in ("inbox", "allowed", "held")}
    outcome = outcome or now
    assert now == outcome, stop
    if stop and not was_killed:
        break
print(stop)
"""
"""Kills the gate before its first step, then before its second, and so on to the end; after each
it runs again. Run 0 is not disturbed."""


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
    )


@pytest.mark.parametrize("way", ["copy", "move"])
def test_killed_before_any_step_it_comes_to_the_same_in_the_end(tmp_path: Path, way: str) -> None:
    with start(STEPS, tmp_path / "there", way) as run:
        told, _ = run.communicate()
    assert run.returncode == 0
    assert int(told) > 100
    there = tmp_path / "there"
    assert shown(there / "allowed") == ALLOWED
    assert shown(there / "held") == HELD
    assert reasons(there / "held").keys() == HELD.keys() - {"taken-block.jpg"}
    assert tree(there / "inbox") == ({} if way == "move" else FILES)


COMMAND = """
import os, random, sys, time
from functools import partial
from gatekeeping import Told
from phiscan import cli
from phiscan.batch import recipe
from phiscan.commands import gate

class Slow(Told):
    def __init__(self, settings):
        pass
    def scan(self, source):
        time.sleep(random.random() / 100)
        return super().scan(source)

recipe._program = dict  # the code may be worked on meanwhile
gate.Scanner = Slow
gate.Inbox = partial(gate.Inbox, quiet=0.0)
os.fsync = lambda _: None  # no power is cut here
sys.exit(cli.main(["gate", *sys.argv[1:]]))
"""
"""The whole command, but for what looks at the pixels."""


@pytest.mark.parametrize("way", ["copy", "move"])
def test_ten_kills_at_random_lose_and_double_nothing(tmp_path: Path, way: str) -> None:
    chance = random.Random(way)  # noqa: S311 - where to kill
    words = ["fine", "block", "person", "gap"]
    files = {f"{n % 7}/{n:03}.jpg": f"{chance.choice(words)} {n}".encode() for n in range(150)}
    for name in ("disturbed", "undisturbed"):
        for file, data in files.items():
            path = tmp_path / name / "inbox" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def gate(name: str) -> subprocess.Popen[str]:
        root = tmp_path / name
        places = ["--allowed", root / "allowed", "--held", root / "held"]
        options = ["--jobs", 2, *(["--move"] if way == "move" else [])]
        return start(COMMAND, root / "inbox", *places, *options)

    with gate("undisturbed") as run:
        run.communicate()
    assert run.returncode == 1
    known = 0
    for _ in range(10):
        with gate("disturbed") as run:
            assert run.stdout
            lines = list(islice(run.stdout, known + chance.randrange(12)))
            run.kill()
        known = 0 if way == "move" else max(known, len(lines))
        everywhere = [
            *tree(tmp_path / "disturbed/inbox").values(),
            *shown(tmp_path / "disturbed/allowed").values(),
            *shown(tmp_path / "disturbed/held").values(),
        ]
        assert {*files.values()} <= {*everywhere}
    assert tree(tmp_path / "disturbed/inbox")
    with gate("disturbed") as run:
        run.communicate()
    first, second = (
        {place: shown(tmp_path / name / place) for place in ("inbox", "allowed", "held")}
        for name in ("disturbed", "undisturbed")
    )
    assert first == second
    assert sorted([*first["allowed"].values(), *first["held"].values()]) == sorted(files.values())
    for name in ("disturbed", "undisturbed"):
        assert reasons(tmp_path / name / "held").keys() == first["held"].keys()
    assert ".phiscan-gate" not in str([*tree(tmp_path / "disturbed")])
