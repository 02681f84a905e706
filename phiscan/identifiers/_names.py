"""The grammar of people's names, and how sure a run of words is one."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from phiscan.identifiers._alternatives import CAPITALS, SMALL
from phiscan.identifiers._clinic import medical_words
from phiscan.identifiers._words import first_rank, is_name, is_ordinary, last_rank, ordinary_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phiscan.text import Cell, Text

_LETTERS = r"[^\W\d_]+(?:['’`-][^\W\d_]+)*"
_WORD = re.compile(rf"{_LETTERS}\.?")
_INNER = re.compile("['’`-]")
_HUMP = re.compile(rf"(?<=[{SMALL}])(?=[{CAPITALS}])")
_OPENERS = frozenset(
    {
        *("da", "das", "de", "del", "di", "do", "dos", "du", "el", "la", "le", "st", "saint"),
        *("van", "von"),
    }
)
_COMPOUND = re.compile(
    r"(?:d[ae] l[aeo]s?|del|d[ao]s|d[aeiou]|el|l[aeo]s?|st\.?|saint|v[ao]n(?: de[mnr]?)?) "
    rf"{_LETTERS}\.?",
    re.IGNORECASE,
)
"""`de la Cruz`, `Van der Berg`, `St. James`: the census writes such surnames as one word."""
BEFORE_SURNAMES = (
    r"(?:[Dd]e [Ll][ao]s?|[Dd]el|[Dd][ao]s|[Dd][aei]|[Vv][ao]n(?: [Dd]e[nrm]?)?|S[Tt]\.) "
)
"""What may stand before the last part of such a surname, with its blank."""
_PREFIXES = frozenset(
    {"mc", "mac", "de", "di", "la", "le", "van", "von", "fitz", "del", "du", "da", "o"}
)
TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "sr", "sra", "srta", "mme", "mlle", "herr", "frau"}
)
_PARTICLES = frozenset({"bin", "binti", "binte", "bint", "ibn", "anak", "van", "von", "ap"})
"""Words between the parts of a name and hardly elsewhere between two capitals."""
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
STAFF = re.compile(
    r"\b(?:Dr|Doctor|Prof|Professor|Nurse|RN|M\.?D|D\.?O|N\.?P|PA-?C|Ph\.?D|DDS|DMD|DPM|DVM|LPN|CNA|BSN"
    r"|MSN|MBBS|FACP|FACS|FRCP|LCSW|PharmD|CRNA|APRN|FNP(?:-?[BC]C?)?|AGNP|PMHNP|RDH|DPT|PsyD|LMFT"
    r"|RPh|CNM|CRNP|ARNP|Docteur|Dra|Rev|Judge|Hon|Sen|President|Gov)\b\.?",
    re.IGNORECASE,
)


@cache
def _not_names(which: str) -> frozenset[str]:
    """Return one of the lists `places`, `companies`, `brands`."""
    text = resources.files("phiscan.identifiers").joinpath("_not_names.toml").read_text("utf-8")
    return frozenset(tomllib.loads(text)[which])


@cache
def _things() -> frozenset[str]:
    return _not_names("places") | _not_names("companies")


@cache
def _ordinary() -> frozenset[str]:
    """Return every ordinary word of three letters or more, place, company and word of medicine."""
    return ordinary_words() | _things() | medical_words()


@dataclass(slots=True, eq=False)
class Piece:
    """One word of a name and where it stands; `bare` has small letters and no full stop."""

    start: int
    end: int
    text: str
    bare: str = field(init=False)

    def __post_init__(self) -> None:
        """Work out what most questions are asked of."""
        bare = self.text.rstrip(".").lower()
        self.bare = bare.replace(" ", "").replace(".", "") if " " in bare else bare

    @property
    def initial(self) -> bool:
        """Whether it is a single letter."""
        return len(self.bare) == 1

    @property
    def capital(self) -> bool:
        """Whether it is written `Smith`, `SMITH`, `McDonald` or `de la Cruz`."""
        return self.text[self.text.rfind(" ") + 1].isupper()

    @property
    def caseless(self) -> bool:
        """Whether its script has no capitals, as Chinese and Arabic."""
        return self.text[0].isalpha() and not self.text[0].isupper() and not self.text[0].islower()

    @property
    def plain(self) -> bool:
        """Whether the census knows it and it is no ordinary word, place or company."""
        return self.census and not self.ordinary

    @property
    def census(self) -> bool:
        """Whether the lists have it, alone, as the halves of a double name, or behind `El`."""
        return any(map(is_name, self.parts)) or self.text[:3].lower() == "el "

    @property
    def parts(self) -> list[str]:
        """The word and, of a double name, its halves."""
        if self.bare.isalpha():
            return [self.bare]
        joined = _INNER.sub("", self.bare)
        return [joined, *(part for part in self.bare.split("-") if part != joined)]

    @property
    def ordinary(self) -> bool:
        """Whether it is an ordinary word, a place or a company."""
        return self.bare in _ordinary() or (len(self.bare) < 3 and is_ordinary(self.bare))


def pieces(text: str, start: int = 0, end: int | None = None) -> Iterator[Piece]:
    """Yield the words between two offsets, `JohnSmith` as two and `de la Cruz` as one."""
    limit, done = len(text) if end is None else end, start
    for match in _WORD.finditer(text, start, limit):
        at, word = match.start(), match.group()
        if at < done:
            continue
        if len(word) < 6 and word.rstrip(".").lower() in _OPENERS:
            surname = _compound(text, at, limit)
            if surname is not None:
                yield surname
                done = surname.end
                continue
        if word.istitle() or word.isupper() or word.islower():  # most words: no hump inside
            yield Piece(at, match.end(), word)
            continue
        humps = [part for part in _HUMP.split(word) if part]
        while len(humps) > 1 and humps[0].lower() in _PREFIXES:
            humps[:2] = [humps[0] + humps[1]]
        for hump in humps:
            yield Piece(at, at + len(hump), hump)
            at += len(hump)


def _compound(text: str, start: int, end: int) -> Piece | None:
    """Return the surname of several words that starts at an offset, where the census has it.

    Of Arabic ones (El Amrani) it has but few: there a known name behind `El` is enough.
    """
    found = _COMPOUND.match(text, start, end)
    if found is None:
        return None
    head = found.group().rsplit(" ", 1)[1].rstrip(".")
    if not head[0].isupper() or (found.group()[0] in "EeLlSs" and head.lower() in _things()):
        return None  # El Paso, St. Louis
    surname = Piece(*found.span(), found.group())
    arabic = found.group()[:3].lower() == "el " and Piece(0, len(head), head).plain
    return surname if last_rank(surname.bare) or arabic else None


_SURNAMES = frozenset(
    {
        *("abbott", "baxter", "bayer", "dell", "ford", "gillette", "heinz", "kellogg", "kraft"),
        *("merck", "philips", "roche", "siemens"),
    }
)
"""Companies that are called after a person: behind a first name they are a surname again."""


def is_company(words: Sequence[Piece]) -> bool:
    """Return whether some word is an organisation's, or all together are a brand."""
    joined = " ".join(word.bare.replace("'", "").replace("’", "") for word in words)
    if joined in _not_names("brands"):
        return True
    firms = [word for word in words if word.bare in _not_names("companies")]
    if len(firms) != 1 or firms[0].bare not in _SURNAMES:
        return bool(firms)
    others = [word for word in words if word is not firms[0] and not word.initial]
    return not others or not all(word.plain and first_rank(word.bare) for word in others)


