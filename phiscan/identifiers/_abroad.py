"""Streets and postal codes as other countries write them.

Formats: Universal Postal Union, Postal Addressing Systems; for the United Kingdom BS 7666, for
Canada Canada Post's Addressing Guidelines. Codes of digits alone need their town behind them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.identifiers._alternatives import CAPITALS, SMALL, grouped
from phiscan.identifiers._ocr import as_digits
from phiscan.identifiers._places import BOX, STREET
from phiscan.identifiers._views import search_numbered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_CAPITAL = f"[{CAPITALS}]"
_SUFFIXES = (
    "stra(?:ß|ss)e|str\\.|weg|platz|gasse|allee|ufer|damm|straat|laan|plein|gracht|kade|v[äa]gen"
    "|gatan|gata|gate|veien|vej|gade|all[ée]|katu|tie|utca|tér"
    "|STRA(?:ẞ|ß|SS)E|STR\\.|GASSE|STRAAT"  # as cards print them
)
_WORDS_BEFORE = (
    "rue|avenue|av\\.|boulevard|bd|place|chemin|impasse|all[ée]e|quai|route|cours|via|viale|piazza"
    "|corso|largo|calle|c/|avda\\.?|avenida|plaza|paseo|carrera|rua|travessa|praça|estrada|ul\\."
    "|ulica|al\\.|os\\.|pl\\.|ulice|nám\\.|bulevar|strada|str\\.|bd\\.|jalan|jl\\.|lorong|purok|brgy\\."
)
STREETS = (
    re.compile(
        rf"(?<!\w){_CAPITAL}[^\W\d_]*(?:[ -][^\W\d_]+)?(?:{_SUFFIXES}) \d{{1,4}} ?[a-zA-Z]?"
        r"(?:[/-]\d{1,4})?(?!\w)"
    ),
    re.compile(
        rf"(?<!\w){grouped(_WORDS_BEFORE)} (?:[^\W\d_][\w'’.-]*,? ){{1,4}}(?:n[.º°o]* ?)?\d{{1,5}}"
        r"(?:[/-]\d{1,4}| ?[a-zA-Z](?!\w))?(?!\w)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<![\w.,/-])\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|av\.|boulevard|bd|place|chemin"
        r"|impasse"
        r"|all[ée]e|quai|route|cours|jalan|lê|nguyễn|trần|đường)(?: (?:d[eu]s?|la|les?|l['’]))*"
        rf"[ '’]{_CAPITAL}[\w'’-]*(?: {_CAPITAL}[\w'’-]*){{0,2}}",
        re.IGNORECASE,
    ),
)  # fmt: skip
_BRITISH = re.compile(
    r"(?<![\w-])(?:GIR 0AA|[A-PR-UWYZ](?:\d[\dA-HJKSTUW]?"
    r"|[A-HK-Y]\d[\dABEHMNPRVWXY]?) \d[ABD-HJLNP-UW-Z]{2})(?![\w-])"
)
_CANADIAN = re.compile(
    r"(?<![\w-])[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] ?\d[ABCEGHJ-NPRSTV-Z]\d(?![\w-])"
)
_IRISH = re.compile(r"(?<![\w-])[AC-FHKNPRTV-Y](?:\d\d|6W) ?[0-9AC-FHKNPRTV-Y]{4}(?![\w-])")
_DUTCH = re.compile(r"(?<![\w.,-])[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}(?= {1,2}[A-Z])")
_POLISH = re.compile(rf"(?<![\w.,-])\d\d-\d{{3}}(?= {_CAPITAL}[{SMALL}])")
_TOWN = rf"{_CAPITAL}[^\W\d_]+(?:[ -][^\W\d_]+){{0,3}}"
_BEFORE_TOWN = re.compile(
    rf"(?:^|[,;] ?|[A-Z]{{1,2}}-)(?P<code>\d{{5}}|\d{{4}}|\d{{3}} \d\d) (?={_TOWN}\W*$)",
    re.MULTILINE,
)
_CODES = ((_BRITISH, 1), (_CANADIAN, 3), (_IRISH, 1), (_DUTCH, 4), (_POLISH, 5))
"""Postal codes that need no town behind them, and how many digits each has at least."""
_PROVINCES = (
    "ON|QC|BC|AB|MB|SK|NS|NB|NL|PE|YT|NT|NU|Ontario|Qu[ée]bec|British Columbia|Alberta|Manitoba"
    "|Saskatchewan|Nova Scotia|New Brunswick"
)
_MISREAD = (
    re.compile(
        rf"{_CAPITAL}[{SMALL}]{{2,}},? (?P<code>[A-PR-UWYZ][A-HK-Y]?[\dOIlSZ][\dOIl]?"
        r" ?[\dOIlSZ][ABD-HJLNP-UW-Z]{2})(?![\w-])"
    ),
    re.compile(
        rf"\b(?:{_PROVINCES}),? {{1,2}}(?P<code>[ABCEGHJ-NPRSTVXY][\dOIlSZB][A-Z] ?[\dOIlSZB]"
        r"[A-Z][\dOIlSZB])(?![\w-])"
    ),
)
"""British codes behind their town, Canadian ones behind their province: with letters for digits,
and without the blank inside."""
_BRITISH_STREET = re.compile(
    rf"(?<![\w.,/$#:-])\d{{1,4}}[A-Za-z]?,? (?:{_CAPITAL}[\w'’-]* ){{1,3}}(?:Close|Gardens|Grove"
    r"|Mews|Rise|Wharf|Quay|Croft|Hill|View|Green|Park|End|Fields?|Wynd|Brae|Parade|Yard|Villas)\b"
)
_REACH = 120
"""Characters behind a British street in which its postal code may stand."""
_NO_TOWN = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb"
    r"|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Calories|Steps|Points|Copies|Units|Total|Items?|Serial)\b"
)


def postal_codes(text: Text) -> Iterator[tuple[int, int, float]]:
    """Yield where postal codes stand, and how sure each is one.

    0.6 with letters, 0.5 without, and as much for one that was misread.
    """
    for pattern, digits in _CODES:
        for found in search_numbered(pattern, text, digits=digits):
            yield *found.span(), 0.6
    for found in search_numbered(_BEFORE_TOWN, text, digits=4):
        if not _NO_TOWN.match(text.flow, found.end()):
            yield *found.span("code"), 0.5
    for pattern in _MISREAD:
        for found in search_numbered(pattern, text, digits=1):
            if sum(map(str.isdigit, as_digits(found["code"]))) > 1:
                yield *found.span("code"), 0.5


def british_streets(text: Text) -> Iterator[tuple[int, int]]:
    """Yield streets that are such by the postal code behind them only: `3 Hill View`."""
    for found in search_numbered(_BRITISH_STREET, text):
        reach = found.end(), found.end() + _REACH
        if _BRITISH.search(text.flow, *reach) or _MISREAD[0].search(text.flow, *reach):
            yield found.span()


def begins_with_street(line: str) -> bool:
    """Return whether a line begins with a street and number as some country writes them."""
    return any(pattern.match(line) for pattern in (STREET, BOX, *STREETS, _BRITISH_STREET))
