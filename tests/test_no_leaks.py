"""Whatever a photo says, and however a scan ends: nobody reads it but phiscan.

Photos with a patient in every place are scanned by the command itself, with everything switched on,
and then stdout, stderr, logs, reports, caches and temporary folders are searched for the patients.
Paths are the exception: the user named them, so reports and messages repeat them. Caches, logs and
what is written elsewhere hold no paths either.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import watched
from planted import IN_PATHS, NAMES, plant, words

FORMATS = {"text", "json", "jsonl", "csv", "sarif", "junit", "html"}
SECRET = words(*(place for place in NAMES if place not in IN_PATHS))
NAMED = words(*IN_PATHS)
WRITTEN = ("marked", "copies", ".phiscan-")
"""What a run writes beside its cache: marked copies, clean copies, the report until it is whole."""
DEEDS = ("raises", "chains", "panics", "dies", "aborts", "hangs")


@dataclass(frozen=True)
class Ended:
    """How a run of the command ended, and all that it left behind."""

    status: int
    said: str
    told: str
    log: str
    folder: Path
    writes: tuple[Path, ...]

    @property
    def cache(self) -> Path:
        return self.folder.parent / "cache"


Run = Callable[..., Ended]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, str]:
    return plant(tmp_path_factory.mktemp("photos"))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    home = tmp_path_factory.mktemp("runs")

    def command(*given: object, deed: str = "") -> Ended:
        folder = home / f"run{sum(1 for _ in home.iterdir())}"
        temporary = folder / "tmp"
        temporary.mkdir(parents=True)
        log, writes = folder / "log", folder / "writes"
        script = [Path(watched.__file__), log, writes, *[deed] * bool(deed), "--", *given]
        ended = subprocess.run(
            [sys.executable, "-X", "dev", "-W", "default", *map(str, script)],
            capture_output=True,
            check=False,
            cwd=folder,
            timeout=500,
            env={**os.environ, "TMPDIR": str(temporary), "XDG_CACHE_HOME": str(home / "cache")},
        )
        written = os.fsdecode(writes.read_bytes()).splitlines()
        writes.unlink()
        return Ended(
            ended.returncode,
            ended.stdout.decode("utf-8", "replace"),
            ended.stderr.decode("utf-8", "replace"),
            log.read_text("utf-8", "replace"),
            folder,
            tuple(folder / path for path in written if path != os.devnull),
        )

    return command


@pytest.fixture(scope="module")
def first(run: Run, photos: dict[Path, str]) -> Ended:
    """The first run over everything: nothing is kept yet."""
    return run(common(photos), "--format", "jsonl", "--annotate", "marked")


def common(photos: dict[Path, str]) -> Path:
    return Path(os.path.commonpath(photos))


def found(data: bytes, secrets: list[str]) -> list[str]:
    """Return the secrets in some bytes: in any case, in UTF-8 and UTF-16, also inside Base64."""
    whole = data.lower()
    for piece in re.findall(rb"base64,([A-Za-z0-9+/]+=*)", data):
        whole += base64.b64decode(piece).lower()
    forms = {secret: secret.lower() for secret in secrets}
    return [
        secret
        for secret, form in forms.items()
        if any(form.encode(code) in whole for code in ("utf-8", "utf-16-le", "utf-16-be"))
    ]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@cache
def found_in_file(path: Path, _state: tuple[int, int]) -> list[str]:
    """Search a file once as long as it does not change: compiled networks have 40 MB each."""
    return found(path.read_bytes(), SECRET + NAMED)


def check(ended: Ended) -> None:
    """Look for every secret in all that a run said, logged, wrote or kept."""
    for stream in (ended.said, ended.told):
        assert found(stream.encode(), SECRET) == []
    assert found(ended.log.encode(), SECRET + NAMED) == []
    for path in [*files(ended.folder), *files(ended.cache)]:
        state = path.stat()
        names = NAMED if path.name.startswith("report") else []
        leaked = found_in_file(path, (state.st_mtime_ns, state.st_size))
        assert [word for word in leaked if word not in names] == [], path
    assert list((ended.folder / "tmp").iterdir()) == []
    own = (ended.cache, *(ended.folder / name for name in WRITTEN))
    strayed = [p for p in ended.writes if not str(p).startswith(tuple(map(str, own)))]
    assert strayed == []


def test_the_search_finds_what_is_there(photos: dict[Path, str]) -> None:
    """Each patient that stands in a file as text is found there by the same search."""
    everything = b"".join(path.read_bytes() for path in photos)
    drawn = {"pixels", "code", "thumbnail", "compressed", "film"}
    missing = {place for place in NAMES if not found(everything, words(place))}
    assert missing <= drawn | {*IN_PATHS}
    assert found("\n".join(map(str, photos)).encode(), NAMED)
    page = b'<img src="data:x;base64,' + base64.b64encode(NAMES["film"][0].encode()) + b'">'
    assert found(page, words("film")) == [NAMES["film"][0]]


def test_every_patient_was_seen(first: Ended, photos: dict[Path, str]) -> None:
    """Else the searches prove nothing: what was never read cannot leak."""
    results = {one["path"]: one for one in map(json.loads, first.said.splitlines())}
    assert set(results) == set(map(str, photos))
    for path, kind in photos.items():
        kinds = {finding["kind"] for finding in results[str(path)]["findings"]}
        assert not kind or kind in kinds, path.name
    broken = [one for path, one in results.items() if "broken-" in path]
    assert all(one["verdict"] == "block" for one in broken)
    assert found(first.said.encode(), NAMED), "paths are the user's own, and are repeated"
    assert "watched" in first.log


def test_a_first_run_leaks_nothing(first: Ended) -> None:
    assert list((first.folder / "marked").iterdir())
    assert files(first.cache)
    check(first)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_no_report_leaks(form: str, first: Ended, run: Run, photos: dict[Path, str]) -> None:
    del first  # so that the results of whole photos are kept already
    ended = run(common(photos), "--format", form, "--output", f"report.{form}")
    assert ended.status == 1
    assert found((ended.folder / f"report.{form}").read_bytes(), NAMED)
    check(ended)


def test_text_on_the_terminal_leaks_nothing(run: Run, photos: dict[Path, str]) -> None:
    ended = run(*list(photos)[:1], *list(photos)[-3:], "--no-cache")
    assert "BLOCK" in ended.said
    check(ended)


def test_copies_leak_nothing(run: Run, photos: dict[Path, str]) -> None:
    """Names of copies are the user's; what is in them, and all beside them, is searched."""
    given = [path for path in photos if path.parent == common(photos)]
    ended = run("clean", *given, "-o", "copies")
    assert "copies written" in ended.told
    assert len(list((ended.folder / "copies").iterdir())) >= 10
    check(ended)


