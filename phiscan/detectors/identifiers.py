"""Runs every identifier over the text of a photo and places what they find on the pixels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phiscan.model import Finding, Scene
from phiscan.separate_texts import separate_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phiscan.geometry import Region
    from phiscan.protocols import Identifier, Tools
    from phiscan.text import Text

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
        """Yield a finding for every match, less sure where the reader was.

        The text of each thing in the photo is read by itself as well: what a poster says makes the
        names on a list beside it neither more nor less likely to be patients'. The surer finding of
        a place counts.
        """
        apart = separate_texts(scene.text)
        for identifier in self._tools.identifiers:
            findings = list(_found(identifier, scene.text))
            for text in apart:
                findings = _surer(findings, list(_found(identifier, text)))
            yield from findings


def _found(identifier: Identifier, text: Text) -> Iterator[Finding]:
    for match in identifier.find(text):
        reading = min(text.confidence(match.start, match.end) / _SURE_READING, 1.0)
        yield Finding(
            identifier.kind,
            match.score * reading,
            regions=text.regions(match.start, match.end),
            shape=shape_of(identifier.kind, text.flow[match.start : match.end]),
            reason=match.reason,
        )


def _surer(findings: Sequence[Finding], others: Sequence[Finding]) -> list[Finding]:
    """Return all findings, but of two at the same place only the surer one."""
    less = {id(one) for one in findings for o in others if o.score > one.score and _meet(o, one)}
    kept = [one for one in findings if id(one) not in less]
    return [*kept, *(other for other in others if not any(_meet(other, one) for one in kept))]


def _meet(one: Finding, other: Finding) -> bool:
    """Return whether the middle of a part of one lies on the other."""
    pairs = [(mine, theirs) for mine in one.regions for theirs in other.regions]
    return any(_holds(a, b) or _holds(b, a) for a, b in pairs)


def _holds(region: Region, other: Region) -> bool:
    if region.frame != other.frame or not region.box.overlap(other.box):
        return False
    outline = np.array(region.corners, dtype=np.float32)
    return bool(cv2.pointPolygonTest(outline, other.centre, measureDist=False) >= 0)


DETECTOR = Identifiers
