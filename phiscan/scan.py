"""One photo in, one ScanResult out: intake, read, detect, judge."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar

from phiscan import registry
from phiscan.errors import BadSettings, ExitCode, PhiscanError
from phiscan.identifiers import find_all
from phiscan.inference import cores
from phiscan.intake import Source, load
from phiscan.intake.remote import shown
from phiscan.layout import arrange
from phiscan.model import Check, Finding, Outcome, Photo, ScanResult, Scene, Verdict
from phiscan.plain_layout import lay_out
from phiscan.policy import Policy, blocks, gaps, judge
from phiscan.protocols import Detector, Farsighted, Reader
from phiscan.settings import Settings
from phiscan.text import Text, Word
from phiscan.toolbox import LARGE, Toolbox, every_identifier
from phiscan.traces import Traces

T = TypeVar("T")
_Detect: TypeAlias = Callable[[Scene], Iterable[Finding]]

_CODES = "barcodes"
"""The reader that always runs, whichever engine reads the text."""


class Blocked(PhiscanError):
    """Raised by guard() when a photo is not allowed; `result` says why."""

    exit_code = ExitCode.BLOCKED

    def __init__(self, result: ScanResult) -> None:
        super().__init__(f"{result.verdict.word}: the photo is not allowed")
        self.result = result

    def __reduce__(self) -> tuple[type[Blocked], tuple[ScanResult]]:
        """Travel to another process with the result."""
        return Blocked, (self.result,)


class _AtOnce(Executor):
    """Does everything at once, one after the other: for one core, and for large photos."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Do it now."""
        done: Future[T] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


class Scanner:
    """Holds the loaded networks; scan as many photos with it as you like, from many threads.

    Raises MissingDependency when an engine or weights file is absent, BadSettings when the
    settings make no sense: a scanner that exists can scan.
    """

    _pool: Executor = _AtOnce()
    _tools: Toolbox | None = None

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.policy = self.settings.open_policy()
        tools = Toolbox(self.settings)
        self._tools = tools
        readers = registry.load("phiscan.readers", "READER")
        engines = [name for name in readers if name != _CODES]
        for name in self.settings.ocr:
            if name not in engines:
                raise BadSettings(f"unknown ocr {name!r}; known: {', '.join(engines)}")
        self.readers: tuple[Reader, ...] = tuple(
            readers[name](tools) for name in (_CODES, *self.settings.ocr)
        )
        self.detectors: tuple[Detector, ...] = tuple(
            detector(tools) for detector in registry.load("phiscan.detectors", "DETECTOR").values()
        )
        if self.settings.threads != 1:
            steps = min(len(self.readers) + len(self.detectors), self.settings.threads or cores())
            self._pool = ThreadPoolExecutor(steps, thread_name_prefix="phiscan-step")

    def scan(self, source: Source) -> ScanResult:
        """Scan one photo: a path, bytes, a binary file, a PIL image or an RGB array.

        Never raises for a bad file: a step that fails leaves a gap, never a clean result.
        """
        started = time.perf_counter()
        limits = self.settings.limits
        photos, intake = _run("intake", lambda: [load(source, limits, self._make_room)])
        photo = photos[0] if photos else None
        findings, steps = self._look(photo) if photo else ((), [])
        checks = (intake.check, *_gaps_of(photo), *(step.check for step in steps))
        problems = [step.problem for step in (intake, *steps) if step.problem]
        return ScanResult(
            source=photo.source if photo else _name_of(source),
            sha256=photo.sha256 if photo else "",
            ruling=judge(findings, checks, self.policy),
            findings=findings,
            checks=checks,
            width=photo.frames[0].width if photo else 0,
            height=photo.frames[0].height if photo else 0,
            seconds=time.perf_counter() - started,
            problem=problems[0] if problems else _unchecked(checks, self.policy),
        )

    def _look(self, photo: Photo) -> tuple[tuple[Finding, ...], list[_Step]]:
        """Read the photo, look meanwhile for what needs no text, then look at the text."""
        pool = _AtOnce() if _is_large(photo) else self._pool
        unread = Scene(photo, Text())
        at_first = pool is self._pool and not self.settings.first
        reading = self._reading(pool, photo) if at_first else []
        ahead = {
            detector: pool.submit(_run, detector.name, partial(self._findings, detector, unread))
            for detector in self.detectors
            if not detector.needs_text
        }
        if self.settings.first and self._is_blocked(step.result()[0] for step in ahead.values()):
            return self._cut_short([step.result() for step in ahead.values()])
        reading = reading or self._reading(pool, photo)
        begun = {
            detector.name: pool.submit(_run, detector.name, partial(_begun, detector, photo))
            for detector in self.detectors
            if detector.needs_text and isinstance(detector, Farsighted)
        }
        read = [step.result() for step in reading]
        words = [word for found, _ in read for word in found]
        texts, layout = _run("layout", lambda: [arrange(words)])
        scene = Scene(photo, texts[0] if texts else Text())
        seen = [
            ahead[detector].result()
            if detector in ahead
            else self._finished(detector, begun.get(detector.name), scene)
            for detector in self.detectors
        ]
        findings = tuple(finding for found, _ in seen for finding in found)
        return findings, [*(step for _, step in read), layout, *(step for _, step in seen)]

    def _reading(
        self, pool: Executor, photo: Photo
    ) -> list[Future[tuple[list[Word | Traces], _Step]]]:
        """Begin to read, with text first: it takes longest, and the rest is done beside it.

        As many steps at a time as there are cores: more of them only take turns, which costs 7 %.
        """
        begun = {
            reader.name: pool.submit(_run, reader.name, partial(self._words, reader, photo))
            for reader in reversed(self.readers)
        }
        return [begun[reader.name] for reader in self.readers]

    def _make_room(self, coming: int = 0) -> None:
        if self._tools:
            self._tools.make_room(coming)

    def _words(self, reader: Reader, photo: Photo) -> Iterator[Word | Traces]:
        for frame in photo.frames:
            if _is_large(photo):
                self._make_room(frame.pixels.nbytes)  # about what a reader makes of it on the way
            yield from reader.read(frame)

    def _findings(
        self, detector: Detector, scene: Scene, detect: _Detect | None = None
    ) -> Iterator[Finding]:
        if _is_large(scene.photo):
            self._make_room(scene.photo.frames[0].pixels.nbytes)
        yield from (detect or detector.detect)(scene)

    def _finished(
        self, detector: Detector, begun: Future[tuple[list[_Detect], _Step]] | None, scene: Scene
    ) -> tuple[list[Finding], _Step]:
        """Look at the text with one detector, which may have begun already."""
        if begun is None:
            return _run(detector.name, partial(self._findings, detector, scene))
        rest, first = begun.result()
        if not rest:
            return [], first
        found, last = _run(detector.name, partial(self._findings, detector, scene, *rest))
        seconds = first.check.seconds + last.check.seconds
        return found, replace(last, check=replace(last.check, seconds=seconds))

    def _is_blocked(self, found: Iterable[Sequence[Finding]]) -> bool:
        return blocks([finding for findings in found for finding in findings], self.policy)

    def _cut_short(
        self, ran: Sequence[tuple[list[Finding], _Step]]
    ) -> tuple[tuple[Finding, ...], list[_Step]]:
        """Return what was seen, and for each step that was not run that it was not."""
        done = {step.check.name: step for _, step in ran}
        names = [*(reader.name for reader in self.readers), *(each.name for each in self.detectors)]
        steps = [done.get(name) or _Step(Check(name, Outcome.SKIPPED)) for name in names]
        return tuple(finding for found, _ in ran for finding in found), steps

    def close(self) -> None:
        """Let go of the networks."""
        self.readers = ()
        self.detectors = ()
        self._tools = None
        self._pool.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class _Step:
    """How a step ended, and one line on why it did not end well where that is known."""

    check: Check
    problem: str = ""


