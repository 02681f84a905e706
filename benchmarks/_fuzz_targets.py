"""What is fuzzed, and the laws that hold for any input: one target for each edge of phiscan."""

from __future__ import annotations

import atexit
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol

from benchmarks._fuzz_mutations import changed, reworded
from phiscan import registry
from phiscan.detectors.file_name import FileName
from phiscan.detectors.hidden_images import HiddenImages
from phiscan.detectors.metadata import Metadata
from phiscan.errors import BadSettings, PhiscanError
from phiscan.identifiers import find_all
from phiscan.intake import Limits, load
from phiscan.model import Check, Finding, Frame, Outcome, Photo, Scene, Verdict
from phiscan.plain_layout import lay_out
from phiscan.policy import judge, load_policy, parse_policy
from phiscan.readers._payloads import lines_of
from phiscan.scan import Scanner
from phiscan.settings import Settings, read_settings

if TYPE_CHECKING:
    from phiscan.protocols import Identifier, Network
    from phiscan.text import Word

LIMITS = Limits(pixels=4_000_000, total_pixels=16_000_000, frames=20)
"""Small, so that a run costs milliseconds: what is tried is that they hold."""
_EXPECTED = frozenset({"UnreadableImage", "UnsupportedFormat", "TooLarge", "Incomplete"})
_MOST_LINES, _MOST_LINE = 64, 8192


class LawBrokenError(Exception):
    """Input that made phiscan do what it never may."""


class Target(Protocol):
    """An edge of phiscan: how its input is changed, and what must hold for it."""

    def change(self, seed: bytes, others: Sequence[bytes], random_: random.Random) -> bytes:
        """Return a changed input."""
        ...

    def run(self, data: bytes) -> str:
        """Feed phiscan with the input; return how that ended, raise when a law is broken."""
        ...


class _Tools:
    """All identifiers, and no network."""

    def __init__(self) -> None:
        self.identifiers: tuple[Identifier, ...] = identifiers()

    def network(self, name: str) -> Network:
        raise NotImplementedError(name)


@cache
def identifiers() -> tuple[Identifier, ...]:
    """Return every identifier there is."""
    return tuple(registry.load("phiscan.identifiers", "IDENTIFIER").values())


class _Sees:
    """A reader or detector that sees nothing in any picture."""

    kinds = frozenset[str]()
    needs_text = True

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, frame: Frame) -> Sequence[Word]:
        """Read nothing."""
        del frame
        return ()

    def detect(self, scene: Scene) -> Sequence[Finding]:
        """Find nothing."""
        del scene
        return ()


@cache
def scanner() -> Scanner:
    """Return a scanner with the real intake, metadata, names and policy, which sees nothing."""
    made = object.__new__(Scanner)
    made.settings = Settings(limits=LIMITS)
    made.policy = load_policy("default").requiring(["rapidocr"])
    tools: Any = _Tools()
    made.readers = (_Sees("barcodes"), _Sees("rapidocr"))
    seeing = tuple(_Sees(name) for name in ("codes", "faces", "identifiers", "surfaces"))
    made.detectors = (*seeing, FileName(tools), HiddenImages(tools), Metadata(tools))
    return made


def _photo(data: bytes) -> Photo | None:
    try:
        return load(data, LIMITS)
    except PhiscanError:
        return None


def _shows(photo: Photo) -> list[bytes]:
    return [frame.pixels.tobytes() for frame in photo.frames]


