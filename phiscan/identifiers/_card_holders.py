"""The holder's name on a payment card: capitals by themselves, no label (ISO/IEC 7811-1 embossing).

A card is known by two sorts of evidence at least: the network or the word for its sort, how long it
is valid, and its number, whole or masked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.identifiers._clinic import is_short
from phiscan.identifiers._names import bare_score, is_company, pieces, unknown_words
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phiscan.identifiers._names import Piece
    from phiscan.text import Text

_NETWORK = re.compile(
    r"\b(?:visa|master ?card|maestro|amex|american express|discover|ru ?pay|union ?pay"
    r"|debit|credit(?! union)|prepaid|platinum|world elite)\b",
    re.IGNORECASE,
)
_VALIDITY = re.compile(
    r"\b(?:valid|good) ?(?:thru|through|from|till|until)\b|\bmember since\b|\bmonth ?/ ?year\b"
    r"|\b(?:expires|exp)\b.{0,8}\b(?:0[1-9]|1[0-2]) ?/ ?\d\d\b",
    re.IGNORECASE,
)
_STACKED = tuple(
    re.compile(word, re.IGNORECASE)
    for word in (r"\bvalid\b", r"\b(?:thru|through|from|till|until)\b", r"\b(?:0\d|1[0-2])/\d\d\b")
)
"""VALID above THRU, both beside the month: read line by line, the words stand far apart."""
_MONTHS = re.compile(r"(?s)\b(?:0[1-9]|1[0-2]) ?/ ?\d\d\b.{0,40}\b(?:0[1-9]|1[0-2]) ?/ ?\d\d\b")
"""From when to when it is valid: the words before are in the smallest print of a card."""
_NUMBER = re.compile(
    r"(?<![Xx*•#])[Xx*•#]{3,}(?:[ -][Xx*•#]{3,}){0,3}[ -]?\d{2,5}\b"
    r"|\b\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{3,4}\b|\b\d{4}[ -]\d{6}[ -]\d{5}\b"
)
_CARD_WORDS = 40
"""Words up to which a text may be one side of a card; receipts and statements have more."""
_OF_CARDS = frozenset(
    {
        *("visa", "mastercard", "maestro", "amex", "american", "express", "discover", "rupay"),
        *("debit", "credit", "card", "cardholder", "member", "since", "valid", "thru", "platinum"),
        *("gold", "classic", "rewards", "signature", "infinite", "world", "elite", "business"),
        *("bank", "union", "federal", "savings", "prepaid", "electronic", "use", "only", "name"),
        *("medicare", "health", "insurance", "hospital", "medical", "part", "coverage", "starts"),
        *("capital", "chase", "citi", "sapphire", "freedom", "checking", "international"),
    }
)
_ON_PAYMENT = "holder's name on a payment card"
_MEDICARE = re.compile(r"\bmedicare\b|\bhealth insurance\b", re.IGNORECASE)
_MBI = re.compile(r"\b[1-9][A-Z][A-Z0-9]{2}-?[A-Z][A-Z0-9]{2}-?[A-Z]{2}[0-9OILSBZ]{2}\b")
"""The number of a Medicare card (CMS, Understanding the MBI), its digits perhaps misread; the card
prints the name in capitals above it, its label `Name/Nombre` in print too small to be read."""
_MEDICARES = 0.8
"""Score of a name on such a card."""
_KNOWN, _UNKNOWN = 0.75, 0.65
"""Scores of words that the lists know as a name, or that stand below how long the card is valid, as
ISO/IEC 7811-1 has it, and of others: a look, no more (policy)."""


def card_holders(text: Text) -> Iterator[Match]:
    """Yield what fills a cell of a payment card and can be nothing but its holder's name."""
    if not is_short(text, _CARD_WORDS):
        return
    of_medicare = bool(_MEDICARE.search(text.flow) and _MBI.search(text.flow))
    if not of_medicare and sum(map(bool, _evidence(text.flow))) < 2:
        return
    valid = _validity(text.flow)
    reason = "holder's name on a Medicare card" if of_medicare else _ON_PAYMENT
    for cell in text.cells:
        written = text.flow[cell.start : cell.end]
        words = list(pieces(written))
        if not words or not written.isupper() or not _fills(written, words):
            continue
        if is_company(words) or any(word.bare in _OF_CARDS for word in words):
            continue
        known = bare_score(words) >= 0.3
        if known or unknown_words(words):
            below = valid is not None and valid.end() <= cell.start
            score = _KNOWN if known or below else _UNKNOWN
            yield Match(cell.start, cell.end, max(score, _MEDICARES * of_medicare), reason)


def _evidence(flow: str) -> Iterator[object]:
    """Yield what is seen of each sort of evidence for a card, or nothing."""
    yield _NETWORK.search(flow)
    yield _validity(flow)
    yield _NUMBER.search(flow)


def _validity(flow: str) -> re.Match[str] | None:
    """Return the words or months that tell how long a card is valid."""
    stacked = [word.search(flow) for word in _STACKED]
    return _VALIDITY.search(flow) or (stacked[-1] if all(stacked) else _MONTHS.search(flow))


def _fills(written: str, words: Sequence[Piece]) -> bool:
    """Return whether two to four words with nothing between them are all of a cell."""
    rest = len(re.sub(r"[ .'’-]", "", written)) - sum(
        len(re.sub(r"[ .'’-]", "", word.text)) for word in words
    )
    return 2 <= len(words) <= 4 and rest == 0
