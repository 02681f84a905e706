"""Photos from which the network for surfaces learns: what they look like, and what lies where.

They are staged at the size at which the network sees photos, a quarter of 12 megapixels' sides.
"""

from __future__ import annotations

import math
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image

from benchmarks._reading_stage import Stage, develop, place
from benchmarks._reading_truth import BOX_PER_CAPITAL
from benchmarks._text_places_photos import clutter
from fixtures import lookalikes, papers, screens, signs, stickers, textures, ward
from fixtures.camera import lay, pose
from fixtures.chance import Rng, between, happens, pick, stream, whole
from fixtures.phone import Fault
from fixtures.scenes import scatter
from fixtures.sheet import Sheet
from fixtures.studio import Studio
from phiscan.detectors._looks import LOOKS
from phiscan.detectors._rectangles import rectangles_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fixtures.design import Design
    from phiscan.geometry import Region

    Example = tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.float32]]

_IN_PICTURE = 0.6
"""Least part of a surface that the picture must show."""
_SIZE = 1008, 756
_PAPERS = frozenset({"blank_form", "letter_paper", "textbook", "price_list", "calendar"})
_SCREENS = frozenset({"code_editor", "dashboard"})
_LABELS = frozenset({"drug_box", "product_label"})
_DESIGNS = (
    *papers.DESIGNS,
    *stickers.DESIGNS,
    *screens.DESIGNS,
    *lookalikes.DESIGNS,
    *signs.DESIGNS,
    *ward.DESIGNS,
)
_TEXTURES = (
    *(textures.wood, textures.laminate, textures.cloth, textures.plaster, textures.cork),
    *(textures.brick, textures.sky),
)
_EM_PER_BOX = 1 / (BOX_PER_CAPITAL * 0.69)


def look_of(design: Design) -> str:
    """Return what a design is to the eye, whatever its words say."""
    if design.name in _PAPERS or design.surface == "chart":
        return "paper"
    if design.name in _SCREENS:
        return "screen"
    if design.name in _LABELS or design.surface == "paper_other":
        return "label"
    named = {"none": "sign", "id_card": "card", "whiteboard": "board"}
    return named.get(design.surface, design.surface)


def example(
    seed: int, number: int, pictures: Sequence[NDArray[np.uint8]], designs: Sequence[Design] = ()
) -> Example:
    """Return an RGB photo, looks of places on it, and their corners `(n, 4, 2)`.

    The places are the surfaces, and rectangles on which nothing is printed: their look is 0.

    `pictures` are photos without print, to lay surfaces on; `designs` replaces the usual ones.
    """
    rng = stream(seed, 19, number)
    stage = Stage(Studio(rng, _ground(rng, pictures)))
    if happens(rng, 0.8):
        scatter(stage.studio, whole(rng, 1, 7))
    for _ in range(pick(rng, (0, 1, 2, 4, 6))):
        _decoy(stage, pictures)
    for design in _wanted(rng, designs or _DESIGNS):
        place(stage, design, _text_px(rng, design), fresh=False)
    shines = [ground.region for ground in stage.grounds if happens(rng, 0.08)]
    for region in shines:
        _shine(stage.studio.scene, rng, region.corners)
    shot = develop(stage, number, _fault(rng, stage))
    with Image.open(BytesIO(shot.jpeg)) as taken:
        photo = np.array(taken.convert("RGB"))
    names = {design.name: look_of(design) for design in _DESIGNS}
    seen = [ground for ground in stage.grounds if _is_seen(ground.region, photo.shape)]
    bare = [place for place in rectangles_of(photo, 0) if _is_bare(place, stage)]
    looks = [LOOKS.index(names[ground.design]) for ground in seen] + [0] * len(bare)
    corners = [region.corners for region in (*(ground.region for ground in seen), *bare)]
    places = np.array(corners, np.float32).reshape(-1, 4, 2)
    return photo, np.array(looks, np.int64), places


def _is_seen(region: Region, shape: tuple[int, ...]) -> bool:
    """Return whether most of a surface lies in the picture."""
    return region.box.clip(shape[1], shape[0]).area > _IN_PICTURE * region.box.area


