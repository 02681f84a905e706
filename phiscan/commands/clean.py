"""`phiscan clean`: copies of photos without what hides in them, kept only if a scan allows them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from shutil import get_terminal_size
from typing import Annotated

from cyclopts import Parameter

from phiscan.batch import Item, Workers, is_folder
from phiscan.commands.copies import Copies, write_new
from phiscan.commands.output import open_output
from phiscan.commands.terminal import say, wants_colour
from phiscan.errors import BadSettings, ExitCode, OutputError, UnreadableImage
from phiscan.intake.clean import clean as clean_photo
from phiscan.intake.encode import format_for
from phiscan.model import Check, Outcome, Reason, ScanResult, Verdict
from phiscan.policy import judge
from phiscan.reports._tally import Tally, has_gap
from phiscan.reports.text import TextReport
from phiscan.scan import Scanner
from phiscan.settings import Settings, read_settings

_ADVICE = (
    "clean takes away what hides in a file, never what the picture shows: cover or crop what the "
    "report names, or take the photo again, and clean the result"
)

_NOTE = "copy"


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class CleanOptions:
    """The options of `phiscan clean`."""

    output: Annotated[
        str,
        Parameter(
            name=["--output", "-o"],
            help="Name of the copy; its extension chooses the format. "
            "For several photos a folder, which is made if it is not there.",
        ),
    ] = ""
    quality: Annotated[
        int | None,
        Parameter(
            help="1 to 100, for JPEG, WebP, HEIC and AVIF; without it, copies are about as large "
            "as the originals."
        ),
    ] = None
    force: Annotated[
        bool, Parameter(help="Replace files that are there; originals are never replaced.")
    ] = False
    policy: Annotated[
        str | None,
        Parameter(help="What a copy is judged by: a shipped policy, or a TOML file of your own."),
    ] = None
    settings: Annotated[
        Path | None, Parameter(help="Read settings from a TOML file; options given here win.")
    ] = None
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], help="Print errors only.")] = False
    no_color: Annotated[bool, Parameter(help="No colours; NO_COLOR does the same.")] = False


def clean(
    *photos: Annotated[Path, Parameter(help="Photos, but no folders.")],
    options: CleanOptions | None = None,
) -> ExitCode:
    """Write copies without metadata, thumbnails, further pictures and data behind the end.

    The main picture is decoded and encoded again, upright and in sRGB. Each copy is then scanned
    like any photo, and it is there in the end only if the scan allows it: what the picture itself
    shows stays in it. The originals are never touched.
    """
    chosen = options or CleanOptions()
    _check(photos, chosen)
    settings = read_settings(chosen.settings) if chosen.settings else Settings()
    settings = replace(settings, policy=chosen.policy or settings.policy)
    policy = settings.open_policy()
    copies = Copies(photos, chosen.output, force=chosen.force)
    desk = _Desk(copies, quiet=chosen.quiet)
    items = desk.plan(photos)
    tally = Tally()
    if items:
        with ExitStack() as stack:
            write = _nothing if chosen.quiet else stack.enter_context(open_output(None))
            staged = desk.stage(stack.enter_context(copies.staging()))
            make = partial(Cleaner, settings, staged, chosen.quality)
            workers = stack.enter_context(Workers(make, policy, seconds=settings.seconds))
            results = _counted(desk.settle(workers.scan_all(items)), tally)
            for piece in _report(chosen).render(results):
                write(piece)
    if desk.shown:
        say(_ADVICE)
    if copies.written and not chosen.quiet:
        say(f"copies written: {copies.written} of {len(photos)}; the originals are as they were")
    return ExitCode.OUTPUT if desk.unwritten else tally.exit_code()


def _check(photos: tuple[Path, ...], chosen: CleanOptions) -> None:
    """Refuse what makes no sense before anything is loaded."""
    if not photos:
        raise BadSettings("name at least one photo; see: phiscan clean --help")
    if not chosen.output:
        raise BadSettings("say what to call the copy: -o FILE, or -o FOLDER for several photos")
    if chosen.quality is not None and not 1 <= chosen.quality <= 100:
        raise BadSettings("quality must be a number from 1 to 100")
    if not any(os.path.lexists(photo) for photo in photos):
        one = f"no such file: {str(photos[0])!r}"
        raise BadSettings(one if len(photos) == 1 else f"{one}, nor any of the others")


def _report(chosen: CleanOptions) -> TextReport:
    colour = wants_colour(sys.stdout, forbidden=chosen.no_color)
    return TextReport(colour=colour, width=min(get_terminal_size((88, 24)).columns, 100))


def _nothing(_: str) -> None:
    """Write nothing."""


def _counted(results: Iterable[ScanResult], tally: Tally) -> Iterator[ScanResult]:
    for result in results:
        tally.add(result)
        yield result


class Cleaner:
    """Cleans photos and scans the copies; it works in a process of its own, as a scanner does.

    `staged` says under which path the copy of each photo is written.
    """

    def __init__(
        self, settings: Settings, staged: Mapping[str, Path], quality: int | None = None
    ) -> None:
        self._scanner = Scanner(settings)
        self._limits = settings.limits
        self._staged = staged
        self._quality = quality

    def scan(self, source: str) -> ScanResult:
        """Return the judgement on the photo's copy; without one, a gap that says why.

        What the copy lacks is told by reasons that ask for nothing.
        """
        staged = self._staged[source]
        try:
            copy = clean_photo(source, staged.name, self._limits, self._quality)
            write_new(staged, copy.data)
        except (UnreadableImage, OutputError) as exc:
            check = Check("intake", Outcome.FAILED, error=type(exc).__name__)
            ruling = judge((), (check,), self._scanner.policy)
            return ScanResult(source, "", ruling, checks=(check,), problem=str(exc))
        result = self._scanner.scan(str(staged))
        notes = tuple(Reason(Verdict.ALLOW, _NOTE, note) for note in copy.notes)
        ruling = replace(result.ruling, reasons=result.ruling.reasons + notes)
        return replace(result, source=source, ruling=ruling)


class _Desk:
    """Plans where each copy goes, and settles what becomes of it once it is judged."""

    def __init__(self, copies: Copies, *, quiet: bool) -> None:
        self.unwritten = 0
        self.shown = 0
        self._copies = copies
        self._quiet = quiet
        self._targets: dict[str, Path] = {}
        self._staged: dict[str, Path] = {}

    def plan(self, photos: Iterable[Path]) -> list[Item]:
        """Return the photos that are worth opening."""
        items = []
        for photo in photos:
            if is_folder(photo):
                items.append(Item(str(photo), "a folder, not a photo; name the photos in it"))
                continue
            try:
                target = self._copies.place_for(photo)
                format_for(target.name, "JPEG")  # an extension that stands for no format
            except OutputError as exc:
                self._tell_unwritten(photo, str(exc))
            else:
                self._targets[str(photo)] = target
                items.append(Item(str(photo)))
        return items

    def stage(self, folder: Path) -> dict[str, Path]:
        """Return the path in a folder under which each copy is written first."""
        self._staged = {photo: folder / target.name for photo, target in self._targets.items()}
        return self._staged

    def settle(self, results: Iterable[ScanResult]) -> Iterator[ScanResult]:
        """Put allowed copies in their places; pass on the judgement on every copy, and gaps."""
        for result in results:
            try:
                yield self._settle(result)
            except OutputError as exc:
                self._tell_unwritten(result.source, str(exc))

    def _settle(self, result: ScanResult) -> ScanResult:
        if any(check.error == OutputError.__name__ for check in result.checks):
            raise OutputError(result.problem)
        if not result.sha256:
            say(f"{result.source}: not cleaned, {result.problem}")
            return result
        target = self._targets[result.source]
        if result.verdict is Verdict.ALLOW:
            self._copies.publish(self._staged[result.source], target)
            self._tell_notes(result)
        else:
            self._refuse(result, target)
        return replace(result, source=str(target))

    def _tell_notes(self, result: ScanResult) -> None:
        for reason in result.ruling.reasons:
            if reason.rule == _NOTE and not self._quiet:
                say(f"{result.source}: {reason.text}")

    def _tell_unwritten(self, photo: Path | str, problem: str) -> None:
        self.unwritten += 1
        say(f"{photo}: {problem}")

    def _refuse(self, result: ScanResult, target: Path) -> None:
        """Say why there is no copy."""
        if has_gap(result):
            state = "could not be fully checked"
        else:
            state = f"is still one to {result.verdict.word}"
            self.shown += 1
        older = "; the older file of that name stays" if os.path.lexists(target) else ""
        say(f"{target}: not written, for the copy {state}{older}")
