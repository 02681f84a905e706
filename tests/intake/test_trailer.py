from __future__ import annotations

import io
import struct
import zipfile

import cv2
import numpy as np
import pytest
from parts import box, encode, film, frame_of, mean_difference, picture
from PIL import Image

from phiscan.intake import Limits, load
from phiscan.model import Photo

FORMS = ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "HEIF"]
SIZE = (160, 120)
SCENES = [picture(SIZE, seed) for seed in range(12)]


def said(photo: Photo) -> list[str]:
    """What is said to lie behind the end, without how many bytes that are."""
    values = [tag.value for tag in photo.tags if tag.group == "trailer"]
    assert all(value.startswith("<") and value.endswith(">") for value in values)
    return [value[1:-1].partition(": ")[2] for value in values]


def motion(*images: Image.Image, place: str = "") -> bytes:
    return film(*(frame_of(image) for image in images), size=SIZE, place=place)


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("Jane Doe MRN 0012345.txt", "secret " * 50)
    return buffer.getvalue()


def noise(count: int) -> bytes:
    return np.random.default_rng(1).integers(0, 256, count, np.uint8).tobytes()


def sef(*names: bytes, video: bytes = b"") -> bytes:
    """Samsung's trailer: the fields, then where each of them lies, counted from behind."""
    fields = [struct.pack("<HHI", 0, 1, len(name)) + name + b"1706698496" for name in names]
    body, entries = video + b"".join(fields), b""
    left = len(body) - len(video)
    for field in fields:
        entries += struct.pack("<HHII", 0, 1, left, len(field))
        left -= len(field)
    head = b"SEFH" + struct.pack("<II", 107, len(names)) + entries
    return body + head + struct.pack("<I", len(head)) + b"SEFT"


@pytest.mark.parametrize("form", FORMS)
def test_nothing_and_zeros_and_a_few_bytes_are_not_worth_a_word(form: str) -> None:
    data = encode(form)
    for rest in (b"", bytes(1000), b"\x14", bytes(40) + b"\xff\xd9" + bytes(9)):
        photo = load(data + rest)
        assert not [tag for tag in photo.tags if tag.group in {"trailer", "words", "unknown"}]
        assert photo.gaps == ()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("rest", "what", "gaps"),
    [
        (noise(3000), "unknown data", ()),
        (b"to do: call back Jane Doe, MRN 0012345, about the results" * 3, "text", ()),
        (archive(), "an archive", ("an archive behind the end",)),
        (b"\r\n" + archive(), "an archive", ("an archive behind the end",)),
        (noise(300) + archive(), "an archive", ("an archive behind the end",)),
        (b"%PDF-1.7\n" + noise(500), "a document", ("a document behind the end",)),
        (encode("HEIF", SCENES[1]), "another picture", ()),
    ],
)
def test_what_follows_the_end_is_named(
    form: str, rest: bytes, what: str, gaps: tuple[str, ...]
) -> None:
    photo = load(encode(form) + rest)
    assert said(photo) == [what]
    assert photo.gaps == gaps


def test_words_behind_the_end_are_tags() -> None:
    for rest in (b"MRN 0012345 Jane Doe", archive(), "MRN 0012345".encode("utf-16-le")):
        photo = load(encode("JPEG") + rest)
        assert any("MRN 0012345" in tag.value for tag in photo.tags if tag.group == "words")


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_smaller_file_written_over_a_larger_one(form: str) -> None:
    """What CVE-2023-21036 ("aCropalypse") left behind the end of cropped screenshots."""
    rough = Image.fromarray(np.frombuffer(noise(150_000), np.uint8).reshape(200, 250, 3))
    small, large = encode(form, picture((16, 12))), encode(form, rough)
    photo = load(small + large[len(small) :])
    assert said(photo) == ["the rest of another picture"]
    assert photo.gaps == ("the rest of another picture behind the end",)


