"""A table for a spreadsheet: one row for each finding and each gap."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from phiscan.kinds import kinds
from phiscan.model import Finding, ScanResult, Verdict
from phiscan.reports._boxes import first_box
from phiscan.reports._printable import printable
from phiscan.reports._sentences import gaps, title
from phiscan.reports._tally import acceptance
from phiscan.reports._weights import weights

_BOM = "\ufeff"
"""Without it, Excel takes UTF-8 for the computer's old code page and garbles every umlaut."""

_FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
"""How a cell starts that spreadsheets compute instead of showing it, also in full-width forms
(OWASP, CSV Injection)."""

Number = float | str
"""A number, or the empty string where there is none."""


class _Row(NamedTuple):
    """The columns in their order; boxes are in pixels of the upright picture."""

    path: str
    sha256: str
    verdict: str
    kind: str = ""
    title: str = ""
    hipaa: str = ""
    asks_for: str = ""
    score: Number = ""
    frame: Number = ""
    left: Number = ""
    top: Number = ""
    right: Number = ""
    bottom: Number = ""
    surface: str = ""
    reason: str = ""
    problem: str = ""
    accepted_by: str = ""
    accepted_until: str = ""
    accepted_why: str = ""


class CsvTable:
    """Writes one row for each finding and gap, and one for a photo that has neither.

    Each row is one line of UTF-8. What does not print is escaped, so that no name of a file can
    forge a row; a cell that would be computed starts with an apostrophe. JSON has the exact names.
    """

    name = "csv"

    def render(self, results: Iterable[ScanResult]) -> Iterator[str]:
        """Yield the head, then the rows of each photo."""
        yield _BOM + _line(_Row._fields)
        for result in results:
            yield "".join(map(_line, _rows(result)))


def _rows(result: ScanResult) -> Iterator[_Row]:
    photo = _Row(
        result.source, result.sha256, result.verdict.word, problem=printable(result.problem)
    )
    if told := acceptance(result):
        photo = photo._replace(
            accepted_by=told.by, accepted_until=str(told.until), accepted_why=told.why
        )
    heaviest = weights(result)
    missing = gaps(result)
    for gap in missing:
        yield photo._replace(kind="gap", asks_for=gap.verdict.word, reason=gap.text)
    for finding in result.findings:
        weight = heaviest.get(finding.kind, Verdict.ALLOW)
        yield _finding(photo, finding, weight, result.surface_of(finding))
    if not missing and not result.findings:
        yield photo


def _finding(photo: _Row, finding: Finding, weight: Verdict, surface: str) -> _Row:
    known = kinds().get(finding.kind)
    row = photo._replace(
        kind=finding.kind,
        title=title(finding.kind),
        hipaa=known.hipaa if known else "",
        asks_for=weight.word,
        score=round(finding.score, 3),
        surface=surface,
        reason=finding.reason,
    )
    box = first_box(finding)
    if box is None:
        return row
    left, top, right, bottom = (round(n, 1) for n in (box.x0, box.y0, box.x1, box.y1))
    frame = finding.regions[0].frame
    return row._replace(frame=frame, left=left, top=top, right=right, bottom=bottom)


def _line(row: Iterable[Number]) -> str:
    """Return one line of CSV.

    Text is always in quotes: where a semicolon parts the columns, as in German Excel, a name like
    `a;=1+1` would otherwise become two cells.
    """
    line = io.StringIO()
    writer = csv.writer(line, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow([_cell(n) if isinstance(n, str) else n for n in row])
    return line.getvalue()


def _cell(text: str) -> str:
    safe = printable(text)
    return f"'{safe}" if safe.lstrip()[:1] in _FORMULA else safe


REPORT = CsvTable()
