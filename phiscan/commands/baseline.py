"""`phiscan baseline`: record what a person has looked at and accepted."""

from __future__ import annotations

import datetime as dt
import os
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from phiscan.batch import Item, Workers, is_folder
from phiscan.batch.baseline import Baseline, Entry, new_entry
from phiscan.batch.results import ResultCache
from phiscan.commands.output import open_output
from phiscan.commands.terminal import say
from phiscan.consent.people import today
from phiscan.errors import BadSettings, ExitCode
from phiscan.model import ScanResult, Verdict
from phiscan.reports._printable import printable
from phiscan.reports._sentences import gap_sentences, title
from phiscan.reports._tally import has_gap
from phiscan.scan import Scanner, find_identifiers
from phiscan.settings import Settings, read_settings

_A_YEAR = dt.timedelta(days=365)
"""How long a decision counts unless it says: as long as a consent."""
_SURE = 0.6
"""From which score an identifier in a reason is refused: below, "Jane Doe agreed" (0.4) and a date
(0.5) count, above, "Patient John Smith" (0.9) and a record number (0.95)."""

File = Annotated[Path, Parameter(name="--baseline", help="The file of what was accepted.")]


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOptions:
    """The options of `phiscan baseline add`."""

    baseline: Annotated[Path, Parameter(help="The file to add to; it is begun if it is not there.")]
    by: Annotated[str, Parameter(help="Who has looked at the photos and accepts them.")]
    why: Annotated[str, Parameter(help="Why that is right, without a patient's name or number.")]
    until: Annotated[
        dt.date | None,
        Parameter(help="The last day on which it counts; without it, in a year."),
    ] = None
    policy: Annotated[
        str | None, Parameter(help="Name of a shipped policy, or a TOML file of your own.")
    ] = None
    settings: Annotated[
        Path | None, Parameter(help="Read settings from a TOML file; options given here win.")
    ] = None


def add(
    *photos: Annotated[Path, Parameter(help="Photos that somebody has looked at; no folders.")],
    options: AcceptOptions,
) -> ExitCode:
    """Scan photos and record that somebody accepts what is found on them.

    What is recorded is the hash of the file and the kinds found: the decision counts for these very
    bytes, and for nothing that a later scan finds besides. What could not be checked in full cannot
    be accepted.
    """
    _check(photos, options)
    before = Baseline.read(options.baseline) if options.baseline.exists() else Baseline()
    entries, gaps = list[Entry](), 0
    with open_output(None) as write:
        for result in _scanned(photos, options):
            name = printable(result.source)
            if has_gap(result):
                gaps += 1
                say(f"not accepted: {result.source}: {gap_sentences(result)[0]}")
            elif result.verdict is Verdict.ALLOW:
                write(f"allowed   {name}  needs nobody to accept it\n")
            else:
                entries.append(entry := _decided(result, options))
                kinds = ", ".join(entry.kinds)
                write(f"accepted  {name}  [{entry.verdict}: {kinds}] until {entry.until}\n")
    if entries:
        _write(before.adding(entries), options.baseline)
    return ExitCode.UNSCANNED if gaps else ExitCode.ALLOWED


def show(*, baseline: File) -> ExitCode:
    """Print who accepted what, until when, and why."""
    listed = Baseline.read(baseline)
    with open_output(None) as write:
        for entry in listed.entries:
            ended = "  ended" if entry.until < listed.day else ""
            kinds = ", ".join(entry.kinds)
            write(
                f"{entry.sha256[:12]}  {entry.verdict:<6}  {entry.on} to {entry.until}{ended}  "
                f"{printable(entry.by)}: {printable(entry.why)}  [{kinds}]\n"
            )
    return ExitCode.ALLOWED


def prune(*, baseline: File) -> ExitCode:
    """Take out what has ended."""
    before = Baseline.read(baseline)
    left = before.pruned()
    gone = len(before.entries) - len(left.entries)
    if gone:
        _write(left, baseline)
    say(f"{gone} taken out, {len(left.entries)} left")
    return ExitCode.ALLOWED


def _check(photos: tuple[Path, ...], chosen: AcceptOptions) -> None:
    """Refuse what makes no sense before anything is loaded."""
    if not photos:
        raise BadSettings("name at least one photo")
    for photo in photos:
        if is_folder(photo):
            raise BadSettings(f"a folder: {str(photo)!r}; name each photo that was looked at")
        if not os.path.lexists(photo):
            raise BadSettings(f"no such file: {str(photo)!r}")
    if not chosen.by.strip() or not chosen.why.strip():
        raise BadSettings("--by and --why must not be empty")
    if chosen.until and chosen.until < today():
        raise BadSettings("--until lies in the past")
    told = sorted({kind for kind, _, _, score in find_identifiers(chosen.why) if score >= _SURE})
    if told:
        raise BadSettings(
            f"--why seems to hold what may tell a patient ({title(told[0])}); leave that out"
        )


def _decided(result: ScanResult, chosen: AcceptOptions) -> Entry:
    on = today()
    by, why = (" ".join(text.split()) for text in (chosen.by, chosen.why))
    return new_entry(result, by, why, on, chosen.until or on + _A_YEAR)


def _scanned(photos: tuple[Path, ...], chosen: AcceptOptions) -> list[ScanResult]:
    settings = read_settings(chosen.settings) if chosen.settings else Settings()
    settings = replace(settings, policy=chosen.policy or settings.policy)
    policy = settings.open_policy()
    with ExitStack() as stack:
        make = partial(Scanner, settings)
        workers = stack.enter_context(Workers(make, policy, seconds=settings.seconds))
        if settings.cache:
            workers.results = stack.enter_context(ResultCache(settings, policy, lambda _: None))
        return list(workers.scan_all(Item(str(photo)) for photo in photos))


def _write(baseline: Baseline, path: Path) -> None:
    with open_output(path) as write:
        write(baseline.text())
