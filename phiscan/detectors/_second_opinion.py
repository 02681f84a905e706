"""A second network looks at each face that CenterFace is not sure of, and only grades its score.

CenterFace gives a dog's head, a gable and a curve on a screen the 0.60 to 0.75 that small, dark and
covered faces get as well, and looking again with CenterFace does not tell them apart. BlazeFace was
trained on other photos, and errs elsewhere. It never drops a face that would have been reported:
what it denies is left for a person to review.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from phiscan.detectors._candidates import Candidate
from phiscan.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from phiscan.model import Frame
    from phiscan.protocols import Tools

REPORTED = 0.55
"""Score under which faces are not reported, unless the second network takes them for faces: 1 more
of 71 clean scenes each 0.05 below, and no photo with a face whose best answer is lower."""
_BLOCKED = 0.6
"""Score from which the default policy blocks a face."""
_SURE = 0.8
"""Score from which nothing is asked. Of 71 clean scenes and 75 clean pages none has such a face."""
_CONFIRMED = 0.62
"""Opinion from which a weak face counts as one. On the shared photos without faces, 56 weak answers
of CenterFace (0.3 and more) get 0.58 at most; one gets 0.70 and is a woman in a museum, overlooked
by who labelled it."""
_DENIED = 0.17
"""Opinion under which an unsure face is left for review. Of 383 unsure faces on the shared photos 1
lies below; so do a dog's head and a gable, but not a drawn woman and a chart in colours."""
_DENIED_SCORE = 0.59
"""Score of a face that was denied: under what blocks."""
_MOST_ASKED = 8
"""How many faces of a frame are asked about: in a crowd it costs most and matters least."""

_SIDE = 192
"""Side in pixels of what the network sees: its fixed input."""
_WIDE = 3.0
"""Side of the square that is cut out, in the longer sides of the face."""
_ZOOMS = (1.0, 1.5)
"""The whole square, and its middle. The network was made for faces that fill about a third."""
_TURNS = (0, 1, 3, 2)
"""Quarter turns to the left, the likely ones first."""


class SecondOpinion:
    """Grades the scores of faces by what another network takes them for."""

    def __init__(self, tools: Tools) -> None:
        self._network = tools.network("face_opinion")

    def grade(self, frame: Frame, faces: Sequence[Candidate]) -> list[Candidate]:
        """Return the faces that are to be reported, with their graded scores, the surest first."""
        unsure = [face for face in faces if face.score < _SURE]
        asked = unsure[:_MOST_ASKED]
        kept = [face for face in faces if face.score >= _SURE]
        kept += [face for face in unsure[_MOST_ASKED:] if face.score >= REPORTED]
        kept += [
            graded for face in asked if (graded := self._graded(frame, face)).score >= REPORTED
        ]
        return sorted(kept, key=lambda face: -face.score)

    def _graded(self, frame: Frame, face: Candidate) -> Candidate:
        if face.score < _BLOCKED:
            opinion = self._opinion(frame, face.box, enough=_CONFIRMED)
            return face._replace(score=opinion) if opinion >= _CONFIRMED else face
        opinion = self._opinion(frame, face.box, enough=_DENIED)
        return face._replace(score=_DENIED_SCORE) if opinion < _DENIED else face

    def _opinion(self, frame: Frame, box: Box, enough: float) -> float:
        """Return how sure the network is of a face there, 0 to 1; look no further than `enough`."""
        best = 0.0
        square = cut_out(frame.pixels, box)
        for turns, zoom in product(_TURNS, _ZOOMS):
            best = max(best, self._ask(square, turns, zoom))
            if best >= enough:
                break
        return best

    def _ask(self, square: NDArray[np.uint8], turns: int, zoom: float) -> float:
        import cv2
        import numpy as np

        rim = round(square.shape[0] * (1 - 1 / zoom) / 2)
        part = np.rot90(square[rim : square.shape[0] - rim, rim : square.shape[1] - rim], turns)
        small = cv2.resize(np.ascontiguousarray(part), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        batch = small.transpose(2, 0, 1)[None].astype(np.float32) / 127.5 - 1
        _, answers = self._network.run(np.ascontiguousarray(batch))
        cells = round(answers.shape[1] ** 0.5)
        middle = np.abs((np.arange(cells) + 0.5) / cells - 0.5) < 0.2
        logit = answers[0, :, 0].reshape(cells, cells)[np.ix_(middle, middle)].max()
        return float(1 / (1 + np.exp(-np.clip(logit, -50, 50))))


def cut_out(pixels: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """Return the square round a face, black where the picture ends, brought to a fixed size."""
    import cv2
    import numpy as np

    x, y = box.centre
    half = max(box.width, box.height) * _WIDE / 2
    step = max(round(half / _HALF), 1)
    pixels, x, y, half = pixels[::step, ::step], x / step, y / step, half / step
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = (round(side) for side in (x - half, y - half, x + half, y + half))
    side = max(x1 - x0, y1 - y0, 1)
    square = np.zeros((side, side, 3), np.uint8)
    left, top, right, bottom = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
    square[top - y0 : bottom - y0, left - x0 : right - x0] = pixels[top:bottom, left:right]
    how = cv2.INTER_AREA if side > _CUT else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(square, (_CUT, _CUT), interpolation=how), np.uint8)


_CUT = 256
"""Side of the cut-out in pixels: what the network sees of its middle is not enlarged much."""
_HALF = 2048
"""Half the side in pixels of the largest square that is cut out: of a larger one every second or
third pixel will do, for round a face that fills 140 megapixels it takes gigabytes."""
