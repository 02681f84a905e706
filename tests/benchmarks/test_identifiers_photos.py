from __future__ import annotations

import pytest

from benchmarks._identifiers_photos import look, report_photos
from benchmarks._reading_engines import Piece, Reading
from benchmarks._reading_photos import stage_harmless
from benchmarks._reading_truth import Ground, Shot, Value
from fixtures.phone import Fault
from phiscan.geometry import Box, Region
from phiscan.model import Finding, Verdict

PLACE = Region.from_box(0, Box(100, 100, 300, 130))
ELSEWHERE = Region.from_box(0, Box(900, 900, 990, 930))
GROUND = Ground("chart", "face_sheet", PLACE, 30, 0, 0, "plain", fresh=False)
FAULT = Fault(blur=0.6, motion=0, way=0, noise=2, sharpening=0, quality=90)
VALUE = Value("birth_date", "03/04/1950", PLACE, 150, 1.0, GROUND, FAULT)


@pytest.mark.parametrize(
    ("finding", "found", "as_anything"),
    [
        (Finding("birth_date", 0.9, regions=(PLACE,)), True, True),
        (Finding("date", 0.5, regions=(PLACE,)), True, True),
        (Finding("mrn", 0.5, regions=(PLACE,)), False, True),
        (Finding("birth_date", 0.3, regions=(PLACE,)), False, False),
        (Finding("birth_date", 0.9, regions=(ELSEWHERE,)), False, False),
        (Finding("chart", 0.9, regions=(PLACE,)), False, False),
    ],
)
def test_what_lies_on_an_identifier_counts(
    finding: Finding, *, found: bool, as_anything: bool
) -> None:
    reading = Reading((Piece("DOB 03/04/1950", PLACE),), 1.0, findings=(finding,))
    seen = look(VALUE, reading)
    assert (seen.read, seen.found, seen.as_anything) == (True, found, as_anything)


def test_a_line_that_was_not_read_is_told() -> None:
    assert not look(VALUE, Reading((Piece("DOB 03/09/1980", PLACE),), 1.0)).read


def test_harmless_photos_name_nobody() -> None:
    shot = stage_harmless(3, 0)
    assert shot.grounds
    assert not shot.values


def test_the_tables_tell_photos_apart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Scripted:
        def read(self, photo: bytes) -> Reading:
            findings = (Finding("birth_date", 0.9, regions=(PLACE,)),) if photo else ()
            verdict = Verdict.BLOCK if photo else Verdict.ALLOW
            return Reading((Piece(VALUE.text, PLACE),), 1.0, findings=findings, verdict=verdict)

    def shots(_count: int, _seed: int) -> list[Shot]:
        record = Shot(0, b"a record", (400, 300), VALUE.fault, (GROUND,), (VALUE,))
        return [record, Shot(1, b"", (400, 300), VALUE.fault)]

    monkeypatch.setattr("benchmarks._identifiers_photos.Phiscan", Scripted)
    monkeypatch.setattr("benchmarks._identifiers_photos._shots", shots)
    report_photos(1, 1)
    rows = {line.split("  ")[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines()}
    assert rows["birth_date"][::3] == ["1/1", "1/1", "1/1"]
    assert "1/1" in rows["names patients"]
    assert rows["look-alikes"].count("0/1") == 2
