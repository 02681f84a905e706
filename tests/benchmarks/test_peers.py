from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.intervals import Share
from benchmarks.peers import page, pictures, run, tables
from benchmarks.peers.environments import (
    DEFACE,
    PAIR,
    PEERS,
    PHISCAN,
    PRESIDIO,
    ROOT,
    InstallError,
    Peer,
    command_of,
    python_of,
)
from benchmarks.peers.photos import Shown, draw, generated, generated_again, group_of
from benchmarks.peers.pipe import Answer, Driver, DriverEndedError, Found
from benchmarks.peers.rules import DEFACE as DEFACE_RULES
from benchmarks.peers.rules import OCTOPII, Rule, both
from benchmarks.peers.rules import OUR_IDENTIFIERS as OURS
from benchmarks.peers.rules import PHISCAN as PHISCAN_RULES
from benchmarks.peers.rules import PRESIDIO as PRESIDIO_RULES
from benchmarks.peers.run import Kept, Looked, Member
from benchmarks.truth import Labelled

BLOCKED = Found("verdict_block", 1.0)
FOR_REVIEW = Found("verdict_review", 1.0)


@pytest.mark.parametrize(
    ("rule", "found", "flagged", "face"),
    [
        (PHISCAN_RULES[0], [BLOCKED], True, False),
        (PHISCAN_RULES[0], [FOR_REVIEW], True, False),
        (PHISCAN_RULES[0], [Found("name", 0.9)], False, False),  # found, and allowed by policy
        (PHISCAN_RULES[0], [Found("face", 0.45), FOR_REVIEW], True, True),
        (PHISCAN_RULES[1], [FOR_REVIEW], False, False),
        (PHISCAN_RULES[1], [Found("face", 0.45), FOR_REVIEW], False, False),
        (PRESIDIO_RULES[0], [Found("PERSON", 0.85)], True, False),
        (PRESIDIO_RULES[0], [Found("US_SSN", 0.05)], False, False),
        (PRESIDIO_RULES[0], [Found("DATE_TIME", 0.85), Found("LOCATION", 0.85)], False, False),
        (PRESIDIO_RULES[1], [Found("DATE_TIME", 0.01)], True, False),
        (PRESIDIO_RULES[1], [], False, False),
        (OURS[0], [Found("name", 0.65)], False, False),
        (OURS[1], [Found("name", 0.65)], True, False),
        (DEFACE_RULES[0], [Found("face", 0.2)], True, True),
        (DEFACE_RULES[1], [Found("face", 0.5)], False, False),
        (OCTOPII[0], [Found("identifier", 1.0)], False, False),
        (OCTOPII[1], [Found("identifier", 1.0)], True, False),
        (OCTOPII[0], [Found("face", 1.0)], True, True),
        (both(PRESIDIO_RULES[0], DEFACE_RULES[0]), [Found("face", 0.3)], True, True),
        (both(PRESIDIO_RULES[0], DEFACE_RULES[1]), [Found("face", 0.3)], False, False),
        (both(PRESIDIO_RULES[0], DEFACE_RULES[1]), [Found("PERSON", 0.9)], True, False),
    ],
)
def test_a_rule_says_what_counts(
    rule: Rule, found: list[Found], *, flagged: bool, face: bool
) -> None:
    assert rule.flags(found) is flagged
    assert rule.flags_face(found) is face


def test_a_tool_for_text_flags_no_face() -> None:
    assert not PRESIDIO_RULES[1].flags_face([Found("face", 1.0)])


# Drivers

ANSWERS = """
    import json, sys, time, os
    print(json.dumps({"versions": "made up 1"}), flush=True)
    for line in sys.stdin:
        name = os.path.basename(json.loads(line)["photo"])
        if name == "dies": os._exit(3)
        if name == "hangs": time.sleep(600)
        if name == "fails": print(json.dumps({"error": "ValueError"}), flush=True)
        else: print(json.dumps({"found": [["face", 0.9, [1, 2, 3, 4]]]}), flush=True)
"""


def script(folder: Path, code: str) -> list[str]:
    path = folder / "made_up.py"
    path.write_text(textwrap.dedent(code), "utf-8")
    return [sys.executable, "-P", str(path)]


def member(folder: Path, peer: Peer = DEFACE, code: str = ANSWERS) -> Member:
    return Member(peer, lambda: script(folder, code), seconds=2.0)


def test_a_driver_answers(tmp_path: Path) -> None:
    driver = Driver(script(tmp_path, ANSWERS), seconds=30, root=ROOT)
    assert driver.versions(30) == "made up 1"
    answer = driver.ask(tmp_path / "cake.jpg")
    failed = driver.ask(tmp_path / "fails")
    driver.close()
    assert answer.found == (Found("face", 0.9, (1, 2, 3, 4)),)
    assert answer.seconds > 0
    assert not answer.problem
    assert failed.found == ()
    assert failed.problem == "ValueError"
    if sys.platform == "linux":
        assert answer.memory > 2**20


