"""JPEG: walk the markers, prove that the picture is whole, decode it."""

from __future__ import annotations

import math
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import blake2b
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from phiscan.errors import UnreadableImage
from phiscan.intake import opencv
from phiscan.intake.codec import DAMAGED, TRUNCATED, decoding
from phiscan.intake.colours import to_rgb
from phiscan.intake.limits import DECODED, SHOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phiscan.intake.limits import Budget

_MARKER = re.compile(rb"\xff([^\x00\xff])", re.DOTALL)
_AFTER_SCAN = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])", re.DOTALL)
"""Inside a scan FF 00 is a stuffed byte and FF D0 to FF D7 restart the decoder. Without a
`+` behind the FF the search for it is a plain memchr, ten times as fast."""
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TABLES = 0xDB
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_MOST_SEGMENTS = 20_000
"""A gigabyte of extended XMP makes 16,000; a picture's own are a few dozen."""
_MORE = b"".join(
    bytes(number * 7919 % 255 for number in range(500)) + bytes([0xFF, 0xD0 + restart])
    for restart in range(8)
)
"""Data for more blocks than one picture's last ones, of every byte but FF, in pieces that start
anew for decoders that wait for that."""


@dataclass(slots=True)
class Markers:
    """A JPEG's segments as `(marker, start, end)` of their bodies, and the picture's geometry.

    `samples` are those for each pixel, 1.5 to 4 of a picture in colour. `eoi` is where the end
    marker starts and `end` the first byte behind it. `odd` says that bytes which belong to nothing
    stand between segments: libjpeg warns, and goes on.
    """

    segments: list[tuple[int, int, int]] = field(default_factory=list)
    width: int = 0
    height: int = 0
    components: int = 0
    samples: float = 0.0
    bits: int = 0
    progressive: bool = False
    scans: int = 0
    odd: bool = False
    eoi: int = 0
    end: int = 0

    @property
    def in_scans(self) -> bool:
        """Whether each block is sent in several pieces."""
        return self.progressive or self.scans > 1


def walk(data: bytes, start: int = 0) -> Markers:
    """Find every segment up to the end marker; UnreadableImage when there is none."""
    found = Markers()
    at, pattern = start + 2, _MARKER
    while match := pattern.search(data, at):
        found.odd = found.odd or (pattern is _MARKER and match.start() != at)
        marker, at = match.group(1)[0], match.end()
        if marker == 0xD9:
            found.eoi, found.end = at - 2, at
            break
        if marker not in _ALONE:
            at = _add_segment(found, data, marker, at)
        if marker == 0xDA:
            found.scans += 1
            pattern = _AFTER_SCAN
    if not found.end:
        raise UnreadableImage(TRUNCATED)
    if not found.scans or not found.width or not found.height:
        raise UnreadableImage(DAMAGED)
    return found


def _add_segment(found: Markers, data: bytes, marker: int, at: int) -> int:
    """Note the segment whose length stands at an offset, and return the offset behind it."""
    body, end = at + 2, at + int.from_bytes(data[at : at + 2], "big")
    if end > len(data):
        raise UnreadableImage(TRUNCATED)
    if end < body or len(found.segments) >= _MOST_SEGMENTS:
        raise UnreadableImage(DAMAGED)
    found.segments.append((marker, body, end))
    if marker in _SOF:
        _note_frame(found, data[body:end], progressive=marker in _PROGRESSIVE)
    elif marker == _TABLES and not _are_divisors(data[body:end]):
        raise UnreadableImage(DAMAGED)
    return end


def _are_divisors(body: bytes) -> bool:
    """Return whether no quantisation value is 0, which ITU-T T.81, B.2.4.1 forbids.

    libjpeg takes it for a frequency that the picture has not, another decoder for one that it has.
    """
    at = 0
    while at < len(body):
        wide = body[at] >> 4
        table = body[at + 1 : at + 65 + 64 * bool(wide)]
        if (0 in table) if not wide else any(table[n : n + 2] == b"\0\0" for n in range(0, 128, 2)):
            return False
        at += 1 + len(table)
    return True


def _note_frame(found: Markers, body: bytes, *, progressive: bool) -> None:
    if len(body) < 6:
        raise UnreadableImage(DAMAGED)
    found.bits = body[0]
    found.height = int.from_bytes(body[1:3], "big")
    found.width = int.from_bytes(body[3:5], "big")
    found.components = body[5]
    sizes = [
        (body[at] >> 4, body[at] & 15) for at in range(7, 6 + 3 * body[5], 3) if at < len(body)
    ]
    widest, highest = (max((size[n] for size in sizes), default=1) or 1 for n in (0, 1))
    found.samples = sum(across * down for across, down in sizes) / (widest * highest)
    found.progressive = progressive


