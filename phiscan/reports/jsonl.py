"""One JSON object a line for each photo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from phiscan.model import ScanResult
from phiscan.reports._record import encode


class JsonLines:
    """Writes every photo's record as soon as it is there: made for pipes and long runs."""

    name = "jsonl"

    def render(self, results: Iterable[ScanResult]) -> Iterator[str]:
        """Yield one line for each photo."""
        for result in results:
            yield encode(result) + "\n"


REPORT = JsonLines()
