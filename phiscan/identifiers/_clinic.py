"""What speaks of one patient's illness and care near a name: drugs, diagnoses, doses, readings."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from phiscan.identifiers._alternatives import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_TOKEN = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_ENDINGS = (
    *("april", "opril", "sartan", "olol", "statin", "prazole", "cillin", "mycin", "floxacin"),
    *("dipine", "oxetine", "zepam", "zolam", "formin", "gliptin", "parin", "codone"),
    *("triptan", "thiazide", "semide", "lukast", "solone", "afil", "itis", "oma", "emia"),
    *("ectomy", "ostomy", "otomy", "plasty", "oscopy", "opathy", "algia", "uria", "pnea"),
    *("plegia", "paresis", "penia", "rrhea", "rrhoea", "rrhagia", "sclerosis", "stenosis"),
    *("megaly", "lithiasis", "lozin", "glutide", "zumab", "ximab", "mumab", "tinib"),
    *("ciclib", "cycline", "conazole", "setron", "dronate", "phylline", "terol", "barbital"),
    "caine",
)
"""How the words that `_NAMED_SO` knows may end: most words do not, and need no pattern."""
_NAMED_SO = re.compile(
    r"[a-z]{2,}(?:april|opril|sartan|olol|statin|prazole|cillin|mycin|floxacin|dipine|oxetine"
    r"|zepam|zolam|formin|gliptin|parin|codone|triptan|thiazide|semide|lukast|solone|afil)"
    r"|(?!academia|bohemia|aroma|diploma|coma|roma|soma)[a-z]{3,}(?:itis|[^\W_]oma|a?emia|ectomy"
    r"|ostomy|otomy|plasty|oscopy|opathy|algia|uria|pnea|plegia|paresis|penia|rrh(?:o?ea|agia)"
    r"|sclerosis|stenosis|megaly|lithiasis|(?:gli[fp]|gr?)lozin|glutide|zumab|ximab|mumab|tinib|ciclib"
    r"|cycline|conazole|setron|dronate|phylline|terol|barbital|caine)"
)
"""Names of drugs (USAN stems), illnesses and operations by their endings."""
_SAID = re.compile(
    r"\b(?:(?:left|right) (?:hip|knee|shoulder|ankle|breast|femur|wrist|elbow|lung|kidney|ovary)"
    r"|s/p|c/o|r/o|w/c|[fdw]/[uc]|p\.?r\.?n"
    r"|(?:jp|ct|foley|peg|ng|chest) (?:drain|tube|to suction))\b",
)
"""What notes say of a patient, without a number."""
_MEASURED = re.compile(
    r"\b(?:(?=\d)(?:[1-4]\dw(?:k|ks)?(?:\dd)?\b|\d+(?:[.,]\d+)? ?(?:mg|mcg|[µμ]g|iu|units)\b"
    r"|\d{1,2} ?dd ?\d|\d{1,2}u\b|12[- ]lead\b|\d{2,3} ?% ?(?:ra|o2|nc)\b"
    r"|\d{1,2} ?lbs?,? \d{1,2} ?oz\b.{0,20}\b\d\d(?:\.\d+)? ?in\b)"
    r"|g\dp\d\w*\b|(?:pain|bp|ra) ?:? ?\d{1,3} ?/ ?\d{1,3}\b"
    r"|(?:od|os|r|l) ?[-+]\d\.\d\d\b|ef ?\d\d ?%|q ?\d{1,2} ?h\b|"
    + grouped(
        "hr|bp|rr|temp|spo2|so2|sats|sat|map|cvp|icp|hgb|hb|wbc|plt|glucose|gluc|bg|fsbs|accu"
        "|lactate|troponin|trop|inr|ta|pa|puls|p"
    )
    + r"\b ?[:=]? ?\d{2,3}(?:[./]\d{1,3})?\b|"
    r"(?:k\+?|cr|mg|phos|ph|inr)\b ?(?:is |of |[:=] ?)?\d\.\d{1,2}\b"
    r"|(?:na|lactate|trop)\b ?(?:is |of |[:=] ?)?\d{1,3}\.\d{1,2}\b"
    r"|t ?(?:9[5-9]|10[0-5])\.\d\b|x ?\d{1,2} ?(?:days|wks|months)\b)"
    r"|(?<![\d/.])(?:9\d|1\d\d|2[0-3]\d)/(?:[4-9]\d|1[0-2]\d)(?![\d/])",
)
"""Doses, readings and results, in small letters."""
_SMALL_WORD = re.compile(r"\b[a-z]+(?:[^\W_]oma)?\b")
_DIGIT = re.compile(r"\d")
_SIDES = re.compile(
    r"\b[LR]\.? (?:delt(?:oid)?|arm|leg|calf|hip|knee|foot|ankle|shoulder|eye|ear|breast|hand"
    r"|wrist|elbow|thigh|groin|flank|forearm|great toe|heel|TK[AR]|TH[AR]|fx)\b"
)
"""A side of the body, in a capital, and a part of it."""
_NEAR = 3
"""Lines above and below a name that are read with it."""
_SHORT = 60
"""Words up to which a text is one note, and all of it is read."""


@cache
def _read() -> dict[str, list[str]]:
    file = resources.files("phiscan.identifiers").joinpath("_clinic.toml")
    return tomllib.loads(file.read_text("utf-8"))


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(_read()["vocabulary"])


@cache
def medical_words() -> frozenset[str]:
    """Return the words of medicine, in small letters: hardly a name is among them."""
    words, capitals, _ = _lists()
    return words | {word.lower() for word in capitals if word.isupper()} | _vocabulary()


@cache
def _lists() -> tuple[frozenset[str], frozenset[str], re.Pattern[str]]:
    lists = _read()
    phrases = "|".join(map(re.escape, sorted(lists["phrases"], key=len, reverse=True)))
    return (
        frozenset(lists["words"]),
        frozenset(lists["capitals"]),
        re.compile(rf"\b{grouped(phrases)}\b"),
    )


def signs_in(written: str) -> frozenset[str]:
    """Return the different words and forms in a piece of text that speak of one patient's care."""
    words, capitals, phrases = _lists()
    tokens = _TOKEN.findall(written)
    lowered = written.lower()
    return frozenset(
        {token.lower() for token in tokens if token in capitals or token.lower() in words}
        | set(phrases.findall(lowered))
        | set(_forms(lowered))
        | set(_SIDES.findall(written))
    )