@pytest.mark.parametrize(
    ("photo", "told"), [("dies", "the process died"), ("hangs", "no answer in time")]
)
def test_a_driver_that_dies_or_hangs_is_gone(tmp_path: Path, photo: str, told: str) -> None:
    driver = Driver(script(tmp_path, ANSWERS), seconds=1.0, root=ROOT)
    driver.versions(30)
    with pytest.raises(DriverEndedError, match=told):
        driver.ask(tmp_path / photo)
    with pytest.raises(DriverEndedError):
        driver.ask(tmp_path / "cake.jpg")


def test_a_tool_is_started_again_and_at_last_given_up(tmp_path: Path) -> None:
    tool = member(tmp_path)
    names = ["cake", "dies", "cake", "dies", "dies", "cake", "cake"]
    answers = [tool.look(tmp_path / name) for name in names]
    tool.close()
    assert [bool(answer.found) for answer in answers] == [True, False, True, *[False] * 4]
    assert answers[1].problem == "the process died"
    assert answers[-1].problem.startswith("given up after 3")


@pytest.mark.parametrize(
    ("code", "told"),
    [("raise SystemExit(1)", "does not start: the process died")],
)
def test_a_tool_that_does_not_start_is_an_answer(tmp_path: Path, code: str, told: str) -> None:
    tool = member(tmp_path, code=code)
    assert tool.look(tmp_path / "cake").problem == told


def test_the_driver_speaks_for_a_library_that_prints_and_fails(tmp_path: Path) -> None:
    for package, module, code in (
        ("deface", "centerface", FAKE_FACES),
        ("imageio", "v2", "def imread(path): return path"),
    ):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
        (tmp_path / package / f"{module}.py").write_text(textwrap.dedent(code), "utf-8")
    command = [sys.executable, "-P", str(ROOT / "benchmarks/peers/driver.py"), "deface"]
    driver = Driver(command, seconds=30, root=tmp_path)
    assert "deface" in driver.versions(30)
    assert driver.ask(tmp_path / "cake.jpg").found == (Found("face", 0.5, (1.0, 2.0, 3.0, 4.0)),)
    assert driver.ask(tmp_path / "bad.jpg").problem == "RuntimeError"
    driver.close()


FAKE_FACES = """
    class Faces(list):
        def tolist(self): return list(self)
    class CenterFace:
        def __init__(self): print("Running on a made up thing.")
        def __call__(self, path, threshold):
            print("DOE, JANE")
            if path.endswith("bad.jpg"): raise RuntimeError("DOE, JANE")
            return Faces([(1.0, 2.0, 3.0, 4.0, 0.5)]), None
"""


# Environments


def test_what_cannot_be_installed_is_an_answer(tmp_path: Path) -> None:
    peer = replace(DEFACE, pip=(("--no-index", "no-such-tool==1"),))
    tool = Member(peer, lambda: [python_of(peer, tmp_path)], seconds=1.0)
    told = tool.look(tmp_path / "cake").problem
    assert told == "not installed: pip install no-such-tool==1 failed"
    assert tool.look(tmp_path / "cake").problem == told


def test_octopii_needs_a_checkout(tmp_path: Path) -> None:
    octopii = next(peer for peer in PEERS if peer.driver == "octopii")
    with pytest.raises(InstallError, match="--octopii"):
        command_of(octopii, tmp_path, None)


def test_phiscan_runs_where_the_benchmark_does(tmp_path: Path) -> None:
    assert command_of(PHISCAN, tmp_path, None)[0] == sys.executable


# Photos


def label(name: str, category: str, verdict: str) -> Labelled:
    return Labelled(Path(name), category, verdict, "none", "0", 0, frozenset(), "none", "")


@pytest.mark.parametrize(
    ("category", "verdict", "group"),
    [
        ("phi_doc", "block", "phi"),
        ("phi_doc", "review", ""),
        ("clean_text", "clean", "clean"),
        ("clean_scene", "clean", "clean"),
        ("clean_scene", "review", ""),
        ("face", "block", "face"),
        ("face", "review", ""),
        ("malformed", "clean", ""),
    ],
)
def test_only_what_nobody_could_argue_about_is_shown(
    category: str, verdict: str, group: str
) -> None:
    assert group_of(label("a.jpg", category, verdict)) == group


