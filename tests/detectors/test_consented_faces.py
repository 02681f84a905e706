from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from phiscan.detectors._candidates import Candidate, covered
from phiscan.detectors._copies import is_copy
from phiscan.detectors._people import People
from phiscan.detectors.faces import Faces
from phiscan.errors import BadSettings
from phiscan.geometry import Box
from phiscan.model import Check, Finding, Frame, Outcome, Photo, Scene, Verdict
from phiscan.policy import judge, load_policy
from phiscan.protocols import Consents, Effort, Identifier, Network
from phiscan.text import Text

ADA, BOB = Box(100, 100, 200, 200), Box(400, 100, 480, 180)
POLICY = load_policy("default")


class Agreed:
    """Consents for the faces at these places on any frame."""

    def __init__(self, *places: Box) -> None:
        self.places = places
        self.asked: list[tuple[int, list[Box]]] = []

    def agreed(self, frame: Frame, faces: Sequence[Box]) -> list[bool]:
        self.asked.append((frame.index, list(faces)))
        return [face in self.places for face in faces]


class Broken:
    """Consents that cannot be told: of the first frame only, or of all."""

    def __init__(self, error: Exception, frames: Sequence[int] = (0, 1, 2)) -> None:
        self.error = error
        self.frames = frames

    def agreed(self, frame: Frame, faces: Sequence[Box]) -> list[bool]:
        if frame.index in self.frames:
            raise self.error
        return [True] * len(faces)


class TooFew:
    """Consents that answer for fewer faces than they were asked."""

    def agreed(self, frame: Frame, faces: Sequence[Box]) -> list[bool]:
        return [True] * (len(faces) - 1)


