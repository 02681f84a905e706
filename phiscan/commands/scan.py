"""`phiscan scan`: photos and folders in, a report and an exit status out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from phiscan import registry
from phiscan.batch import Item, Workers, is_folder, looks_like_photo, walk
from phiscan.batch.results import ResultCache
from phiscan.commands.annotate import Annotator
from phiscan.commands.interrupts import Interrupts
from phiscan.commands.output import open_output
from phiscan.commands.progress import Bar, progress
from phiscan.commands.reopen import reopen
from phiscan.commands.terminal import say, wants_colour
from phiscan.errors import BadSettings, ExitCode
from phiscan.inference import Engine
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
    engine: Annotated[Engine | None, Parameter(help="What runs the neural networks.")] = None
    settings: Annotated[
        Path | None, Parameter(help="Read settings from a TOML file; options given here win.")
    ] = None
    jobs: Annotated[int, Parameter(help="Photos to work on at the same time.")] = 1
    fail_on: Annotated[
        Literal["block", "review"],
        Parameter(help="What makes the exit status differ from 0; a gap always does."),
    ] = "review"
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


def scan(
    *paths: Annotated[Path, Parameter(help="Photos, and folders to look through.")],
    options: ScanOptions | None = None,
) -> ExitCode:
    """Scan photos and folders, and report what speaks against sharing them.

    In folders, hidden entries and files that are no pictures are skipped, links are not followed,
    and pictures of a format that phiscan cannot open are reported as not scanned. Name a file that
    is called like a command as ./demo.
    """
    chosen = options or ScanOptions()
    settings = _settings(chosen)
    report = _report(chosen, settings)
    _check(paths, chosen)
    items = _found(paths)
    tally, interrupts = Tally(), Interrupts()
    with ExitStack() as stack:
        write = _quiet if _is_silent(chosen) else stack.enter_context(open_output(chosen.output))
        annotator = Annotator.into(chosen.annotate, paths, settings.limits)
        workers = stack.enter_context(_workers(settings, paths, chosen.jobs))
        if settings.cache:
            workers.results = stack.enter_context(_results(settings, paths, quiet=chosen.quiet))
        counter = None if chosen.quiet or not _are_many(paths) else _counter(paths)
        bar = stack.enter_context(progress(counter, no_color=chosen.no_color))
        stack.enter_context(interrupts.noted())
        scanned = interrupts.until(workers.scan_all(items))
        results = _watched(scanned, tally, bar, annotator)
        for piece in report.render(results):
            with bar.aside():
                write(piece)
    if annotator and annotator.written and not chosen.quiet:
        say(
            f"{annotator.written} marked copies in {chosen.annotate}: "
            "they show what the photos show, so guard them as you guard the photos"
        )
    if interrupts.asked:
        count = tally.total
        say(f"stopped after {count} photo{'s' * (count != 1)}; the others were not scanned")
        return ExitCode.INTERRUPTED
    return tally.exit_code(Verdict[chosen.fail_on.upper()])


def _workers(settings: Settings, paths: tuple[Path, ...], jobs: int) -> Workers:
    """Return as many workers as there may be photos at a time, sharing the cores."""
    count = jobs if _are_many(paths) else 1
    threads = settings.threads or max((os.cpu_count() or 1) // count, 1)
    make = partial(Scanner, replace(settings, threads=threads))
    return Workers(make, settings.open_policy(), count, settings.seconds)


def _results(settings: Settings, paths: tuple[Path, ...], *, quiet: bool) -> ResultCache:
    """Open what earlier runs kept; not before the workers run, for a fork would copy it open."""
    tell = say if _are_many(paths) and not quiet else _quiet
    return ResultCache(settings, settings.open_policy(), tell)


def _settings(chosen: ScanOptions) -> Settings:
    """Return the defaults, changed by the settings file, changed by the command line."""
    settings = read_settings(chosen.settings) if chosen.settings else Settings()
    given = {
        name: value
        for name in ("policy", "ocr", "engine")
        if (value := getattr(chosen, name)) not in (None, ())
    }
    return replace(settings, **given, cache=settings.cache and not chosen.no_cache)


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


def _check(paths: tuple[Path, ...], chosen: ScanOptions) -> None:
    """Refuse what makes no sense before anything is loaded."""
    if not paths:
        raise BadSettings("name at least one photo or folder; see: phiscan --help")
    if chosen.jobs < 1:
        raise BadSettings("jobs must be 1 or more")
    if chosen.output and looks_like_photo(chosen.output):
        raise BadSettings("--output names a photo; results would replace it")
    if chosen.format == "html" and chosen.output is None:
        raise BadSettings(
            "--format html holds pictures: it needs --output FILE, which only you can read"
        )


def _found(paths: tuple[Path, ...]) -> Iterator[Item]:
    """Return the walk with at least one item in it; BadSettings when no file matched."""
    if not any(_is_there(path) for path in paths):
        one = f"no such file: {str(paths[0])!r}"
        raise BadSettings(one if len(paths) == 1 else f"{one}, nor any of the others")
    items = _walked(paths)
    first = next(items, None)
    if first is None:
        raise BadSettings("no photos found there; phiscan looks for pictures that are not hidden")
    return chain([first], items)


def _walked(paths: tuple[Path, ...]) -> Iterator[Item]:
    """Yield every photo; tell of a folder without any, which may be the wrong one."""
    for path in paths:
        empty = True
        for item in walk([path]):
            empty = False
            yield item
        if empty and len(paths) > 1:
            say(f"no photos in {str(path)!r}")


def _is_there(path: Path) -> bool:
    """Whether anything has this name; what may not be looked at counts, for scanning tells why."""
    try:
        path.lstat()
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def _are_many(paths: tuple[Path, ...]) -> bool:
    return len(paths) > 1 or is_folder(paths[0])


def _counter(paths: tuple[Path, ...]) -> Callable[[], int]:
    return lambda: sum(1 for _ in walk(paths))


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
