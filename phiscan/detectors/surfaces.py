"""Charts, wristbands, record screens, labels, cards and boards: what the words stand on.

A surface counts by what its words say (surfaces.toml): signs, posters, books and packages lack the
words of a record and are not reported. Which kind it is, the words, how they stand and what a small
network sees of paper, bands and glass say together. Surfaces that are plainly there and cannot be
read are reported as such.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from phiscan.detectors._groups import groups_of, height_of
from phiscan.detectors._looks import LOOKS
from phiscan.detectors._parts import Part, parts_of
from phiscan.detectors._sheets import Sheet, Sight, sheets_of
from phiscan.detectors._surface_words import RECORD, Said, SurfaceWords, layout_votes
from phiscan.detectors._unread import unread
from phiscan.geometry import Region
from phiscan.kinds import SURFACES
from phiscan.model import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from phiscan.model import Frame, Photo, Scene
    from phiscan.protocols import Tools
    from phiscan.text import Cell, Text

_CARE_SCORE, _HINT_SCORE = 0.4, 0.6
"""Scores of a guess from words of care alone, and from a look with few words of a record."""
_MARGIN = 1.5
"""How far a surface reaches beyond its words, in line heights."""
_LOOK_OF = {
    "chart": "paper",
    "wristband": "wristband",
    "screen": "screen",
    "label": "label",
    "id_card": "card",
    "whiteboard": "board",
}
_LONG = 2.5
"""Length of a wristband over its breadth at least: of 25 generated ones 2.7 to 6.2, of labels up
to 2.4."""
_LOOK, _SAID, _CHART = 5.0, 2.5, 0.1
"""What speaks for a kind: a look that is certain, and words that are its own; those of a record
speak for a chart only where nothing speaks for anything else."""
_NO_BOARD, _BOARD = 0.35, 2
"""Part of the look of a board that speaks for a page which has fewer points for a board: both are
white, with ruled lines and handwriting, and many a page has one of its words."""
_SEEN, _HINTS = 0.5, {"wristband": 1, "label": 2, "screen": 2}
"""Likelihood of the look, and points for a record, from which a surface counts as one of a patient
though it says too little: it has no room for more."""
_CARD_SAYS = 3
"""Points for a card from which what looks like one, too, is a card that names a person."""
_MOST_OF, _WHOLE = 0.8, 0.7
"""Part of a group's cells, or likelihood of their sheet, from which a part of the group is a
surface of its own: else it may be a few lines of a page."""
_PLAIN_BOARD, _RECORD_BOARD = 0.85, 0.9
"""Score of a board at most that says less than a chart, and at least of one that says as much: the
policy treats names on the latter as those on a chart."""
_SHOWN = frozenset({"main", "page", "video"})
"""Frames on which surfaces must be readable; small copies hidden in the file never are."""


class Surfaces:
    """Groups blocks of text that stand close together and says what each group stands on."""

    name = "surfaces"
    kinds = SURFACES | {"unreadable_surface"}
    needs_text = True

    def __init__(self, tools: Tools) -> None:
        self._words = SurfaceWords()
        self._network = tools.network("surface_looks")

    def detect(self, scene: Scene) -> Iterator[Finding]:
        """Yield each surface that bears words of a patient's record, or that nobody could read."""
        return self.look_ahead(scene.photo)(scene)

    def look_ahead(self, photo: Photo) -> Callable[[Scene], Iterator[Finding]]:
        """Outline what lies on a photo: half of the work, for which nothing has to be read."""
        sights = [Sight(self._network, frame) for frame in photo.frames if frame.role in _SHOWN]
        for sight in sights:
            _ = sight.outlines, sight.faint_outlines
        return partial(self._look, {sight.frame.index: sight for sight in sights})

    def _look(self, sights: dict[int, Sight], scene: Scene) -> Iterator[Finding]:
        groups = list(groups_of(scene.text))
        for frame in scene.photo.frames:
            own = [cells for cells in groups if cells[0].region.frame == frame.index]
            if not own and frame.role not in _SHOWN:
                continue
            sight = sights.get(frame.index) or Sight(self._network, frame)
            sheets = sheets_of(sight.outlines)
            for cells in own:
                yield from self._tell(scene.text, cells, sight, sheets)
            if frame.role in _SHOWN:
                yield from unread([*sight.outlines, *sight.faint_outlines], scene.text, sight)

    def _tell(
        self, text: Text, cells: Sequence[Cell], sight: Sight, sheets: Sequence[Sheet]
    ) -> Iterator[Finding]:
        """Yield what a group of cells stands on: one surface, or several side by side."""
        said = self._say(text, cells)
        parts = parts_of(cells, sheets)
        if said.kind:
            told = [(part, self._say(text, part.cells)) for part in parts]
            lone = all(part.sheet for part, own in told if own.record)
            for part, own in told:
                if lone and part.sheet and not (own.record or own.kind or own.care):
                    continue  # a calendar on the wall beside a record
                if (own.is_package or own.is_public) and len(parts) > 1:
                    continue  # a box of tablets or the opening hours beside a record
                place = _outline(part.cells, sight.frame)
                votes = _placed(part, own, cells, said)
                kind, score = _named(own, said, votes, _likely(sight, place, part.sheet))
                yield Finding(kind, score, (place,), reason=f"words of a {_IN_WORDS[kind]}")
            return
        place = _outline(cells, sight.frame)
        if said.record or said.points["id_card"] >= _CARD_SAYS:
            kind = _hinted(said, _likely(sight, place, parts[0].sheet))
            if kind:
                yield Finding(kind, _HINT_SCORE, (place,), reason=f"looks like a {_IN_WORDS[kind]}")
                return
        if said.care:
            yield Finding("chart", _CARE_SCORE, (place,), reason="words of care")

    def _say(self, text: Text, cells: Sequence[Cell]) -> Said:
        return self._words.say([text.flow[cell.start : cell.end] for cell in cells], cells)


