"""Judge a document as a scan judges a photo of it, from its text and where its words stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

import numpy as np

from phiscan.layout import lay_out
from phiscan.model import Check, Finding, Frame, Outcome, Photo, Ruling, Scene
from phiscan.policy import Policy, judge
from phiscan.protocols import Detector, Identifier, Network

_DETECTORS = ("identifiers", "surfaces")
"""The detectors that look at nothing but the text."""


@dataclass(frozen=True, slots=True)
class TextTools:
    """What those detectors ask for: all identifiers, and never a network."""

    identifiers: Sequence[Identifier]

    def network(self, name: str) -> Network:
        """Refuse: a benchmark of text opens no network."""
        raise NotImplementedError(name)


class TextJudge:
    """Holds the identifiers, the two detectors and a policy."""

    def __init__(self, identifiers: Sequence[Identifier], policy: Policy) -> None:
        tools = TextTools(identifiers)
        self._detectors: list[Detector] = [
            import_module(f"phiscan.detectors.{name}").DETECTOR(tools) for name in _DETECTORS
        ]
        self._policy = policy
        self._done = [Check(name, Outcome.DONE) for name in sorted(policy.required)]

    def judge(self, text: str) -> tuple[Ruling, tuple[Finding, ...]]:
        """Return the ruling on a text, and what it rests on; every other check counts as done."""
        scene = _scene(text)
        findings = tuple(f for detector in self._detectors for f in detector.detect(scene))
        return judge(findings, self._done, self._policy), findings


def _scene(text: str) -> Scene:
    """Return a page without pixels: a character is 1 wide and 2 high, as in phiscan.layout."""
    lines = text.split("\n")
    height, width = 2 * len(lines) + 4, max(map(len, lines)) + 4
    page = Frame(0, "main", np.zeros((height, width, 3), np.uint8))
    return Scene(Photo("", "", "text", (page,)), lay_out(text))
