from __future__ import annotations

import hashlib
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiscan.batch import Item, Workers, recipe
from phiscan.batch.results import ResultCache
from phiscan.detectors.file_name import name_parts
from phiscan.geometry import Box, Region
from phiscan.intake import Limits
from phiscan.model import Check, Finding, Outcome, Reason, Ruling, ScanResult, Verdict
from phiscan.policy import Policy, judge, load_policy
from phiscan.settings import Settings

DEFAULT, POLICY = Settings(), load_policy("default").requiring(["rapidocr"])
DONE = tuple(Check(name, Outcome.DONE, 0.25) for name in sorted(POLICY.required))
TURNED = Region(0, ((10.5, 700.25), (900.0, 690.0), (905.0, 800.0), (415.0, 810.0)))
FOUND = (
    Finding("wristband", 0.81, (TURNED,), reason="name, date and number on a strip"),
    Finding("birth_date", 0.93, (TURNED, Region.from_box(2, Box(0, 0, 9, 9))), "99/99/9999"),
    Finding("capture_time", 1.0, reason="exif:DateTimeOriginal"),
)


@pytest.fixture(autouse=True, scope="module")
def _one_program() -> Iterator[None]:
    """Look at program, libraries and processor once: they have tests of their own."""
    with pytest.MonkeyPatch.context() as patch:
        for part in ("_program", "_libraries", "_processor", "_tesseract"):
            found = list(getattr(recipe, part)())
            patch.setattr(recipe, part, partial(list, found))
        yield


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[ResultCache]:
    with ResultCache(DEFAULT, POLICY, pytest.fail, tmp_path / "cache") as cache:
        yield cache


def photo(tmp_path: Path, name: str = "a.jpg", content: bytes = b"a photo") -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def result(
    path: Path, findings: tuple[Finding, ...] = FOUND, checks: tuple[Check, ...] = DONE
) -> ScanResult:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    ruling = judge(findings, checks, POLICY)
    return ScanResult(str(path), digest, ruling, findings, checks, 4032, 3024, 1.5)


@pytest.mark.parametrize("findings", [(), FOUND])
def test_what_was_kept_comes_back_whole(
    cache: ResultCache, tmp_path: Path, findings: tuple[Finding, ...]
) -> None:
    kept = result(photo(tmp_path), findings)
    assert cache.get(kept.source) is None
    cache.put(kept)
    assert cache.get(kept.source) == kept


def test_the_same_photo_in_two_places_has_two_results(cache: ResultCache, tmp_path: Path) -> None:
    here = photo(tmp_path, "one/w/x/y/a.jpg")
    there = photo(tmp_path, "two/w/x/y/a.jpg")
    cache.put(result(here))
    assert cache.get(str(there)) == replace(result(here), source=str(there))
    assert cache.get(str(here)) == result(here)


@pytest.mark.parametrize("name", ["SmithJohn.jpg", "Smith_John/a.jpg", "w/SmithJohn/y/a.jpg"])
def test_a_name_that_may_tell_something_is_part_of_the_key(
    cache: ResultCache, tmp_path: Path, name: str
) -> None:
    cache.put(result(photo(tmp_path)))
    assert cache.get(str(photo(tmp_path, name))) is None


def test_a_photo_that_changed_is_not_known(cache: ResultCache, tmp_path: Path) -> None:
    path = photo(tmp_path)
    cache.put(result(path))
    path.write_bytes(b"a photO")
    assert cache.get(str(path)) is None


def failed(name: str) -> tuple[Check, ...]:
    return tuple(replace(c, outcome=Outcome.FAILED) if c.name == name else c for c in DONE)


PATH_FINDING = Finding("consented_face", 0.9, (TURNED,))
NOT_KEPT = {
    "a failed check": {"checks": failed("faces")},
    "a failed check that no policy requires": {
        "checks": (*DONE, Check("page 3", Outcome.FAILED, error="Incomplete"))
    },
    "a check that was left out": {"checks": (*DONE, Check("more", Outcome.SKIPPED))},
    "a required check that is missing": {"checks": DONE[1:]},
    "no check": {"checks": ()},
    "a face that may be shown until some day": {"findings": (PATH_FINDING,)},
}


@pytest.mark.parametrize("changes", NOT_KEPT.values(), ids=NOT_KEPT)
def test_what_was_not_checked_in_full_is_not_kept(
    cache: ResultCache, tmp_path: Path, changes: dict[str, tuple[Check, ...]]
) -> None:
    partly = replace(result(photo(tmp_path), ()), **changes)  # type: ignore[arg-type]  # one at a time
    partly = replace(partly, ruling=judge(partly.findings, partly.checks, POLICY))
    cache.put(partly)
    assert cache.get(partly.source) is None


