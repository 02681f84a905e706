"""The four kinds of photos of the reading benchmark, each the same for the same seed and number."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from benchmarks._reading_stage import (
    STICKER,
    Stage,
    as_region,
    cluttered_stage,
    detail,
    develop,
    find_room,
    place,
    put,
)
from benchmarks._reading_truth import BOX_PER_CAPITAL, MOST_SPREAD, Ground, Shot
from fixtures import lookalikes, papers, screens, signs, stickers, ward
from fixtures.camera import Bend, pose
from fixtures.chance import Rng, between, happens, pick, sample, stream, whole
from fixtures.codes import LINEAR, SYMBOLOGIES, modules, payload, print_code
from fixtures.phone import any_fault
from fixtures.sheet import Sheet, Style

SIZES = ((10.0, 12.0), (12.0, 16.0), (16.0, 20.0), (20.0, 28.0), (28.0, 40.0), (40.0, 80.0))
"""Heights of a surface's body text in pixels, drawn from evenly."""
MODULES = (1.5, 2.0, 3.0, 4.0, 6.0)
"""Pixels a module of the codes."""
KNOWN = tuple(
    d
    for d in (*papers.DESIGNS, *stickers.DESIGNS, *screens.DESIGNS)
    if d.verdict != "clean" and d.name != "sticky_number"
)
HARMLESS = tuple(
    d
    for d in (*lookalikes.DESIGNS, *signs.DESIGNS, *screens.DESIGNS)
    if d.verdict == "clean" and d.name != "blank_form"
)
DAMAGES = ("too small", "out of focus", "shaken", "glare")
_IN_FOCUS = 1.3
"""Most blur in pixels of the photos of codes and of harmless things: phones focus on what they are
held close to."""
_CODE_UNITS = 4.0
"""Units of a sticker that a module measures."""


def stage_lines(seed: int, number: int) -> Shot:
    """Return a photo of one to four surfaces that name patients, among harmless things."""
    rng = stream(seed, 1, number)
    stage = cluttered_stage(rng)
    count = whole(rng, 1, 4)
    wanted = [pick(rng, ward.DESIGNS if happens(rng, 0.5) else KNOWN) for _ in range(count)]
    for design in sorted(wanted, key=lambda d: d.surface != "wristband"):
        place(stage, design, between(rng, *pick(rng, SIZES)), fresh=design in ward.DESIGNS)
    smallest = min((ground.text_px for ground in stage.grounds), default=30.0)
    for design in sample(rng, HARMLESS, whole(rng, 0, 2)):
        place(stage, design, between(rng, 14, 40), fresh=False)
    # One photo of ten is more blurred than its smallest print bears.
    share = 1.6 if happens(rng, 0.1) else 0.85
    return develop(stage, number, any_fault(rng, share * MOST_SPREAD * smallest / BOX_PER_CAPITAL))


def stage_harmless(seed: int, number: int) -> Shot:
    """Return a photo of one to four things with print that name no patient."""
    rng = stream(seed, 4, number)
    stage = cluttered_stage(rng)
    for design in sample(rng, HARMLESS, whole(rng, 1, 4)):
        place(stage, design, between(rng, *pick(rng, SIZES)), fresh=False)
    return develop(stage, number, any_fault(rng, _IN_FOCUS))


def stage_damaged(seed: int, number: int) -> Shot:
    """Return a photo of a chart, wristband or screen that nobody can read."""
    rng = stream(seed, 2, number)
    stage = cluttered_stage(rng)
    surfaces = ("chart", "wristband", "screen")
    design = pick(rng, [d for d in (*KNOWN, *ward.DESIGNS) if d.surface in surfaces])
    damage = DAMAGES[number % len(DAMAGES)]
    size = between(rng, 4.0, 6.0) if damage == "too small" else between(rng, 14, 36)
    place(stage, design, size, fresh=design in ward.DESIGNS, damage=damage)
    fault = any_fault(rng, 0.7)
    spread = between(rng, 0.35, 0.6) * size / BOX_PER_CAPITAL
    if damage == "out of focus":
        fault = replace(fault, blur=spread)
    elif damage == "shaken":
        fault = replace(fault, motion=1.5 * spread * math.sqrt(12))
    return develop(stage, number, fault)


def stage_codes(seed: int, number: int) -> Shot:
    """Return a photo of four stickers with a code; kinds and sizes come in turn."""
    rng = stream(seed, 3, number)
    stage = cluttered_stage(rng)
    names = tuple(SYMBOLOGIES)
    for serial in range(4 * number, 4 * number + 4):
        _stick(stage, names[serial % len(names)], MODULES[serial // len(names) % len(MODULES)])
    return develop(stage, number, any_fault(rng, _IN_FOCUS))


def _stick(stage: Stage, symbology: str, module_px: float) -> None:
    """Stick a code on, at any angle, turned away from the camera a little."""
    rng = stage.rng
    text = payload(rng, symbology)
    wide, high = modules(symbology, text)
    if symbology in LINEAR:
        high = round(wide * between(rng, 0.18, 0.4))
    size = (wide + 28) * _CODE_UNITS, (high + 26) * _CODE_UNITS
    angles = between(rng, 0, 360), between(rng, -18, 18), between(rng, -18, 18)
    bend = _round_a_tube(rng, size) if symbology in LINEAR and happens(rng, 0.25) else None
    outer = bend.size if bend else size
    scale = module_px / _CODE_UNITS / _shrunk(outer, angles)
    where = find_room(stage, outer, scale, angles)
    if where is None:
        return
    sheet = Sheet(size, scale * detail(size, scale))
    sheet.fill(pick(rng, ((254, 254, 252), (250, 250, 250), (255, 247, 214))))
    at = 14 * _CODE_UNITS, 7 * _CODE_UNITS
    print_code(sheet, at, symbology, text, _CODE_UNITS, height=high * _CODE_UNITS)
    caption = f"{pick(rng, ('LOT', 'ACC', 'REQ', 'SN'))} {whole(rng, 1000, 99999)}"
    sheet.line((size[0] / 2, size[1] - 20), caption, Style("ui", 7 * _CODE_UNITS, anchor="m"))
    ground = Ground(
        kind="none",
        design=STICKER,
        region=as_region(where.corners),
        text_px=module_px,
        arc=bend.arc if bend else 0.0,
        tilt=math.hypot(*angles[1:]),
        look="plain",
        fresh=False,
    )
    put(stage, ground, sheet, where, bend)


def _round_a_tube(rng: Rng, size: tuple[float, float]) -> Bend:
    return Bend(*size, between(rng, 20, 70), 0.0)


def _shrunk(size: tuple[float, float], angles: tuple[float, float, float]) -> float:
    """Return how much smaller a tilted sheet looks than a straight one, in its worse direction."""
    turn, pitch, yaw = angles
    a, b, c, d = pose(size, 1.0, turn=turn, pitch=pitch, yaw=yaw, middle=(0, 0)).corners
    along = np.linalg.norm(b + c - a - d) / 2 / size[0]
    across = np.linalg.norm(c + d - a - b) / 2 / size[1]
    return float(min(along, across))