def decode(data: bytes, budget: Budget) -> tuple[NDArray[np.uint8], Markers]:
    """Return the pixels as stored, and the markers; UnreadableImage when data are missing.

    libjpeg says nothing then, and paints grey. So everything is decoded once more with data added
    before the end marker: a whole picture has no use for them, one that was cut turns them into
    blocks. For that Pillow decodes the entropy-coded stream at an eighth of the size (0.02 s for 12
    megapixels); OpenCV gives the pixels (0.06 s against Pillow's 0.12 s, bit for bit the same: both
    are libjpeg-turbo). Progressive pictures cost the same at every size, and show what is missing
    only at full size, so Pillow does them alone, twice; their headers tell of whole scans that are
    missing, and not of one that ends too early.
    """
    markers = walk(data)
    small = markers.width * markers.height <= opencv.LARGE
    budget.admit(markers.width, markers.height, _cost(markers) * (2 if small else 1))
    body = data[: markers.end] if markers.end < len(data) else data
    longer = body[: markers.eoi] + _MORE + b"\xff\xd9"
    plain = markers.components in {1, 3} and markers.bits == 8
    if markers.in_scans or markers.odd or not plain:
        # OpenCV lets libjpeg print its warnings about oddities to stderr.
        _check_scans(data, markers)
        pixels, is_whole = (_both if small else _in_turn)(body, longer)
    else:
        with ThreadPoolExecutor(1) as pool:
            later = pool.submit(_eighth, longer)
            is_whole = np.array_equal(_eighth(body), later.result())
        del longer
        pixels = opencv.decode(body) if is_whole else np.zeros((0, 0), np.uint8)
    if not is_whole:
        raise UnreadableImage(TRUNCATED)
    if pixels.shape[:2] != (markers.height, markers.width):
        raise UnreadableImage(DAMAGED)
    return pixels, markers


def _cost(markers: Markers) -> int:
    """Return the bytes a pixel that decoding takes; in scans, all coefficients wait in memory."""
    waiting = math.ceil(2 * markers.samples) if markers.in_scans else 0
    return max(DECODED, waiting + DECODED - SHOWN)


def _both(body: bytes, longer: bytes) -> tuple[NDArray[np.uint8], bool]:
    """Return the pixels of a picture, and whether more data leave them as they are."""
    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(_with_pillow, longer)
        pixels = _with_pillow(body)
        return pixels, np.array_equal(pixels, later.result())


def _in_turn(body: bytes, longer: bytes) -> tuple[NDArray[np.uint8], bool]:
    """Do the same with half the memory, in twice the time."""
    other = _digest(_with_pillow(longer))
    pixels = _with_pillow(body)
    return pixels, _digest(pixels) == other


def _digest(pixels: NDArray[np.uint8]) -> bytes:
    return blake2b(np.ascontiguousarray(pixels).data).digest()


def _check_scans(data: bytes, markers: Markers) -> None:
    """Refuse a picture of which whole scans are missing: some coefficients were never sent.

    ITU-T T.81, B.2.3: each scan names its components, the first and last coefficient, and in its
    last four bits how many bits of them are still to come.
    """
    left: dict[int, list[int]] = {}
    for marker, start, end in markers.segments:
        body = data[start:end]
        if marker in _SOF:
            left = {body[at]: [1] * 64 for at in range(6, 6 + 3 * body[5], 3) if at < len(body)}
        elif marker == 0xDA and body and len(body) >= 4 + 2 * body[0]:
            first, last, bits = body[1 + 2 * body[0] : 4 + 2 * body[0]]
            for component in body[1 : 1 + 2 * body[0] : 2]:
                for place in range(first, min(last, 63) + 1):
                    left.setdefault(component, [0] * 64)[place] = bits & 15
    if any(map(any, left.values())):
        raise UnreadableImage(TRUNCATED)


def _with_pillow(data: bytes) -> NDArray[np.uint8]:
    from PIL.JpegImagePlugin import JpegImageFile

    with decoding(), JpegImageFile(BytesIO(data)) as image:
        image.load()
        return to_rgb(image)[0]


def _eighth(data: bytes) -> NDArray[np.uint8]:
    """Decode every coefficient but paint only one pixel for each 8 x 8 block."""
    from PIL.JpegImagePlugin import JpegImageFile

    with decoding(), JpegImageFile(BytesIO(data)) as image:
        width, height = image.size
        image.draft(image.mode, (max(width // 8, 1), max(height // 8, 1)))
        image.load()
        return np.asarray(image)
