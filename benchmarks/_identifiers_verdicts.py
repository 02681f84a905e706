"""Judge a document as a scan judges a photo of it, from its text and where its words stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from phiscan.detectors._looks import LOOKS
from phiscan.model import Check, Finding, Frame, Outcome, Photo, Ruling, Scene
from phiscan.plain_layout import lay_out
from phiscan.policy import Policy, judge
from phiscan.protocols import Detector, Identifier, Network

_DETECTORS = ("identifiers", "surfaces")
"""The detectors that look at nothing but the text."""


class _Blind:
    """Sees nothing on a page without pixels."""

    lanes = 1

    def run(self, batch: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        """Return certainty of the first look, which is nothing."""
        return [np.eye(len(LOOKS), dtype=np.float32)[np.zeros(len(batch), np.intp)]]

    def metadata(self, key: str) -> str:
        """Return nothing: it has none."""
        raise NotImplementedError(key)

    def release(self) -> None:
        """Keep nothing."""


@dataclass(frozen=True, slots=True)
class TextTools:
    """What those detectors ask for: all identifiers, and a network that sees nothing."""

    identifiers: Sequence[Identifier]

    def network(self, name: str) -> Network:
        """Return a network for the looks of surfaces that takes all for nothing."""
        if name != "surface_looks":
            raise NotImplementedError(name)
        return _Blind()


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
    """Return a page without pixels: a character is 1 wide and 2 high, as in plain_layout."""
    lines = text.split("\n")
    height, width = 2 * len(lines) + 4, max(map(len, lines)) + 4
    page = Frame(0, "main", np.zeros((height, width, 3), np.uint8))
    return Scene(Photo("", "", "text", (page,)), lay_out(text))