def bare_score(words: Sequence[Piece]) -> float:
    """Return how sure an unlabelled run of capitalised words is a name: 0 for no."""
    while words and words[-1].bare in SUFFIXES:
        words = words[:-1]
    core = [word for word in words if not word.initial]
    if (
        not 2 <= len(core) <= 4
        or (len(core) == 4 and not _has_particle(core))
        or not all(word.capital for word in core)
        or is_company(core)
    ):
        return 0.0
    if any(word.bare in _not_names("places") for word in core[:1]):
        return 0.0
    shouted = all(word.text.isupper() for word in core)
    if not shouted and any(word.text.isupper() and len(word.text) > 3 for word in core):
        return 0.5 if _surname_in_capitals(core) else 0.0
    order = max(
        _in_order(core[0], core[-1]), _in_order(core[-1], core[0]) - (0.0 if shouted else 0.1)
    )
    if _has_particle(core) and not any(word.ordinary for word in core[::2]):
        return 0.5
    middle_bad = any(word.ordinary or not word.census for word in core[1:-1])
    return max(order - 0.2, 0.0) if middle_bad else order


def _surname_in_capitals(core: Sequence[Piece]) -> bool:
    """Return whether one end is a known surname in capitals, the rest a first name.

    `MACLEOD Morag` on British labels, `Odile BEAUCHAMP` on French ones.
    """
    for surname, first in ((core[0], core[1]), (core[-1], core[0])):
        others = [word for word in core if word is not surname]
        if (
            surname.text.isupper()
            and surname.plain
            and len(surname.bare) > 3
            and not any(word.text.isupper() or word.ordinary for word in others)
            and first_rank(first.bare)
        ):
            return True
    return False


