"""Vehicle identifiers, 45 CFR 164.514(b)(2)(i)(L): identification numbers and labelled plates.

A vehicle identification number has 17 capitals and digits without I, O and Q; the ninth is a check
digit in North America, and the last four are digits (49 CFR 565.15). Random characters pass one
time in thirty. A plate has no format of its own: only a label tells it from any sign or toy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._codes import compact
from phiscan.identifiers._labels import ON_LINE, Field, Labels, labelled
from phiscan.identifiers._ocr import plain_dashes, readings
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._views import search_numbered
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_BARE = re.compile(r"(?<![\w*+/=-])[A-Z0-9]{17}(?![\w*+/=-])")
_SPACED = re.compile(r"[A-Z0-9](?:[ -]?[A-Z0-9]){16}(?![\w-])")
_PLATE = re.compile(r"[A-Z0-9]{1,4}(?:[ ·•-]?[A-Z0-9]{1,4}){1,2}(?![\w./:%-])")
_UNUSED = str.maketrans("OQI", "001")
"""Letters that no identification number has: only the digits they look like can stand there."""
_SMALL = str.maketrans("loqi", "1001")
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True))
_VIN_LABELS = ("vin", "vehicle id", "chassis")


def _checked(code: str) -> bool:
    """Return whether the ninth character agrees with the others, and the last four are digits."""
    if not code[-4:].isdigit() or not re.fullmatch(r"[A-HJ-NPR-Z0-9]{17}", code):
        return False
    values = (int(char) if char.isdigit() else _VALUES[char] for char in code)
    total = sum(value * weight for value, weight in zip(values, _WEIGHTS, strict=True))
    return code[8] == "0123456789X"[total % 11]


def _parse(value: str, field: Field) -> tuple[int, int] | None:
    dashed = plain_dashes(value)
    start = len(value) - len(value.lstrip(" :#.-=("))
    if field.tag.phrase.startswith(_VIN_LABELS):
        found = _SPACED.match(dashed.upper(), start)
        return found.span() if found and _has_both(found[0]) else None
    found = _PLATE.match(dashed, start)
    if found is None or not 4 <= len(compact(found[0])) <= 8:
        return None
    plain = _has_both(found[0]) or compact(found[0]).isdigit()
    return found.span() if plain else None


def _has_both(written: str) -> bool:
    return any(map(str.isdigit, written)) and any(map(str.isalpha, written))


@dataclass(frozen=True, slots=True)
class VehicleId:
    """Finds identification numbers by label or check digit, and plates by label."""

    kind: str = "vehicle_id"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield labelled numbers and plates, then unlabelled numbers with a right check digit."""
        taken = Covered(len(text.flow))
        for start, end, field in labelled(Labels(text), _parse, "vehicle_id"):
            if taken.claim(start, end):
                yield Match(start, end, _score(text.flow[start:end], field), field.reason)
        for found in search_numbered(_BARE, text):
            code = found.group().translate(_UNUSED)
            if not _checked(code) or not _has_both(code[:11]) or code.isdigit():
                continue
            if taken.claim(*found.span()):
                score = 0.75 if code == found.group() else 0.6
                yield Match(*found.span(), score, "check digit of a vehicle number")


def _score(written: str, field: Field) -> float:
    code, phrase = compact(written).translate(_SMALL).upper(), field.tag.phrase
    if not phrase.startswith(_VIN_LABELS):
        named = "plate" not in phrase.split()[:1] and (field.tag.marked or field.how != ON_LINE)
        return 0.8 if named else 0.5
    plain = code.translate(_UNUSED)
    if _checked(plain):
        return 0.9 if plain == compact(written).upper() else 0.8
    # Other continents leave the check digit out; a misread one may still be put right.
    return 0.75 if any(map(_checked, readings(plain, 1))) else 0.7


IDENTIFIER = VehicleId()