OTHERS = {
    "a problem": {"problem": "the process that scanned it died"},
    "no hash": {"sha256": ""},
    "half a hash": {"sha256": "ab" * 16},
    "no hash at all": {"sha256": "z" * 64},
    "a ruling that is not the policy's": {"ruling": Ruling(Verdict.ALLOW)},
    "a stricter ruling": {
        "ruling": Ruling(Verdict.BLOCK, (Reason(Verdict.BLOCK, "by somebody else"),))
    },
}


@pytest.mark.parametrize("changes", OTHERS.values(), ids=OTHERS)
def test_what_cannot_be_said_again_is_not_kept(
    cache: ResultCache, tmp_path: Path, changes: dict[str, object]
) -> None:
    odd = replace(result(photo(tmp_path)), **changes)  # type: ignore[arg-type]  # one at a time
    cache.put(odd)
    assert cache.get(odd.source) is None


def test_what_is_no_file_within_the_limits_is_left_to_the_scan(tmp_path: Path) -> None:
    limits = replace(DEFAULT, limits=Limits(bytes=7))
    with ResultCache(limits, POLICY, pytest.fail, tmp_path / "cache") as cache:
        path = photo(tmp_path, content=b"7 bytes")
        cache.put(result(path))
        assert cache.get(str(path))
        large = photo(tmp_path, content=b"8 bytes.")
        cache.put(result(large))
        assert cache.get(str(large)) is None
        assert cache.get(str(tmp_path)) is None
        assert cache.get(str(tmp_path / "none.jpg")) is None
        assert cache.get("\0") is None
        os.mkfifo(tmp_path / "pipe.jpg")
        assert cache.get(str(tmp_path / "pipe.jpg")) is None  # and nobody waits for a writer


def test_a_file_for_which_there_is_too_little_time_now_is_scanned(tmp_path: Path) -> None:
    kept = result(photo(tmp_path))
    for seconds in (2, 1):
        less = replace(DEFAULT, seconds=seconds)
        with ResultCache(less, POLICY, pytest.fail, tmp_path / "cache") as cache:
            cache.put(kept)
            assert (cache.get(kept.source) is not None) == (seconds >= kept.seconds)


