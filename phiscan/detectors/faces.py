"""Faces: what the chosen finders see, merged once, and who of them agreed to be shown.

People without a face are told by the same detector: a body is one without a face only where the
faces were looked for, and whoever agreed to be shown agreed to the body below the face as well.

A union and never a cascade: a detector that looks closer only where it found nothing at first is
blinded by one face in front to everybody behind (research/peers.md, 0.7). For the same reason a
face of somebody who agreed to be shown covers itself only, never another one behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, get_args

from phiscan.detectors._candidates import Candidate, covered, merge
from phiscan.detectors._centerface import CenterFace
from phiscan.detectors._copies import is_copy
from phiscan.detectors._face_recognition import FaceRecognition
from phiscan.detectors._people import People, without_faces
from phiscan.detectors._second_opinion import REPORTED, SecondOpinion
from phiscan.geometry import Region
from phiscan.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from phiscan.model import Frame, Scene
    from phiscan.protocols import FaceTools

FaceFinder = Literal["centerface", "face_recognition"]
FACE_FINDERS: tuple[FaceFinder, ...] = get_args(FaceFinder)

_COPIES = frozenset({"thumbnail", "preview"})
"""Frames that most often show the main picture once more, too small to recognise anybody."""


class _Finder(Protocol):
    """Looks for faces on one frame."""

    def find(self, frame: Frame) -> Iterable[Candidate]: ...


_FINDERS: dict[str, type[CenterFace | FaceRecognition]] = {
    finder.name: finder for finder in (CenterFace, FaceRecognition)
}


class Faces:
    """Finds faces from about 16 px up, also small ones behind a large one.

    The check is one, whichever finders were chosen, and it is done when all of them are: a policy
    that requires it cannot be met by half of what was asked for.
    """

    name = "faces"
    needs_text = False
    kinds = frozenset({"face", "consented_face", "person"})

    def __init__(self, tools: FaceTools) -> None:
        self._finders: tuple[_Finder, ...] = tuple(
            _FINDERS[name](tools) for name in tools.face_finders
        )
        self._second = SecondOpinion(tools)
        self._people = People(tools)
        self._consents = tools.consents

    def detect(self, scene: Scene) -> Iterator[Finding]:
        """Yield every face on every frame, the surest first.

        Raises what went wrong with the consents, but only after every face was yielded as one that
        nobody agreed to show: a list that cannot be opened is a gap, and never lowers a verdict.
        """
        failure: Exception | None = None
        main, *_ = scene.photo.frames
        shown: list[Candidate] = []
        for frame in scene.photo.frames:
            seen = list(self._look(frame))
            faces = self._second.grade(frame, merge(seen))
            try:
                agreed = self._agreed(frame, faces)
            except Exception as exc:  # noqa: BLE001 - raised below, when all faces are told of
                agreed, failure = [], exc
            if frame is main:
                shown = agreed
            elif frame.role in _COPIES:
                agreed += [face for face in faces if _is_among(face, frame, shown, main)]
            for face in faces:
                yield _finding("consented_face" if face in agreed else "face", frame, face)
            for face in covered(agreed, (one for one in seen if one.score >= REPORTED)):
                yield _finding("face", frame, face)
            for person in without_faces(self._people.find(frame), [face.box for face in faces]):
                yield _finding("person", frame, person)
        if failure:
            raise failure

    def _look(self, frame: Frame) -> Iterator[Candidate]:
        for finder in self._finders:
            yield from finder.find(frame)

    def _agreed(self, frame: Frame, faces: Sequence[Candidate]) -> list[Candidate]:
        """Return the faces of people who agreed to be shown."""
        agreed = self._consents.agreed(frame, [face.box for face in faces])
        return [face for face, may_be_shown in zip(faces, agreed, strict=True) if may_be_shown]


def _finding(kind: str, frame: Frame, face: Candidate) -> Finding:
    place = Region.from_box(frame.index, face.box)
    what = "a person without a face" if kind == "person" else "a face"
    return Finding(kind, face.score, (place,), reason=f"{what} {face.box.height:.0f} px high")


def _is_among(face: Candidate, frame: Frame, shown: Sequence[Candidate], main: Frame) -> bool:
    """Return whether a face in a thumbnail is one of those `shown` on the main picture."""
    return any(is_copy(frame.pixels, face.box, main.pixels, other.box) for other in shown)


DETECTOR = Faces
