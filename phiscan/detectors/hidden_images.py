"""Thumbnails and previews that show more than the picture: what was cropped away or painted over.

Faces and text in them are findings of their own, for every frame is read and searched; this
detector says that the small picture and the large one do not show the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.detectors._likeness import Likeness, compare
from phiscan.geometry import Box, Region
from phiscan.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.model import Frame, Scene
    from phiscan.protocols import Tools
    from phiscan.text import Text

_HIDDEN = frozenset({"thumbnail", "preview"})
_SURE_READING = 0.6
_WORD = re.compile(r"\w{3,}")
_SCORES = {Likeness.MORE: 0.7, Likeness.CHANGED: 0.6, Likeness.OTHER: 0.6}
_WITH_TEXT = 0.9
_REASONS = {
    Likeness.MORE: "shows what was cropped away",
    Likeness.CHANGED: "shows what was painted over or blurred",
    Likeness.OTHER: "shows another picture",
}


class HiddenImages:
    """Compares each thumbnail and preview with the main picture."""

    name = "hidden_images"
    needs_text = True
    kinds = frozenset({"hidden_image"})

    def __init__(self, tools: Tools) -> None:
        del tools  # needs no network and no identifier

    def detect(self, scene: Scene) -> Iterator[Finding]:
        """Yield a finding for each hidden frame that shows more, surer where text stands in it."""
        main = scene.photo.frames[0]
        for frame in scene.photo.frames[1:]:
            if frame.role not in _HIDDEN:
                continue
            likeness = compare(main.pixels, frame.pixels)
            if likeness is Likeness.SAME:
                continue
            text = bool(_words(scene.text, frame) - _words(scene.text, main))
            said = f"a {frame.role} {_REASONS[likeness]}" + (", with text" if text else "")
            score = _WITH_TEXT if text else _SCORES[likeness]
            whole = Region.from_box(frame.index, Box(0, 0, frame.width, frame.height))
            yield Finding("hidden_image", score, (whole,), reason=said)


def _words(text: Text, frame: Frame) -> set[str]:
    """Return what is read with certainty in a frame, word by word, in small letters."""
    return {
        part.lower()
        for word in text.words
        if word.region.frame == frame.index and word.score >= _SURE_READING
        for part in _WORD.findall(word.text)
    }


DETECTOR = HiddenImages