@pytest.mark.parametrize("form", FORMS)
def test_frames_of_a_moving_photo_are_looked_at(form: str) -> None:
    photo = load(encode(form) + motion(*SCENES[:3]))
    assert [frame.role for frame in photo.frames] == ["main", "video", "video", "video"]
    assert said(photo) == ["a video, 3 of its frames looked at"]
    assert photo.gaps == ()
    for frame, scene in zip(photo.frames[1:], SCENES, strict=False):
        assert mean_difference(frame.pixels, scene) < 6
        assert not frame.pixels.flags.writeable


def test_a_moving_photo_between_other_things() -> None:
    data = encode("JPEG") + noise(500) + motion(*SCENES[:2]) + sef(b"MotionPhoto_Data")
    photo = load(data)
    assert said(photo) == ["unknown data", "a video, 2 of its frames looked at"]
    heif = encode("HEIF") + box(b"mpvd", motion(*SCENES[:2]))
    assert [frame.role for frame in load(heif).frames] == ["main", "video", "video"]


def test_a_long_film_is_sampled_from_its_beginning_to_its_end() -> None:
    photo = load(encode("JPEG") + motion(*SCENES, *SCENES[::-1]))
    assert len(photo.frames) == 9
    assert mean_difference(photo.frames[1].pixels, SCENES[0]) < 6
    assert mean_difference(photo.frames[8].pixels, SCENES[0]) < 6
    assert photo.gaps == ()


def test_a_film_too_long_to_follow_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phiscan.intake.video._MOST_GRABBED", 3)
    photo = load(encode("JPEG") + motion(*SCENES))
    assert photo.gaps == ("frames of the video behind the end",)
    assert len(photo.frames) == 4


@pytest.mark.parametrize("cut", [40, 300, 2000])
def test_a_film_that_cannot_be_looked_at_is_a_gap(cut: int) -> None:
    photo = load(encode("JPEG") + motion(*SCENES)[:cut])
    assert "video behind the end" in photo.gaps
    assert "a video that cannot be looked at" in said(photo)


def test_opencv_without_streams_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(cv2, "IStreamReader")
    assert load(encode("JPEG") + motion(*SCENES)).gaps == ("video behind the end",)


def test_a_film_shares_the_limits() -> None:
    data = encode("JPEG") + motion(*SCENES)
    assert load(data, Limits(frames=4)).gaps == ("video behind the end",)
    assert load(data, Limits(pixels=160 * 120 - 1)).gaps == ("video behind the end",)


def test_where_a_film_was_taken() -> None:
    photo = load(encode("JPEG") + motion(*SCENES[:1], place="+48.8577+002.2950/"))
    places = [(tag.group, tag.name, tag.value) for tag in photo.tags if tag.group == "video"]
    assert places == [("video", "GPSLatitude", "+48.8577+002.2950")]


def test_a_film_says_nothing_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    level = cv2.utils.logging.getLogLevel()
    load(encode("JPEG") + motion(*SCENES)[:2000])
    assert capfd.readouterr().err == ""
    assert cv2.utils.logging.getLogLevel() == level


def test_a_galaxy_phones_own_notes_are_harmless_and_others_are_not() -> None:
    assert said(load(encode("JPEG") + sef(b"Image_UTC_Data", b"MCC_Data"))) == [
        "the phone's own notes"
    ]
    for rest in (
        sef(b"Image_UTC_Data", b"PhotoEditor_Re_Edit_Data"),
        sef(b"Image_UTC_Data", video=noise(200)),
        b"\xff" * 90 + struct.pack("<I", 10**6) + b"SEFT",
    ):
        assert said(load(encode("JPEG") + rest)) == ["unknown data"]


@pytest.mark.parametrize("form", FORMS)
def test_a_film_that_is_cut_in_its_first_box_is_a_gap(form: str) -> None:
    photo = load(encode(form) + motion(*SCENES[:2])[:20])
    assert photo.gaps == ("video behind the end",)
