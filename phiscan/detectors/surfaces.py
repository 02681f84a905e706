"""Charts, wristbands, record screens, labels, cards and boards: what the words stand on.

A surface is told by what its words say (surfaces.toml) and how they stand. Harmless surfaces
(signs, posters, books, packages) lack the words of a record and are not reported.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from phiscan.geometry import Box, Region, enclosing
from phiscan.kinds import SURFACES
from phiscan.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phiscan.model import Scene
    from phiscan.protocols import Tools
    from phiscan.text import Cell, Text

_RECORD = 3
"""Points (strong word 2, weak word 1) from which a surface counts as a patient's record."""
_CARE, _CARE_SCORE = 2, 0.4
"""Words of care from which a surface without the words of a record may still be one, and the score
of such a guess: a poster and a leaflet have them too, so that only a name on it says more."""
_DOSE = re.compile(r"\b\d+(?:[.,]\d+)? ?(?:mg|mcg|µg|ml|iu|units?|g/dl|mg/dl|mmhg|mmol)\b")
_PLACE = re.compile(r"\b(?:rm|room|bed|bay|icu|ldr)[ -]?\d{1,4}[a-d]?\b")
_DRUG = re.compile(
    r"\b[a-z]{2,}(?:april|opril|sartan|olol|statin|prazole|cillin|mycin|floxacin|dipine|oxetine|zepam"
    r"|zolam|formin|gliptin|parin|caine|profen|codone|triptan|thiazide|semide|lukast|solone|afil)\b"
)
_REACH = 5.0
"""Empty space, in line heights, that a surface may have between two of its blocks of text."""
_MARGIN = 1.5
"""How far a surface reaches beyond its words, in line heights."""
_MRZ = re.compile(r"[A-Z0-9<]{12,}<<[A-Z0-9<]*|(?:[A-Z0-9]+<){3,}[A-Z0-9<]*")


@dataclass(frozen=True, slots=True)
class _Cues:
    """The words that speak for one kind of surface."""

    strong: re.Pattern[str]
    weak: re.Pattern[str]

    def points(self, words: str) -> int:
        """Return 2 for each strong and 1 for each weak word that occurs, each counted once."""
        return 2 * len(set(self.strong.findall(words))) + len(set(self.weak.findall(words)))


class Surfaces:
    """Groups blocks of text that stand close together and says what each group stands on."""

    name = "surfaces"
    needs_text = True
    kinds = SURFACES

    def __init__(self, tools: Tools) -> None:
        del tools  # needs no network and no identifier
        text = resources.files("phiscan.detectors").joinpath("surfaces.toml").read_text("utf-8")
        self._cues = {
            kind: _Cues(_any_of(entry["strong"]), _any_of(entry["weak"]))
            for kind, entry in tomllib.loads(text).items()
        }

    def detect(self, scene: Scene) -> Iterator[Finding]:
        """Yield each surface that bears words of a patient's record."""
        for cells in _groups(scene.text):
            words = " ".join(scene.text.flow[cell.start : cell.end] for cell in cells)
            found = self._classify(words, cells)
            if found is not None:
                kind, score = found
                frame = next(f for f in scene.photo.frames if f.index == cells[0].region.frame)
                place = _outline(cells, frame.width, frame.height)
                words_of = "care" if score == _CARE_SCORE else f"a {_IN_WORDS[kind]}"
                yield Finding(kind, score, (place,), reason=f"words of {words_of}")

    def _classify(self, words: str, cells: Sequence[Cell]) -> tuple[str, float] | None:
        """Return the kind of surface and its score, or None where the words are harmless."""
        plain = re.sub(r"[^\w'-]+", " ", words.lower())
        points = {kind: cues.points(plain) for kind, cues in self._cues.items()}
        record, few = points["record"], len(words.split()) <= 60
        sorts = {  # the first that holds
            "id_card": bool(_MRZ.search(words.replace(" ", "")))
            or points["id_card"] >= max(5, record + points["screen"] + 1),
            "whiteboard": points["whiteboard"] >= 4 and record + points["whiteboard"] >= 5,
            "label": few
            and (
                points["note"] >= 2
                or (record >= 2 and points["label"] >= max(3, points["wristband"]))
            ),
            "wristband": record >= _RECORD and points["wristband"] >= 3 and _is_strip(cells),
            "screen": record >= _RECORD and points["screen"] >= 3,
            "chart": record >= _RECORD,
        }
        kind = next((kind for kind, holds in sorts.items() if holds), None)
        if kind is None:
            signs = sum(bool(sign.search(plain)) for sign in (_DOSE, _PLACE, _DRUG))
            return ("chart", _CARE_SCORE) if points["care"] + signs >= _CARE else None
        return kind, min(0.5 + 0.05 * max(record, points.get(kind, 0)), 0.95)


_IN_WORDS = {
    "chart": "patient's chart or form",
    "id_card": "card that names a person",
    "label": "patient's label",
    "screen": "patient record on a screen",
    "whiteboard": "board with patients on it",
    "wristband": "patient's wristband",
}


def _any_of(phrases: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    if not phrases:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<![\w'-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w'-])")


def _groups(text: Text) -> Iterator[list[Cell]]:
    """Yield the cells of blocks that lie close together on one frame."""
    blocks = list(text.blocks)
    boxes = [enclosing(cell.region.box for cell in block) for block in blocks]
    heights = [max(cell.region.thickness for cell in block) for block in blocks]
    left = set(range(len(blocks)))
    while left:
        group = [left.pop()]
        for member in group:  # grows while it is walked
            near = {
                other
                for other in left
                if blocks[other][0].region.frame == blocks[member][0].region.frame
                and _close(boxes[member], boxes[other], min(heights[member], heights[other]))
            }
            left -= near
            group += sorted(near)
        yield [cell for index in sorted(group) for cell in blocks[index]]


def _close(a: Box, b: Box, height: float) -> bool:
    return math.hypot(*a.gap(b)) <= _REACH * height


def _is_strip(cells: Sequence[Cell]) -> bool:
    """Return whether the cells form a wristband's strip: few lines, much longer than high."""
    angle = cells[0].region.angle
    cos, sin = math.cos(angle), math.sin(angle)
    corners = [corner for cell in cells for corner in cell.region.corners]
    along = [x * cos + y * sin for x, y in corners]
    across = [y * cos - x * sin for x, y in corners]
    length, breadth = max(along) - min(along), max(across) - min(across)
    return len({cell.line for cell in cells}) <= 6 and length > 1.6 * breadth


def _outline(cells: Sequence[Cell], width: int, height: int) -> Region:
    """Return the rectangle round the cells with a margin, kept inside the frame."""
    margin = _MARGIN * max(cell.region.thickness for cell in cells)
    box = enclosing(cell.region.box for cell in cells).inflate(margin, margin)
    return Region.from_box(cells[0].region.frame, box.clip(width, height))


DETECTOR = Surfaces