def test_another_year_is_another_age(
    cache: ResultCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = result(photo(tmp_path))
    cache.put(kept)
    later = time.gmtime(time.time() + 366 * 86_400)
    monkeypatch.setattr(time, "gmtime", lambda: later)
    assert cache.get(kept.source) is None


def test_a_name_that_is_no_text_is_known_again(cache: ResultCache, tmp_path: Path) -> None:
    kept = result(photo(tmp_path, os.fsdecode(b"caf\xe9.jpg")))
    cache.put(kept)
    assert cache.get(kept.source) == kept


def test_neither_path_nor_hash_of_a_photo_is_on_disk(tmp_path: Path) -> None:
    kept = result(photo(tmp_path, "Smith_John/MRN0012345.jpg"))
    with ResultCache(DEFAULT, POLICY, pytest.fail, tmp_path / "cache") as cache:
        cache.put(kept)
        assert cache.get(kept.source)
        content = b"".join(file.read_bytes() for file in (tmp_path / "cache").iterdir())
    assert b"birth_date" in content
    told = ("Smith", "MRN", "0012345", ".jpg", kept.sha256)
    assert not [word for word in told if word.encode() in content]
    assert bytes.fromhex(kept.sha256) not in content


class Row(NamedTuple):
    """An entry as it lies on disk."""

    key: bytes
    value: bytes


def row(folder: Path) -> Row:
    db = sqlite3.connect(folder / "results.sqlite")
    found = db.execute("SELECT key, value FROM results").fetchone()
    db.close()
    return Row(*found)


def write(folder: Path, key: bytes, value: object) -> None:
    db = sqlite3.connect(folder / "results.sqlite")
    with db:
        db.execute("INSERT OR REPLACE INTO results VALUES (?, 0, ?)", (key, value))
    db.close()


def test_a_tampered_entry_is_passed_over_wherever_it_was_touched(
    cache: ResultCache, tmp_path: Path
) -> None:
    kept = result(photo(tmp_path), FOUND[:1])
    cache.put(kept)
    key, value = row(tmp_path / "cache")
    for place in range(len(value)):
        touched = bytearray(value)
        touched[place] ^= 1
        write(tmp_path / "cache", key, bytes(touched))
        assert cache.get(kept.source) is None
    for odd in (value[:-1], value + b"\0", b"", value[:32], value[32:]):
        write(tmp_path / "cache", key, odd)
        assert cache.get(kept.source) is None
    write(tmp_path / "cache", key, value)
    assert cache.get(kept.source) == kept


def test_an_entry_under_a_key_that_is_not_its_own_is_passed_over(
    cache: ResultCache, tmp_path: Path
) -> None:
    blocked, allowed = result(photo(tmp_path, "a.jpg", b"chart")), photo(tmp_path, "b.jpg", b"cake")
    cache.put(blocked)
    key = row(tmp_path / "cache").key
    with ResultCache(DEFAULT, POLICY, pytest.fail, tmp_path / "other") as other:
        other.put(result(allowed, ()))
    write(tmp_path / "cache", key, row(tmp_path / "other").value)
    assert cache.get(blocked.source) is None


FORGED = [
    b"",
    b"\xc0",
    b"\x95\x90\x90\x00\x00\xcb" + b"\x7f\xf8" + bytes(6),  # seconds that are not a number
    b"\x95\x91\x95\xa4face\xcb\x40\x00\x00\x00\x00\x00\x00\x00\x90\xa0\xa0\x90\x00\x00\xca\0\0\0\0",
    b"\x95\x91\x95\xa4face\xca\0\0\0\0\x91\x92\x00\x90\xa0\xa0\x90\x00\x00\xca\0\0\0\0",
]
"""Nothing, None, NaN, a score of 2, a region without corners."""


@pytest.mark.parametrize("body", FORGED)
def test_an_entry_that_was_forged_with_care_never_allows(
    cache: ResultCache, tmp_path: Path, body: bytes
) -> None:
    kept = result(photo(tmp_path))
    cache.put(kept)
    key = row(tmp_path / "cache").key
    write(tmp_path / "cache", key, hashlib.sha256(key + body).digest() + body)
    known = cache.get(kept.source)
    assert known is None or known.verdict is Verdict.BLOCK


def test_where_the_program_cannot_be_looked_at_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> list[str]:
        raise PermissionError

    monkeypatch.setattr(recipe, "_program", refuse)
    told: list[str] = []
    kept = result(photo(tmp_path))
    with ResultCache(DEFAULT, POLICY, told.append, tmp_path / "cache") as cache:
        cache.put(kept)
        assert cache.get(kept.source) is None
    assert len(told) == 1


# The law: what is kept never says anything else than a scan would say now.


class World(NamedTuple):
    """What a scan is given."""

    settings: Settings
    policy: Policy
    path: str
    content: bytes


STRICT = replace(POLICY, on_unknown_kind=Verdict.BLOCK)
LENIENT = replace(POLICY, rules=tuple(r for r in POLICY.rules if r.kind != "face"))
MORE = POLICY.requiring(["tesseract"])
WORLDS = st.builds(
    World,
    st.builds(
        Settings,
        ocr=st.sampled_from([("rapidocr",), ("rapidocr", "tesseract")]),
        engine=st.sampled_from(["auto", "openvino", "onnxruntime"]),
        threads=st.integers(0, 2),
        cache=st.booleans(),
        seconds=st.integers(1, 3),
        limits=st.builds(Limits, bytes=st.sampled_from([4, 100]), frames=st.integers(1, 2)),
    ),
    st.sampled_from([POLICY, STRICT, LENIENT, MORE]),
    st.sampled_from(["a.jpg", "b.jpg", "Smith/a.jpg", "x/y/z/a.jpg", "w/y/z/a.jpg", "./a.jpg"]),
    st.sampled_from([b"cake", b"chart", b""]),
)
KINDS = ["face", "name", "capture_time", "file_name", "consented_face"]


def scan(world: World) -> ScanResult:
    """Scan as a world may have it: any setting, any name and any byte may turn the verdict."""
    given = replace(world.settings, cache=True, threads=0, seconds=300)
    names = tuple(name_parts(world.path))
    chance = random.Random(repr((given, names, world.content)))  # noqa: S311 - made-up findings
    seen = chance.sample(KINDS, chance.choice([0, 0, 1, 2]))
    findings = tuple(Finding(kind, 0.9) for kind in seen)
    checks = tuple(Check(name, Outcome.DONE) for name in sorted(world.policy.required))
    seconds = chance.choice([0.5, 1.5, 2.5])
    too_long, too_large = seconds > world.settings.seconds, len(world.content) > given.limits.bytes
    if too_long or too_large or chance.random() < 0.2:
        checks = (Check("intake", Outcome.FAILED, error="TimedOut"),)
        return ScanResult(
            world.path, "", judge((), checks, world.policy), checks=checks, problem="gave up"
        )
    digest = hashlib.sha256(world.content).hexdigest()
    ruling = judge(findings, checks, world.policy)
    return ScanResult(world.path, digest, ruling, findings, checks, seconds=seconds)


@settings(max_examples=40, deadline=None)
@given(st.lists(WORLDS, min_size=2, max_size=10))
def test_nothing_that_is_kept_says_anything_else_than_a_scan(worlds: list[World]) -> None:
    with tempfile.TemporaryDirectory() as name:
        for is_known, world in [*((False, w) for w in worlds), *((True, w) for w in worlds)]:
            path = photo(Path(name), world.path, world.content)
            here = world._replace(path=str(path))
            fresh = scan(here)
            with ResultCache(here.settings, here.policy, pytest.fail, Path(name, "c")) as cache:
                known = cache.get(here.path)
                cache.put(fresh)
            may_be_kept = not any(finding.kind == "consented_face" for finding in fresh.findings)
            if is_known and fresh.complete and may_be_kept:
                assert known == fresh
            else:
                assert known in {None, fresh}


# Together with the processes that scan.


class Counting:
    """Sees nothing, and notes each file that it was given; `deed` is done to the file before."""

    def __init__(self, notes: Path) -> None:
        self._notes = notes

    def scan(self, source: str) -> ScanResult:
        with self._notes.open("a") as file:
            file.write(f"{Path(source).name}\n")
        if "changes" in source:
            Path(source).write_bytes(b"changed meanwhile")
        if "gap" in source:
            raise RuntimeError
        return result(Path(source), ())


def run(tmp_path: Path, paths: list[Path], jobs: int = 1) -> tuple[list[ScanResult], list[str]]:
    """Return the results, and which files were scanned for them."""
    notes = tmp_path / "notes"
    notes.write_text("")
    with (
        Workers(partial(Counting, notes), POLICY, jobs) as workers,
        ResultCache(DEFAULT, POLICY, pytest.fail, tmp_path / "cache") as cache,
    ):
        workers.results = cache
        found = list(workers.scan_all(Item(str(path)) for path in paths))
    return found, sorted(notes.read_text().split())


@pytest.fixture
def _fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phiscan.batch.worker_process.threading.active_count", lambda: 1)


@pytest.mark.usefixtures("_fork")
def test_what_is_known_is_not_scanned_again(tmp_path: Path) -> None:
    names = ["a.jpg", "gap.jpg", "b.jpg", "c.jpg"]
    paths = [photo(tmp_path, name, name.encode()) for name in names]
    first, scanned = run(tmp_path, paths)
    assert scanned == sorted(names)
    second, scanned = run(tmp_path, [*paths, photo(tmp_path, "d.jpg", b"new")], jobs=2)
    assert scanned == ["d.jpg", "gap.jpg"]
    assert second[:4] == first
    assert [Path(found.source).name for found in second] == [*names, "d.jpg"]


@pytest.mark.usefixtures("_fork")
def test_a_photo_that_changes_between_hash_and_scan_is_kept_as_what_was_scanned(
    tmp_path: Path,
) -> None:
    path = photo(tmp_path, "changes.jpg", b"before")
    run(tmp_path, [path])
    assert path.read_bytes() == b"changed meanwhile"
    _, scanned = run(tmp_path, [path])
    assert scanned == []
    path.write_bytes(b"before")
    _, scanned = run(tmp_path, [path])
    assert scanned == ["changes.jpg"]


@pytest.mark.usefixtures("_fork")
def test_known_photos_wait_behind_a_slow_one_in_their_order(tmp_path: Path) -> None:
    known = [photo(tmp_path, f"{n:04}.jpg", str(n).encode()) for n in range(700)]
    with ResultCache(DEFAULT, POLICY, pytest.fail, tmp_path / "cache") as cache:
        for path in known:
            cache.put(result(path, ()))
    new = [photo(tmp_path, f"new{n}.jpg", b"new") for n in range(3)]
    paths = [new[0], *known[:300], new[1], *known[300:], new[2]]
    found, scanned = run(tmp_path, paths, jobs=2)
    assert [each.source for each in found] == [str(path) for path in paths]
    assert scanned == ["new0.jpg", "new1.jpg", "new2.jpg"]
