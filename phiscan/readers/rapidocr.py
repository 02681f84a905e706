"""PP-OCRv6 small: the weights of the rapidocr wheel, run by our own code.

rapidocr itself is not imported. It shrinks photos to 2000 px, skips detection on wide pictures,
drops lines under a score of 0.5 and answers an error as "no text"; none of that may happen here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phiscan.model import Frame
    from phiscan.protocols import LookingTools
    from phiscan.readers._line import Line
    from phiscan.text import Word
    from phiscan.traces import Traces


class RapidOcr:
    """Reads every line of text on a frame, in print of many scripts and some handwriting."""

    name = "rapidocr"

    def __init__(self, tools: LookingTools) -> None:
        from phiscan.readers import _recognition, _search, _upright

        self._find_lines = partial(_search.find_lines, budget=_search.BUDGETS[tools.effort])
        self._is_clear = _recognition.is_clear
        self._overruled = _upright.overruled
        self._detection = tools.network("text_detection")
        self._places = tools.network("text_places")
        self._recogniser = _recognition.Recogniser(
            tools.network("text_recognition"), tools.network("text_direction")
        )

    def read(self, frame: Frame) -> list[Word | Traces]:
        """Return the words on `frame`, and traces of print where there are any.

        MissingDependency has been raised before, not here.
        """
        words: dict[Line, list[Word]] = {}

        def read(lines: Sequence[Line]) -> None:
            found = self._recogniser.read_all(frame.pixels, lines)
            words.update(zip(lines, found, strict=True))

        def are_clear(lines: Sequence[Line]) -> list[bool]:
            read(lines)
            return [self._is_clear(line, words[line]) for line in lines]

        lines, traces = self._find_lines(
            self._detection, self._places, frame.pixels, frame.index, are_clear
        )
        read([line for line in lines if line not in words])
        for line, way in self._overruled(lines, words).items():
            words[line] = self._recogniser.read_along(frame.pixels, line, way, words[line])
        found = [word for line in lines for word in words[line]]
        return [*found, traces] if traces.share.any() else [*found]


READER = RapidOcr
