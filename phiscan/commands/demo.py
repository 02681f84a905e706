"""`phiscan demo`: scan the photos that come with phiscan, and explain what comes out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path

from phiscan.batch import Item, Workers
from phiscan.commands.output import open_output
from phiscan.commands.terminal import say, wants_colour
from phiscan.errors import ExitCode, MissingDependency
from phiscan.model import ScanResult
from phiscan.reports.text import TextReport
from phiscan.scan import Scanner
from phiscan.settings import Settings

_VERDICTS = {"clean": "allow", "review": "review", "block": "block"}
"""The manifest's words for what must come out."""

_CLOSING = """
The photos are made up: no person in them exists. They lie in {folder}

allow   nothing was found that speaks against sharing; still look at the background yourself
review  a person has to look before the photo is shared
block   do not share it; take the photo again as the report says

Scan your own photos with "phiscan PATH...". The exit status is 0 only if all are allowed.
"""


def demo() -> ExitCode:
    """Scan the sample photos that come with phiscan, and explain the three verdicts."""
    folder = Path(str(resources.files("phiscan"))) / "samples"
    expected = _expected(folder)
    results: list[ScanResult] = []
    policy = Settings().open_policy()
    with Workers(Scanner, policy) as workers, open_output(None) as write:
        samples = [Item(str(folder / name)) for name in expected]
        report = TextReport(colour=wants_colour(sys.stdout))
        for piece in report.render(_kept(workers.scan_all(samples), results)):
            write(piece)
        write(_CLOSING.format(folder=folder))
    return _compare(results, expected)


def _kept(scanned: Iterable[ScanResult], results: list[ScanResult]) -> Iterator[ScanResult]:
    """Pass results on under their short names, and keep them in `results`."""
    for result in scanned:
        results.append(replace(result, source=Path(result.source).name))
        yield results[-1]


def _expected(folder: Path) -> dict[str, str]:
    """Return the verdict that each sample must get, by file name."""
    try:
        lines = (folder / "manifest.jsonl").read_text("utf-8").splitlines()
    except OSError as exc:
        raise MissingDependency("the sample photos are missing; install phiscan again") from exc
    rows = [json.loads(line) for line in lines if line]
    return {row["file"]: _VERDICTS[row["labels"]["verdict"]] for row in rows}


def _compare(results: list[ScanResult], expected: dict[str, str]) -> ExitCode:
    wrong = [
        f"{name} is {result.verdict.word}, expected {verdict}"
        for result, (name, verdict) in zip(results, expected.items(), strict=True)
        if result.verdict.word != verdict
    ]
    for line in wrong:
        say(f"the demo came out wrong: {line}; see: phiscan doctor")
    return ExitCode.INTERNAL if wrong else ExitCode.ALLOWED
