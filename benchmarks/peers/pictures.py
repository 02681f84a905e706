"""Pictures of where phiscan does better and where it does worse: of generated photos only."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from benchmarks.peers.environments import DEFACE, PAIR, PEERS, PHISCAN, PRESIDIO
from benchmarks.peers.photos import CLEAN_GROUP, FACE, PHI, generated_again
from benchmarks.peers.pipe import Answer, Found
from benchmarks.peers.rules import Rule
from benchmarks.peers.run import Looked
from benchmarks.peers.tables import PAIR_RULES, answers_of

_OF_EACH = 2
"""So many pictures at most show the same thing."""
_WIDTH, _HEIGHT, _BAR, _LEAST_WIDTH = 520, 460, 26, 380
_MOST_BYTES = 180_000


@dataclass(frozen=True, slots=True)
class Case:
    """A photo on which phiscan and another tool differ: what it shows, and both answers."""

    name: str
    caption: str
    file: str
    other: str
    ours: tuple[Found, ...]
    theirs: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class _Side:
    """A tool, or two as one, read by one rule."""

    title: str
    names: tuple[str, ...]
    rule: Rule

    def answer(self, photo: Looked) -> Answer | None:
        """Return the answer, None where it was not shown or has none."""
        answer = answers_of(photo, self.names)
        return None if answer is None or answer.problem else answer


_OURS = _Side(PHISCAN.name, (PHISCAN.name,), PHISCAN.rules[0])
_PAIR = _Side(f"{PRESIDIO.name} + {DEFACE.name}", tuple(p.name for p in PAIR), PAIR_RULES[0])
_OTHERS = (
    _PAIR,
    *(_Side(peer.name, (peer.name,), peer.rules[0]) for peer in PEERS if peer is not PHISCAN),
)


def cases(photos: Sequence[Looked], seed: int) -> list[Case]:
    """Return typical wins and losses: of each sort some, drawn by chance."""
    made = [one for one in photos if one.source == "generated"]
    random.Random(seed).shuffle(made)  # noqa: S311 - so that it can be done again
    sorts: tuple[tuple[str, str, Iterable[_Side], bool, str], ...] = (
        ("win-missed", "PHI that the other misses", (_PAIR,), True, PHI),
        ("win-face", "a face that the other misses", (_PAIR,), True, FACE),
        ("win-clean", "a clean photo that the other flags", (_PAIR,), False, CLEAN_GROUP),
        ("loss-missed", "PHI that phiscan misses", _OTHERS, False, PHI),
        ("loss-face", "a face that phiscan misses", _OTHERS, False, FACE),
        ("loss-clean", "a clean photo that phiscan flags", (_PAIR,), True, CLEAN_GROUP),
    )
    return [
        Case(f"{name}-{number}", caption, *rest)
        for name, caption, others, flagged, group in sorts
        for number, rest in enumerate(_differing(made, others, group, we_flag=flagged), 1)
    ]


def _differing(
    photos: Sequence[Looked], others: Iterable[_Side], group: str, *, we_flag: bool
) -> Iterator[tuple[str, str, tuple[Found, ...], tuple[Found, ...]]]:
    """Yield photos of a group that phiscan flags and another does not, or the other way round."""
    found = 0
    flags: Callable[[_Side, Answer], bool] = lambda side, answer: (  # noqa: E731 - of one use
        side.rule.flags_face(answer.found) if group == FACE else side.rule.flags(answer.found)
    )
    for photo in photos:
        ours = _OURS.answer(photo)
        if found == _OF_EACH or photo.group != group or ours is None:
            continue
        if flags(_OURS, ours) is not we_flag:
            continue
        for side in others:
            theirs = side.answer(photo)
            if theirs and flags(side, theirs) is not we_flag:
                counted = tuple(f for f in theirs.found if side.rule.flags([f]))
                yield photo.file, side.title, ours.found, counted
                found += 1
                break


def draw(case: Case, seed: int) -> bytes:
    """Return a JPEG: the photo twice, with what phiscan says and what the other tool says."""
    with Image.open(io.BytesIO(generated_again(case.file.rpartition("/")[2], seed))) as opened:
        photo = opened.convert("RGB")
    verdict = "nothing"
    for one in case.ours:
        if one.kind.startswith("verdict_"):
            verdict = {"block": "block", "review": "review"}[one.kind.removeprefix("verdict_")]
    named = ", ".join(dict.fromkeys(found.kind for found in case.theirs)) or "nothing"
    left = _panel(photo, f"phiscan: {verdict}", case.ours)
    right = _panel(photo, f"{case.other}: {named}", case.theirs)
    sheet = Image.new("RGB", (left.width + right.width + 8, left.height), "white")
    sheet.paste(left, (0, 0))
    sheet.paste(right, (left.width + 8, 0))
    for quality in range(85, 30, -5):
        out = io.BytesIO()
        sheet.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= _MOST_BYTES:
            break
    return out.getvalue()


def _panel(photo: Image.Image, title: str, found: Sequence[Found]) -> Image.Image:
    """Return the photo made small, under a title, with a frame round each finding."""
    scale = min(_WIDTH / photo.width, _HEIGHT / photo.height)
    small = photo.resize((round(photo.width * scale), round(photo.height * scale)))
    panel = Image.new("RGB", (max(small.width, _LEAST_WIDTH), small.height + _BAR), "white")
    panel.paste(small, (0, _BAR))
    pen = ImageDraw.Draw(panel)
    for one in found:
        if one.box and not one.kind.startswith("verdict_"):
            x0, y0, x1, y1 = (round(side * scale) for side in one.box)
            corners = (x0, y0 + _BAR, max(x0, x1), max(y0, y1) + _BAR)
            pen.rectangle(corners, outline="#e0218a", width=2)
    font = ImageFont.load_default(15)
    while pen.textlength(title, font) > panel.width - 8:
        title = title.removesuffix(" ...")[:-4] + " ..."
    pen.text((4, 4), title, fill="black", font=font)
    return panel