@pytest.mark.parametrize("deed", DEEDS)
def test_no_way_to_fail_leaks(deed: str, run: Run, photos: dict[Path, str]) -> None:
    """An engine ends with what it read in its message, in its cause, or without another word."""
    folder = common(photos)
    settings = folder.parent / "short.toml"
    settings.write_text(f"seconds = {3 if deed == 'hangs' else 300}\n")
    given = ["--settings", settings, "--format", "jsonl", "--no-cache"]
    ended = run(folder / "tags.tif", folder / "comment.jpg", *given, deed=deed)
    results = [json.loads(line) for line in ended.said.splitlines()]
    assert [one["verdict"] for one in results] == ["block", "block"]
    assert all(any(c["outcome"] == "failed" for c in one["checks"]) for one in results)
    assert "careless" in ended.log
    check(ended)


def test_a_clean_that_is_ended_half_way_leaves_nothing(
    photos: dict[Path, str], tmp_path: Path
) -> None:
    given = [tmp_path / "log", tmp_path / "writes", "hangs", "--", "clean"]
    given += [
        common(photos) / "tags.tif",
        common(photos) / "comment.jpg",
        "-o",
        tmp_path / "copies",
    ]
    script = [Path(watched.__file__), *given]
    with subprocess.Popen([sys.executable, *map(str, script)], stderr=subprocess.PIPE) as running:
        while running.poll() is None and not files(tmp_path / "copies"):
            time.sleep(0.05)
        running.terminate()
        assert running.wait(60) == 128 + signal.SIGTERM
    assert not (tmp_path / "copies").exists()


@pytest.mark.skipif(not shutil.which("tesseract"), reason="the program tesseract is missing")
def test_the_other_engine_leaks_nothing(run: Run, photos: dict[Path, str]) -> None:
    ended = run(common(photos) / "pixels.png", "--ocr", "tesseract", "--no-cache")
    assert ended.status == 1
    check(ended)


def test_the_network_is_really_refused() -> None:
    """Else a scan that needs none would prove nothing."""
    tries = "import watched, socket; watched.refuse_network(); "
    for deed, ends in (
        ("socket.getaddrinfo('localhost', 80)", 1),
        ("socket.socketpair(); print('as ever')", 0),
        ("socket.socket()", -31 if sys.platform == "linux" else 0),
    ):
        ended = subprocess.run(
            [sys.executable, "-c", tries + deed],
            capture_output=True,
            check=False,
            cwd=Path(watched.__file__).parent,
        )
        assert ended.returncode == ends, ended.stderr