def test_photos_are_drawn_evenly_and_the_same_each_time() -> None:
    labels = [
        label(f"{n}.jpg", category, "clean")
        for n in range(40)
        for category in ("clean_text", "clean_scene")
    ]
    drawn = list(draw("shared", labels, 7, seed=3))
    assert sorted(one.label.category for one in drawn) == ["clean_scene"] * 7 + ["clean_text"] * 7
    assert sum(one.to_slow for one in drawn) == 6
    assert list(draw("shared", reversed(labels), 7, seed=3)) == drawn
    assert list(draw("shared", labels, 7, seed=4)) != drawn


def test_a_generated_photo_can_be_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.peers.photos._POOL", 3)
    shown = generated(tmp_path, 1, seed=5)
    assert shown
    for one in shown:
        assert generated_again(one.label.path.name, 5) == one.label.path.read_bytes()


def test_large_photos_are_those_of_a_phone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.peers.photos._POOL", 1)
    (one,) = generated(tmp_path, 1, seed=5, large=True)
    with Image.open(one.label.path) as opened:
        assert opened.width * opened.height > 7.9e6
    assert one.source == "large"


# A run


def shown(name: str, group: str, *, to_slow: bool = False) -> Shown:
    return Shown("generated", label(name, "phi_doc", "block"), group, to_slow)


class Scripted(Member):
    """A tool that answers at once and writes down when it was asked."""

    def __init__(self, peer: Peer, asked: list[str]) -> None:
        super().__init__(peer, list, 1.0)
        self._asked = asked

    def look(self, photo: Path) -> Answer:
        self._asked.append(f"{photo.name} {self.peer.name}")
        return Answer((BLOCKED,), 1.0, 1.0, 10)


def test_every_tool_sees_every_photo_in_turn() -> None:
    asked: list[str] = []
    slow = next(peer for peer in PEERS if peer.rarely)
    team = [Scripted(peer, asked) for peer in (PHISCAN, DEFACE, slow)]
    photos = [shown("a", "phi"), shown("b", "phi", to_slow=True)]
    looked = list(run.look(team, photos))
    assert asked == ["a phiscan", "a deface", "b deface", f"b {slow.name}", "b phiscan"]
    assert [set(one.answers) for one in looked] == [
        {"phiscan", "deface"},
        {"phiscan", "deface", slow.name},
    ]


def test_slow_tools_alone_see_only_their_photos() -> None:
    slow = next(peer for peer in PEERS if peer.rarely)
    team = [Scripted(peer, []) for peer in (PHISCAN, slow)]
    photos = [shown("a", "phi"), shown("b", "phi", to_slow=True)]
    assert [one.file for one in run.look(team, photos)] == ["phi_doc/b"]


def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    every = [
        photo("phi", phiscan=[BLOCKED, Found("face", 0.9, (1.0, 2.0, 3.0, 4.0))], deface="died")
    ]
    tool = Member(DEFACE, list, 1.0, versions="deface 1", problem="given up")
    run.write(every, [tool], tmp_path / "kept.jsonl")
    kept = run.read([tmp_path / "kept.jsonl"])
    assert kept.photos == tuple(every)
    assert kept.versions == {"deface": "deface 1"}
    assert kept.problems == {"deface": "given up"}


# Tables


def photo(group: str, source: str = "generated", **told: list[Found] | str) -> Looked:
    """Return a photo with answers: what was found, or the problem, by tool; phiscan takes 2 s."""
    names = {peer.driver: peer.name for peer in PEERS}
    answers = {}
    for driver, one in told.items():
        seconds = 2.0 if driver == "phiscan" else 1.0
        found, problem = (one, "") if isinstance(one, list) else ([], one)
        answers[names[driver]] = Answer(tuple(found), seconds, seconds, 10 * 2**20, problem)
    return Looked(source, f"{group}_doc/0000_face_sheet.jpg", group, False, answers)  # noqa: FBT003


PERSON = Found("PERSON", 0.85)
PHOTOS = [
    photo("phi", phiscan=[BLOCKED], presidio=[PERSON], deface=[]),
    photo("phi", phiscan=[], presidio=[PERSON], deface=[]),
    photo("clean", phiscan=[], presidio=[], deface=[Found("face", 0.3)]),
    photo("clean", phiscan=[FOR_REVIEW], presidio=[Found("DATE_TIME", 0.9)], deface=[]),
    photo("face", phiscan=[Found("face", 0.9), BLOCKED], presidio=[], deface="no answer in time"),
]


def test_a_row_counts_by_its_rule() -> None:
    ours = tables.row("phiscan", ["phiscan"], PHISCAN_RULES[0], PHOTOS)
    assert (ours.phi, ours.clean, ours.faces) == (Share(1, 2), Share(1, 2), Share(1, 1))
    assert (ours.seconds, ours.ratio, ours.unanswered) == (2.0, 1.0, 0)
    theirs = tables.row("deface", ["deface"], DEFACE_RULES[0], PHOTOS)
    assert (theirs.phi, theirs.clean, theirs.faces) == (Share(0, 2), Share(1, 2), Share(0, 1))
    assert (theirs.seconds, theirs.ratio, theirs.unanswered) == (1.0, 0.5, 1)


