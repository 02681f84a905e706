"""What phiscan, plain RapidOCR and plain Tesseract read on a photo, in one shape."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from phiscan.geometry import Box, Region
from phiscan.model import Verdict
from phiscan.scan import Scanner
from phiscan.settings import Settings
from phiscan.text import Word

if TYPE_CHECKING:
    from phiscan.model import Finding, Frame
    from phiscan.protocols import Effort, Reader
    from phiscan.traces import Traces

CODES = "barcodes"
"""The reader whose words do not count as read print."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a line as an engine returned it."""

    text: str
    region: Region


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine made of one photo; only phiscan fills what comes after the seconds."""

    pieces: tuple[Piece, ...]
    seconds: float
    codes: tuple[Piece, ...] = ()
    findings: tuple[Finding, ...] = ()
    verdict: Verdict = Verdict.ALLOW
    steps: dict[str, float] = field(default_factory=dict)


class Engine(Protocol):
    """Reads the bytes of a photo."""

    @property
    def name(self) -> str:
        """Its name in the tables."""
        ...

    def read(self, photo: bytes) -> Reading:
        """Return what it reads; the seconds include the decoding."""
        ...


class _Overheard:
    """A reader that keeps what it read: scan results hold no words."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.name = reader.name
        self.words: list[Word] = []

    def read(self, frame: Frame) -> Iterable[Word | Traces]:
        """Return the reader's words, and traces of what it could not read."""
        read = list(self._reader.read(frame))
        self.words = [word for word in read if isinstance(word, Word)]
        return read


class Phiscan:
    """The whole of phiscan, as `phiscan FILE` runs it."""

    def __init__(self, effort: Effort = "normal") -> None:
        self.name = "phiscan" if effort == "normal" else f"phiscan --{effort}"
        self._scanner = Scanner(Settings(effort=effort))
        self._readers = tuple(_Overheard(reader) for reader in self._scanner.readers)
        self._scanner.readers = self._readers

    def read(self, photo: bytes) -> Reading:
        """Return the words, codes and findings; RuntimeError when a step of the scan failed."""
        for reader in self._readers:
            reader.words = []
        result = self._scanner.scan(photo)
        if not result.complete:
            raise RuntimeError(f"the scan is not complete: {result.problem}")
        words = [word for each in self._readers if each.name != CODES for word in each.words]
        codes = [word for each in self._readers if each.name == CODES for word in each.words]
        return Reading(
            pieces=tuple(Piece(word.text, word.region) for word in words),
            seconds=result.seconds,
            codes=tuple(Piece(word.text, word.region) for word in codes),
            findings=result.findings,
            verdict=result.verdict,
            steps={check.name: check.seconds for check in result.checks},
        )


class PlainRapidOcr:
    """RapidOCR with its own defaults, on OpenVINO."""

    name = "rapidocr"

    def __init__(self) -> None:
        from rapidocr import EngineType, RapidOCR

        steps = {f"{step}.engine_type": EngineType.OPENVINO for step in ("Det", "Cls", "Rec")}
        self._engine = RapidOCR(params={**steps, "Global.log_level": "error"})

    def read(self, photo: bytes) -> Reading:
        """Return its lines."""
        start = time.perf_counter()
        seen: Any = self._engine(photo)
        seconds = time.perf_counter() - start
        boxes = [] if seen.boxes is None else seen.boxes.tolist()
        texts = seen.txts or ()
        pieces = tuple(
            Piece(text, Region(0, tuple((float(x), float(y)) for x, y in corners)))
            for corners, text in zip(boxes, texts, strict=True)
        )
        return Reading(pieces, seconds)


class PlainTesseract:
    """Tesseract with its own defaults, through pytesseract."""

    name = "tesseract"

    def read(self, photo: bytes) -> Reading:
        """Return its words."""
        import pytesseract
        from PIL import Image

        start = time.perf_counter()
        with Image.open(io.BytesIO(photo)) as picture:
            table = pytesseract.image_to_data(picture, output_type=pytesseract.Output.DICT)
        seconds = time.perf_counter() - start
        return Reading(tuple(_words(table)), seconds)


def _words(table: dict[str, list[int | str]]) -> Iterator[Piece]:
    columns = (table[key] for key in ("text", "left", "top", "width", "height"))
    for text, *edges in zip(*columns, strict=True):
        left, top, width, height = (int(edge) for edge in edges)
        if str(text).strip() and width > 0 and height > 0:
            box = Box(left, top, left + width, top + height)
            yield Piece(str(text).strip(), Region.from_box(0, box))


def open_engines(*, peers: bool, efforts: bool) -> list[Engine]:
    """Return phiscan, and where asked for its peers; Tesseract only where it is installed."""
    engines: list[Engine] = [Phiscan()]
    if efforts:
        engines += [Phiscan("fast"), Phiscan("thorough")]
    if peers:
        engines.append(PlainRapidOcr())
        if shutil.which("tesseract"):
            engines.append(PlainTesseract())
    return engines
