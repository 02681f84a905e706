"""Names, numbers and dates of birth in the name of a file, or of the folders that it lies in."""

from __future__ import annotations

import re
from pathlib import PurePath, PureWindowsPath
from typing import TYPE_CHECKING

from phiscan.detectors._file_words import pairs, readings
from phiscan.model import Finding
from phiscan.plain_layout import lay_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.model import Scene
    from phiscan.protocols import Tools

_FOLDERS = 2
"""How many folders count: `Smith_John/2024-01-31/IMG_1234.jpg` names one. Above them are the names
of disks, users and projects, which stay behind when the photo is shared."""
_HOMES = frozenset({"home", "users", "user", "documents and settings", "mnt", "media", "volumes"})
"""Folders whose children belong to a user or are a disk of theirs: nobody uploads those."""
_SILENT = frozenset({"date", "zip_code", "url"})
"""What cameras and programs write into every name."""
_CUT = 0.4
_GUESSED = 0.1
"""Taken from the score of a name that stands there in small letters: `penny-lane` is no person."""

_CAMERA = re.compile(
    r"(?<![A-Za-z])(?:IMG|DSC[NF]?|DSC_|MVIMG|PXL|VID|PANO|BURST|COLLAGE|PHOTO|IMAGE|SCREENSHOT|SCREEN"
    r"|GOPR|DJI|DCP|HPIM|IMAG|PICT?|SAM|WP|CIMG|FB|RECEIVED|SIGNAL|WA)"
    r"(?=[\s_\-.~(]*(?:\d|[EPXLS]\d|IMG|SHOT|IMAGE|$))",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?<!\d)(?:19|20)\d\d([-_. ]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])"
    r"(?:[-_. T]*(?:at[-_. ])?[0-2]?\d([-_.:h ]?)[0-5]\d\2[0-5]\d\d{0,6})?(?!\d)"
)
"""A day and the time of that day, as cameras and programs write them: `20240131_123456`."""
_EARLIEST = 2000
"""Years from which a date in a name is taken for the day of the photo; dates of birth with a label
are told by it."""
_EPOCH = re.compile(r"(?<!\d)1[4-9]\d{8}(?:\d{3})?(?!\d)")
"""Seconds or thousandths since 1970, from 2014 to 2033."""
_MADE_UP = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9a-f-]*\d)(?=[0-9a-f-]*[a-f])[0-9a-f]{8,}(?:-[0-9a-f]{4}){0,3}"
    r"(?:-?[0-9a-f]{4,})*(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_STOCK = re.compile(
    r"(?<![a-z])(?:pexels|unsplash|pixabay|shutterstock|istock|gettyimages|getty|adobestock|flickr"
    r"|depositphotos|dreamstime|wikimedia|commons|freepik)(?![a-z])",
    re.IGNORECASE,
)
"""Libraries of photos, which write the photographer into the name."""


class FileName:
    """Runs the identifiers over the photo's name and the two folders above it."""

    name = "file_name"
    needs_text = False
    kinds = frozenset({"file_name"})

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def detect(self, scene: Scene) -> Iterator[Finding]:
        """Yield the surest finding for each kind of identifier, of the file and of its folders.

        A photo that was handed over as bytes has no name.
        """
        for part, place in name_parts(scene.photo.source):
            for kind, score in self._scores(part).items():
                if score >= _CUT:
                    yield Finding("file_name", score, shape=kind, reason=f"{kind} in {place}")

    def _scores(self, part: str) -> dict[str, float]:
        """Return the best score of each kind over all ways to read a name."""
        best: dict[str, float] = {}
        every = readings(_without_clock(part))
        for text in every:
            for kind, score in self._found(text).items():
                best[kind] = max(best.get(kind, 0.0), score)
        for text, is_guessed in pairs(every[-1]):
            score = self._found(text, only="name").get("name", 0.0)
            best["name"] = max(best.get("name", 0.0), score - (_GUESSED if is_guessed else 0.0))
        if _STOCK.search(part):
            best.pop("name", None)
        return best

    def _found(self, text: str, only: str = "") -> dict[str, float]:
        laid = lay_out(text)
        return {
            each.kind: max((match.score for match in each.find(laid)), default=0.0)
            for each in self._tools.identifiers
            if each.kind not in _SILENT and only in {"", each.kind}
        }


def name_parts(source: str) -> Iterator[tuple[str, str]]:
    """Yield the file's name and the folders' names that count, with where each stands.

    Nothing else of a path is looked at: results are kept and found again by these.
    """
    if not source or (source.startswith("<") and source.endswith(">")):
        return
    within, chain, archive = source.partition("::")  # zip://Smith_John/a.jpg::s3://bucket/b.zip
    if chain and "://" in within:
        source = f"{archive}/{within.partition('://')[2]}"
    path = PureWindowsPath(source) if "\\" in source and "/" not in source else PurePath(source)
    parts = [part for part in path.parts if part not in {path.anchor, ".", ".."}]
    if not parts:
        return
    yield parts[-1], "the file's name"
    first = max(len(parts) - 1 - _FOLDERS, 0)
    for index in range(len(parts) - 2, first - 1, -1):
        above = parts[index - 1].lower() if index else ""
        if above not in _HOMES:
            yield parts[index], "a folder's name"


def _without_clock(name: str) -> str:
    """Blank out what cameras and programs put into names: marks, clocks and made-up numbers."""
    text = _CLOCK.sub(lambda found: " " if int(found.group()[:4]) >= _EARLIEST else found[0], name)
    for pattern in (_CAMERA, _EPOCH, _MADE_UP):
        text = pattern.sub(" ", text)
    return text


DETECTOR = FileName
