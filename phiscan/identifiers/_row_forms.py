"""Rows of a list vouch for each other: a name among others in the same place of like rows is one.

`50-84-31 Jean-Luc Al-Hassan 81 M` and nine rows like it are patients; the tenth, of a name that no
list knows or with a poster beside it, is one as well.
"""

from __future__ import annotations

import re
import statistics
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phiscan.protocols import Match
    from phiscan.text import Text

_ROWS = 3
"""Rows of one form that make a list."""
_TOKEN = re.compile(r"\S*\d\S*|[^\W\d_]\S*")
_WIDTH = 80
"""Characters before and behind a name in which the form of its row is looked at."""

Form = tuple[int, str, str]


def vouched(text: Text, matches: Sequence[Match]) -> Iterator[Match]:
    """Yield the names, none less likely than the median of those in rows of its form."""
    forms = [_form(text, match) for match in matches]
    scores: dict[Form, list[float]] = {}
    for match, form in zip(matches, forms, strict=True):
        if form is not None:
            scores.setdefault(form, []).append(match.score)
    for match, form in zip(matches, forms, strict=True):
        rows = scores[form] if form is not None else []
        least = statistics.median(rows) if len(rows) >= _ROWS else 0.0
        yield replace(match, score=max(match.score, least))


def _form(text: Text, match: Match) -> Form | None:
    """Return the block of a name, what stands right before and behind it; None without a number."""
    line = text.line_of(text.cell_at(match.start))
    first = max(line[0].start, match.start - _WIDTH)
    last = min(line[-1].end, match.end + _WIDTH)
    before = _kinds(text.flow[first : match.start])[-1:]
    behind = _kinds(text.flow[match.end : last])[:2]
    return (line[0].block, before, behind) if "9" in before + behind else None


def _kinds(written: str) -> str:
    """Return a sign for each word: a number or a word."""
    return "".join("9" if any(map(str.isdigit, word)) else "a" for word in _TOKEN.findall(written))