_IN_WORDS = {
    "chart": "patient's chart or form",
    "id_card": "card that names a person",
    "label": "patient's label",
    "screen": "patient record on a screen",
    "whiteboard": "board with patients on it",
    "wristband": "patient's wristband",
}


def _placed(part: Part, own: Said, cells: Sequence[Cell], said: Said) -> dict[str, float]:
    """Return what the places of a part's pieces speak for, or of all where it may be a few lines.

    A sheet that is seen to be no strip is no wristband, whatever is printed on it in a strip.
    """
    whole = len(part.cells) > _MOST_OF * len(cells)
    whole = whole or (part.sheet is not None and part.sheet.plain >= _WHOLE)
    votes = layout_votes(own, part.cells) if whole else layout_votes(said, cells)
    if part.sheet is not None and not _is_long(part.sheet.region):
        votes["wristband"] -= _SAID
    return votes


def _is_long(outline: Region) -> bool:
    """Return whether an outline is as long as that of a wristband, seen askew or not."""
    return outline.length >= _LONG * outline.thickness


def _likely(sight: Sight, place: Region, sheet: Sheet | None) -> NDArray[np.float32]:
    """Return how likely each look is, from the print's outline and from its sheet's."""
    likely = sight.looks(place)
    return likely if sheet is None else (likely + sheet.likely) * np.float32(0.5)


def _hinted(said: Said, likely: NDArray[np.float32]) -> str:
    """Return the kind of surface that a look and few words speak for together, or nothing."""
    if said.is_package:
        return ""
    seen = {kind: float(likely[LOOKS.index(_LOOK_OF[kind])]) for kind in (*_HINTS, "id_card")}
    kind = max(seen, key=seen.__getitem__)
    if seen[kind] < _SEEN:
        return ""
    if kind == "id_card":
        return kind if said.points[kind] >= _CARD_SAYS else ""
    return kind if said.record >= _HINTS[kind] else ""


def _named(
    own: Said, group: Said, votes: dict[str, float], likely: NDArray[np.float32]
) -> tuple[str, float]:
    """Return the kind of surface that a part of a group stands on, and its score.

    `own` is what the part's words say, `group` what all of the group's do, `votes` what their
    places do.
    """
    said = own if own.kind else group
    is_something = 1 - float(likely[LOOKS.index("nothing")] + likely[LOOKS.index("sign")])
    votes = {
        kind: is_something * votes[kind] + _LOOK * float(likely[LOOKS.index(look)])
        for kind, look in _LOOK_OF.items()
    }
    if said.points["whiteboard"] < _BOARD:
        moved = _NO_BOARD * _LOOK * float(likely[LOOKS.index("board")])
        votes["whiteboard"] -= moved
        votes["chart"] += moved
    votes[said.kind] += _CHART if said.kind == "chart" else _SAID
    kind = "id_card" if own.machine_readable else max(votes, key=votes.__getitem__)
    says = max(group.record, own.points.get(kind, 0))
    score = min(0.5 + 0.05 * says, 0.95)
    if kind == "whiteboard":
        score = max(score, _RECORD_BOARD) if group.record >= RECORD else min(score, _PLAIN_BOARD)
    return kind, score


def _outline(cells: Sequence[Cell], frame: Frame) -> Region:
    """Return the rectangle round the cells with a margin, turned as they are, inside the frame."""
    margin = _MARGIN * height_of(cells)
    angle = max((cell.region for cell in cells), key=lambda region: region.length).angle
    cos, sin = math.cos(angle), math.sin(angle)
    corners = [corner for cell in cells for corner in cell.region.corners]
    along = [x * cos + y * sin for x, y in corners]
    across = [y * cos - x * sin for x, y in corners]
    left, right = min(along) - margin, max(along) + margin
    top, foot = min(across) - margin, max(across) + margin
    turned = ((left, top), (right, top), (right, foot), (left, foot))
    placed = ((a * cos - b * sin, a * sin + b * cos) for a, b in turned)
    inside = ((min(max(x, 0.0), frame.width), min(max(y, 0.0), frame.height)) for x, y in placed)
    return Region(cells[0].region.frame, tuple(inside))


DETECTOR = Surfaces