def _is_bare(place: Region, stage: Stage) -> bool:
    """Return whether nothing printed lies on a rectangle."""
    box = place.box
    return all(box.overlap(ground.region.box) < 0.05 * box.area for ground in stage.grounds)


def _wanted(rng: Rng, designs: Sequence[Design]) -> list[Design]:
    """Return two to eight designs, each look as often as any other, wristbands first."""
    by_look = {look: [d for d in designs if look_of(d) == look] for look in LOOKS}
    looks = [look for look, members in by_look.items() if members]
    looks += [look for look in ("paper", "screen") if look in looks]
    chosen = [pick(rng, by_look[pick(rng, looks)]) for _ in range(whole(rng, 2, 8))]
    return sorted(chosen, key=lambda design: design.surface != "wristband")


def _text_px(rng: Rng, design: Design) -> float:
    """Return the height of the body text at which a design is small, usual or fills the photo."""
    low = 40 if design.surface in {"wristband", "label", "paper_other"} else 56
    side = math.exp(between(rng, math.log(low), math.log(700)))
    return side / max(design.size) * design.body / _EM_PER_BOX


def _fault(rng: Rng, stage: Stage) -> Fault:
    """Draw a fault that may make the print illegible, but not the surface unknowable."""
    capital = max((ground.text_px for ground in stage.grounds), default=6.0) / BOX_PER_CAPITAL
    most = min(max(1.1 * capital, 0.5), 6.0)
    blur = between(rng, 0.3, 0.55) if happens(rng, 0.45) else between(rng, 0.4, most)
    motion = between(rng, 1.5, max(3.0 * most, 2.0)) if happens(rng, 0.25) else 0.0
    if motion:
        blur = min(blur, 0.8)
    noise = between(rng, 0.5, 4.0) if happens(rng, 0.7) else between(rng, 4.0, 12.0)
    usual = Fault(blur, motion, between(rng, 0, 180), noise, between(rng, 0.0, 0.8), 80)
    return replace(usual, quality=pick(rng, (50, 70, 80, 88, 92, 95)))


