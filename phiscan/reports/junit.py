"""JUnit XML: one test case a photo, so that a build server shows what did not pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import PurePath

from phiscan.model import ScanResult, Verdict
from phiscan.reports._printable import printable
from phiscan.reports._sentences import UNEXPLAINED, acceptance_sentence, gap_sentences, sentence
from phiscan.reports._tally import Tally, has_gap, seen_verdict
from phiscan.reports._weights import is_explained, weights


class JUnitSuite:
    """Writes one test suite; a photo passes only if it was checked in full and allowed.

    Block and review are failures of the type `block` and `review`, a gap is an error of the type
    `gap`; one that somebody has accepted is skipped. The suite's counts stand at its head, so the
    cases are held back until the last one.
    """

    name = "junit"

    def render(self, results: Iterable[ScanResult]) -> Iterator[str]:
        """Yield the whole document when the last result is there."""
        tally, seconds, cases = Tally(), 0.0, list[str]()
        for result in results:
            tally.add(result)
            seconds += result.seconds
            cases.append(_case(result))
        counts = (
            f'name="phiscan" tests="{tally.total}" failures="{tally.blocked + tally.review}" '
            f'errors="{tally.unscanned}" time="{seconds:.3f}"'
        )
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield f'<testsuites {counts}>\n<testsuite {counts} skipped="{tally.accepted}">\n'
        yield from cases
        yield "</testsuite>\n</testsuites>\n"


def _case(result: ScanResult) -> str:
    folder = _safe(str(PurePath(result.source).parent))
    head = (
        f'<testcase classname="{folder}" name="{_safe(result.source)}" time="{result.seconds:.3f}"'
    )
    problem = _problem(result)
    return f"{head}>\n{problem}</testcase>\n" if problem else f"{head}/>\n"


def _problem(result: ScanResult) -> str:
    """Return what did not pass; one element only, as the strictest readers want it."""
    if told := acceptance_sentence(result):
        return f'<skipped message="{_safe(told)}"/>\n'
    lines = _lines(result)
    seen = seen_verdict(result)
    if has_gap(result) and seen is not Verdict.BLOCK:
        return _element("error", "gap", gap_sentences(result)[0], lines)
    if seen is Verdict.ALLOW:
        return ""
    return _element("failure", seen.word, lines[0], lines)


def _lines(result: ScanResult) -> list[str]:
    """Return what speaks against sharing the photo, strictest first, then what was not checked."""
    heaviest = weights(result)
    serious = [f for f in result.findings if heaviest.get(f.kind, Verdict.ALLOW)]
    serious.sort(key=lambda f: (-heaviest[f.kind], -f.score))
    lines = [f"{heaviest[f.kind].word}: {sentence(f, result)}" for f in serious]
    if not is_explained(result):
        lines.append(UNEXPLAINED)
    return [*lines, *gap_sentences(result)]


def _element(name: str, kind: str, message: str, lines: list[str]) -> str:
    text = "\n".join(map(_safe, lines))
    return f'<{name} type="{kind}" message="{_safe(message)}">{text}</{name}>\n'


def _safe(text: str) -> str:
    """Return text for XML 1.0, which has no way at all to write most control characters."""
    return escape(printable(text))


REPORT = JUnitSuite()
