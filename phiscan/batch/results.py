"""Results kept from one run to the next: an unchanged file costs a hash of its bytes.

Kept are findings and checks of photos that were checked in full: kinds, places, scores and shapes,
no words, no pixels, no paths. The ruling is not kept but made anew, by `judge()`.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from phiscan.batch.recipe import recipe
from phiscan.batch.store import Store, Tell
from phiscan.detectors.file_name import name_parts
from phiscan.geometry import Point, Region
from phiscan.intake import Limits
from phiscan.model import Check, Finding, Outcome, ScanResult
from phiscan.policy import Policy, gaps, judge
from phiscan.private_folder import cache_folder
from phiscan.settings import Settings

_DIGEST = hashlib.sha256().digest_size
_CHUNK = 1 << 20
_DONE = Outcome.DONE
"""Python 3.11 takes 0.4 us to find a member of an enum, a dozen times for each photo."""
_NO_NAMES = frozenset({"", ".", ".."})
_OF_THE_DAY = frozenset({"consented_face"})
"""Kinds that are right on some days only: a consent ends, or is taken back."""


class _Seen(msgspec.Struct, frozen=True, array_like=True):
    """A Finding, without the names of its fields."""

    kind: str
    score: float
    regions: tuple[tuple[int, tuple[Point, ...]], ...]
    shape: str
    reason: str


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """A ScanResult without what the file itself or judge() tells; every check in it was done."""

    seen: tuple[_Seen, ...]
    checks: tuple[tuple[str, float], ...]
    width: int
    height: int
    seconds: float


_decoder = msgspec.msgpack.Decoder(_Kept)


class ResultCache:
    """Results by the SHA-256 of the file's bytes, its name, and all else that a verdict rests on.

    They lie in `folder`, by default `results` in the user's cache folder. `tell` is called with one
    line for a person when they cannot be used. No failure here ever stops a scan.
    """

    def __init__(
        self, settings: Settings, policy: Policy, tell: Tell, folder: Path | None = None
    ) -> None:
        self._policy = policy
        self._limits = settings.limits
        self._seconds = settings.seconds
        self._recipe = b""
        self._store: Store | None = None
        try:
            self._recipe = recipe(settings, policy)
        except OSError:
            tell("not all that a verdict rests on can be looked at, so no results are kept")
        else:
            self._store = open_store(lambda told: tell(f"{told}; the scan goes on"), folder)

    def get(self, path: str) -> ScanResult | None:
        """Return the result of a file whose bytes, name and recipe are those of a kept one."""
        digest = _sha256(path, self._limits) if self._store else None
        if digest is None or self._store is None:
            return None
        key = self._key(digest, path)
        kept, findings = _unpacked(key, self._store.get(key)) or (None, ())
        # A file for which there is less time than it took might become a gap.
        if kept is None or not kept.seconds <= self._seconds:
            return None
        checks = tuple([Check(name, _DONE, seconds) for name, seconds in kept.checks])
        return ScanResult(
            source=path,
            sha256=digest.hex(),
            ruling=judge(findings, checks, self._policy),
            findings=findings,
            checks=checks,
            width=kept.width,
            height=kept.height,
            seconds=kept.seconds,
        )

    def put(self, result: ScanResult) -> None:
        """Keep a result, if every check was done and only what makes up the key decided it.

        The key is made of the SHA-256 that the scan itself reports: of the bytes that it looked at.
        """
        if self._store is None or not _is_whole(result, self._policy):
            return
        with suppress(ValueError, TypeError):  # no SHA-256, or numbers of some other type
            key = self._key(bytes.fromhex(result.sha256), result.source)
            value = _packed(key, result)
            _, findings = _unpacked(key, value) or (None, None)
            if findings == result.findings:
                self._store.put(key, value)

    def close(self) -> None:
        """Let go of the file."""
        if self._store:
            self._store.close()
        self._store = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _key(self, digest: bytes, path: str) -> bytes:
        """Return the key of a file; ValueError when its digest is not one.

        The year counts because a date of birth makes somebody older than 89 from some year on.
        """
        if len(digest) != _DIGEST:
            raise ValueError("not a SHA-256")
        rest = repr((time.gmtime().tm_year, _names(path))).encode()
        return hashlib.sha256(self._recipe + digest + rest).digest()


def open_store(tell: Tell, folder: Path | None = None, *, begin: bool = True) -> Store:
    """Open the file in which results are kept, and begin one if `begin` says so."""
    return Store((folder or cache_folder("results")) / "results.sqlite", tell, begin=begin)


def _names(path: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return all that a detector sees of a path: the file's name, and those of folders above."""
    folder, slash, name = path.rpartition("/")
    if slash and name not in _NO_NAMES and "\\" not in path and not path.startswith("<"):
        return name, _folder_names(folder)
    (name, _), *folders = [*name_parts(path)] or [("", "")]
    return name, tuple(folders)