class IntakeTarget:
    """A file of any format: never an exception, never over limits, never allowed unless whole.

    Cut anywhere, a file that was whole either shows the same pictures (what was cut belonged to
    none), or has a gap, or does not open.
    """

    def change(self, seed: bytes, others: Sequence[bytes], random_: random.Random) -> bytes:
        """Return a changed file."""
        return changed(seed, others, random_)

    def run(self, data: bytes) -> str:
        """Scan the file, and a cut copy of it."""
        result = scanner().scan(data)
        failed = [check for check in result.checks if check.outcome is not Outcome.DONE]
        bugs = [check for check in failed if check.error not in _EXPECTED]
        if bugs:
            raise LawBrokenError(f"{bugs[0].name} failed with {bugs[0].error}")
        if result.verdict is Verdict.ALLOW and (failed or not result.width):
            raise LawBrokenError("allowed with a gap")
        photo = None if failed else _photo(data)
        if photo is None:
            return f"gap: {failed[0].error}" if failed else "gap"
        _check_limits(photo)
        self._check_cut(data, photo)
        return f"whole, {result.verdict.word}"

    def _check_cut(self, data: bytes, photo: Photo) -> None:
        places = random.Random(len(data))  # noqa: S311 - the same file, the same cut
        part = _photo(data[: places.randrange(len(data))])
        if part is not None and not part.gaps and _shows(part)[0] not in _shows(photo):
            raise LawBrokenError("a cut file counts as whole, and shows something else")


def _check_limits(photo: Photo) -> None:
    """Refuse more than the limits; of all frames twice as much, for companions share theirs."""
    sizes = [frame.width * frame.height for frame in photo.frames]
    if len(sizes) > 2 * LIMITS.frames or max(sizes) > LIMITS.pixels:
        raise LawBrokenError(f"over the limits: {len(sizes)} frames, {max(sizes)} pixels")
    if sum(sizes) > 2 * LIMITS.total_pixels:
        raise LawBrokenError(f"over the limits: {sum(sizes)} pixels in all")


@dataclass(frozen=True, slots=True)
class TextTarget:
    """An edge that takes text; `act` does what is tried and returns how it ended."""

    act: Callable[[str], str]

    def change(self, seed: bytes, others: Sequence[bytes], random_: random.Random) -> bytes:
        """Return a changed text in UTF-8."""
        texts = [other.decode("utf-8", "replace") for other in others]
        return reworded(seed.decode("utf-8", "replace"), texts, random_).encode("utf-8", "replace")

    def run(self, data: bytes) -> str:
        """Decode the input and act on it."""
        return self.act(data.decode("utf-8", "replace"))


def _find(text: str) -> str:
    """Hold identifiers to spans inside the text, and scores from 0 to 1."""
    laid = lay_out(text)
    found = find_all(laid, identifiers())
    for kind, match in found:
        if not 0 <= match.start < match.end <= len(text) or not 0 <= match.score <= 1:
            raise LawBrokenError(f"{kind} at {match.start} to {match.end}, score {match.score}")
    return "something found" if found else "nothing found"


def _decode(text: str) -> str:
    """Hold payloads to some lines, not too many, not too long, and nothing that hides in them."""
    lines = lines_of(text, gs1_flag=len(text) % 2 == 1)
    if not lines or len(lines) > _MOST_LINES or max(map(len, lines)) > _MOST_LINE:
        raise LawBrokenError(f"{len(lines)} lines")
    if any(ord(char) < 32 for line in lines for char in line):
        raise LawBrokenError("a control character")
    return "unread" if len(lines) == 1 else "lines"


def _configure(text: str) -> str:
    """Read policies and settings: BadSettings or a value, and no policy that allows a gap."""
    failed = (Check("intake", Outcome.FAILED),)
    try:
        policy = parse_policy(text)
    except BadSettings:
        ends = "bad policy"
    else:
        ends = "a policy"
        if judge((), failed, policy).verdict is Verdict.ALLOW:
            raise LawBrokenError("a policy allows a gap")
    try:
        _file().write_bytes(text.encode("utf-8", "replace"))
        read_settings(_file())
    except BadSettings:
        return f"{ends}, bad settings"
    return f"{ends}, settings"


@cache
def _file() -> Path:
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    return Path(folder.name) / "phiscan.toml"


TARGETS: dict[str, Target] = {
    "intake": IntakeTarget(),
    "identifiers": TextTarget(_find),
    "payloads": TextTarget(_decode),
    "settings": TextTarget(_configure),
}
"""Every target by the name of its folder in tests/corpus."""
