"""The four seams (Reader, Detector, Identifier, Report) and what their makers are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, runtime_checkable

from phiscan.geometry import Box
from phiscan.model import Finding, Frame, Photo, ScanResult, Scene
from phiscan.text import Text, Word
from phiscan.traces import Traces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


Effort: TypeAlias = Literal["fast", "normal", "thorough"]
"""How closely to look: what is small, far or turned costs most to find (benchmarks.reading
--efforts)."""


@dataclass(frozen=True, slots=True)
class Match:
    """A span of a text that an identifier recognised; `score` is 0 to 1, `reason` says why."""

    start: int
    end: int
    score: float
    reason: str = ""


class Identifier(Protocol):
    """Finds one kind of identifier in text; one module each, ending in `IDENTIFIER = ...`."""

    @property
    def kind(self) -> str:
        """The kind that every match is of."""
        ...

    def find(self, text: Text) -> Iterable[Match]:
        """Return the spans of `text.flow` that are of this kind."""
        ...


class Network(Protocol):
    """A neural network, loaded and ready, safe to run from many threads."""

    @property
    def lanes(self) -> int:
        """How many runs at the same time pay: each run of a network with lanes uses one core."""
        ...

    def run(self, batch: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        """Return the outputs, in the order of the model file, for one `(N, C, H, W)` batch."""
        ...

    def metadata(self, key: str) -> str:
        """Return a text that the model file carries (the alphabet of a recogniser)."""
        ...


class Tools(Protocol):
    """What a reader or detector may ask for when it is built."""

    @property
    def identifiers(self) -> Sequence[Identifier]:
        """All identifiers, in order of their kind."""
        ...

    def network(self, name: str) -> Network:
        """Return the named network; MissingDependency when it cannot be had or is not genuine."""
        ...


class Consents(Protocol):
    """Knows the faces of people who agreed to be shown."""

    def agreed(self, frame: Frame, faces: Sequence[Box]) -> Sequence[bool]:
        """Return for each face whether a consent that holds today covers it.

        Raises when that cannot be told: then all of them are anybody's faces.
        """
        ...


class LookingTools(Tools, Protocol):
    """What those may ask for besides who can look more or less closely."""

    @property
    def effort(self) -> Effort:
        """How closely to look."""
        ...


class FaceTools(LookingTools, Protocol):
    """What the face detector may ask for besides: nobody else has to know who agreed."""

    @property
    def consents(self) -> Consents:
        """The people who agreed to be shown; nobody has where there is no list."""
        ...

    @property
    def face_finders(self) -> Sequence[str]:
        """What looks for faces: one or more names of `phiscan.detectors.faces.FACE_FINDERS`."""
        ...


class Reader(Protocol):
    """Turns pixels into words; one module each, ending in `READER = TheClass`."""

    @property
    def name(self) -> str:
        """The name of its check."""
        ...

    def read(self, frame: Frame) -> Iterable[Word | Traces]:
        """Return the words on `frame`, in its pixels, and traces of what it could not read.

        Nothing returned means nothing seen.
        """
        ...


class Detector(Protocol):
    """Looks at a scene and reports findings; one module each, ending in `DETECTOR = TheClass`."""

    @property
    def name(self) -> str:
        """The name of its check."""
        ...

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind that it may report."""
        ...

    @property
    def needs_text(self) -> bool:
        """Whether it looks at `scene.text`; others run while the photo is still being read."""
        ...

    def detect(self, scene: Scene) -> Iterable[Finding]:
        """Return what it sees."""
        ...


@runtime_checkable
class Farsighted(Protocol):
    """A detector of which some of the work can be done while the photo is still being read."""

    def look_ahead(self, photo: Photo) -> Callable[[Scene], Iterable[Finding]]:
        """Return what does the rest of `detect` once the scene is there."""
        ...


class Report(Protocol):
    """Turns results into text as they come; one module each, ending in `REPORT = ...`."""

    @property
    def name(self) -> str:
        """The name that `--format` takes."""
        ...

    def render(self, results: Iterable[ScanResult]) -> Iterator[str]:
        """Yield pieces of text; opens no file."""
        ...
