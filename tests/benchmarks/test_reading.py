"""The reading benchmark itself: its photos' truth, its counts, its tables."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from benchmarks import _reading_photos, _reading_stage, reading
from benchmarks._reading_engines import Piece, Reading
from benchmarks._reading_tables import Judged, Record, report
from benchmarks._reading_truth import Code, Ground, Shot, Value
from fixtures.codes import modules
from fixtures.phone import Fault
from phiscan.geometry import Box, Region
from phiscan.model import Finding

if TYPE_CHECKING:
    from pathlib import Path

FAULT = Fault(blur=0.6, motion=0, way=0, noise=2, sharpening=0, quality=90)


def region(x0: float, y0: float, x1: float, y1: float) -> Region:
    return Region.from_box(0, Box(x0, y0, x1, y1))


PAPER = Ground("chart", "test", region(0, 0, 400, 300), 30, 0, 0, "plain", fresh=True)
SIGN = Ground("none", "sign", region(500, 0, 700, 300), 30, 0, 0, "plain", fresh=False)
NUMBER = Value("mrn", "12345678", region(10, 10, 210, 40), 150, 1.0, PAPER, FAULT)
CODE = Code("QR", "MR12345678", region(800, 10, 880, 90), 3.0, FAULT)
SHOT = Shot(0, b"", (1000, 800), FAULT, (PAPER, SIGN), (NUMBER,), (CODE,))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_reading_stage, "LONG", 1344)
    monkeypatch.setattr(_reading_stage, "SHORT", 1008)


@pytest.mark.usefixtures("small")
def test_the_same_seed_gives_the_same_photo() -> None:
    one, two = (_reading_photos.stage_lines(3, 1) for _ in range(2))
    assert one == two
    assert one.jpeg != _reading_photos.stage_lines(4, 1).jpeg


@pytest.mark.usefixtures("small")
def test_every_line_lies_in_the_picture_on_its_surface() -> None:
    seen = 0
    for number in range(4):
        shot = _reading_photos.stage_lines(5, number)
        with Image.open(io.BytesIO(shot.jpeg)) as picture:
            assert picture.size == shot.size
        for value in shot.values:
            assert value.region.box.clip(*shot.size) == value.region.box
            assert value.ground in shot.grounds
            assert value.text
            seen += 1
    assert seen > 3


@pytest.mark.usefixtures("small")
def test_the_letters_stand_where_the_truth_says() -> None:
    shot = next(
        shot
        for shot in (_reading_photos.stage_lines(7, number) for number in range(20))
        if any(not value.beyond and value.contrast > 100 for value in shot.values)
    )
    with Image.open(io.BytesIO(shot.jpeg)) as picture:
        grey = np.asarray(picture.convert("L"), np.float32)
    value = max(shot.values, key=lambda value: value.contrast)
    box = value.region.box
    inside = grey[int(box.y0) : int(box.y1) + 1, int(box.x0) : int(box.x1) + 1]
    assert float(np.ptp(inside)) > 0.4 * value.contrast


@pytest.mark.usefixtures("small")
def test_codes_have_the_modules_that_were_asked_for() -> None:
    for number in (7, 8):
        shot = _reading_photos.stage_codes(2, number)
        assert shot.codes
        for code in shot.codes:
            wide, _ = modules(code.symbology, _payload(code))
            assert code.region.length / wide >= 0.9 * code.module


def _payload(code: Code) -> str:
    return code.payload[:12] if code.symbology == "EAN-13" else code.payload


@pytest.mark.usefixtures("small")
def test_large_codes_decode_to_their_payload() -> None:
    shot = _reading_photos.stage_codes(2, 7)
    with Image.open(io.BytesIO(shot.jpeg)) as picture:
        found = {str(code.text) for code in zxingcpp.read_barcodes(picture.convert("L"))}
    assert found & {code.payload for code in shot.codes}


@pytest.mark.usefixtures("small")
def test_nobody_can_read_a_damaged_document() -> None:
    for number in range(4):
        shot = _reading_photos.stage_damaged(1, number)
        assert {ground.damage for ground in shot.grounds} == {_reading_photos.DAMAGES[number]}
        assert all(value.beyond for value in shot.values)


@pytest.mark.parametrize(
    ("text", "place", "decoded"),
    [
        ("MR12345678", CODE.region, True),
        ("MRN: MR12345678", region(800, 10, 880, 50), True),
        ("MR12345679", CODE.region, False),
        ("MR12345678", region(10, 10, 90, 90), False),
        ("\ufffd", CODE.region, False),
    ],
)
def test_a_code_counts_when_its_content_lies_on_it(text: str, place: Region, decoded: bool) -> None:  # noqa: FBT001 - a column of the table
    assert reading.is_decoded(CODE, [Piece(text, place)]) is decoded


@pytest.mark.parametrize(
    ("findings", "kinds"),
    [
        ([], ["none", "none"]),
        ([Finding("chart", 0.9, (region(5, 5, 300, 200),))], ["chart", "none"]),
        ([Finding("label", 0.9, (region(510, 5, 690, 200),))], ["none", "label"]),
        (
            [
                Finding("label", 0.9, (region(5, 5, 120, 90),)),
                Finding("screen", 0.9, (region(5, 5, 300, 200),)),
            ],
            ["screen", "none"],
        ),
        ([Finding("mrn", 0.9, (region(5, 5, 300, 200),))], ["none", "none"]),
    ],
)
def test_a_surface_is_named_by_what_covers_most_of_it(
    findings: list[Finding], kinds: list[str]
) -> None:
    assert [kind for _, kind in reading.named(SHOT, findings)] == kinds


def test_small_print_and_cut_off_surfaces_are_not_asked_for() -> None:
    far = Ground("none", "sign", region(0, 0, 50, 50), 9, 0, 0, "plain", fresh=False)
    cut = Ground("none", "sign", region(900, 0, 1300, 50), 30, 0, 0, "plain", fresh=False)
    shot = Shot(0, b"", (1000, 800), FAULT, (far, cut))
    assert list(reading.named(shot, [])) == []


def test_the_tally_keeps_what_each_engine_read() -> None:
    tally = reading.Tally()
    own = Reading((Piece("MRN 12345678", NUMBER.region),), 1.5, steps={"rapidocr": 1.0})
    peer = Reading((Piece("MRN 12345670", NUMBER.region),), 3.0)
    tally.add("lines", SHOT, {"phiscan": own, "rapidocr": peer})
    (judged,) = tally.values
    assert judged.exact("phiscan")
    assert not judged.exact("rapidocr")
    assert tally.unreadable == [("none", False)]
    assert tally.seconds["rapidocr"] == [3.0]


def test_illegible_documents_are_counted_apart() -> None:
    tally = reading.Tally()
    blurred = Ground("chart", "test", PAPER.region, 30, 0, 0, "plain", fresh=True, damage="glare")
    seen = (Finding("unreadable_surface", 0.7, (PAPER.region,)),)
    shot = Shot(0, b"", (1000, 800), FAULT, (blurred,))
    tally.add("damaged", shot, {"phiscan": Reading((), 1.0, findings=seen)})
    assert tally.unreadable == [("glare", True)]
    assert not tally.grounds


def test_the_report_prints_every_table(capsys: pytest.CaptureFixture[str]) -> None:
    record = Record(
        values=[Judged(NUMBER, {"phiscan": 1.0, "rapidocr": 0.9})],
        codes=[(CODE, True)],
        grounds=[(PAPER, "chart"), (SIGN, "label")],
        unreadable=[("none", False), ("glare", True)],
        seconds={"phiscan": [1.0], "rapidocr": [2.0]},
    )
    report(record, ["phiscan", "rapidocr"])
    printed = capsys.readouterr().out
    for heading in ("box height", "angle", "surface:", "codes decoded", "unreadable_surface"):
        assert heading in printed
    assert "phiscan takes 0.50 times the seconds of rapidocr" in printed
    shares = {name: (share.hits, share.total) for name, share in record.shares().items()}
    assert list(shares.values()) == [(1, 1), (0, 0), (1, 1), (1, 2), (1, 1)]


def test_kept_photos_are_not_staged_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staged: list[int] = []

    def stage(_seed: int, number: int) -> Shot:
        staged.append(number)
        return SHOT

    monkeypatch.setitem(reading.PARTS, "lines", (stage, 1.0))
    first = list(reading.shots_of("lines", 1, 2, tmp_path))
    again = list(reading.shots_of("lines", 1, 2, tmp_path))
    assert first == again == [SHOT, SHOT]
    assert staged == [0, 1]
