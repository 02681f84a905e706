"""What detectors look with, saying what a test wants it to say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from phiscan.detectors._looks import LOOKS
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from phiscan.protocols import Identifier, Network
    from phiscan.text import Text


@dataclass(frozen=True)
class Takes:
    """Takes whatever it is shown for one look."""

    look: str = "nothing"
    likely: float = 1.0
    lanes: int = 1

    def run(self, batch: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        row = np.full(len(LOOKS), (1 - self.likely) / (len(LOOKS) - 1), np.float32)
        row[LOOKS.index(self.look)] = self.likely
        return [np.tile(row, (len(batch), 1))]

    def metadata(self, key: str) -> str:
        return key


@dataclass(frozen=True)
class Sees:
    """Tools that hold such a network and nothing else."""

    sees: Takes = Takes()
    identifiers: tuple[Identifier, ...] = ()

    def network(self, name: str) -> Network:
        assert name == "surface_looks"
        return self.sees


@dataclass(frozen=True)
class Pattern:
    """An identifier as simple as can be."""

    kind: str
    pattern: str
    score: float

    def find(self, text: Text) -> Iterable[Match]:
        for match in re.finditer(self.pattern, text.flow):
            yield Match(match.start(), match.end(), self.score)
