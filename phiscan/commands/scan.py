"""`phiscan scan`: photos and folders in, a report and an exit status out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter, Token

from phiscan import registry
from phiscan.batch import Workers, looks_like_photo, places
from phiscan.batch.baseline import Baseline
from phiscan.batch.places import Place
from phiscan.batch.results import ResultCache
from phiscan.commands.annotate import Annotator
from phiscan.commands.inputs import Inputs, Named, Sent
from phiscan.commands.interrupts import Interrupts
from phiscan.commands.output import open_output
from phiscan.commands.progress import Bar, progress
from phiscan.commands.reopen import reopen
from phiscan.commands.terminal import say, wants_colour
from phiscan.detectors.faces import FaceFinder
from phiscan.errors import BadSettings, ExitCode
from phiscan.inference import Device, Engine
from phiscan.model import ScanResult, Verdict
from phiscan.protocols import Report
from phiscan.reports._tally import Tally
from phiscan.scan import Scanner
from phiscan.settings import Settings, read_settings


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class ScanOptions:
    """The options of a scan."""

    format: Annotated[
        str,
        Parameter(help="How results are written: text, json, jsonl, csv, sarif, junit or html."),
    ] = "text"
    output: Annotated[
        Path | None,
        Parameter(help="Write results to this file; it is replaced as a whole when the scan ends."),
    ] = None
    policy: Annotated[
        str | None, Parameter(help="Name of a shipped policy, or a TOML file of your own.")
    ] = None
    ocr: Annotated[
        tuple[str, ...], Parameter(help="Engine that reads text; may be given more than once.")
    ] = ()
    faces: Annotated[
        tuple[FaceFinder, ...],
        Parameter(help="What looks for faces; may be given more than once."),
    ] = ()
    engine: Annotated[Engine | None, Parameter(help="What runs the neural networks.")] = None
    device: Annotated[Device | None, Parameter(help="Where they run: cpu or gpu.")] = None
    fast: Annotated[bool, Parameter(help="Look less closely for what is small, far or turned.")] = (
        False
    )
    thorough: Annotated[
        bool, Parameter(help="Look more closely for what is small, far or turned.")
    ] = False
    first: Annotated[
        bool,
        Parameter(
            help="Do not read a photo that is blocked already for a face, its name or its tags; "
            "other reasons are then not told."
        ),
    ] = False
    settings: Annotated[
        Path | None, Parameter(help="Read settings from a TOML file; options given here win.")
    ] = None
    jobs: Annotated[int, Parameter(help="Photos to work on at the same time.")] = 1
    stdin0: Annotated[
        bool,
        Parameter(
            help="Read paths from standard input, each ended by a NUL; each photo's result is "
            "written as soon as it and those before it are done."
        ),
    ] = False
    no_ignore: Annotated[
        bool, Parameter(help="Scan also what .phiscanignore files in the folders name.")
    ] = False
    fail_on: Annotated[
        Literal["block", "review"],
        Parameter(help="What makes the exit status differ from 0; a gap always does."),
    ] = "review"
    baseline: Annotated[
        Path | None,
        Parameter(
            help="Count nothing that somebody has accepted; this file says who, what and until "
            "when, see phiscan baseline."
        ),
    ] = None
    annotate: Annotated[
        Path | None,
        Parameter(help="Write a copy of each photo with the findings marked into this new folder."),
    ] = None
    no_cache: Annotated[
        bool,
        Parameter(
            help="Scan photos again whose results are kept from an earlier run, and keep neither "
            "results nor compiled networks in your cache folder."
        ),
    ] = False
    quiet: Annotated[
        bool, Parameter(name=["--quiet", "-q"], help="Print errors only; results go to --output.")
    ] = False
    no_color: Annotated[bool, Parameter(help="No colours; NO_COLOR does the same.")] = False


def _place(_: object, tokens: Sequence[Token]) -> Place:
    return places.place(tokens[0].value)


def scan(
    *paths: Annotated[
        Place,
        Parameter(
            help="Photos, and folders to look through; also addresses such as s3://bucket/folder/.",
            converter=_place,
        ),
    ],
    options: ScanOptions | None = None,
) -> ExitCode:
    """Scan photos and folders, and report what speaks against sharing them.

    In folders, hidden entries and files that are no pictures are skipped, links are not followed,
    and pictures of a format that phiscan cannot open are reported as not scanned. What a
    .phiscanignore there names (in the syntax of .gitignore) is left out, and counted at the end; a
    photo that you name yourself never is. Name a file that is called like a command as ./demo.
    """
    chosen = options or ScanOptions()
    settings = _settings(chosen)
    report = _report(chosen, settings)
    _check(chosen)
    baseline = Baseline.read(chosen.baseline) if chosen.baseline else Baseline()
    inputs = Sent(paths) if chosen.stdin0 else Named(paths, no_ignore=chosen.no_ignore)
    tally, interrupts = Tally(), Interrupts()
    with ExitStack() as stack:
        write = _quiet if _is_silent(chosen) else stack.enter_context(open_output(chosen.output))
        annotator = Annotator.into(chosen.annotate, inputs.paths, settings.limits)
        workers = stack.enter_context(_workers(settings, inputs, chosen.jobs))
        if settings.cache:
            workers.results = stack.enter_context(_results(settings, inputs, quiet=chosen.quiet))
        items = inputs.items()
        bar = stack.enter_context(_bar(inputs, chosen))
        stack.enter_context(interrupts.noted())
        scanned = map(baseline.accept, interrupts.until(workers.scan_all(items)))
        results = _watched(scanned, tally, bar, annotator)
        for piece in report.render(results):
            with bar.aside():
                write(piece)
    if told := inputs.told():
        say(told)  # with --quiet as well: who uploads the folder uploads these photos, too
    if annotator and annotator.written and not chosen.quiet:
        _warn_of_copies(annotator.written, chosen.annotate)
    if interrupts.asked:
        count = tally.total
        say(f"stopped after {count} photo{'s' * (count != 1)}; the others were not scanned")
        return ExitCode.INTERRUPTED
    return tally.exit_code(Verdict[chosen.fail_on.upper()])


def _warn_of_copies(count: int, folder: Path | None) -> None:
    say(
        f"{count} marked copies in {folder}: "
        "they show what the photos show, so guard them as you guard the photos"
    )


def _workers(settings: Settings, inputs: Inputs, jobs: int) -> Workers:
    """Return as many workers as there may be photos at a time, sharing the cores."""
    count = jobs if inputs.are_many else 1
    threads = settings.threads or max((os.cpu_count() or 1) // count, 1)
    make = partial(Scanner, replace(settings, threads=threads))
    return Workers(make, settings.open_policy(), count, settings.seconds)


def _results(settings: Settings, inputs: Inputs, *, quiet: bool) -> ResultCache:
    """Open what earlier runs kept; not before the workers run, for a fork would copy it open."""
    tell = say if inputs.are_many and not quiet else _quiet
    return ResultCache(settings, settings.open_policy(), tell)


def _bar(inputs: Inputs, chosen: ScanOptions) -> AbstractContextManager[Bar]:
    count = None if chosen.quiet else inputs.count
    return progress(count, no_color=chosen.no_color, beside_results=chosen.output is None)


def _settings(chosen: ScanOptions) -> Settings:
    """Return the defaults, changed by the settings file, changed by the command line."""
    settings = read_settings(chosen.settings) if chosen.settings else Settings()
    given = {
        name: value
        for name in ("policy", "ocr", "faces", "engine", "device")
        if (value := getattr(chosen, name)) not in (None, ())
    }
    if chosen.fast or chosen.thorough:
        given["effort"] = "fast" if chosen.fast else "thorough"
    return replace(
        settings,
        **given,
        first=settings.first or chosen.first,
        cache=settings.cache and not chosen.no_cache,
    )


def _report(chosen: ScanOptions, settings: Settings) -> Report:
    known: dict[str, Report] = registry.load("phiscan.reports", "REPORT")
    if chosen.format not in known:
        raise BadSettings(f"unknown format {chosen.format!r}; known formats: {', '.join(known)}")
    if chosen.format == "text" and chosen.output is None:
        from shutil import get_terminal_size

        from phiscan.reports.text import TextReport

        colour = wants_colour(sys.stdout, forbidden=chosen.no_color)
        return TextReport(colour=colour, width=min(get_terminal_size((88, 24)).columns, 100))
    if chosen.format == "html":
        from phiscan.reports.html import HtmlReport

        return HtmlReport(partial(reopen, limits=settings.limits))
    return known[chosen.format]


def _check(chosen: ScanOptions) -> None:
    """Refuse what makes no sense before anything is loaded."""
    if chosen.jobs < 1:
        raise BadSettings("jobs must be 1 or more")
    if chosen.fast and chosen.thorough:
        raise BadSettings("--fast and --thorough exclude each other; choose one of them")
    if chosen.output and looks_like_photo(chosen.output):
        raise BadSettings("--output names a photo; results would replace it")
    if chosen.format == "html" and chosen.output is None:
        raise BadSettings(
            "--format html holds pictures: it needs --output FILE, which only you can read"
        )


def _is_silent(chosen: ScanOptions) -> bool:
    return chosen.quiet and chosen.output is None


def _quiet(text: str) -> None:
    """Write nothing."""


def _watched(
    results: Iterable[ScanResult], tally: Tally, bar: Bar, annotator: Annotator | None
) -> Iterator[ScanResult]:
    """Pass results on, count them, and have them marked."""
    for result in results:
        tally.add(result)
        bar.advance(tally)
        if annotator:
            annotator.annotate(result)
        yield result
