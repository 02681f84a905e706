"""What barcodes say, as lines of text with the labels that a form would print before them."""

from __future__ import annotations

import math
import re
import unicodedata

from phiscan.readers._payloads import aamva, contacts, gs1, health_cards, records
from phiscan.readers._payloads._line import Line
from phiscan.text import UNREAD

__all__ = ["UNREAD", "lines_of"]

_MOST_CHARACTERS = 8192
"""Characters that one code yields: no symbology holds more (7089 digits in the largest QR code)."""
_LINE = 300
"""Characters after which a line is broken, at a blank where there is one."""
_LEGIBLE = 0.85
"""Part of the characters that can be printed, below which content is no text."""
_ZONES = {88: 44, 72: 36, 90: 30}
"""Machine-readable zones of travel documents: characters in all, and on a line (ICAO 9303)."""


def lines_of(text: str, *, gs1_flag: bool = False, most: int = 64) -> list[str]:
    """Return the content of a code as at most `most` lines that can be printed; never raises.

    UNREAD stands where something is that a phone may read and this code does not.
    """
    text = text[: 4 * _MOST_CHARACTERS]
    lines = (
        aamva.read(text)
        or health_cards.read(text)
        or gs1.read(text, flagged=gs1_flag)
        or records.read(text)
        or contacts.read(text)
        or _plain(text)
    )
    printed = [cleaned for line in lines if (cleaned := _cleaned(line.text))]
    return _packed(printed, most) or [UNREAD]


def _plain(text: str) -> list[Line]:
    """Return the lines of any other text: as they stand, or cut at marks that part fields."""
    bare = text.strip()
    width = _ZONES.get(len(bare), 0)
    if width and re.fullmatch(r"[A-Z0-9<]+", bare) and bare.count("<") > 3:
        return [Line("", bare[n : n + width]) for n in range(0, len(bare), width)]
    seen = sum(not _hidden(char) or char in "\r\n\t\x1c\x1d\x1e\x1f" for char in text)
    if seen < _LEGIBLE * len(text):
        runs = re.findall(r"[^\W_][\w .,:/@^|'()-]{4,}", text)
        return [*(Line("", run) for run in runs), Line("", UNREAD)]
    marks = r"[\r\n\t\v\f|\x1c-\x1f]+" if bare.count(";") < 2 else r"[\r\n\t\v\f|;\x1c-\x1f]+"
    return [Line("", piece) for piece in re.split(marks, text)]


def _hidden(char: str) -> bool:
    """Whether a character shows nothing: control, bidi and other format signs, half pairs."""
    return unicodedata.category(char)[0] == "C" or char == UNREAD


def _cleaned(text: str) -> str:
    """Return a line with hidden characters as single blanks; UNREAD alone stays as it is."""
    if text == UNREAD:
        return text
    return " ".join("".join(" " if _hidden(char) else char for char in text).split())


def _packed(lines: list[str], most: int) -> list[str]:
    """Return the lines broken where long, and joined where there are more than `most`."""
    unread = UNREAD in lines
    whole = [line for line in lines if line != UNREAD]
    room = max(most - unread, 1)
    kept, total = [], 0
    for line in whole:
        kept.append(line[: _MOST_CHARACTERS - total])
        total += len(kept[-1]) + 1
        if total >= _MOST_CHARACTERS:
            break
    broken = [piece for line in kept for piece in _broken(line, _LINE)]
    if len(broken) > room:
        joined = " ".join(kept)
        broken = _broken(joined, max(_LINE, math.ceil(1.1 * len(joined) / room)))[:room]
    return [*broken, UNREAD] if unread else broken


def _broken(line: str, width: int) -> list[str]:
    pieces: list[str] = []
    while len(line) > width:
        cut = line.rfind(" ", width // 2, width)
        cut = cut if cut > 0 else width
        pieces.append(line[:cut].strip())
        line = line[cut:].strip()
    return [piece for piece in (*pieces, line) if piece]
