"""Collages of changed faces: real faces, cut out at run time, pasted onto photos without any.

Nothing of them is kept. The truth of a pasted face is the place of the largest face that was found
on the photo it comes from, so a face that is never found is never asked for: the tables over whole
photos count those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from phiscan.geometry import Box

Picture = NDArray[np.uint8]
Rng = np.random.Generator

HEIGHTS = (16, 20, 24, 32, 48, 80, 160)
TURNS = (0, 45, 90, 135, 180, 225, 270, 315)
USUAL = 64
"""Height in pixels of faces that are turned, covered or badly lit."""
SIZE = (1280, 960)
"""Width and height of a collage. On larger photos faces of the same height are harder to find."""
_ROUND = 1.0
"""Part of a face's height that is cut out with it on each side: hair and shoulders."""


@dataclass(frozen=True, slots=True)
class Cutout:
    """A face with what is round it, brought to a height of `FULL` pixels, and its `group`."""

    picture: Picture
    group: str


FULL = 160
"""Height of the face in a cut-out."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A face that a collage is to show: changed how, how high in pixels, turned how far."""

    condition: str
    face: Cutout
    picture: Picture
    height: int = USUAL
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Pasted:
    """A face on a collage: what was done to it, and where it is."""

    condition: str
    group: str
    box: Box


def cut_out(pixels: Picture, face: Box, group: str) -> Cutout:
    """Return a face and what is round it, as a square."""
    x, y = face.centre
    long = max(face.width, face.height)
    half = round(long * (0.5 + _ROUND))
    padded = cv2.copyMakeBorder(pixels, half, half, half, half, cv2.BORDER_REPLICATE)
    square = padded[round(y) : round(y) + 2 * half, round(x) : round(x) + 2 * half]
    side = round(2 * half * FULL / long)
    how = cv2.INTER_AREA if side < 2 * half else cv2.INTER_CUBIC
    return Cutout(np.asarray(cv2.resize(square, (side, side), interpolation=how), np.uint8), group)


def _plain(picture: Picture, _rng: Rng) -> Picture:
    return picture


def _oval(
    picture: Picture, places: Sequence[tuple[float, float, float, float]]
) -> NDArray[np.float32]:
    """Return where ellipses lie, 0 to 1; centre and half axes in heights of the face."""
    mask = np.zeros(picture.shape[:2], np.float32)
    middle = picture.shape[0] / 2
    for x, y, a, b in places:
        centre = round(middle + x * FULL), round(middle + y * FULL)
        cv2.ellipse(mask, centre, (round(a * FULL), round(b * FULL)), 0, 0, 360, 1.0, -1)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 2)[..., None], np.float32)


def _covered(
    places: Sequence[tuple[float, float, float, float]],
    tones: Sequence[tuple[int, int, int]],
    opaque: float = 1.0,
) -> Callable[[Picture, Rng], Picture]:
    def change(picture: Picture, rng: Rng) -> Picture:
        tone = np.array(tones[int(rng.integers(len(tones)))], np.float32)
        mask = _oval(picture, places) * opaque
        grain = rng.normal(0, 5, picture.shape)
        return _clipped(picture * (1 - mask) + (tone + grain) * mask)

    return change


def _lit(gain: float, noise: float, floor: float = 0.0) -> Callable[[Picture, Rng], Picture]:
    def change(picture: Picture, rng: Rng) -> Picture:
        dimmed = picture * gain + floor + rng.normal(0, noise, picture.shape)
        return _clipped(dimmed)

    return change


def _backlit(picture: Picture, _rng: Rng) -> Picture:
    """Darken the head and let what is behind it glare."""
    mask = _oval(picture, [(0, 0, 0.5, 0.7), (0, 1.2, 1.0, 0.7)])
    return _clipped(picture * (0.3 * mask + 1.4 * (1 - mask)) + 60 * (1 - mask))


def _moved(picture: Picture, _rng: Rng) -> Picture:
    kernel = np.zeros((25, 25), np.float32)
    cv2.line(kernel, (2, 8), (22, 16), 1.0, 1)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


def _blurred(picture: Picture, _rng: Rng) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 8), np.uint8)


def _on_screen(picture: Picture, _rng: Rng) -> Picture:
    """Show the face as a camera sees it on a screen: bluish, with lines."""
    rows = np.arange(picture.shape[0])[:, None, None]
    lines = 1 + 0.18 * np.sin(rows * 2 * np.pi / 5.3)
    return _clipped((picture * (0.85, 0.95, 1.1) * 0.8 + 35) * lines)


def _grey(picture: Picture, _rng: Rng) -> Picture:
    return np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


def _clipped(picture: NDArray[Any]) -> Picture:
    return picture.clip(0, 255).astype(np.uint8)


