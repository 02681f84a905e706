from __future__ import annotations

import math
import sys
from typing import Any

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from phiscan.errors import MissingDependency
from phiscan.geometry import Region
from phiscan.identifiers import find_all
from phiscan.layout import arrange
from phiscan.model import Frame
from phiscan.readers import _code_passes
from phiscan.readers._code_bars import shows_bars
from phiscan.readers._code_zones import find_zones
from phiscan.readers._payloads import UNREAD
from phiscan.readers.barcodes import READER
from phiscan.settings import Settings
from phiscan.shrinking import halved
from phiscan.text import Word
from phiscan.toolbox import Toolbox

RECORD = "0012345^DOE^JANE^19500304"
LINEAR = {"Code128", "Code39", "Code93", "ITF", "Codabar", "EAN13"}
CODES = {
    "Code128": "MRN0012345",
    "Code39": "0012345",
    "Code93": "0012345",
    "ITF": "0012345678",
    "Codabar": "A0012345A",
    "EAN13": "5901234123457",
    "QRCode": RECORD,
    "MicroQRCode": "0012345",
    "DataMatrix": RECORD,
    "Aztec": RECORD,
    "PDF417": RECORD,
}
Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def reader() -> READER:
    return READER(Toolbox(Settings()))


def symbol(kind: str, payload: str | bytes, module: float = 3, **options: Any) -> Picture:
    """Return a code with its quiet zone, `module` pixels a module, black on white."""
    barcode = zxingcpp.create_barcode(payload, getattr(zxingcpp.BarcodeFormat, kind), **options)
    drawn = np.array(zxingcpp.write_barcode_to_image(barcode, scale=1, add_quiet_zones=False))
    plain = drawn if drawn.ndim == 2 else drawn[..., 0]
    if kind in LINEAR:
        plain = np.repeat(plain[plain.shape[0] // 2][None], 24, axis=0)
    framed = np.pad(plain, 10 if kind in LINEAR else 4, constant_values=255)
    size = round(framed.shape[1] * module), round(framed.shape[0] * module)
    return np.asarray(cv2.resize(framed, size, interpolation=cv2.INTER_AREA), np.uint8)


def place(
    code: Picture, angle: float = 0, size: tuple[int, int] = (1200, 900)
) -> tuple[Frame, NDArray[np.float64]]:
    """Return a frame with `code` in its middle, turned, and the corners where it lies."""
    noise = np.random.default_rng(1).normal(0, 5, size[::-1])
    ground = np.clip(np.tile(np.linspace(90, 180, size[0]), (size[1], 1)) + noise, 0, 255).astype(
        np.uint8
    )
    turn = cv2.getRotationMatrix2D((code.shape[1] / 2, code.shape[0] / 2), -angle, 1)
    turn[:, 2] += np.array([size[0] - code.shape[1], size[1] - code.shape[0]]) / 2
    cv2.warpAffine(
        code, turn, size, dst=ground, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )
    high, wide = code.shape
    corners = np.array([[0, 0, 1], [wide, 0, 1], [wide, high, 1], [0, high, 1]]) @ turn.T
    pixels = np.repeat(cv2.GaussianBlur(ground, (0, 0), 0.6)[..., None], 3, axis=2)
    return Frame(0, "main", pixels), corners


def texts(reader: READER, frame: Frame) -> list[str]:
    return [word.text for word in reader.read(frame)]


@pytest.mark.parametrize("kind", CODES)
@pytest.mark.parametrize("angle", [0, 25, 45, 90, 160, 270])
def test_every_kind_is_read_at_every_angle(reader: READER, kind: str, angle: float) -> None:
    frame, _ = place(symbol(kind, CODES[kind]), angle)
    found = texts(reader, frame)
    if CODES[kind] == RECORD:
        assert found == ["MRN: 0012345", "Patient Name: DOE, JANE", "DOB: 03/04/1950"]
    else:
        assert [text.strip("A") for text in found] == [CODES[kind].strip("A")]


@pytest.mark.parametrize("kind", ["Code128", "ITF", "QRCode", "PDF417"])
@pytest.mark.parametrize("angle", [0, 30, 75])
def test_two_pixels_a_module_are_read_on_a_large_photo(
    reader: READER, kind: str, angle: float
) -> None:
    frame, _ = place(symbol(kind, CODES[kind], module=2), angle, size=(3000, 2250))
    assert texts(reader, frame)


@pytest.mark.parametrize("angle", [0, 35, 180, 300])
def test_a_finding_lies_on_the_code(reader: READER, angle: float) -> None:
    frame, corners = place(symbol("QRCode", RECORD, module=5), angle)
    text = arrange(reader.read(frame))
    found = dict(find_all(text, Toolbox(Settings()).identifiers))
    assert {"mrn", "name", "birth_date"} <= set(found)
    outline = corners.astype(np.float32)
    for match in found.values():
        for region in text.regions(match.start, match.end):
            assert cv2.pointPolygonTest(outline, region.centre, measureDist=False) > 0
    turned = text.words[0].region.angle - math.radians(angle)
    assert abs(math.remainder(turned, 2 * math.pi)) < math.radians(5)


def test_lines_share_the_code_from_top_to_bottom(reader: READER) -> None:
    frame, _ = place(symbol("QRCode", RECORD, module=5))
    words = list(reader.read(frame))
    tops = [word.region.box.y0 for word in words]
    assert tops == sorted(tops)
    assert all(word.score == 1.0 for word in words)
    assert words[0].region.box.y1 == pytest.approx(words[1].region.box.y0, abs=1)


def test_a_linear_code_has_a_region_with_an_inside(reader: READER) -> None:
    frame, _ = place(symbol("Code128", "0012345678"), 20)
    (word,) = reader.read(frame)
    assert word.region.thickness >= 0.14 * word.region.length


def test_white_on_black_and_mirrored_codes_are_read(reader: READER) -> None:
    code = symbol("QRCode", RECORD, module=4)
    for picture in (255 - code, np.ascontiguousarray(code[:, ::-1])):
        frame, _ = place(picture)
        words = list(reader.read(frame))
        assert len(words) == 3
        assert all(_clockwise(word.region) for word in words)


def _clockwise(region: Region) -> bool:
    return cv2.contourArea(np.array(region.corners, np.float32), oriented=True) > 0


def test_many_codes_are_each_read_once(reader: READER) -> None:
    page = np.full((1000, 1400), 255, np.uint8)
    for n in range(6):
        code = symbol("Code128", f"00{n}2345{n}")
        page[100 + 140 * n : 100 + 140 * n + code.shape[0], 100 : 100 + code.shape[1]] = code
    found = texts(reader, Frame(0, "main", np.repeat(page[..., None], 3, axis=2)))
    assert sorted(found) == [f"00{n}2345{n}" for n in range(6)]


def test_gs1_content_is_told_by_the_code_itself(reader: READER) -> None:
    code = symbol("DataMatrix", "(8018)950123467891234569(8019)12", module=5, gs1=True)
    frame, _ = place(code)
    assert texts(reader, frame) == ["95012346", "Patient ID: 7891234569", "Encounter: 12"]


def test_utf_8_without_a_declaration_is_read(reader: READER) -> None:
    frame, _ = place(symbol("QRCode", "Zoë Müller".encode(), module=5))
    assert texts(reader, frame) == ["Zoë Müller"]


def test_a_torn_code_is_unread_and_not_nothing(reader: READER) -> None:
    code = symbol("QRCode", RECORD * 2, module=6)
    code[60:150, 60:150] = 128
    code[70:150, 170:200] = 128
    frame, _ = place(code)
    assert texts(reader, frame) == [UNREAD]


def test_bars_that_do_not_decode_are_unread(reader: READER) -> None:
    code = symbol("Code128", "MRN0012345", module=3)
    code[:, 129:195] = code[:, 63:129].copy()  # two characters stand twice: the checksum is wrong
    frame, _ = place(code, 10)
    (word,) = reader.read(frame)
    assert (word.text, word.score) == (UNREAD, 0.7)


@pytest.mark.parametrize("angle", [0, 30])
@pytest.mark.parametrize("period", [6, 11, 24])
def test_a_fence_is_no_code(reader: READER, angle: float, period: int) -> None:
    fence = np.full((260, 700), 240, np.uint8)
    for x in range(30, 670, period):
        fence[20:-20, x : x + period // 2] = 20
    frame, _ = place(fence, angle)
    assert texts(reader, frame) == []


def test_print_is_no_code(reader: READER) -> None:
    page = np.full((900, 1200, 3), 235, np.uint8)
    for y in range(40, 880, 22):
        cv2.putText(
            page, "illiterate hill till minimum lilliput 1111 IIII |||| " * 2, (20, y),
            cv2.FONT_HERSHEY_SIMPLEX, 0.6, (20,) * 3, 1, cv2.LINE_AA,
        )  # fmt: skip
    assert texts(reader, Frame(0, "main", page)) == []


def test_bars_need_paper_on_both_sides() -> None:
    code = symbol("Code128", "MRN0012345", module=3)
    assert shows_bars(code)
    assert not shows_bars(np.ascontiguousarray(code[:, 45:-45]))
    assert not shows_bars(np.zeros((4, 4), np.uint8))


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 900, 3), (900, 1, 3), (31, 33, 3), (3, 3000, 3)])
@pytest.mark.parametrize("seed", [0, 1])
def test_odd_sizes_do_not_break_it(reader: READER, shape: tuple[int, int, int], seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 255 * seed + 1, shape, dtype=np.uint8)
    assert texts(reader, Frame(0, "main", noise)) == []


