"""Put surfaces into a photo of 12 megapixels at any size and angle, and keep the truth of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from benchmarks._reading_truth import BOX_PER_CAPITAL, Code, Ground, Shot, Value
from fixtures import textures
from fixtures.camera import Bend, Pose, lay, pose
from fixtures.carriers import arm
from fixtures.chance import Rng, between, happens, pick, sample, whole
from fixtures.phone import Fault, lit, take
from fixtures.scenes import scatter
from fixtures.sheet import Mark, Sheet
from fixtures.studio import Studio, curl
from fixtures.wear import Look, dotted, faded, inverted, moire, plain, streaked
from phiscan.geometry import Region

if TYPE_CHECKING:
    from fixtures.design import Design
    from fixtures.textures import Pixels

LONG, SHORT = 4032, 3024
"""Sides of a photo of 12 megapixels."""
HANDWRITTEN = frozenset(
    {"intake_form", "prescription", "sign_in_sheet", "bed_board", "sticky_call", "sticky_number"}
)
LOOKS: dict[str, tuple[Look, ...]] = {
    "screen": (plain, moire, moire, inverted),
    "label": (plain, plain, plain, faded, dotted, streaked, inverted),
    "wristband": (plain, plain, plain, faded, dotted, streaked),
    "chart": (plain, plain, plain, faded),
    "id_card": (plain, plain, faded),
}
STICKER = "sticker"
"""Design of a surface that shows a code whose size is known."""
_EM_PER_BOX = 1 / (BOX_PER_CAPITAL * 0.69)
"""Size of a font over the height of its line's box: capitals are 0.65 to 0.71 em high."""
_DETAIL, _MOST_DETAIL = 4.0, 9.0e6
"""How much finer than the photo a sheet is drawn, so that the camera and not the font's hinting
decides what small print looks like; and the pixels of a sheet at most."""
_TEXTURES = (textures.wood, textures.laminate, textures.cloth, textures.plaster, textures.cork)
_TRIES = 24
_MOST_OF_ONE = 8
"""Identifiers of one surface that count: the lines of a list share its fate."""

Angles = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Printed:
    """A mark in the photo, what it lies on, and its width over height on the flat sheet."""

    ground: Ground
    mark: Mark
    flat: float


@dataclass(slots=True)
class Stage:
    """A photo in the making."""

    studio: Studio
    printed: list[Printed] = field(default_factory=list)
    grounds: list[Ground] = field(default_factory=list)

    @property
    def rng(self) -> Rng:
        """The source of every draw."""
        return self.studio.rng