_CLOTH = [(150, 195, 215), (235, 235, 240), (40, 40, 46), (120, 170, 140)]
_SKIN = [(222, 172, 140), (128, 86, 64), (190, 140, 110)]
COVERS: Mapping[str, Callable[[Picture, Rng], Picture]] = {
    "nothing": _plain,
    "mask": _covered([(0, 0.24, 0.36, 0.26)], _CLOTH),
    "oxygen mask": _covered([(0, 0.2, 0.24, 0.28)], [(200, 225, 220)], 0.6),
    "dark glasses": _covered(
        [(-0.17, -0.12, 0.16, 0.11), (0.17, -0.12, 0.16, 0.11)], [(20, 20, 24)]
    ),
    "cap over the brows": _covered([(0, -0.5, 0.48, 0.34)], _CLOTH),
    "mask and cap": _covered([(0, 0.24, 0.36, 0.26), (0, -0.5, 0.48, 0.34)], _CLOTH),
    "hand over mouth": _covered([(-0.05, 0.3, 0.34, 0.14), (0.1, 0.36, 0.3, 0.16)], _SKIN),
    "one half": _covered([(0.32, 0, 0.32, 0.75)], _CLOTH),
}
LIGHTS: Mapping[str, Callable[[Picture, Rng], Picture]] = {
    "as it was": _plain,
    "dim": _lit(0.3, 5),
    "nearly dark, with noise": _lit(0.12, 9),
    "glare": _lit(0.6, 3, 120),
    "against the light": _backlit,
    "motion blur": _moved,
    "out of focus": _blurred,
    "on a screen": _on_screen,
    "black and white": _grey,
}


def by_height(faces: Sequence[Cutout]) -> Iterator[Wanted]:
    """Yield each face at each height."""
    for height in HEIGHTS:
        for face in faces:
            yield Wanted(f"{height:3} px", face, face.picture, height)


def by_turn(faces: Sequence[Cutout]) -> Iterator[Wanted]:
    """Yield each face at each turn."""
    for turn in TURNS:
        for face in faces:
            yield Wanted(f"{turn:3} degrees", face, face.picture, turn=turn)


def changed(
    faces: Sequence[Cutout], changes: Mapping[str, Callable[[Picture, Rng], Picture]], rng: Rng
) -> Iterator[Wanted]:
    """Yield each face with each change."""
    for name, change in changes.items():
        for face in faces:
            yield Wanted(name, face, change(face.picture, rng))


def compose(
    wanted: Sequence[Wanted], grounds: Sequence[Picture], rng: Rng
) -> Iterator[tuple[Picture, list[Pasted]]]:
    """Yield collages, at most 12 faces on each, all of about one height."""
    order = sorted(range(len(wanted)), key=lambda n: (wanted[n].height, rng.random()))
    for start in range(0, len(order), 12):
        sheet = _ground(grounds[int(rng.integers(len(grounds)))])
        pasted = []
        for cell, index in enumerate(order[start : start + 12]):
            one = wanted[index]
            height = one.height
            room = SIZE[0] / 4, SIZE[1] / 3
            spare = [max(side / 2 - 1.05 * height * (0.5 + _ROUND), 0) for side in room]
            x = (cell % 4 + 0.5) * room[0] + rng.uniform(-1, 1) * spare[0]
            y = (cell // 4 + 0.5) * room[1] + rng.uniform(-1, 1) * spare[1]
            _paste(sheet, one.picture, (x, y), height, one.turn)
            half = height / 2
            box = Box(x - half, y - half, x + half, y + half)
            pasted.append(Pasted(one.condition, one.face.group, box))
        yield sheet, pasted


def _ground(photo: Picture) -> Picture:
    """Return a photo cut to a collage's shape."""
    height, width = photo.shape[:2]
    scale = max(SIZE[0] / width, SIZE[1] / height)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    size = max(round(width * scale), SIZE[0]), max(round(height * scale), SIZE[1])
    return np.array(cv2.resize(photo, size, interpolation=how)[: SIZE[1], : SIZE[0]], np.uint8)


def _paste(
    sheet: Picture, picture: Picture, place: tuple[float, float], height: int, turn: int
) -> None:
    """Lay a face onto the sheet: a soft disc, the face's middle at `place`."""
    side = picture.shape[0]
    rows, columns = np.mgrid[:side, :side] - (side - 1) / 2
    disc = ((side / 2 - np.hypot(rows, columns)) / (0.12 * side)).clip(0, 1).astype(np.float32)
    scale = height / FULL
    small = max(round(side * scale), 2)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    piece = cv2.resize(picture, (small, small), interpolation=how).astype(np.float32)
    soft = cv2.resize(disc, (small, small), interpolation=how)
    if turn:
        move = cv2.getRotationMatrix2D(((small - 1) / 2, (small - 1) / 2), turn, 1.0)
        piece = cv2.warpAffine(piece, move, (small, small), flags=cv2.INTER_LINEAR)
        soft = cv2.warpAffine(soft, move, (small, small), flags=cv2.INTER_LINEAR)
    x0, y0 = round(place[0] - small / 2), round(place[1] - small / 2)
    left, top = max(-x0, 0), max(-y0, 0)
    right, bottom = min(small, SIZE[0] - x0), min(small, SIZE[1] - y0)
    under = sheet[y0 + top : y0 + bottom, x0 + left : x0 + right]
    mask = soft[top:bottom, left:right, None]
    under[:] = (under * (1 - mask) + piece[top:bottom, left:right] * mask).round().astype(np.uint8)
