"""What the words on a surface say about what they stand on, and how they stand."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phiscan.text import Cell

RECORD = 3
"""Points (strong word 2, weak word 1) from which a surface counts as a patient's record."""
_CARE = 2
"""Words of care from which a surface without the words of a record may still be one: a poster and a
leaflet have them too, so that only a name on it says more."""
_PACKAGE = 3
"""Points from which something with few words of a record is a maker's package, not a patient's."""
_PHARMACY = 6
"""Points for a label that only a pharmacy's has: `by mouth`, refills and a quantity."""
_DOSE = re.compile(r"\b\d+(?:[.,]\d+)? ?(?:mg|mcg|µg|ml|iu|units?|g/dl|mg/dl|mmhg|mmol)\b")
_PLACE = re.compile(r"\b(?:rm|room|bed|bay|icu|ldr)[ -]?\d{1,4}[a-d]?\b")
_DRUG = re.compile(
    r"\b[a-z]{2,}(?:april|opril|sartan|olol|statin|prazole|cillin|mycin|floxacin|dipine|oxetine|zepam"
    r"|zolam|formin|gliptin|parin|caine|profen|codone|triptan|thiazide|semide|lukast|solone|afil)\b"
)
_FEW_LINES, _PAGE_LINES, _BAND_LINES = 7, 9, 4
"""Lines of a label at most, of a page more than, and of a wristband at most."""
_STRIP, _BAND, _COLUMNS = 2.4, 3.0, 2.5
"""Length of a wristband's print over its height, at least and most often, and cells a line of a
list on a screen: the print of labels is seldom twice as long as high."""
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = (
    rf"(?:(?:\d{{1,2}}[ -](?:\d{{1,2}}|{_MONTH})|{_MONTH} \d{{1,2}})[ -](?:19|20)\d\d"
    r"|(?:19|20)\d\d[ -]\d{1,2}[ -]\d{1,2})"
)
_AGE = r"\d{1,3} ?-?(?:y|yr|yrs|yo|y o|years?|years? old)"
_PERSON = re.compile(
    rf"\b(?:(?:{_DATE}|{_AGE}) (?:m|f|male|female)|{_AGE} (?:- )?{_DATE}|{_DATE} (?:- )?{_AGE})\b"
)
_BIRTHS, _YEARS = 4, 20
"""Full dates from which, so many years apart, they are a list of people's birth dates: bills and
plans have dates of a year or two."""
_DATED = re.compile(rf"\b{_DATE}\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SSN = re.compile(r"(?<![\w-])\d{3}-\d\d-\d{4}(?![\w-])")
_BORN = re.compile(rf"\b(?:born|né|née|geb) {_DATE}\b")
_TO_ALL = re.compile(r"\b(?:dear|all|our|many|most|valued) patients\b")
"""How a notice speaks to everyone, which no record does."""
_SALUTATION = re.compile(r"\bdear (?:\w+ )?patients\b")
_CLOCK = re.compile(r"\d{1,2}:\d\d ?(?:[ap]\.?m\.?)?", re.IGNORECASE)
"""A time that stands by itself, and once: the clock of a screen, not one of a plan's hours."""
_PAGING = re.compile(r"\b\d+(?: ?- ?| to | )\d+ of \d+\b")
"""Which rows of a list are shown: `1-10 of 102`."""
_HOURS, _DAYS = re.compile(r"\b(?:hours|open|opening|closed)\b"), 5
_DAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?s?\b")
"""Days of the week from which hours are those at which a door is open."""
_TOTALS = 3
"""Words of totals from which figures are those of a whole clinic."""
_STRONG = 2
"""Points of a birth date or an age with the sex behind it: as good as the word birth date."""
_MRZ = re.compile(r"[A-Z0-9<]{12,}<<[A-Z0-9<]*|(?:[A-Z0-9]+<){3,}[A-Z0-9<]*")


@dataclass(frozen=True, slots=True)
class _Cues:
    """The words that speak for one kind of surface."""

    strong: re.Pattern[str]
    weak: re.Pattern[str]

    def points(self, words: str) -> int:
        """Return 2 for each strong and 1 for each weak word that occurs, each counted once."""
        return 2 * len(set(self.strong.findall(words))) + len(set(self.weak.findall(words)))


@dataclass(frozen=True, slots=True)
class Said:
    """What the words of a group of cells say.

    `kind` is the surface that they speak for, `chart` where no word speaks for another one, and
    empty where they are not those of a record. `care` tells that they are words of care,
    `is_public` that they are a notice to everyone, opening hours or totals, and not of a record.
    """

    points: dict[str, int]
    kind: str
    care: bool
    machine_readable: bool
    is_public: bool

    @property
    def record(self) -> int:
        """Points for a patient's record."""
        return self.points["record"]

    @property
    def is_package(self) -> bool:
        """Whether they are those of a maker's package, and not of a record."""
        return _speak_of_package(self.points) and not self.kind


class SurfaceWords:
    """The words of surfaces.toml."""

    def __init__(self) -> None:
        text = resources.files("phiscan.detectors").joinpath("surfaces.toml").read_text("utf-8")
        self._cues = {
            kind: _Cues(_any_of(entry["strong"]), _any_of(entry["weak"]))
            for kind, entry in tomllib.loads(text).items()
        }

    def say(self, pieces: Sequence[str], cells: Sequence[Cell]) -> Said:
        """Return what the pieces of text that stand in these cells say."""
        words = " ".join(pieces)
        spaced = re.sub(r"[^\w'-]+", " ", words.lower())
        plain = _TO_ALL.sub(" ", spaced)
        points = {kind: cues.points(plain) for kind, cues in self._cues.items()}
        person = bool(_PERSON.search(plain))
        points["record"] += _STRONG * (person + _lists_births(plain))
        points["record"] += bool(_SSN.search(plain)) + bool(_BORN.search(plain))
        points["screen"] += bool(_PAGING.search(plain))
        points["screen"] += sum(bool(_CLOCK.fullmatch(piece)) for piece in pieces) == 1
        record, few = points["record"], len(words.split()) <= 60
        zone = bool(_MRZ.search(words.replace(" ", "")))
        sorts = {  # the first that holds
            "id_card": zone or points["id_card"] >= max(5, record + points["screen"] + 1),
            "whiteboard": points["whiteboard"] >= 4 and record + points["whiteboard"] >= 5,
            "label": few
            and (
                points["note"] >= 2
                or (
                    record >= _asked_of_label(points)
                    and points["label"] >= max(2 if person else 3, points["wristband"])
                )
            ),
            "wristband": record >= RECORD and points["wristband"] >= 3 and is_strip(cells),
            "screen": record >= RECORD and points["screen"] >= 3,
            "chart": record >= RECORD,
        }
        kind = next((kind for kind, holds in sorts.items() if holds), "")
        signs = sum(bool(sign.search(plain)) for sign in (_DOSE, _PLACE, _DRUG))
        public = record < _STRONG and not kind and _speak_to_all(spaced, points)
        return Said(points, kind, points["care"] + signs >= _CARE, zone, public)


def _speak_to_all(spaced: str, points: dict[str, int]) -> bool:
    """Return whether words are those of a notice to everyone, of opening hours or of totals."""
    if points["totals"] >= _TOTALS or _SALUTATION.search(spaced):
        return True
    return bool(_HOURS.search(spaced)) and len(set(_DAY.findall(spaced))) >= _DAYS


def _lists_births(plain: str) -> bool:
    """Return whether words hold dates that lie as far apart as those on which people were born."""
    years = [int(_YEAR.findall(date)[-1]) for date in _DATED.findall(plain)]
    return len(years) >= _BIRTHS and max(years) - min(years) >= _YEARS


def _asked_of_label(points: dict[str, int]) -> int:
    """Return how many points for a record a patient's label must have besides its own words."""
    if _speak_of_package(points):
        return RECORD
    return 1 if points["label"] >= _PHARMACY else 2


def _speak_of_package(points: dict[str, int]) -> bool:
    """Return whether words are a maker's, not a pharmacy's, whose labels have an NDC, too."""
    return points["package"] >= max(_PACKAGE, points["label"] + 1)


def layout_votes(said: Said, cells: Sequence[Cell]) -> dict[str, float]:
    """Return how much the number and the place of the cells speak for each kind of surface.

    Labels hold few lines, a wristband a strip of them, a list on a screen columns, and no screen
    only a few; cards, boards and screens have single words of their own.
    """
    lines = len({cell.line for cell in cells})
    length, breadth = _extent(cells)
    few = lines <= _FEW_LINES
    return {
        "chart": (2.0 if lines > _PAGE_LINES else 1.0) + said.points["chart"],
        "label": 2.0 if few else 0.0,
        "wristband": 2.0 if lines <= _BAND_LINES and length > _BAND * breadth else 0.0,
        "screen": 0.5 * said.points["screen"]
        + (len(cells) > _COLUMNS * lines and not few)
        - (lines <= _BAND_LINES),
        "id_card": 0.35 * said.points["id_card"],
        "whiteboard": 0.5 * said.points["whiteboard"],
    }


def _any_of(phrases: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    if not phrases:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<![\w'-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w'-])")


def is_strip(cells: Sequence[Cell]) -> bool:
    """Return whether the cells form a wristband's strip: few lines, much longer than high."""
    length, breadth = _extent(cells)
    return len({cell.line for cell in cells}) <= 6 and length > _STRIP * breadth


def _extent(cells: Sequence[Cell]) -> tuple[float, float]:
    """Return how far cells reach along and across the direction in which they are read."""
    angle = max((cell.region for cell in cells), key=lambda region: region.length).angle
    cos, sin = math.cos(angle), math.sin(angle)
    corners = [corner for cell in cells for corner in cell.region.corners]
    along = [x * cos + y * sin for x, y in corners]
    across = [y * cos - x * sin for x, y in corners]
    return max(along) - min(along), max(across) - min(across)
