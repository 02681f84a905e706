"""Runs every identifier over the text of a photo and places what they find on the pixels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.model import Finding, Scene

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.protocols import Tools

_SHAPE_LENGTH = 40
"""Characters of a shape: enough for every form that has one, too few to tell two texts apart."""
_SURE_READING = 0.7
"""Reader's score from which a finding keeps its own: PP-OCR's clean lines score 0.9 and more, lines
with a wrong letter 0.6 to 0.8."""


def shape_of(kind: str, value: str) -> str:
    """Return the form of a value without its content: `Ab-12` as `Aa-99`, names as `Aaaa Aaaa`."""
    if kind == "name":
        return re.sub(r"[^\W\d_]+", "Aaaa", re.sub(r"\d", "9", value))[:_SHAPE_LENGTH]
    chars = (
        "9" if char.isdigit() else "A" if char.isupper() else "a" if char.isalpha() else char
        for char in value[:_SHAPE_LENGTH]
    )
    return "".join(chars)


class Identifiers:
    """Finds identifiers in the text of a scene, with all identifiers that there are."""

    name = "identifiers"
    needs_text = True

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of all identifiers."""
        return frozenset(identifier.kind for identifier in self._tools.identifiers)

    def detect(self, scene: Scene) -> Iterator[Finding]:
        """Yield a finding for every match, less sure where the reader was."""
        text = scene.text
        for identifier in self._tools.identifiers:
            for match in identifier.find(text):
                reading = min(text.confidence(match.start, match.end) / _SURE_READING, 1.0)
                yield Finding(
                    identifier.kind,
                    match.score * reading,
                    regions=text.regions(match.start, match.end),
                    shape=shape_of(identifier.kind, text.flow[match.start : match.end]),
                    reason=match.reason,
                )


DETECTOR = Identifiers
