"""The letters of a text, folded as OCR may have read them, and where words start and end in it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import partial
from itertools import accumulate, compress
from typing import TYPE_CHECKING

from phiscan.identifiers._ocr import base_letter
from phiscan.identifiers._phrases import (
    BREAK,
    FOLDED,
    HEAD,
    LONGEST,
    MISSPELT_FROM,
    beginnings,
    endings,
    half_known,
    known,
    lengths_of,
    starts,
)
from phiscan.identifiers._words import is_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_INSIDE = frozenset(" .'’`/-_°º")
"""Characters that may stand between the letters of a label."""


class _Table(dict[int, str | None]):
    """A table for `str.translate` that works a character out when it first meets it."""

    def __init__(self, make: Callable[[str], str | None]) -> None:
        self._make = make

    def __missing__(self, code: int) -> str | None:
        made = self[code] = self._make(chr(code))
        return made


def _folded(char: str) -> str | None:
    if char in _INSIDE:
        return None
    if char == BREAK:
        return char
    base = base_letter(char)
    folded = FOLDED.get(base, base)
    return folded if folded.isalnum() else "\0"


def _case(char: str) -> str:
    if not char.isalpha():
        return " "
    return "U" if char.isupper() else "l" if char.islower() else "a"


_TO_FOLDED = _Table(_folded)
_TO_CASE = _Table(_case)
_ASCII = range(128)
_FOLDED_ASCII = bytes(ord(_folded(chr(code)) or "\0") for code in _ASCII) + bytes(128)
_INSIDE_ASCII = bytes(ord(char) for char in _INSIDE if char.isascii())
_KEPT_ASCII = bytes(code not in _INSIDE_ASCII for code in _ASCII) + bytes(128)
_CASE_ASCII = bytes(ord(_case(chr(code))) for code in _ASCII) + bytes(128)
"""The same for bytes, which are translated thirty times as fast."""
_RUN = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")


def _read(raw: str) -> tuple[str, bytes, str]:
    """Return the folded letters of a text, which characters they came from, and every case."""
    folded, kept, cases = list[str](), list[bytes](), list[str]()
    for found in _RUN.finditer(raw):
        run = found.group()
        if run.isascii():
            code = run.encode("ascii")
            folded.append(code.translate(_FOLDED_ASCII, _INSIDE_ASCII).decode("ascii"))
            kept.append(code.translate(_KEPT_ASCII))
            cases.append(code.translate(_CASE_ASCII).decode("ascii"))
        else:
            folded.append(run.translate(_TO_FOLDED))
            kept.append(bytes(char not in _INSIDE for char in run))
            cases.append(run.translate(_TO_CASE))
    return "".join(folded), b"".join(kept), "".join(cases)


_WORD = re.compile("[Ula]+")
_HUMP = re.compile("lU")
_ANNOUNCED = re.compile(
    r"[:#=\n .](?<=[^ .\n][:#=\n .])(?:(?<=[:#=\n])"
    r"|(?=[ .]?(?:[:#=\n]|\Z)|[ .]{2}|[ .]?[A-Z]{0,3}\d[\d-]{5,}(?![\w.,-])))"
)
"""What stands behind a letter at which a label may end: a colon, a break between cells, a wide gap,
or the blank before a long number. The end of the text is one, too. That the pattern begins with the
sign itself, not with what stands before it, is what makes it fast."""
_HALF = MISSPELT_FROM
"""Letters that are right at one end of a misspelt label of twice as many, or more."""


class Letters:
    """The folded letters of a text with the offsets they came from; other characters break it.

    A line break stands between cells.
    """

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.misspelt: dict[str, str | None] = {}
        self.folded, kept, self._cases = _read(raw)
        self.offsets = list(compress(range(len(raw)), kept))
        self._counts = list(accumulate(kept))
        ends = [found.start() - 1 for found in _ANNOUNCED.finditer(raw)]
        if raw and raw[-1] not in " .\n":
            ends.append(len(raw) - 1)
        self._announced = [self._counts[end] for end in ends if kept[end]]

    def starts(self) -> Iterator[tuple[int, int]]:
        """Yield the letters at which a word starts that may be a label's.

        `JohnDOB` and `12DOB` count. With each comes where the longest label that is written there
        ends, or 0 where only a misspelt one may start.
        """
        folded, places = self.folded, self._places()
        heads = [folded[index : index + HEAD] for index in places]
        different, halves = set(heads), beginnings()
        lengths = {head: own for head in different if (own := lengths_of(head))}
        begun = {head for head in different if head[:_HALF] in halves}
        words = partial(zip, places, heads, strict=True)  # a list of pairs takes longer than both
        written = {
            index: self._written(index, lengths[head]) for index, head in words() if head in lengths
        }
        opened = [index for index, head in words() if head in begun]
        found = {index for index, stop in written.items() if stop}
        found.update(self._misspelt(places), self._opened(opened))
        for index in sorted(found):
            yield index, written.get(index, 0)

    def _misspelt(self, places: list[int]) -> Iterator[int]:
        """Yield the starts of words that may be misspelt labels, but most of those of `_opened`.

        Half of a misspelt label is right. From ten letters on its first five are, which `_opened`
        sees, or its last five are, which is asked here once for all words before them.
        """
        folded, halves, done = self.folded, endings(), 0
        for stop in self._announced:
            last = bisect_right(places, stop - MISSPELT_FROM, done)
            if last == done:
                continue
            far = folded[stop - _HALF : stop] in halves or folded[stop : stop + 1].isalpha()
            first = stop - (LONGEST if far else 2 * _HALF - 1)
            for index in places[bisect_left(places, first, done, last) : last]:
                if self._may_be(index, stop):
                    yield index
            done = last

    def _opened(self, places: list[int]) -> Iterator[int]:
        """Yield the starts of words, of those that begin as a label does, that may be misspelt."""
        announced = self._announced
        for index in places:
            place = bisect_left(announced, index + MISSPELT_FROM)
            stop = announced[place] if place < len(announced) else index + LONGEST + 1
            if stop <= index + LONGEST and self._may_be(index, stop):
                yield index

    def _may_be(self, index: int, stop: int) -> bool:
        """Return whether the letters before a colon or a cell's end may be a label, not quite."""
        folded = self.folded
        if folded[index : index + 2] not in starts():
            return False
        if not folded[index + MISSPELT_FROM - 1 : stop].isalpha():
            return False
        return half_known(folded[index:stop]) or folded[stop : stop + 1].isalpha()

    def _places(self) -> list[int]:
        """Return the letters at which a word starts, as the numbers they have among all letters."""
        starts = [found.start() for found in _WORD.finditer(self._cases)]
        humps = [found.end() - 1 for found in _HUMP.finditer(self._cases)]
        counts = self._counts
        return [counts[start] - 1 for start in (sorted(starts + humps) if humps else starts)]

    def _written(self, index: int, lengths: Iterable[int]) -> int:
        """Return where the first label of these lengths that starts at a letter ends, or 0."""
        folded, phrases = self.folded, known()
        for length in lengths:
            stop = index + length
            if stop <= len(folded) and folded[index:stop] in phrases and self.ends(stop):
                return stop
        return 0

    def ends(self, index: int) -> bool:
        """Return whether a word may end before letter `index`; `MRN123` and `NameJohn` count."""
        if index >= len(self.offsets):
            return True
        last, following = self.offsets[index - 1], self.offsets[index]
        char = self.raw[following]
        if following > last + 1 or not char.isalnum():
            return True
        if self.raw[last].isdigit():
            return False
        return char.isdigit() or (char.isupper() and self.raw[last].islower())

    def is_name(self, index: int, stop: int) -> bool:
        """Return whether letters are a person's name, and so no misspelt label: `Ilona`."""
        return is_name(self.raw[self.offsets[index] : self.offsets[stop - 1] + 1])

    def announced(self, first: int, last: int) -> Iterator[int]:
        """Yield from `first` to `last` the letters before which a colon or the cell's end stands.

        Stops where something else than letters comes between.
        """
        at = first - 1
        for place in range(bisect_left(self._announced, first), len(self._announced)):
            stop = self._announced[place]
            if stop > last or not self.folded[at:stop].isalpha():
                return
            at = stop
            yield stop
