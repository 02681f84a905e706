"""One page for a reviewer: counts, filters, pictures behind a click, boxes, reasons, advice."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import resources
from string import Template

from phiscan.errors import PhiscanError
from phiscan.kinds import kinds
from phiscan.model import Frame, Photo, ScanResult, Verdict
from phiscan.reports._page_entries import PhotoEntry, PictureEntry, entry, in_script
from phiscan.reports._printable import printable
from phiscan.reports._tally import Tally
from phiscan.reports._thumbnails import hint, thumbnail

OpenPhoto = Callable[[ScanResult], Photo]
"""Opens the photo that was scanned again; raises UnreadableImage when it is gone or has changed."""

_BLOCK = 200
"""Photos whose entries stand in one element: the page reads them one element after the other."""

_ALL_PICTURES = 1000
"""Photos from which on allowed ones have no picture: nobody looks at so many of those."""

_MOST_PICTURES = 5000
"""Pictures in one page, about 85 MB: Chromium opens that, and 100,000 photos besides, in 9 s."""

_MOST_FRAMES = 4
"""Pictures of one photo: the main one, and the first others that something was found on."""


class HtmlReport:
    """Writes one page that needs nothing from outside and sends nothing anywhere.

    `open_photo` gives the pixels; without it the page has no pictures. What lies on the page is as
    sensitive as the photos. Every name is escaped; scripts and styles are pinned by their hash, so
    that a browser runs nothing else.
    """

    name = "html"

    def __init__(self, open_photo: OpenPhoto | None = None) -> None:
        self._open_photo = open_photo

    def render(self, results: Iterable[ScanResult]) -> Iterator[str]:
        """Yield the page in pieces; what broke off has no script and says that it is not whole."""
        head, tail = _page()
        yield head
        tally, waiting = Tally(), list[PhotoEntry]()
        album = _Album(self._open_photo)
        for number, result in enumerate(results):
            tally.add(result)
            pictures, note, elements = album.show(number, result)
            waiting.append(entry(result, pictures, note))
            yield elements
            if len(waiting) == _BLOCK:
                yield _block(waiting)
                waiting.clear()
        yield _block(waiting)
        yield tail.replace("<!-- words -->", tally.words(), 1)


def _block(entries: list[PhotoEntry]) -> str:
    return f'<script type="application/json" class="photos">{in_script(entries)}</script>\n'


class _Album:
    """Decides which photos are shown, and turns their frames into elements of the page."""

    def __init__(self, open_photo: OpenPhoto | None) -> None:
        self._open_photo = open_photo
        self._count = 0

    def show(self, number: int, result: ScanResult) -> tuple[list[PictureEntry], str, str]:
        """Return the pictures' entries, a note on why there is none, and the elements."""
        note = self._refusal(number, result)
        if note or not self._open_photo:
            return [], note, ""
        try:
            frames = _frames(self._open_photo(result), result)
        except PhiscanError as exc:
            return [], f"No picture: {printable(str(exc))}", ""
        self._count += len(frames)
        elements = "".join(
            f'<script type="text/plain" id="picture-{number}-{index}">{_base64(thumbnail(frame))}'
            "</script>\n"
            for index, frame in enumerate(frames)
        )
        return [_entry(frame) for frame in frames], "", elements

    def _refusal(self, number: int, result: ScanResult) -> str:
        if not result.width or not result.sha256:
            return "No picture: the file could not be opened."
        if not self._open_photo:
            return "No picture: this page was made without."
        if number >= _ALL_PICTURES and result.verdict is Verdict.ALLOW:
            return f"No picture: the page has those of the first {_ALL_PICTURES} photos only."
        if self._count >= _MOST_PICTURES:
            return f"No picture: the page has {_MOST_PICTURES} already."
        return ""


def _frames(photo: Photo, result: ScanResult) -> list[Frame]:
    """Return the main frame and the first others that something was found on."""
    found = {region.frame for finding in result.findings for region in finding.regions}
    shown = [frame for frame in photo.frames if frame.index == 0 or frame.index in found]
    return shown[:_MOST_FRAMES]


def _entry(frame: Frame) -> PictureEntry:
    return PictureEntry(frame.index, frame.role, frame.width, frame.height, _base64(hint(frame)))


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


@cache
def _page() -> tuple[str, str]:
    """Return the page up to the photos and from there on, with everything that it needs."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; script-src '{_pin(script)}'; style-src '{_pin(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    known = {
        kind.name: [kind.title, kind.group, kind.why, kind.retake] for kind in kinds().values()
    }
    page = Template(_asset("page.html")).safe_substitute(
        policy=policy, style=style, script=script, kinds=in_script(known)
    )
    head, _, tail = page.partition("<!-- photos -->\n")
    return head, tail


def _asset(name: str) -> str:
    return resources.files("phiscan.reports").joinpath("_html_page", name).read_text("utf-8")


def _pin(text: str) -> str:
    return "sha256-" + _base64(hashlib.sha256(text.encode()).digest())


REPORT = HtmlReport()
