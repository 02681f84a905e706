"""Faces: CenterFace on the whole picture at several sizes and turns, the union of all.

A union and never a cascade: a detector that looks closer only where it found nothing at first is
blinded by one face in front to everybody behind (research/peers.md, 0.7). For the same reason a
face of somebody who agreed to be shown covers itself only, never another one behind it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from phiscan.detectors._copies import is_copy
from phiscan.geometry import Box, Region
from phiscan.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from phiscan.model import Frame, Scene
    from phiscan.protocols import FaceTools, Network


class Look(NamedTuple):
    """One pass: the longer side in pixels that the network sees, and quarter turns to the left."""

    side: int
    turns: int


LOOKS = (
    Look(1280, 0),
    Look(640, 0),
    *(Look(480, turns) for turns in (1, 2, 3)),
    *(Look(320, turns) for turns in range(4)),
)
"""The largest first, whose memory serves the others. 320 finds faces that fill the picture, 1280
small ones, turned looks those of people in bed. On 93 shared photos with faces, at score 0.6: 320,
640 and 1280 together find all, 640 alone 88, 1280 alone 65; of 71 scenes without people 2 are wrong
(a dog, a stone gable)."""
_WEAK = 0.55
"""Score under which answers are not reported: 1 more of 71 clean scenes each 0.05 below, and no
photo with a face whose best answer is lower."""
_MOST_ENLARGED = 3.0
"""How often a picture is enlarged at most: a thumbnail of 160 px shows no more at 1280."""
_SAME = 0.3
"""Overlap (intersection over union) from which two answers are one face."""
_STEP = 160
"""Sides are padded to multiples of this: each new input size costs OpenVINO about 0.3 s once."""

_COPIES = frozenset({"thumbnail", "preview"})
"""Frames that most often show the main picture once more, too small to recognise anybody."""


class Candidate(NamedTuple):
    """One answer of the network, in pixels of the upright frame."""

    score: float
    box: Box


class Faces:
    """Finds faces from about 16 px up, also small ones behind a large one."""

    name = "faces"
    kinds = frozenset({"face", "consented_face"})

    def __init__(self, tools: FaceTools) -> None:
        self._network = tools.network("face_detection")
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
            faces = merge(seen)
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
            for face in covered(agreed, seen):
                yield _finding("face", frame, face)
        if failure:
            raise failure

    def _agreed(self, frame: Frame, faces: Sequence[Candidate]) -> list[Candidate]:
        """Return the faces of people who agreed to be shown."""
        agreed = self._consents.agreed(frame, [face.box for face in faces])
        return [face for face, may_be_shown in zip(faces, agreed, strict=True) if may_be_shown]

    def _look(self, frame: Frame) -> Iterator[Candidate]:
        import numpy as np

        height, width = frame.pixels.shape[:2]
        pictures = _pyramid(frame.pixels)
        for look in LOOKS:
            if look.side not in pictures:
                continue
            picture = pictures[look.side]
            size, scale = (picture.shape[1], picture.shape[0]), look.side / max(height, width)
            for score, box in run(self._network, np.rot90(picture, look.turns)):
                upright = turn_back(box, look.turns, size)
                scaled = Box(*(side / scale for side in upright)).clip(width, height)
                if scaled.area > 0:
                    yield Candidate(score, scaled)


def _pyramid(pixels: NDArray[np.uint8]) -> dict[int, NDArray[np.uint8]]:
    """Return the picture by its longer side for all looks, each made from the next larger one."""
    import cv2

    height, width = pixels.shape[:2]
    pictures: dict[int, NDArray[np.uint8]] = {}
    source = pixels
    smallest, *_ = sides = sorted({look.side for look in LOOKS})
    for side in reversed(sides):
        scale = side / max(height, width)
        if scale > _MOST_ENLARGED and side > smallest:
            continue
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        shrinking = size[0] <= source.shape[1] and size[1] <= source.shape[0]
        how = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
        pictures[side] = cv2.resize(source if shrinking else pixels, size, interpolation=how)
        source = pictures[side]
    return pictures


def run(network: Network, picture: NDArray[np.uint8]) -> Iterator[tuple[float, Box]]:
    """Yield score and box of each face on an RGB picture, in its pixels."""
    import numpy as np

    height, width = picture.shape[:2]
    batch = np.zeros((1, 3, _padded(height), _padded(width)), dtype=np.float32)
    batch[0, :, :height, :width] = picture.transpose(2, 0, 1)
    heat, scales, offsets, _landmarks = network.run(batch)
    rows, columns = np.nonzero(heat[0, 0] >= _WEAK)
    # CenterFace: one cell is 4 px; sizes are logarithms, offsets parts of a cell (y before x).
    sizes = np.exp(scales[0][:, rows, columns]) * 4
    middle = (np.stack([rows, columns]) + offsets[0][:, rows, columns] + 0.5) * 4
    for score, (high, wide), (y, x) in zip(
        heat[0, 0][rows, columns], sizes.T, middle.T, strict=True
    ):
        box = Box(
            float(x - wide / 2), float(y - high / 2), float(x + wide / 2), float(y + high / 2)
        )
        yield min(float(score), 1.0), box


def _finding(kind: str, frame: Frame, face: Candidate) -> Finding:
    place = Region.from_box(frame.index, face.box)
    return Finding(kind, face.score, (place,), reason=f"a face {face.box.height:.0f} px high")


def _is_among(face: Candidate, frame: Frame, shown: Sequence[Candidate], main: Frame) -> bool:
    """Return whether a face in a thumbnail is one of those `shown` on the main picture."""
    return any(is_copy(frame.pixels, face.box, main.pixels, other.box) for other in shown)


def turn_back(box: Box, turns: int, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return a box's sides before the picture of `size` (width, height) was turned to the left."""
    width, height = size
    x0, y0, x1, y1 = box.x0, box.y0, box.x1, box.y1
    if turns == 1:
        return width - y1, x0, width - y0, x1
    if turns == 2:
        return width - x1, height - y1, width - x0, height - y0
    if turns == 3:
        return y0, height - x1, y1, height - x0
    return x0, y0, x1, y1


def merge(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return one candidate for each face, the surest, in falling order of score."""
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: -c.score):
        if not any(_one_face(candidate.box, other.box) for other in kept):
            kept.append(candidate)
    return kept


def covered(agreed: Sequence[Candidate], candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return what `merge` counted to a face of `agreed` although it may be another face.

    A box in a larger one is most often the same face seen twice, and as long as both are blocked
    nothing depends on it. Beside a face that may be shown it does: somebody behind a shoulder, or
    reflected in glasses. Of 335 faces on shared photos, 4 have such a box.
    """
    boxes = [face.box for face in agreed]
    return merge(
        candidate
        for candidate in candidates
        if any(_nested(candidate.box, box) for box in boxes)
        and not any(candidate.box.iou(box) > _SAME for box in boxes)
    )


def _one_face(box: Box, other: Box) -> bool:
    """Return whether two boxes show one face: they overlap much, or one lies in the other."""
    return _nested(box, other) or box.iou(other) > _SAME


def _nested(box: Box, other: Box) -> bool:
    """Return whether most of one box lies in the other."""
    return box.overlap(other) > 0.7 * min(box.area, other.area)


def _padded(side: int) -> int:
    return math.ceil(side / _STEP) * _STEP


DETECTOR = Faces