def _ground(rng: Rng, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Return a background: painted, taken from a photo, or clutter."""
    w, h = _SIZE if happens(rng, 0.6) else _SIZE[::-1]
    sort = rng.random()
    if sort < 0.3 or not pictures:
        small = np.asarray(pick(rng, _TEXTURES)(rng, h // 2, w // 2), np.float32)
    elif sort < 0.85:
        small = _part(rng, pick(rng, pictures), (h, w))
    else:
        grey = cv2.resize(clutter(rng, 512), (w // 2, h // 2), interpolation=cv2.INTER_LINEAR)
        tones = rng.uniform(0.5, 1.3, 3).astype(np.float32)
        small = np.clip(grey[..., None] * tones, 0, 255)
    scene: NDArray[np.float32] = cv2.resize(small, (w, h), interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(scene.clip(0, 255), np.float32)


def _part(rng: Rng, picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.float32]:
    """Return a part of a photo of about the shape `size` (height, width), mirrored or not."""
    most = min(picture.shape[0] / size[0], picture.shape[1] / size[1])
    share = most * between(rng, 0.35, 1.0)
    height, width = max(int(size[0] * share), 8), max(int(size[1] * share), 8)
    y = whole(rng, 0, picture.shape[0] - height)
    x = whole(rng, 0, picture.shape[1] - width)
    part = picture[y : y + height, x : x + width]
    part = part[:, ::-1] if happens(rng, 0.5) else part
    return np.asarray(part * np.float32(between(rng, 0.7, 1.15)), np.float32)


def _decoy(stage: Stage, pictures: Sequence[NDArray[np.uint8]]) -> None:
    """Lay a rectangle without print: a blank sheet, a tile, a picture, a pattern, a shelf."""
    rng = stage.rng
    long = math.exp(between(rng, math.log(24), math.log(700)))
    size = (200.0, 200.0 * pick(rng, (0.2, 0.4, 0.65, 0.75, 1.0, 1.4)))
    scale = long / max(size)
    angles = between(rng, 0, 360), between(rng, -25, 25), between(rng, -25, 25)
    if happens(rng, 0.5):
        angles = between(rng, -4, 4), 0.0, 0.0
    middle = between(rng, 0, stage.studio.size[0]), between(rng, 0, stage.studio.size[1])
    sheet = Sheet(size, max(scale, 0.3) * 1.15)
    width, height = sheet.image.size
    sheet.image = Image.fromarray(_face(rng, (height, width), pictures))
    turn, pitch, yaw = angles
    where = pose(size, scale, turn=turn, pitch=pitch, yaw=yaw, middle=middle)
    lay(stage.studio.scene, sheet, where, None, shadow=between(rng, 0, 0.5))


def _face(
    rng: Rng, size: tuple[int, int], pictures: Sequence[NDArray[np.uint8]]
) -> NDArray[np.uint8]:
    """Return what a rectangle without print shows."""
    sort = rng.random()
    if sort < 0.35 or (sort < 0.55 and not pictures):
        low = pick(rng, (0, 90, 170, 235))
        plain = np.full(
            (*size, 3), rng.uniform(low, 255, 3) if low < 235 else between(rng, 225, 255)
        )
        if happens(rng, 0.4):  # a frame, or the bar between the panes of a window
            edge = max(min(size) // 12, 1)
            plain[:edge] = plain[-edge:] = plain[:, :edge] = plain[:, -edge:] = rng.uniform(0, 255)
            if happens(rng, 0.4):
                plain[:, size[1] // 2 : size[1] // 2 + edge] = plain[0, 0]
        return plain.clip(0, 255).astype(np.uint8)
    if sort < 0.6:
        part = _part(rng, pick(rng, pictures), size)
        return _as_bytes(cv2.resize(part, size[::-1]))
    if sort < 0.8:
        grey = cv2.resize(clutter(rng, 256), size[::-1])[..., None]
        return _as_bytes(grey * rng.uniform(0.5, 1.3, 3))
    shelf = np.full((*size, 3), rng.uniform(0, 90), np.float32)
    x = 0
    while x < size[1]:  # the backs of books, without letters
        width = max(int(between(rng, 0.02, 0.09) * size[1]), 1)
        top = int(between(rng, 0, 0.25) * size[0])
        shelf[top:, x : x + width - (width > 3)] = rng.uniform(10, 245, 3)
        band = int(between(rng, 0.3, 0.9) * size[0])
        shelf[band : band + max(size[0] // 20, 1), x : x + width] = rng.uniform(0, 255, 3)
        x += width
    return shelf.clip(0, 255).astype(np.uint8)


def _as_bytes(picture: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    return picture.clip(0, 255).astype(np.uint8)


def _shine(scene: NDArray[np.float32], rng: Rng, corners: object) -> None:
    """Let a lamp or a window shine back from a surface, from most of it or all."""
    points = np.asarray(corners, np.float32)
    mask = np.zeros(scene.shape[:2], np.float32)
    cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 1.0)
    low, high = points.min(axis=0), points.max(axis=0)
    at = low + (high - low) * rng.uniform(0.2, 0.8, 2)
    reach = float(np.max(high - low)) * between(rng, 0.3, 1.2)
    y, x = np.mgrid[: scene.shape[0], : scene.shape[1]].astype(np.float32)
    glow = np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * reach**2)).astype(np.float32)
    soft = cv2.blur(mask, (11, 11)) if happens(rng, 0.5) else mask
    if happens(rng, 0.35):  # all of it is burnt out
        glow = np.full_like(glow, 1.0)
    scene += (soft * glow * between(rng, 120, 330))[..., None]


def pictures_in(folder: Path) -> list[NDArray[np.uint8]]:
    """Return the photos in a folder as RGB; those that do not open are left out."""
    opened = (cv2.imread(str(path), cv2.IMREAD_COLOR) for path in sorted(folder.iterdir()))
    return [picture[..., ::-1] for picture in opened if picture is not None]