@lru_cache(maxsize=16)
def _folder_names(folder: str) -> tuple[tuple[str, str], ...]:
    """Return the names of folders that count; the files of one follow each other."""
    return tuple(name_parts(f"{folder}/x"))[1:]


def _is_whole(result: ScanResult, policy: Policy) -> bool:
    return (
        bool(result.checks)
        and all(check.outcome is Outcome.DONE for check in result.checks)
        and not result.problem
        and not gaps(result.checks, policy)
        and not any(finding.kind in _OF_THE_DAY for finding in result.findings)
        # Else the scanner has judged by something that is not known here.
        and result.ruling == judge(result.findings, result.checks, policy)
    )


def _packed(key: bytes, result: ScanResult) -> bytes:
    """Return a result as bytes, behind a SHA-256 of them and the key."""
    kept = _Kept(
        tuple(_seen(finding) for finding in result.findings),
        tuple((check.name, float(check.seconds)) for check in result.checks),
        result.width,
        result.height,
        float(result.seconds),
    )
    body = msgspec.msgpack.encode(kept)
    return hashlib.sha256(key + body).digest() + body


def _seen(finding: Finding) -> _Seen:
    regions = tuple(
        (region.frame, tuple((float(x), float(y)) for x, y in region.corners))
        for region in finding.regions
    )
    return _Seen(finding.kind, float(finding.score), regions, finding.shape, finding.reason)


def _unpacked(key: bytes, value: bytes | None) -> tuple[_Kept, tuple[Finding, ...]] | None:
    """Return what was packed under this key, or None when it is damaged or another's."""
    if value is None or value[:_DIGEST] != hashlib.sha256(key + value[_DIGEST:]).digest():
        return None
    try:
        kept = _decoder.decode(value[_DIGEST:])
        return kept, _findings(kept)
    except (msgspec.DecodeError, ValueError):  # a score or a region that makes no sense
        return None


def _findings(kept: _Kept) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            seen.kind,
            seen.score,
            tuple(Region(frame, corners) for frame, corners in seen.regions),
            seen.shape,
            seen.reason,
        )
        for seen in kept.seen
    )


def _sha256(path: str, limits: Limits) -> bytes | None:
    """Return the hash of a file's bytes, or None where there is something to say to its reader.

    As `intake` does, it opens nothing but a regular file and reads no more than the limit.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - as intake looks at it
            return None
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        handle = os.open(path, flags)
        try:
            state = os.fstat(handle)
            if not stat.S_ISREG(state.st_mode) or state.st_size > limits.bytes:
                return None
            return _digest(handle, limits.bytes, min(state.st_size + 1, _CHUNK))
        finally:
            os.close(handle)
    except (OSError, ValueError):
        return None


def _digest(handle: int, most: int, chunk: int) -> bytes | None:
    """Return the hash of what can be read from `handle`, None when it is more than `most` bytes."""
    found, count = hashlib.sha256(), 0
    while piece := os.read(handle, chunk):
        count += len(piece)
        if count > most:
            return None
        found.update(piece)
    return found.digest()
