"""Misread a document as optical character recognition would, keeping the truth in its place.

The rates are chosen, not measured: about what a line of capitals 12 px high suffers. What happens,
and that its sort happens at all, is from issue reports of PP-OCR and Tesseract and from DESIGN
part 5 (full-width punctuation, lost blanks).
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from itertools import accumulate

from benchmarks._identifiers_corpus import Document, Mark

CONFUSED, LOST_BLANK, INVENTED_BLANK = 0.04, 0.03, 0.005
"""Shares of the look-alikes that are swapped, of single blanks lost, of blanks put into words."""
MERGED, MISSPELT, FULL_WIDTH = 0.10, 0.15, 0.10
"""Shares of cell borders lost, of labels misspelt by one or two letters, of colons made wide."""

_LOOK_ALIKE = {
    "O": "0", "0": "O", "I": "1", "l": "1", "1": "lI", "S": "5", "5": "S", "B": "8", "8": "B",
    "Z": "2", "2": "Z",
}  # fmt: skip
_MISREAD = {
    "a": "o", "c": "e", "e": "c", "h": "b", "i": "l", "m": "n", "n": "m", "o": "c", "r": "n",
    "t": "l", "u": "v", "A": "R", "D": "0", "E": "F", "M": "N", "N": "H", "P": "F", "R": "P",
    "T": "I",
}  # fmt: skip
_LABEL = re.compile(r"(?:[^\W\d_]+[ .'/#]{1,2})*[^\W\d_]{2,}(?=[ .#]{0,2}:)")
_GAP = re.compile(r"(?<=\S) {3,}(?=\S)")


def noised(document: Document, seed: int) -> Document:
    """Return the document as a bad photo shows it; the same for the same seed."""
    dice = random.Random(f"{document.name} {seed}")  # noqa: S311 - repeatable noise, no secret
    written = [_misread(document.text, at, dice) for at in range(len(document.text))]
    for gap in _GAP.finditer(document.text):
        if dice.random() < MERGED:
            written[gap.start() : gap.end()] = [" "] + [""] * (len(gap.group()) - 1)
    for label in _LABEL.finditer(document.text):
        if dice.random() < MISSPELT and not _touches(document.marks, *label.span()):
            _misspell(document.text, written, label, dice)
    ends = [0, *accumulate(map(len, written))]
    marks = [replace(mark, start=ends[mark.start], end=ends[mark.end]) for mark in document.marks]
    return replace(document, text="".join(written), marks=tuple(marks))


def _misread(text: str, at: int, dice: random.Random) -> str:
    """Return what is read instead of the character at `at`."""
    char, roll = text[at], dice.random()
    after = text[at + 1 : at + 2]
    if char == " " and after != " " and text[at - 1 : at] not in {" ", "\n"}:
        return "" if roll < LOST_BLANK else char
    if char == ":" and roll < FULL_WIDTH:
        return "："
    if char in _LOOK_ALIKE and roll < CONFUSED:
        return dice.choice(_LOOK_ALIKE[char])
    if char.isalnum() and after.isalnum() and roll > 1 - INVENTED_BLANK:
        return char + " "
    return char


def _misspell(text: str, written: list[str], label: re.Match[str], dice: random.Random) -> None:
    """Misread, drop or double one or two letters of a label."""
    letters = [at for at in range(*label.span()) if text[at].isalpha()]
    for at in dice.sample(letters, k=min(dice.choice((1, 1, 2)), len(letters) - 1)):
        wrong = _MISREAD.get(text[at])
        written[at] = wrong or dice.choice(("", text[at] * 2))


def _touches(marks: tuple[Mark, ...], start: int, end: int) -> bool:
    return any(mark.start < end and start < mark.end for mark in marks)
