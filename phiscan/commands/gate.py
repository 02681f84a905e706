"""`phiscan gate`: from an inbox into two folders, one for what may be shared, one for the rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePath
from typing import Annotated

from cyclopts import Parameter

from phiscan.batch import Item, Workers
from phiscan.batch.gate import Gate, Place, Settled, open_gate
from phiscan.batch.inbox import Inbox
from phiscan.batch.results import ResultCache
from phiscan.batch.ticks import ticks
from phiscan.commands.interrupts import Interrupts
from phiscan.commands.output import open_output
from phiscan.commands.terminal import say
from phiscan.errors import BadSettings, ExitCode
from phiscan.model import ScanResult
from phiscan.reports._printable import printable
from phiscan.reports._sentences import gap_sentences
from phiscan.reports._tally import Tally
from phiscan.reports._weights import weights
from phiscan.scan import Scanner
from phiscan.settings import Settings, read_settings


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class GateOptions:
    """The options of `phiscan gate`."""

    allowed: Annotated[
        Path, Parameter(help="Folder for allowed photos; it is made if it is not there.")
    ]
    held: Annotated[
        Path,
        Parameter(
            help="Folder for everything else, each file with its reasons beside it in "
            "NAME.phiscan.json; it is made if it is not there, for you alone."
        ),
    ]
    move: Annotated[
        bool,
        Parameter(
            help="Take files out of the inbox once they are in their folder; without it, they are "
            "copied and the inbox stays as it is."
        ),
    ] = False
    watch: Annotated[
        bool,
        Parameter(help="Go on until Ctrl-C, and take each new file when it is whole."),
    ] = False
    policy: Annotated[
        str | None, Parameter(help="Name of a shipped policy, or a TOML file of your own.")
    ] = None
    settings: Annotated[
        Path | None, Parameter(help="Read settings from a TOML file; options given here win.")
    ] = None
    jobs: Annotated[int, Parameter(help="Photos to work on at the same time.")] = 1
    no_cache: Annotated[
        bool,
        Parameter(
            help="Scan photos again whose results are kept from an earlier run, and keep neither "
            "results nor compiled networks in your cache folder."
        ),
    ] = False
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], help="Print errors only.")] = False


def gate(
    inbox: Annotated[Path, Parameter(help="The folder that files come into.")],
    /,
    *,
    options: GateOptions,
) -> ExitCode:
    """Put what may be shared into one folder, and everything else into another with the reasons.

    Every file goes through, with the folders it lies in: what is not a picture is held. Only hidden
    files and unfinished downloads are left alone; links are not followed and stay. Nothing is ever
    written over: a file whose name is taken gets a number. It can be killed at any moment and
    started again.
    """
    if options.jobs < 1:
        raise BadSettings("jobs must be 1 or more")
    settings = _settings(options)
    policy = settings.open_policy()
    opened = open_gate(inbox, options.allowed, options.held, policy, move=options.move)
    interrupts = Interrupts()
    with ExitStack() as stack:
        write = _nothing if options.quiet else stack.enter_context(open_output(None))
        desk = _Desk(opened, write, watches=options.watch)
        make = partial(Scanner, _shared(settings, options.jobs))
        workers = stack.enter_context(Workers(make, policy, options.jobs, settings.seconds))
        if settings.cache:
            workers.results = stack.enter_context(ResultCache(settings, policy, say))
        stack.enter_context(interrupts.noted())
        results = stack.enter_context(closing(_scanned(desk.batches(), workers)))
        for result in interrupts.until(results):
            desk.settle(result)
    desk.sum_up(quiet=options.quiet)
    if interrupts.asked:
        say("stopped; what is still in the inbox comes next time")
        return ExitCode.INTERRUPTED
    return desk.exit_code()


def _settings(chosen: GateOptions) -> Settings:
    """Return the defaults, changed by the settings file, changed by the command line."""
    settings = read_settings(chosen.settings) if chosen.settings else Settings()
    cache = settings.cache and not chosen.no_cache
    return replace(settings, policy=chosen.policy or settings.policy, cache=cache)


def _shared(settings: Settings, jobs: int) -> Settings:
    """Let the workers share the cores."""
    return replace(settings, threads=settings.threads or max((os.cpu_count() or 1) // jobs, 1))


def _scanned(
    batches: Iterable[Iterable[Item]], workers: Workers
) -> Generator[ScanResult, None, None]:
    for batch in batches:
        yield from workers.scan_all(batch)


def _nothing(_: str) -> None:
    """Write nothing."""


@dataclass(slots=True)
class _Desk:
    """Hands out the files of the inbox, has them put into their places, and tells of each."""

    gate: Gate
    write: Callable[[str], object]
    watches: bool = False
    _inbox: Inbox = field(init=False)
    _tally: Tally = field(default_factory=Tally)
    _places: dict[Place, int] = field(default_factory=lambda: dict.fromkeys(Place, 0))
    _unwritten: int = 0
    _said: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._inbox = Inbox(self.gate.inbox, self._leave)

    def batches(self) -> Iterator[Iterable[Item]]:
        """Return the files of the inbox as they become ready."""
        if self.watches:
            return self._inbox.watched(ticks(self.gate.inbox, say))
        return self._inbox.once()

    def settle(self, result: ScanResult) -> None:
        """Put a file into its place, unless it may not be whole yet."""
        if self.watches and not result.sha256 and self._inbox.again(result.source):
            return
        settled = self.gate.settle(result)
        if settled.is_unwritten or settled.has_changed:
            self._inbox.retry(result.source)
        else:
            self._inbox.settle(result.source)
        self._tell(settled)

    def exit_code(self) -> ExitCode:
        """Return the command's status."""
        code = self._tally.exit_code()
        return ExitCode.OUTPUT if self._unwritten else code

    def sum_up(self, *, quiet: bool) -> None:
        """Say how much went where."""
        if not quiet:
            held, left = self._places[Place.HELD], self._places[Place.INBOX]
            say(
                f"{self._places[Place.ALLOWED]} allowed, {held} held"
                + (f", {left} left in the inbox" if left else "")
            )

    def _leave(self, path: str, problem: str) -> None:
        self._tell(self.gate.stays(path, problem))

    def _tell(self, settled: Settled) -> None:
        self._tally.add(settled.result)
        self._unwritten += settled.is_unwritten
        self._places[settled.place] += 1
        source = str(PurePath(settled.result.source).relative_to(self.gate.inbox))
        if settled.place is not Place.INBOX:
            self.write(_line(settled, source))
        elif not settled.is_unwritten:
            self._say(f"{source!r} stays in the inbox: {settled.result.problem}")
        for note in settled.notes:
            self._say(f"{source!r}: {note}")

    def _say(self, line: str) -> None:
        """Say something once: while watching, a full disk would say it again and again."""
        if line not in self._said:
            self._said.add(line)
            say(line)


def _line(settled: Settled, source: str) -> str:
    """Return one line on a file that went into one of the folders."""
    parts = [f"{settled.place.value:<8} {printable(source)}"]
    if str(settled.name) != source:
        parts.append(f"as {printable(str(settled.name))}")
    if not settled.is_new:
        parts.append("(there already)")
    if settled.place is Place.HELD:
        parts.append(f"[{settled.result.verdict.word}: {_why(settled.result)}]")
    return "  ".join(parts) + "\n"


def _why(result: ScanResult) -> str:
    """Return why there is a gap, then the kinds that ask for the verdict."""
    kinds = [kind for kind, verdict in weights(result).items() if verdict is result.verdict]
    return printable(", ".join([*gap_sentences(result)[:1], *sorted({*kinds} - {"gap"})]))
