"""People: an SSDLite network over the whole picture.

It is not asked about the picture turned: of 54 photos of people with faces that found 2 more, and
it took a diagram for a person, of 79 photos without people.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from phiscan.detectors._candidates import Candidate, merge
from phiscan.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from phiscan.model import Frame
    from phiscan.protocols import Network, Tools

_WEAK = 0.6
"""Score from which a person is reported: `python -m benchmarks.people`. On shared photos, none of
159 without people reaches it, 97 of 102 with faces do, and 4 of 16 scenes with people who are far
away, in the dark or painted."""
_SIDE = 300
"""Side in pixels of what the network sees: its fixed input, whatever the picture's shape."""
_MAPS = (19, 10, 5, 3, 2, 1)
"""Cells along a side of the network's six maps; its boxes are 0.2 to 0.95 of the picture."""
_FIRST, _LAST = 0.2, 0.95
_LOWEST = ((0.1, 1.0), (0.2, 2.0), (0.2, 0.5))
"""Size and shape (width by height) of the boxes of the first map, which has fewer of them."""
_SHAPES = (1.0, 2.0, 0.5, 3.0, 1 / 3)


class People:
    """Finds people from about a tenth of the picture up, also without their faces."""

    def __init__(self, tools: Tools) -> None:
        self._network = tools.network("people")

    def find(self, frame: Frame) -> list[Candidate]:
        """Return each person once, the surest first."""
        return merge(self._look(frame))

    def _look(self, frame: Frame) -> Iterator[Candidate]:
        import cv2

        # Every second or third pixel will do for a large photo, and saves 30 ms of 12 megapixels.
        step = max(min(frame.width, frame.height) // (2 * _SIDE), 1)
        coarse = frame.pixels[::step, ::step]
        small = cv2.resize(coarse, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        scale = frame.width / _SIDE, frame.height / _SIDE
        for score, box in run(self._network, small):
            placed = Box(box.x0 * scale[0], box.y0 * scale[1], box.x1 * scale[0], box.y1 * scale[1])
            clipped = placed.clip(frame.width, frame.height)
            if clipped.area > 0:
                yield Candidate(score, clipped)


def without_faces(people: Sequence[Candidate], faces: Sequence[Box]) -> list[Candidate]:
    """Return the people to whom none of the faces belongs.

    A face belongs to the smallest person whose box holds its middle, and to that one only: somebody
    behind, whose own face cannot be seen, stays.
    """
    faced = set()
    by_size = sorted(people, key=lambda person: person.box.area)
    for face in faces:
        x, y = face.centre
        for person in by_size:
            box = person.box
            if person not in faced and box.x0 <= x < box.x1 and box.y0 <= y < box.y1:
                faced.add(person)
                break
    return [person for person in people if person not in faced]


def run(network: Network, picture: NDArray[np.uint8]) -> Iterator[tuple[float, Box]]:
    """Yield score and box of each person on an RGB picture of the network's size, in its pixels."""
    import numpy as np

    batch = picture.transpose(2, 0, 1)[None].astype(np.float32) * (2 / 255) - 1
    places, logits = (answer[0] for answer in network.run(np.ascontiguousarray(batch)))
    scores = 1 / (1 + np.exp(-logits[:, 1].clip(-50, 50)))
    chosen = np.nonzero(scores >= _WEAK)[0]
    y, x, high, wide = _boxes()[chosen].T
    # The coder of the Object Detection API: places in tenths of a side, sizes in fifths of logs.
    down, across, taller, wider = places[chosen].T
    y, x = y + down / 10 * high, x + across / 10 * wide
    high, wide = high * np.exp(taller / 5), wide * np.exp(wider / 5)
    sides = np.stack([x - wide / 2, y - high / 2, x + wide / 2, y + high / 2], axis=1) * _SIDE
    for score, box in zip(scores[chosen], sides, strict=True):
        yield float(score), Box(*(float(side) for side in box))


@cache
def _boxes() -> NDArray[np.float32]:
    """Return the network's 1,917 boxes: middle (y, x), height, width, in parts of the picture."""
    import numpy as np

    step = (_LAST - _FIRST) / (len(_MAPS) - 1)
    sizes = [_FIRST + step * n for n in range(len(_MAPS))] + [1.0]
    made = []
    for number, cells in enumerate(_MAPS):
        size, larger = sizes[number], sizes[number + 1]
        kinds = [(size, shape) for shape in _SHAPES] + [((size * larger) ** 0.5, 1.0)]
        for row in range(cells):
            for column in range(cells):
                middle = (row + 0.5) / cells, (column + 0.5) / cells
                made += [
                    (*middle, side / shape**0.5, side * shape**0.5)
                    for side, shape in (kinds if number else _LOWEST)
                ]
    return np.array(made, np.float32)
