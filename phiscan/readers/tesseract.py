"""Tesseract, the OCR program of Debian and others: clean print in more than a hundred languages.

`pytesseract` finds the program and its languages. It is not used to run it: it writes the picture
to the temporary folder, readable for all, and leaves it there when the process is killed
(pytesseract 0.3.13, `save`). Here pixels go in and words come out through pipes; the program itself
writes no file then either (Tesseract 5.3 under strace).

Text that stands on its side is not read; RapidOCR reads that.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from phiscan.errors import MissingDependency
from phiscan.geometry import Box, Region
from phiscan.text import Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from phiscan.model import Frame
    from phiscan.protocols import Tools

_LANGUAGE = "eng"
_SPARSE = "11"
"""Page segmentation: "sparse text, find as much text as possible in no particular order". A photo
is no page with columns, and the layout puts words in order by itself."""
_ENLARGE_BELOW = 1500
"""A picture whose longer side is smaller is enlarged, up to three times: Tesseract was trained on
letters about 30 px high, those of screenshots are 10 to 14 px."""
_SMALLEST = 8
"""Pixels of a side under which no letter fits; the program answers such pictures with an error."""
_TIMEOUT = 180.0
"""Seconds for one frame: 12 megapixels of dense print take about 30."""
_WORD_LEVEL = "5"


class Tesseract:
    """Reads upright text on a frame."""

    name = "tesseract"

    def __init__(self, _tools: Tools) -> None:
        try:
            import pytesseract
        except ImportError as exc:
            raise MissingDependency(
                "the package pytesseract is missing; run: pip install 'phiscan[tesseract]'"
            ) from exc
        program = shutil.which(pytesseract.pytesseract.tesseract_cmd)
        if program is None:
            raise MissingDependency(
                "the program tesseract is missing; install it with: apt-get install tesseract-ocr"
            )
        if _LANGUAGE not in pytesseract.get_languages(config=""):
            raise MissingDependency(
                "Tesseract's English data is missing; "
                "install it with: apt-get install tesseract-ocr-eng"
            )
        self._program = program

    def read(self, frame: Frame) -> Iterator[Word]:
        """Yield the words on `frame`; RuntimeError when the program fails or takes too long."""
        import cv2

        if min(frame.width, frame.height) < _SMALLEST:
            return
        grey = cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY)
        scale = min(max(_ENLARGE_BELOW / max(grey.shape), 1.0), 3.0)
        if scale > 1:
            grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        across, down = frame.width / grey.shape[1], frame.height / grey.shape[0]
        for text, score, box in _words(self._run(grey)):
            place = Box(box.x0 * across, box.y0 * down, box.x1 * across, box.y1 * down)
            yield Word(text, Region.from_box(frame.index, place), score)

    def _run(self, grey: NDArray[np.uint8]) -> str:
        """Return the program's table of words; the picture goes in as a portable grey map."""
        height, width = grey.shape
        command = [self._program, "stdin", "stdout", "-l", _LANGUAGE, "--psm", _SPARSE, "tsv"]
        try:
            ended = subprocess.run(  # noqa: S603 - the program found above, no word from a photo
                command,
                input=b"P5\n%d %d\n255\n" % (width, height) + grey.tobytes(),
                capture_output=True,
                timeout=_TIMEOUT,
                check=False,
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # its threads cost more than they win
            )
        except subprocess.TimeoutExpired:
            # Not chained: that error carries the words read so far.
            raise RuntimeError("tesseract did not finish in time") from None
        if ended.returncode:
            raise RuntimeError(f"tesseract ended with status {ended.returncode}")
        return ended.stdout.decode("utf-8", "replace")


def _words(table: str) -> Iterator[tuple[str, float, Box]]:
    """Yield text, score (0 to 1) and box of each word in Tesseract's tab-separated table."""
    for row in table.splitlines()[1:]:
        fields = row.split("\t", 11)
        if len(fields) < 12 or fields[0] != _WORD_LEVEL:
            continue
        text = fields[11].replace("\ufffd", "").strip()
        left, top, width, height = (int(field) for field in fields[6:10])
        if text and width > 0 and height > 0:
            score = min(max(float(fields[10]) / 100, 0.0), 1.0)
            yield text, score, Box(left, top, left + width, top + height)


READER = Tesseract
