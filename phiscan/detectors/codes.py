"""Barcodes that are plainly there but could not be decoded: another phone may manage.

The reader `barcodes` looks once and leaves the word UNREAD where it saw the marks of a code but no
content: QR finders, PDF417 or Aztec marks that fail their checks, or the bars of a linear code
between two quiet ends. This detector gives those words their kind; it looks at no pixel itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phiscan.model import Finding
from phiscan.text import UNREAD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.model import Scene
    from phiscan.protocols import Tools


class Codes:
    """Reports codes that were seen and not read."""

    name = "codes"
    needs_text = True
    kinds = frozenset({"undecoded_code"})

    def __init__(self, _tools: Tools) -> None:
        pass

    def detect(self, scene: Scene) -> Iterator[Finding]:
        """Yield a finding for each code without readable content, on its own outline."""
        for word in scene.text.words:
            if word.text == UNREAD:
                yield Finding(
                    "undecoded_code",
                    word.score,
                    regions=(word.region,),
                    reason="a code that did not decode, or whose content is not text",
                )


DETECTOR = Codes
