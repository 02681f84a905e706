"""Processor seconds that identifiers take for a megabyte of ordinary and of hostile text."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from pydoc_data.topics import topics

from phiscan.plain_layout import lay_out
from phiscan.protocols import Identifier
from phiscan.text import Text

MEGABYTE = 1 << 20
_SIZES = (1 << 14, 1 << 16, 1 << 18, MEGABYTE)
"""Characters of the samples, tried in turn: a quadratic pattern shows before it takes all day."""
_PATIENCE = 2.0
"""Processor seconds for one sample after which larger ones are not tried."""

HOSTILE: Mapping[str, str] = {
    "one letter": "A",
    "masked digits": "x",
    "one digit": "1",
    "one blank": " ",
    "digits and dashes": "1-",
    "dates in a chain": "01/02/",
    "capitals and commas": "SMITH, ",
    "labels only": "Patient Name: ",
    "labels with colons": "DOB: MRN: ",
    "at signs": "a.b@",
    "words without vowels": "Bcd ",
    "initials": "J. ",
    "MRZ filler": "P<D<",
    "tabs": "Name\t",
    "rows of cells": "Name   DOB   MRN\n",
    "empty lines": "a\n\n",
    "look-alikes": "O0Il",
    "hyphened names": "Ana-",
    "addresses": "12 Elm St ",
    "brackets": "([{",
    "rows of dots": ". ",
    "labels with dots": "Name . . . . . . . . . . . . ",
    "names in lines": "John Smith\n",
    "a board of beds": "401\tSmith\tJohn\n",
    "a word in each line": "Anna\n",
}
"""What is repeated up to the size."""


def prose() -> str:
    """Return 1 MB of ordinary English that names no patient: the manual that comes with Python."""
    return sized("\n\n".join(text for _, text in sorted(topics.items())), MEGABYTE)


def sized(piece: str, size: int) -> str:
    """Return `piece` repeated to exactly `size` characters."""
    return (piece * (size // len(piece) + 1))[:size]


def seconds(identifiers: Iterable[Identifier], text: Text) -> float:
    """Return the processor seconds that some identifiers take."""
    start = time.process_time()
    for identifier in identifiers:
        for _ in identifier.find(text):
            pass
    return time.process_time() - start


def report_speed(identifiers: Mapping[str, Identifier], ordinary: Mapping[str, str]) -> None:
    """Print a row for each text: layout, all identifiers, and each one's own part of that.

    What identifiers share (words, labels) is worked out once a text and counts under `all`.
    `growth` says how much more each character of the largest sample costs than one of a sample a
    quarter as long: 1 where time is linear, 4 where it is quadratic.
    """
    print("\nprocessor seconds for 1 MB; '*': measured on less, and taken in proportion")
    names = ["layout", "all", "growth", *identifiers]
    print(f"{'':22} " + " ".join(f"{name[:8]:>8}" for name in names))
    for title, piece in {**ordinary, **HOSTILE}.items():
        size, growth, spent = _measure(piece, identifiers.values())
        cells = [f"{each * MEGABYTE / size:8.1f}" for each in spent]
        cells.insert(2, f"{growth:8.1f}")
        print(f"{title:22} " + " ".join(cells) + ("" if size == MEGABYTE else " *"), flush=True)


def _measure(piece: str, identifiers: Collection[Identifier]) -> tuple[int, float, list[float]]:
    """Return the size of the largest sample within patience, growth, and seconds by column."""
    totals: list[float] = []
    for size in _SIZES:
        start = time.process_time()
        text = lay_out(sized(piece, size))
        layout = time.process_time() - start
        every = seconds(identifiers, text)
        totals.append(layout + every)
        if totals[-1] > _PATIENCE:
            break
    growth = totals[-1] / totals[-2] / 4 if len(totals) > 1 else float("nan")
    own = [seconds((identifier,), text) for identifier in identifiers]
    return size, growth, [layout, every, *own]