def _forms(lowered: str) -> Iterator[str]:
    """Yield the words and forms in small letters that are known by how they are written."""
    for word in _SMALL_WORD.findall(lowered):
        if word.endswith(_ENDINGS) and _NAMED_SO.fullmatch(word):
            yield word
    yield from _SAID.findall(lowered)
    if _DIGIT.search(lowered):
        yield from _MEASURED.findall(lowered)


def is_medical(word: str) -> bool:
    """Return whether a word, in small letters, is one of medicine and so hardly a name."""
    return word in medical_words()


def is_short(text: Text, words: int) -> bool:
    """Return whether a text has at most so many words."""
    return len(text.flow) < 20 * words and len(text.flow.split()) <= words


class _Lines:
    """The lines of a text with the signs of care on each, worked out where one is asked for."""

    def __init__(self, text: Text) -> None:
        self.flow = text.flow
        self.starts = [0, *(found.end() for found in re.finditer("\n", text.flow))]
        self.short = is_short(text, _SHORT)
        self._signs: dict[int, frozenset[str]] = {}
        self._counts: dict[tuple[int, int], int] = {}

    def number(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def signs(self, number: int) -> frozenset[str]:
        if number not in self._signs:
            end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.flow)
            self._signs[number] = signs_in(self.flow[self.starts[number] : end])
        return self._signs[number]

    def count(self, first: int, last: int) -> int:
        """Return how many different signs stand on some lines: names on one line share them."""
        if (first, last) not in self._counts:
            every = (self.signs(number) for number in range(first, last + 1))
            self._counts[first, last] = len(frozenset[str]().union(*every))
        return self._counts[first, last]

    def any_of(self, most: int) -> int:
        """Return how many different signs the text has, up to so many."""
        found: set[str] = set()
        for number in range(len(self.starts)):
            found |= self.signs(number)
            if len(found) >= most:
                return most
        return len(found)


def signs_in_all(text: Text, most: int) -> int:
    """Return how many different signs of one patient's care a text has, up to `most`."""
    return text.worked_out(_Lines).any_of(most)


def signs_near(text: Text, start: int, end: int) -> int:
    """Return how many signs of one patient's care stand near a stretch of the flow, or on it."""
    lines = text.worked_out(_Lines)
    first, last = lines.number(start), lines.number(end)
    reach = _SHORT if lines.short else _NEAR
    return lines.count(max(first - reach, 0), min(last + reach, len(lines.starts) - 1))


def signs_on_line(text: Text, offset: int) -> int:
    """Return how many signs of one patient's care stand on the line of an offset."""
    lines = text.worked_out(_Lines)
    return len(lines.signs(lines.number(offset)))
