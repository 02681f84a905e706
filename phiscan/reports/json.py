"""One JSON document for all photos."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from phiscan.model import ScanResult
from phiscan.reports._record import SCHEMA, encode


class JsonDocument:
    """Writes `{"schema": 1, "results": [...]}`, one photo a line, without holding them all."""

    name = "json"

    def render(self, results: Iterable[ScanResult]) -> Iterator[str]:
        """Yield the document in pieces."""
        yield f'{{"schema":{SCHEMA},"results":['
        separator = "\n"
        for result in results:
            yield separator + encode(result)
            separator = ",\n"
        yield "\n]}\n"


REPORT = JsonDocument()