def _run(name: str, step: Callable[[], Iterable[T]]) -> tuple[list[T], _Step]:
    """Run one step; return what it gave, also when it broke half way, and how it ended.

    This is the only place that catches everything.
    """
    start, outcome, error, problem = time.perf_counter(), Outcome.DONE, "", ""
    items: list[T] = []
    try:
        for item in step():
            items.append(item)  # noqa: PERF402 - keeps those that came before a crash
    except PhiscanError as exc:  # our own messages hold no text from the photo
        outcome, error, problem = Outcome.FAILED, type(exc).__name__, str(exc)
    except Exception as exc:  # noqa: BLE001 - a bug in a step must not open the gate
        outcome, error = Outcome.FAILED, type(exc).__name__  # its message may hold a name
    return items, _Step(Check(name, outcome, time.perf_counter() - start, error), problem)


def _begun(detector: Farsighted, photo: Photo) -> list[_Detect]:
    """Return what is left of a detector's work, in a list as steps return it."""
    return [detector.look_ahead(photo)]


def _is_large(photo: Photo) -> bool:
    """Return whether a photo takes so much memory that one step follows the other."""
    return sum(frame.width * frame.height for frame in photo.frames) > LARGE


def _gaps_of(photo: Photo | None) -> list[Check]:
    """Return a failed check for each part of the photo that could not be looked at."""
    gaps_seen = photo.gaps if photo else ()
    return [Check(gap, Outcome.FAILED, error="Incomplete") for gap in gaps_seen]


def _unchecked(checks: Sequence[Check], policy: Policy) -> str:
    """Return one line that names the checks that were not done, or nothing."""
    if any(check.outcome is Outcome.SKIPPED for check in checks):
        return "stopped at the first reason to block; scan without --first to see every reason"
    missing = gaps(checks, policy)
    return f"not fully checked: {', '.join(missing)} did not run to the end" if missing else ""


def _name_of(source: Source) -> str:
    if isinstance(source, str):
        return shown(source)
    return str(source) if hasattr(source, "__fspath__") else f"<{type(source).__name__}>"


@cache
def _default_scanner() -> Scanner:
    return Scanner()


def scan(source: Source) -> ScanResult:
    """Scan one photo with the default settings; the networks are loaded on the first call."""
    return _default_scanner().scan(source)


def find_identifiers(text: str) -> tuple[tuple[str, int, int, float], ...]:
    """Return what a plain text holds as `(kind, start, end, score)`, in order of `start`."""
    return tuple(
        (kind, match.start, match.end, match.score)
        for kind, match in find_all(lay_out(text), every_identifier())
    )


def guard(source: Source) -> ScanResult:
    """Return the result when the photo is allowed; raise Blocked with it when it is not."""
    result = scan(source)
    if result.verdict is not Verdict.ALLOW:
        raise Blocked(result)
    return result
