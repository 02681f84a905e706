"""Between an inbox and an upload: allowed photos go to one folder, everything else to another.

A file is taken out of the inbox, if at all, as the very last step. So wherever a run is killed, the
next one finds the file still there, sees what was done already, and does the rest.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from itertools import permutations
from pathlib import Path, PurePath
from typing import TypeVar

import msgspec

from phiscan.batch.originals import Original
from phiscan.batch.tray import Changed, Content, Tray
from phiscan.errors import BadSettings, OutputError, UnreadableImage
from phiscan.model import Check, Outcome, ScanResult, Verdict
from phiscan.policy import Policy, judge
from phiscan.reports._record import PhotoRecord, encode, record

REASONS = ".phiscan.json"
"""What is added to a held file's name for the file that says why it is held."""
_MOST_REASONS = 64 * 1024 * 1024
"""Bytes; a page full of findings takes one million."""
_NOT_REASONS = ".held"
"""Added to the name of a held file that would pass for such a one."""

_CHANGED = "Changed"
PathLike = TypeVar("PathLike", bound=PurePath)


class Place(Enum):
    """Where a file is after its turn."""

    ALLOWED = "allowed"
    HELD = "held"
    INBOX = "inbox"


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a file: `result` is a gap when it stays in the inbox without being judged.

    `name` is where it lies in its folder, `is_new` whether it was put there just now. `notes` are
    lines for a person; `is_unwritten` says that something should have been written and was not.
    """

    result: ScanResult
    place: Place
    name: PurePath
    is_new: bool = False
    notes: tuple[str, ...] = ()
    is_unwritten: bool = False

    @property
    def has_changed(self) -> bool:
        """Whether the file was another one when it was to be put into its place."""
        return any(check.error == _CHANGED for check in self.result.checks)


@dataclass(frozen=True, slots=True)
class Gate:
    """Puts each file of `inbox` where its result says; with `move`, out of the inbox.

    `policy` says what a gap means. Held files and folders are made for the user alone.
    """

    inbox: Path
    allowed: Tray
    held: Tray
    policy: Policy
    move: bool = False

    def settle(self, result: ScanResult) -> Settled:
        """Put a file into its folder; whatever goes wrong, it stays in the inbox at least."""
        name = PurePath(result.source).relative_to(self.inbox)
        try:
            with Original(Path(result.source)) as original:
                return self._settle(result, name, original)
        except UnreadableImage as exc:
            return self.stays(result.source, str(exc))
        except Changed:
            return self.stays(result.source, "changed while it was looked at", _CHANGED)
        except OutputError as exc:
            return Settled(result, Place.INBOX, name, notes=(str(exc),), is_unwritten=True)

    def stays(self, path: str, problem: str, error: str = "UnreadableImage") -> Settled:
        """Return what to say of a file that was not judged and stays in the inbox."""
        check = Check("intake", Outcome.FAILED, error=error)
        ruling = judge((), (check,), self.policy)
        result = ScanResult(path, "", ruling, checks=(check,), problem=problem)
        return Settled(result, Place.INBOX, PurePath(path).relative_to(self.inbox))

    def _settle(self, result: ScanResult, name: PurePath, original: Original) -> Settled:
        if result.sha256 and result.sha256 != original.sha256:
            raise Changed
        if result.verdict is Verdict.ALLOW and result.sha256 and result.complete:
            settled = self._allow(result, name, original)
        else:
            settled = self._hold(result, name, original)
        return self._taken(settled, original) if self.move else settled

    def _allow(self, result: ScanResult, name: PurePath, original: Original) -> Settled:
        # From memory, so that not one other byte gets there, not even under a hidden name.
        data = b"".join(original.chunks())
        if hashlib.sha256(data).hexdigest() != result.sha256:
            raise Changed
        placed = self.allowed.put(name, _content(original, lambda: [data]))
        return Settled(result, Place.ALLOWED, placed.name, placed.is_new)

    def _hold(self, result: ScanResult, name: PurePath, original: Original) -> Settled:
        if name.name.lower().endswith(REASONS):
            name = name.with_name(name.name + _NOT_REASONS)
        told = replace(result, sha256=original.sha256)
        content = _content(original, original.chunks)
        placed = self.held.put(name, content, lambda held: _is_free(_reasons(held), told))
        self._explain(placed.name, told)
        there = self.allowed.find(name, content)
        notes = (f"an earlier run allowed it: {str(there)!r} is still there",) if there else ()
        return Settled(result, Place.HELD, placed.name, placed.is_new, notes)

    def _explain(self, held: PurePath, told: ScanResult) -> None:
        """Write beside a held file why it is held, unless that stands there already."""
        name = _reasons(held)
        there = _record_in(self.held.root / name)
        if there is None or _essence(there) != _essence(record(told)):
            self.held.write(name, encode(told).encode() + b"\n", over=there is not None)

    def _taken(self, settled: Settled, original: Original) -> Settled:
        """Take a file that is safe in its folder out of the inbox."""
        try:
            if original.take_away():
                return settled
        except OutputError as exc:
            return replace(settled, notes=(*settled.notes, str(exc)), is_unwritten=True)
        note = "another file has its name in the inbox by now, and stays there"
        return replace(settled, notes=(*settled.notes, note))


def open_gate(inbox: Path, allowed: Path, held: Path, policy: Policy, *, move: bool) -> Gate:
    """Return a gate between three folders, ready for use; the last two are made if need be.

    Raises BadSettings when one of them lies in another or there is no inbox, OutputError when one
    cannot be written to.
    """
    try:
        os.listdir(inbox)  # noqa: PTH208 - the first of many names would do
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or type(exc).__name__
        raise BadSettings(f"the inbox cannot be read: {reason}: {str(inbox)!r}") from exc
    folders = {"the inbox": inbox, "--allowed": allowed, "--held": held}
    for (inner, one), (outer, other) in permutations(folders.items(), 2):
        if _lies_in(one, other):
            raise BadSettings(f"{inner} is {outer}, or lies in it; they must be apart")
    gate = Gate(inbox, Tray(allowed), Tray(held, 0o600, 0o700), policy, move)
    for tray in (gate.allowed, gate.held):
        tray.make_ready()
    return gate


def _lies_in(one: Path, other: Path) -> bool:
    """Whether a folder is another one or below it; links and names in other case do not hide it."""
    try:
        inner, outer = one.resolve(), other.resolve()
        if inner == outer or outer in inner.parents:
            return True
        identity = _identity(outer)
    except (OSError, RuntimeError, ValueError):
        return False  # not there yet, or of no use anyway
    for folder in (inner, *inner.parents):
        with suppress(OSError):
            if _identity(folder) == identity:
                return True
    return False


def _identity(folder: Path) -> tuple[int, int]:
    state = folder.stat()
    return state.st_dev, state.st_ino


def _content(original: Original, chunks: Callable[[], Iterable[bytes]]) -> Content:
    return Content(chunks, original.sha256, original.size, original.stamp.modified)


def _reasons(held: PathLike) -> PathLike:
    return held.with_name(held.name + REASONS)


def _is_free(reasons: Path, told: ScanResult) -> bool:
    """Whether the reasons of this content may be written there."""
    if not os.path.lexists(reasons):
        return True
    there = _record_in(reasons)
    return there is not None and there.sha256 == told.sha256


def _record_in(reasons: Path) -> PhotoRecord | None:
    """Return what a file of reasons says, or None where there is none or something else."""
    try:
        state = reasons.lstat()
        if not stat.S_ISREG(state.st_mode) or state.st_size > _MOST_REASONS:
            return None
        return msgspec.json.decode(reasons.read_bytes(), type=PhotoRecord)
    except (OSError, msgspec.DecodeError):
        return None


def _essence(told: PhotoRecord) -> tuple[object, ...]:
    """Return what makes reasons worth writing anew: not how many seconds it took."""
    return told.sha256, told.verdict, told.reasons, told.findings, told.problem