def test_a_small_thumbnail_is_looked_at_enlarged(reader: READER) -> None:
    frame, _ = place(symbol("Code128", "0012345678", module=1.5), 20, size=(320, 240))
    assert texts(reader, frame) == ["0012345678"]


@given(st.binary(min_size=1, max_size=200))
@settings(max_examples=25, deadline=None)
def test_any_bytes_in_a_code_are_read(payload: bytes) -> None:
    words = list(READER(Toolbox(Settings())).read(place(symbol("QRCode", payload, 4))[0]))
    assert words
    assert all(word.text == UNREAD or word.text.isprintable() for word in words)


def test_a_full_code_stays_small(reader: READER) -> None:
    frame, _ = place(symbol("QRCode", "a\n" * 1400, module=4), size=(900, 900))
    words = list(reader.read(frame))
    assert 1 < len(words) <= 64


def test_nothing_prints_content() -> None:
    code = _code_passes.Code(((0, 0), (9, 0), (9, 9), (0, 9)), "QR", "DOE", b"DOE", decoded=True)
    assert "DOE" not in repr(code)
    assert "DOE" not in repr(Word("DOE", Region(0, code.corners), 1.0))


def test_zones_turn_with_the_code() -> None:
    for angle in (0, 20, 45, 70):
        frame, _ = place(symbol("Code128", "0012345678"), angle)
        grey = frame.pixels[..., 0].copy()
        best = next(zone for zone in find_zones(grey, halved(grey)) if zone.striped)
        (x0, y0), (x1, y1) = best.corners[:2]
        seen = math.degrees(math.atan2(y1 - y0, x1 - x0))
        assert abs((seen - angle + 90) % 180 - 90) < 4


def test_a_missing_decoder_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "phiscan.readers._code_passes")
    monkeypatch.delattr("phiscan.readers._code_passes")
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    with pytest.raises(MissingDependency, match="pip install zxing-cpp"):
        READER(Toolbox(Settings()))
