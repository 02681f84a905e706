"""Look at the whole picture coarsely, and again at full size where small text may stand.

Reading everything at full size costs twelve times as much, and the coarse look alone finds nothing
under 12 px in a 12-megapixel photo.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from phiscan.geometry import Box
from phiscan.readers._detection import ROOM, heatmap, lines_of, resized, room_for
from phiscan.readers._places import places_of
from phiscan.readers._print_clues import warmth_of
from phiscan.readers._traces import traces_of
from phiscan.readers._zones import WANTED, Coarse, Zone, hides_print, zones_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from phiscan.geometry import Region
    from phiscan.protocols import Effort, Network
    from phiscan.readers._line import Line
    from phiscan.readers._places import Places
    from phiscan.traces import Traces


class Seen(NamedTuple):
    """The lines of text on a picture, and where there are traces of print, found or not."""

    lines: list[Line]
    traces: Traces


class FirstLook(NamedTuple):
    """What the first look saw: lines, where small print may stand, and traces of print."""

    coarse: Coarse
    places: Places
    traces: Traces


class Budget(NamedTuple):
    """How many pixels the `coarse` look takes, and at most the `fine` one after it."""

    coarse: float
    fine: float


BUDGETS: dict[Effort, Budget] = {
    "fast": Budget(0.92e6, 0.8e6),
    "normal": Budget(0.92e6, 2.5e6),
    "thorough": Budget(0.92e6, 8e6),
}
"""A megapixel takes 0.3 s on two cores. The coarse look shrinks a 12-megapixel photo by 3.6; at
1.15e6 one more of 321 small lines is read. What each finds: benchmarks.reading --efforts."""
_ENLARGE_BELOW = 640
"""A picture whose longer side is smaller is enlarged: 12 px letters are found far better at 24."""
_SMALL = 15.0
"""Thickness of a line on the coarse map, in its pixels, up to which its letters are too small to be
sure: about 7 px."""
_AGAIN = 0.4
"""Part of a doubtful line that the second look must have seen for it to be let go: of a patch of
small print its lines fill more, of a large word the odd letter fills less."""
_MOST_OF = 0.6
"""Part of the length of a line of small print that the second look must have seen for it to be let
go."""
_SEVERAL = 3
"""Lines on one that is higher than long from which it is no letter, but the sheet they stand on."""
_WIDEST = 1152
"""Width in pixels up to which zones are laid side by side."""
_AGAIN_AT = 0.7
"""How much less a zone is enlarged that was empty beside others and is looked at again with other
empty ones: of 204 lines of 12 to 30 px three more are found. Alone, each would take time for its
own size."""
_BLOT, _FARTHER = 3.75, 0.5
"""Thickness of a line over that of the print which a zone was enlarged for, from which it may be
many lines that ran into one, and how much less the zone is enlarged then: of 200 zones of generated
photos two came apart into 14 and 9 lines, the band of a wrist into three."""
_GAP = 16
"""Empty pixels between zones that are looked at together."""


def find_lines(
    detection: Network,
    places: Network,
    pixels: NDArray[np.uint8],
    frame: int,
    are_clear: Callable[[Sequence[Line]], Sequence[bool]],
    budget: Budget = BUDGETS["normal"],
) -> Seen:
    """Return the lines of text on `pixels` (RGB), in its pixels, and traces of print.

    `are_clear` tells which of some lines can be read well as they are: they need no second look.
    """
    coarse, likely, traces = first_look(detection, places, pixels, frame, are_clear, budget.coarse)
    zones = zones_of(likely, coarse, (pixels.shape[0], pixels.shape[1]), budget.fine)
    return Seen(_merge(coarse, _look_again(detection, pixels, zones, frame)), traces)


def first_look(
    detection: Network,
    places: Network,
    pixels: NDArray[np.uint8],
    frame: int,
    are_clear: Callable[[Sequence[Line]], Sequence[bool]],
    most: float = BUDGETS["normal"].coarse,
) -> FirstLook:
    """Return what is seen of a picture shrunk to `most` pixels, and where small print may stand."""
    height, width = pixels.shape[:2]
    scale = _coarse_scale(width, height, most)
    picture = resized(pixels, scale)
    heat = heatmap(detection, picture)
    lines = lines_of(heat, Box(0, 0, width, height), frame)
    small = [line for line in lines if _is_small(line, scale)]
    large = [line for line in lines if not _is_small(line, scale)]
    read = [line for line, is_clear in zip(large, are_clear(large), strict=True) if is_clear]
    likely = places_of(places, pixels)
    clear = [line for line in read if not hides_print(line, likely)]
    vague = [line for line in large if line not in clear]
    coarse = Coarse(small, clear, vague, scale, warmth_of(heat, likely))
    return FirstLook(coarse, likely, traces_of(heat, frame))


def _coarse_scale(width: int, height: int, pixels: float) -> float:
    longest = max(width, height)
    if longest < _ENLARGE_BELOW:
        return min(2.0, 2 * _ENLARGE_BELOW / longest)
    return min(1.0, math.sqrt(pixels / (width * height)))


def _is_small(line: Line, scale: float) -> bool:
    return line.region.thickness * scale < _SMALL


def _look_again(
    network: Network, pixels: NDArray[np.uint8], zones: Iterable[Zone], frame: int
) -> list[Line]:
    """Return the lines in the zones; as many zones as fit are looked at in one row.

    Beside others a zone's print is sometimes not seen at all, and sometimes all of it is taken for
    one large line: such zones are looked at once more, from a little farther, and what is more
    counts. These, too, are laid side by side: of its own, each would take time for its size.
    """
    lines: list[Line] = []
    again: list[tuple[Zone, list[Line]]] = []
    fitted = [zone.fitted(ROOM[0]) for zone in zones]
    for zone, seen, is_alone in looked_at(network, pixels, fitted, frame):
        if not seen and not is_alone and not zone.is_doubtful:
            again.append((zone.farther(_AGAIN_AT).fitted(ROOM[0]), []))
        elif _is_blot(seen, zone):
            again.append((zone.farther(_FARTHER).fitted(ROOM[0]), seen))
        else:
            lines += seen
    before = {id(zone): seen for zone, seen in again}
    for zone, seen, _ in looked_at(network, pixels, [zone for zone, _ in again], frame):
        lines += seen if len(seen) > len(before[id(zone)]) else before[id(zone)]
    return lines


def _is_blot(lines: Sequence[Line], zone: Zone) -> bool:
    """Return whether a line is far too thick for the print that its zone was enlarged for."""
    return any(line.region.thickness * zone.scale > _BLOT * WANTED for line in lines)


def looked_at(
    network: Network, pixels: NDArray[np.uint8], zones: Iterable[Zone], frame: int
) -> Iterator[tuple[Zone, list[Line], bool]]:
    """Yield each zone with the lines in it and whether it was looked at alone."""
    for row in _rows(zones):
        for (zone, _), seen in zip(row, _look_at(network, pixels, row, frame), strict=True):
            yield zone, seen, len(row) == 1


def _look_at(
    network: Network, pixels: NDArray[np.uint8], row: Sequence[tuple[Zone, int]], frame: int
) -> list[list[Line]]:
    """Return the lines in each of the zones that are laid side by side, from its left edge on.

    The room that is left over shows more of what lies round each zone, as far as the frame goes.
    """
    used = max(left + zone.size[1] for zone, left in row)
    height, width = room_for(max(zone.size[0] for zone, _ in row), used)
    more = (width - used) // len(row)
    picture = np.full((height, width, 3), 128, dtype=np.uint8)
    places: list[tuple[Box, int, int, int]] = []
    for number, (zone, left) in enumerate(row):
        box = zone.grown(height, zone.size[1] + more, pixels.shape)
        part = resized(_crop(pixels, box), zone.scale)
        start = left + number * more
        target = picture[: part.shape[0], start : start + part.shape[1]]
        target[:] = part[: target.shape[0], : target.shape[1]]
        places.append((box, start, *target.shape[:2]))
    heat = heatmap(network, picture, ROOM)
    every = []
    for (zone, _), (box, start, rows, columns) in zip(row, places, strict=True):
        seen = lines_of(heat[:rows, start : start + columns], box, frame)
        every.append([line for line in seen if zone.owns(line)])
    return every


def _crop(pixels: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    return pixels[round(box.y0) : round(box.y1), round(box.x0) : round(box.x1)]


def _rows(zones: Iterable[Zone]) -> Iterator[list[tuple[Zone, int]]]:
    """Lay the zones side by side, those of about the same height together.

    Never one below another: of a collage of two rows the detector sees hardly a line, however far
    the rows are apart, and of one row it sees what it sees of each zone alone.
    """
    row: list[tuple[Zone, int]] = []
    left = 0
    for zone in sorted(zones, key=lambda z: -z.size[0]):
        if row and left + zone.size[1] > _WIDEST:
            yield row
            row, left = [], 0
        row.append((zone, left))
        left += zone.size[1] + _GAP
    if row:
        yield row


def _merge(coarse: Coarse, fine: Sequence[Line]) -> list[Line]:
    """Return all lines once: clear ones as the first look saw them, others as the second one."""
    kept = not_clear(coarse, fine)
    doubtful = [*coarse.small, *coarse.vague]
    rest = [line for line in doubtful if not _is_seen_again(line, kept, coarse.scale)]
    return [*coarse.clear, *kept, *rest]


def not_clear(coarse: Coarse, fine: Sequence[Line]) -> list[Line]:
    """Return the lines of the second look that the first one did not see clearly."""
    return [line for line in fine if not any(_covers(other, line) for other in coarse.clear)]


def _is_seen_again(line: Line, fine: Sequence[Line], scale: float) -> bool:
    """Return whether the second look saw all of a line, and not only some of its letters."""
    again = [other.region for other in fine if _covers(line, other) or _covers(other, line)]
    if _is_small(line, scale):
        return _share_along(line.region, again) > _MOST_OF
    if line.region.length <= line.region.thickness and len(again) >= _SEVERAL:
        return True
    size = line.region.length * line.region.thickness
    return sum(part.length * part.thickness for part in again) > _AGAIN * size


def _share_along(line: Region, parts: Sequence[Region]) -> float:
    """Return how much of the length of a line some parts of it cover, 0 to 1."""
    start = np.array(line.corners[0])
    way = (np.array(line.corners[1]) - start) / max(line.length, 1e-6)
    ends = [np.clip((np.array(part.corners) - start) @ way / line.length, 0, 1) for part in parts]
    shares, reached = 0.0, 0.0
    for first, last in sorted((float(each.min()), float(each.max())) for each in ends):
        shares += max(last - max(first, reached), 0.0)
        reached = max(reached, last)
    return shares


def _covers(line: Line, other: Line) -> bool:
    """Return whether the middle of `other` lies on `line`."""
    x, y = other.grid(np.array([0.5]), np.array([0.5]))[0, 0].tolist()
    return bool(cv2.pointPolygonTest(line.outline(), (x, y), measureDist=False) >= 0)