def cluttered_stage(rng: Rng, sides: tuple[int, int] = (LONG, SHORT)) -> Stage:
    """Return a lying or upright photo of a background with things on it, and nothing to read.

    It is painted at half size: at full size that takes longer than reading, and lenses soften it.
    """
    w, h = sides if happens(rng, 0.6) else (sides[1], sides[0])
    half = Studio(rng, np.asarray(pick(rng, _TEXTURES)(rng, h // 2, w // 2), np.float32))
    scatter(half, whole(rng, 3, 7))
    scene = cv2.resize(half.scene, (w, h), interpolation=cv2.INTER_CUBIC)
    return Stage(Studio(rng, np.asarray(scene, np.float32)))


def place(stage: Stage, design: Design, text_px: float, *, fresh: bool, damage: str = "") -> None:
    """Lay a surface where there is room; one that is larger than the picture is cut off by it."""
    rng, scale = stage.rng, text_px * _EM_PER_BOX / design.body
    worn = design.surface == "wristband" and not stage.grounds
    bend = _bend(design, rng, worn=worn)
    turn = pick(rng, (0, 90, 180, 270)) + between(rng, -12, 12)
    if not design.stands and happens(rng, 0.6):
        turn = between(rng, 0, 360)
    most = pick(rng, (12, 12, 12, 28, 28, 42))
    angles = turn, between(rng, -most, most), between(rng, -most, most)
    where = find_room(stage, bend.size if bend else design.size, scale, angles)
    if where is None:
        return
    if worn and bend is not None:
        _wrist(stage.studio, bend, where, scale, angles)
    look = pick(rng, LOOKS.get(design.surface, (plain,)))
    if design.name in HANDWRITTEN and look is dotted:
        look = plain
    ground = Ground(
        kind="label" if design.surface == "paper_other" else design.surface,
        design=design.name,
        region=as_region(where.corners.tolist()),
        text_px=text_px,
        arc=bend.arc if bend else 0.0,
        tilt=math.hypot(angles[1], angles[2]),
        look=look.__name__,
        fresh=fresh,
        damage=damage,
    )
    sheet = Sheet(design.size, scale * detail(design.size, scale))
    design.draw(sheet, rng)
    look(sheet, rng)
    put(stage, ground, sheet, where, bend)


def _bend(design: Design, rng: Rng, *, worn: bool) -> Bend | None:
    """Return how a surface bends: a worn wristband by much, one cut off and papers by little."""
    if design.surface != "wristband":
        return curl(design, rng)
    arc = between(rng, 45, 130) if worn else between(rng, 5, 40)
    sag = between(rng, -0.3, 0.3) if worn else between(rng, -0.05, 0.05)
    return Bend(*design.size, arc, sag * design.size[1])


def find_room(stage: Stage, size: tuple[float, float], scale: float, angles: Angles) -> Pose | None:
    """Return a pose that overlaps nothing, or None where no such was found."""
    rng, frame = stage.rng, stage.studio.size
    turn, pitch, yaw = angles
    one = pose(size, scale, turn=turn, pitch=pitch, yaw=yaw, middle=(0, 0))
    reach = one.corners.max(axis=0) - one.corners.min(axis=0)
    for _ in range(_TRIES):
        slack = [max(frame[i] - float(reach[i]), 0.0) / 2 - 8 for i in (0, 1)]
        middle = [frame[i] / 2 + between(rng, -1, 1) * max(slack[i], 0.0) for i in (0, 1)]
        x0, y0 = (middle[i] - float(reach[i]) / 2 for i in (0, 1))
        x1, y1 = x0 + float(reach[0]), y0 + float(reach[1])
        taken = stage.studio.taken
        if not any(x0 < t[2] and t[0] < x1 and y0 < t[3] and t[1] < y1 for t in taken):
            stage.studio.taken.append((x0, y0, x1, y1))
            at = (middle[0], middle[1])
            return pose(size, scale, turn=turn, pitch=pitch, yaw=yaw, middle=at)
    return None


def _wrist(studio: Studio, bend: Bend, where: Pose, scale: float, angles: Angles) -> None:
    """Lay a forearm under a wristband."""
    reach = bend.size[0]
    length = (reach * 0.965, 5.0 * reach)
    middle = where.corners.mean(axis=0).tolist()
    turn, pitch, yaw = angles
    under = pose(length, scale, turn=turn, pitch=pitch, yaw=yaw, middle=(middle[0], middle[1]))
    skin = arm(studio.rng, length, min(scale, 700 / reach))
    lay(studio.scene, skin, under, None, shadow=0.6)
    low, high = under.corners.min(axis=0).tolist(), under.corners.max(axis=0).tolist()
    studio.taken.append((low[0], low[1], high[0], high[1]))


def detail(size: tuple[float, float], scale: float) -> float:
    """Return how much finer than the photo a sheet of some units at some scale is drawn."""
    return min(max(math.sqrt(_MOST_DETAIL / (size[0] * size[1])) / scale, 1.15), _DETAIL)


def put(stage: Stage, ground: Ground, sheet: Sheet, where: Pose, bend: Bend | None) -> None:
    """Put a printed sheet into the scene and note the marks that lie wholly in the picture."""
    length = float(np.linalg.norm(where.corners[1] - where.corners[0]))
    spare = sheet.zoom * sheet.size[0] / max(length, 1.0)
    if spare > 1.5:  # smooth before the warp leaves pixels out
        paint = cv2.GaussianBlur(np.asarray(sheet.image), (0, 0), 0.4 * spare)
        sheet.image = Image.fromarray(paint)
    flat = [_aspect(mark) for mark in sheet.marks]
    marks = lay(stage.studio.scene, sheet, where, bend, shadow=0.35)
    w, h = stage.studio.size
    stage.grounds.append(ground)
    stage.printed += [
        Printed(ground, mark, aspect)
        for mark, aspect in zip(marks, flat, strict=True)
        if all(0 <= x <= w and 0 <= y <= h for x, y in mark.corners)
    ]


def _aspect(mark: Mark) -> float:
    region = as_region(mark.corners)
    return region.length / max(region.thickness, 1e-6)


def as_region(corners: object) -> Region:
    """Return four corners as a region of the only frame."""
    points = np.asarray(corners, np.float64).reshape(4, 2).tolist()
    return Region(0, tuple((float(x), float(y)) for x, y in points))


def develop(stage: Stage, number: int, fault: Fault) -> Shot:
    """Light the scene, take the picture, and tell what it shows."""
    scene = lit(stage.studio.scene, stage.rng)
    for ground in stage.grounds:
        if ground.damage == "glare":
            _glare(scene, ground.region)
    values = tuple(_value(scene, each, fault) for each in _identifiers(stage))
    codes = tuple(
        Code(symbology, each.mark.text, as_region(each.mark.corners), each.ground.text_px, fault)
        for each in stage.printed
        for symbology in [each.mark.kind.partition(":")[2]]
        if symbology and each.ground.design == STICKER
    )
    jpeg = take(scene, stage.rng, fault)
    return Shot(number, jpeg, stage.studio.size, fault, tuple(stage.grounds), values, codes)


def _identifiers(stage: Stage) -> list[Printed]:
    """Return the identifiers printed on each surface, of a long list some only."""
    chosen: list[Printed] = []
    for ground in stage.grounds:
        if ground.kind != "none":
            every = [
                each
                for each in stage.printed
                if each.ground is ground and each.mark.kind != "line" and ":" not in each.mark.kind
            ]
            chosen += sample(stage.rng, every, _MOST_OF_ONE)
    return chosen


def _value(scene: Pixels, printed: Printed, fault: Fault) -> Value:
    return Value(
        kind=printed.mark.kind,
        text=printed.mark.text,
        region=as_region(printed.mark.corners),
        contrast=_contrast(scene, printed.mark),
        width=_aspect(printed.mark) / max(printed.flat, 1e-6),
        ground=printed.ground,
        fault=fault,
        handwritten=printed.ground.design in HANDWRITTEN,
    )


def _glare(scene: Pixels, region: Region) -> None:
    """Let a lamp shine back from a whole glossy surface."""
    shine = np.zeros(scene.shape[:2], np.float32)
    cv2.fillPoly(shine, [np.round(region.corners).astype(np.int32)], 240.0)
    scene += cv2.dilate(cv2.blur(shine, (41, 41)), np.ones((9, 9), np.uint8))[..., None]


def _contrast(scene: Pixels, mark: Mark) -> float:
    """Return how much the strokes of a line differ from their paper, in grey values."""
    corners = np.asarray(mark.corners, np.float32)
    length = float(np.linalg.norm(corners[1] - corners[0]))
    height = max(float(np.linalg.norm(corners[3] - corners[0])), 1.0)
    size = max(round(24 * length / height), 8), 24
    target = np.asarray([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    x0, y0 = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 2, 0)
    x1, y1 = np.ceil(corners.max(axis=0)).astype(int) + 3
    part = scene[y0:y1, x0:x1].clip(0, 255).mean(axis=2)
    shift = np.array([(1, 0, x0), (0, 1, y0), (0, 0, 1)], np.float64)
    strip = cv2.warpPerspective(part, matrix @ shift, size)
    low, high = np.percentile(strip, (5, 95))
    return float(high - low)