def _has_particle(core: Sequence[Piece]) -> bool:
    return any(word.bare in _PARTICLES for word in core[1:-1])


def _in_order(first: Piece, last: Piece) -> float:
    """Grade a first name before a surname."""
    score = 0.0
    if min(len(first.bare), len(last.bare)) < 2 or (first.ordinary and last.ordinary):
        return score
    given = min((first_rank(part) or 99999 for part in first.parts), default=99999)
    family = min((last_rank(part) or 99999 for part in last.parts), default=99999)
    if given < 99999 and family < 60000:
        if last.ordinary:
            score = 0.45 if given < 300 else 0.3
        elif first.ordinary:
            score = 0.4 if family < 5000 else 0.3
        else:
            score = 0.5
    elif given < 1200 and not first.ordinary and not last.ordinary:
        score = 0.35
    elif family < 8000 and not last.ordinary and not first.ordinary and len(first.bare) > 2:
        score = 0.3
    return score


_NEAR = 200
"""Characters before and behind a cell in which a name is looked for."""
_PARTS = re.compile(r"[\t|:]| {2,}")
_REST = re.compile(r"\S*\d\S*|[^\w\s,'’.-]+")
"""What stands beside a name on its line and is no word: numbers, dates, signs."""


def near_name(text: Text, cell: Cell) -> bool:
    """Return whether the line of a cell, one of two above, or the one below has a name's form."""
    first = max(cell.start - _NEAR, 0)
    above = text.flow[first : cell.start].split("\n")[-3:]
    below = text.flow[cell.end : cell.end + _NEAR].split("\n")[:2]
    own = above.pop() + text.flow[cell.start : min(cell.end, cell.start + _NEAR)] + below.pop(0)
    parts = (part for line in (own, *above, *below) for part in _PARTS.split(line.strip()))
    return any(has_form_of_name(part) for part in parts)


def has_form_of_name(part: str) -> bool:
    """Return whether all words of a part of a line together could well be one name."""
    words = list(pieces(_REST.sub(" ", part)))
    return 2 <= len(words) <= 4 and (bare_score(words) >= 0.3 or unknown_words(words))


def unknown_words(words: Sequence[Piece]) -> bool:
    """Return whether two to four capitalised words, known or not, could well be a name."""
    core = [word for word in words if not word.initial]
    if not core or not 2 <= len(words) <= 4 or is_company(core):
        return False
    if any(not word.capital for word in words) or any(_is_ordinary(word) for word in core):
        return False
    if any(word.text.isupper() and len(word.text) <= 3 and not word.census for word in core):
        return False  # CHF, TKA and the like
    return any(len(word.bare) > 2 for word in core)


def _is_ordinary(word: Piece) -> bool:
    """Return whether a word or, of a double one, each half is ordinary."""
    return word.ordinary or all(map(is_ordinary, word.parts[1:] or [word.bare]))