class Undecided:
    """A second opinion that leaves every face as it is."""

    lanes = 1

    def run(self, _batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        return [np.zeros((1, 2304, 16), np.float32), np.zeros((1, 2304, 1), np.float32)]

    def metadata(self, _key: str) -> str:
        return ""


class Standing(People):
    """Sees people at these places, on any frame."""

    def __init__(self, *bodies: Box) -> None:
        self.bodies = bodies

    def find(self, _frame: Frame) -> list[Candidate]:
        return [Candidate(0.9, body) for body in self.bodies]


class FakeTools:
    identifiers: tuple[Identifier, ...] = ()
    face_finders = ("centerface",)
    effort: Effort = "normal"

    def __init__(self, consents: Consents) -> None:
        self.consents = consents

    def network(self, name: str) -> Network:
        return Undecided() if name == "face_opinion" else None  # type: ignore[return-value]  # these tests look with their own eyes


class Seeing(Faces):
    """The detector with given answers of its network, by frame."""

    def __init__(self, consents: Consents, *seen: Sequence[Candidate]) -> None:
        super().__init__(FakeTools(consents))
        self.seen = seen
        self._people: People = Standing()

    def _look(self, frame: Frame) -> Iterator[Candidate]:
        yield from self.seen[frame.index]


def picture(width: int = 600, height: int = 400, seed: int = 1) -> NDArray[np.uint8]:
    """Return a picture of soft blotches, which looks different everywhere."""
    import cv2

    coarse = np.random.default_rng(seed).integers(0, 256, (height // 10, width // 10, 3), np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


MAIN = Frame(0, "main", picture())


def scene(*more: Frame) -> Scene:
    return Scene(Photo("p", "", "JPEG", (MAIN, *more)), Text())


def found(faces: Faces, on: Scene) -> list[tuple[str, Box]]:
    return [(f.kind, f.regions[0].box) for f in faces.detect(on)]


def until_it_breaks(faces: Faces, on: Scene) -> tuple[list[Finding], Exception | None]:
    """Return what came before an error, as the scanner keeps it, and the error."""
    seen: list[Finding] = []
    try:
        for finding in faces.detect(on):
            seen.append(finding)  # noqa: PERF402 - keeps those that came before
    except Exception as error:  # noqa: BLE001 - as the scanner does
        return seen, error
    return seen, None


def verdict(findings: Sequence[Finding], outcome: Outcome = Outcome.DONE) -> Verdict:
    checks = [Check(name, outcome) for name in POLICY.required]
    return judge(findings, checks, POLICY).verdict


def test_a_face_of_somebody_who_agreed_is_another_kind_of_finding() -> None:
    faces = Seeing(Agreed(ADA), [Candidate(0.9, ADA), Candidate(0.8, BOB)])
    assert found(faces, scene()) == [("consented_face", ADA), ("face", BOB)]


def test_only_they_are_allowed() -> None:
    alone = Seeing(Agreed(ADA), [Candidate(0.9, ADA)])
    both = Seeing(Agreed(ADA), [Candidate(0.9, ADA), Candidate(0.8, BOB)])
    nobody = Seeing(Agreed(), [Candidate(0.9, ADA)])
    verdicts = [verdict(list(faces.detect(scene()))) for faces in (alone, both, nobody)]
    assert verdicts == [Verdict.ALLOW, Verdict.BLOCK, Verdict.BLOCK]


def test_the_finding_says_no_more_than_that_of_a_stranger() -> None:
    (agreed,) = Seeing(Agreed(ADA), [Candidate(0.9, ADA)]).detect(scene())
    (stranger,) = Seeing(Agreed(), [Candidate(0.9, ADA)]).detect(scene())
    assert agreed.score == stranger.score
    assert agreed.reason == stranger.reason
    assert agreed.shape == stranger.shape == ""


@pytest.mark.parametrize(
    ("body", "kinds", "verdict"),
    [
        (Box(60, 80, 240, 390), ["consented_face"], Verdict.ALLOW),
        (Box(300, 80, 500, 390), ["consented_face", "person"], Verdict.REVIEW),
    ],
    ids=["own body", "somebody turned away"],
)
def test_whoever_agreed_to_be_shown_is_no_person_without_a_face(
    body: Box, kinds: list[str], verdict: Verdict
) -> None:
    faces = Seeing(Agreed(ADA), [Candidate(0.9, ADA)])
    faces._people = Standing(body)
    found = list(faces.detect(scene()))
    done = [Check(name, Outcome.DONE, 0.0) for name in POLICY.required]
    assert [finding.kind for finding in found] == kinds
    assert judge(found, done, POLICY).verdict is verdict


def test_its_kinds_are_told() -> None:
    assert Faces.kinds == {"face", "consented_face", "person"}
    assert all(any(rule.kind == kind for rule in POLICY.rules) for kind in Faces.kinds)


# What cannot be told never allows


@pytest.mark.parametrize(
    "consents",
    [
        Broken(BadSettings("wrong passphrase")),
        Broken(RuntimeError("dlib")),
        Broken(MemoryError()),
        TooFew(),
    ],
)
def test_when_it_cannot_be_told_every_face_is_a_strangers_and_the_check_failed(
    consents: Consents,
) -> None:
    faces = Seeing(consents, [Candidate(0.9, ADA), Candidate(0.8, BOB)])
    seen, error = until_it_breaks(faces, scene())
    assert [f.kind for f in seen] == ["face", "face"]
    assert error


def test_the_frames_after_a_failure_are_looked_at_as_well() -> None:
    page = Frame(1, "page", MAIN.pixels)
    faces = Seeing(Broken(BadSettings("x"), [0]), [Candidate(0.6, ADA)], [Candidate(0.9, BOB)])
    seen, error = until_it_breaks(faces, scene(page))
    assert [(f.kind, f.regions[0].frame) for f in seen] == [("face", 0), ("consented_face", 1)]
    assert isinstance(error, BadSettings)
    assert verdict(seen) is Verdict.BLOCK


# A face that may be shown covers nobody else


INSIDE = Box(110, 110, 150, 150)
TWICE = Box(105, 100, 205, 200)
AROUND = Box(50, 50, 300, 300)


@pytest.mark.parametrize(
    ("other", "hidden"),
    [(INSIDE, [INSIDE]), (AROUND, [AROUND]), (TWICE, []), (BOB, [])],
    ids=["within it", "around it", "the same once more", "elsewhere"],
)
def test_what_was_counted_to_a_face_that_may_be_shown(other: Box, hidden: list[Box]) -> None:
    ada = Candidate(0.9, ADA)
    seen = [ada, Candidate(0.7, other)]
    assert [face.box for face in covered([ada], seen)] == hidden
    assert covered([], seen) == []


def test_somebody_within_the_box_of_somebody_who_agreed_is_blocked() -> None:
    seen = [Candidate(0.9, ADA), Candidate(0.7, INSIDE), Candidate(0.65, TWICE)]
    assert found(Seeing(Agreed(ADA), seen), scene()) == [("consented_face", ADA), ("face", INSIDE)]
    assert found(Seeing(Agreed(), seen), scene()) == [("face", ADA)]


# Thumbnails


def shrunk(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    import cv2

    size = (width, height)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def barred(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return 160 x 120 pixels with black bars above and below, as cameras write them."""
    small = np.zeros((120, 160, 3), np.uint8)
    small[7:114] = shrunk(pixels, 160, 107)
    return small


SMALL = Box(*(side * 160 / 600 for side in (100, 100, 200, 200)))
LOWER = Box(SMALL.x0, SMALL.y0 + 7, SMALL.x1, SMALL.y1 + 7)
CUT = Box(*(side * 120 / 400 for side in (100 - 33, 100, 200 - 33, 200)))
FAR = Box(100, 60, 127, 87)

THUMBNAILS: list[tuple[str, Callable[[], NDArray[np.uint8]], Box, bool]] = [
    ("the same picture", lambda: shrunk(MAIN.pixels, 160, 107), SMALL, True),
    ("darker", lambda: shrunk(MAIN.pixels, 160, 107) // 2, SMALL, True),
    ("with bars", lambda: barred(MAIN.pixels), LOWER, True),
    (
        "with cut edges",
        lambda: shrunk(np.ascontiguousarray(MAIN.pixels[:, 33:567]), 160, 120),
        CUT,
        True,
    ),
    ("another face on the same picture", lambda: shrunk(MAIN.pixels, 160, 107), FAR, False),
    ("another picture", lambda: shrunk(picture(seed=2), 160, 107), SMALL, False),
    ("mirrored", lambda: shrunk(MAIN.pixels[:, ::-1].copy(), 160, 107), SMALL, False),
    (
        "cropped since",
        lambda: shrunk(np.pad(MAIN.pixels, ((0, 200), (0, 300), (0, 0))), 160, 107),
        SMALL,
        False,
    ),
    ("grey all over", lambda: np.full((107, 160, 3), 99, np.uint8), SMALL, False),
    ("of one pixel", lambda: np.zeros((1, 1, 3), np.uint8), Box(0, 0, 1, 1), False),
]


@pytest.mark.parametrize(
    ("make", "face", "expected"), [row[1:] for row in THUMBNAILS], ids=[r[0] for r in THUMBNAILS]
)
def test_a_face_in_a_thumbnail_is_that_of_the_picture(
    make: Callable[[], NDArray[np.uint8]], face: Box, *, expected: bool
) -> None:
    assert is_copy(make(), face, MAIN.pixels, ADA) is expected


@pytest.mark.parametrize(("x", "y"), list(product((0, 500), (0, 300))))
def test_a_face_at_the_edge_is_compared_too(x: int, y: int) -> None:
    face = Box(x, y, x + 100, y + 100)
    small = Box(*(side * 160 / 600 for side in (x, y, x + 100, y + 100)))
    assert is_copy(shrunk(MAIN.pixels, 160, 107), small, MAIN.pixels, face)


@pytest.mark.parametrize(
    ("role", "pixels", "kinds"),
    [
        ("thumbnail", shrunk(MAIN.pixels, 160, 107), ["consented_face", "face", "consented_face"]),
        ("preview", shrunk(MAIN.pixels, 160, 107), ["consented_face", "face", "consented_face"]),
        ("page", shrunk(MAIN.pixels, 160, 107), ["consented_face", "face", "face"]),
        ("thumbnail", shrunk(picture(seed=2), 160, 107), ["consented_face", "face", "face"]),
    ],
)
def test_only_a_copy_of_a_face_that_may_be_shown_may_be_shown(
    role: str, pixels: NDArray[np.uint8], kinds: list[str]
) -> None:
    small = Frame(1, role, pixels)  # type: ignore[arg-type]  # a word from the table
    main = [Candidate(0.9, ADA), Candidate(0.8, BOB)]
    seen = found(Seeing(Agreed(ADA), main, [Candidate(0.9, SMALL)]), scene(small))
    assert [kind for kind, _ in seen] == kinds


def test_a_stranger_in_the_thumbnail_stays_one() -> None:
    small = Frame(1, "thumbnail", shrunk(MAIN.pixels, 160, 107))
    bob = Box(*(side * 160 / 600 for side in (400, 100, 480, 180)))
    faces = Seeing(Agreed(ADA), [Candidate(0.9, ADA)], [Candidate(0.9, SMALL), Candidate(0.8, bob)])
    assert [kind for kind, _ in found(faces, scene(small))] == [
        "consented_face",
        "consented_face",
        "face",
    ]