def test_two_tools_flag_what_either_flags_and_take_the_time_of_both() -> None:
    names = [peer.name for peer in PAIR]
    pair = tables.row("pair", names, tables.PAIR_RULES[0], PHOTOS)
    assert (pair.phi, pair.clean, pair.faces) == (Share(2, 2), Share(1, 2), Share(0, 1))
    assert (pair.seconds, pair.ratio, pair.unanswered) == (2.0, 1.0, 1)


def test_where_phiscan_is_worse_the_table_says_so() -> None:
    every = tables.rows(PHOTOS, slow=False)
    text = tables.markdown(every)
    line = next(line for line in text.splitlines() if line.startswith(f"| {PRESIDIO.name}: ident"))
    assert "**2/2 (34% to 100%)**" in line
    assert "**0/2 (0% to 66%)**" in line
    assert "does not look" in line
    assert "**1.00**" in line
    ours = next(line for line in text.splitlines() if line.startswith("| phiscan, blocked or"))
    assert "**" not in ours
    told = "\n".join(tables.worse(every))
    assert f"than phiscan's 1/2: {PRESIDIO.name}: identifying (2/2)" in told
    assert f"is faster than phiscan's 2.00 s: {PRESIDIO.name} (1.00 s), deface (1.00 s)" in told
    assert "flags a face on more of the photos with faces than phiscan's 1/1: none." in told


def test_a_tool_that_never_answered_is_a_row_that_says_why() -> None:
    photos = [photo("phi", phiscan=[BLOCKED], deface="not installed: venv failed")]
    text = tables.markdown(tables.rows(photos, slow=False))
    line = next(line for line in text.splitlines() if line.startswith("| deface: from 0.2"))
    assert "not installed: venv failed" in line
    assert "0/1" not in line
    assert "deface" not in "\n".join(tables.worse(tables.rows(photos, slow=False)))


def test_the_pair_is_compared_in_words() -> None:
    text = tables.against_the_pair(tables.rows(PHOTOS, slow=False))
    assert "flag 2/2 of the photos with PHI, phiscan 1/2 (-50 points)" in text


# The page


def write_page(photos: list[Looked], folder: Path) -> str:
    for name in ("explanation", "images"):
        (folder / name).mkdir()
    page.write(Kept(tuple(photos), {"phiscan": "phiscan 1"}, {"deface": "given up"}), folder, 1)
    return (folder / "explanation" / "peers.md").read_text("utf-8")


def test_the_page_shows_wins_and_losses_of_generated_photos_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def again(file: str, seed: int) -> bytes:
        drawn.append(f"{file} {seed}")
        return (ROOT / "fixtures/photos/wristband.jpg").read_bytes()

    monkeypatch.setattr(pictures, "generated_again", again)
    boxed = [Found("PERSON", 0.9, (10, 10, 60, 40))]
    text = write_page(
        [
            photo("phi", phiscan=[], presidio=boxed, deface=[]),
            photo("clean", phiscan=[], presidio=boxed, deface=[]),
            photo("phi", "shared", phiscan=[BLOCKED], presidio=[], deface=[]),
        ],
        tmp_path,
    )
    assert drawn == ["0000_face_sheet.jpg 1"] * 2
    made = sorted(path.name for path in (tmp_path / "images").iterdir())
    assert made == ["peers-loss-missed-1.jpg", "peers-win-clean-1.jpg"]
    assert all(f"../images/{name}" in text for name in made)
    assert all((tmp_path / "images" / name).stat().st_size < 200_000 for name in made)
    assert "## Real photos" in text
    assert "(given up)" in text


def test_the_page_says_so_when_nothing_differs(tmp_path: Path) -> None:
    text = write_page([photo("phi", phiscan=[BLOCKED], presidio=[PERSON], deface=[])], tmp_path)
    assert text.count("No such photo among the generated ones of this run.") == 2
    assert not list((tmp_path / "images").iterdir())


@pytest.mark.parametrize("kind", ["slow", "quick"])
def test_tables_stand_for_the_photos_that_their_tools_saw(kind: str) -> None:
    told: dict[str, Callable[[], Looked]] = {
        "slow": lambda: photo("phi", phiscan=[BLOCKED], octopii=[]),
        "quick": lambda: photo("phi", phiscan=[BLOCKED], deface=[]),
    }
    text = page.tables(Kept((told[kind](),), {}, {}))
    assert ("Octopii: classified | 0/1" in text) is (kind == "slow")
    assert ("deface: from 0.2 | 0/1" in text) is (kind == "quick")
