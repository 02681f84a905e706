from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from parts import SIZE, encode, scene
from PIL import Image, ImageDraw, ImageFile, ImageSequence

from phiscan.errors import UnreadableImage
from phiscan.intake import Limits, load, opencv
from phiscan.intake.jpeg import _with_pillow
from phiscan.model import Photo


def exif(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def difference(photo: Photo, image: Image.Image) -> float:
    expected = np.asarray(image.convert("RGB")).astype(int)
    assert photo.frames[0].pixels.shape == expected.shape
    return float(np.abs(photo.frames[0].pixels - expected).mean())


@pytest.mark.parametrize(
    ("form", "tolerance"),
    [
        ("JPEG", 6),
        ("PNG", 0),
        ("WEBP", 6),
        ("BMP", 0),
        ("GIF", 4),
        ("TIFF", 0),
        ("AVIF", 6),
        ("HEIF", 6),
    ],
)
def test_every_format_decodes(form: str, tolerance: float) -> None:
    data = encode(form, scene())
    photo = load(data)
    assert photo.format == form
    assert photo.source == "<bytes>"
    assert photo.sha256 == hashlib.sha256(data).hexdigest()
    assert photo.gaps == ()
    assert [frame.role for frame in photo.frames] == ["main"]
    assert difference(photo, scene()) <= tolerance
    pixels = photo.frames[0].pixels
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert not pixels.flags.writeable


def test_a_file_is_known_by_its_bytes_not_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "cake.txt"
    path.write_bytes(encode("PNG", scene()))
    assert load(path).format == "PNG"
    assert load(str(path)).source == str(path)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright_exactly_once(form: str, orientation: int) -> None:
    # What undoes each EXIF orientation, so that the stored picture shows the scene when turned.
    stored = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    image = scene() if stored is None else scene().transpose(stored)
    photo = load(encode(form, image, exif=exif(orientation)))
    assert difference(photo, scene()) < 8


def heif_turned(image: Image.Image, orientation: int) -> bytes:
    """A HEIC whose `irot` and `imir` say the orientation, as phones write them."""
    file = pillow_heif.from_pillow(image)
    buffer = BytesIO()
    file.save(buffer, quality=90, exif=exif(orientation))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("orientation", "stored"),
    [
        (3, Image.Transpose.ROTATE_180),
        (6, Image.Transpose.ROTATE_90),
        (8, Image.Transpose.ROTATE_270),
    ],
)
def test_heif_is_turned_once_whatever_exif_says(orientation: int, stored: Image.Transpose) -> None:
    photo = load(heif_turned(scene().transpose(stored), orientation))
    assert difference(photo, scene()) < 8


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    grey = scene(mode="L")
    if mode == "I;16":
        values = np.asarray(grey).astype(np.uint16) * 40 + 500
        image = Image.fromarray(values)
    elif mode == "PA":
        image = scene(mode="LA").convert("PA")
    else:
        image = grey.convert(mode) if mode in {"I", "F"} else scene(mode=mode)
    photo = load(image)
    pixels = photo.frames[0].pixels
    assert pixels.shape == (32, 48, 3)
    # The red corner is darker than the light ground in every mode.
    assert pixels[2, 2].mean() + 40 < pixels[16, 24].mean()


def test_adobe_cmyk_jpeg_is_not_a_negative() -> None:
    photo = load(encode("JPEG", scene(mode="CMYK"), quality=95))
    assert difference(photo, scene()) < 12


def test_lab_tiff() -> None:
    lab = Image.merge("LAB", [Image.new("L", SIZE, value) for value in (136, 208, 195)])
    red, green, blue = load(encode("TIFF", lab)).frames[0].pixels[5, 5]
    assert red > 200
    assert green < 40
    assert blue < 40


@pytest.mark.parametrize("ink", [(0, 0, 0), (255, 255, 255), (128, 128, 128)])
def test_text_on_transparent_ground_stays_visible(ink: tuple[int, int, int]) -> None:
    image = Image.new("RGBA", SIZE, (*ink, 0))
    ImageDraw.Draw(image).rectangle((10, 10, 30, 14), fill=(*ink, 255))
    photo = load(encode("PNG", image))
    assert len(photo.frames) == 1
    pixels = photo.frames[0].pixels.astype(int)
    assert abs(pixels[12, 20] - pixels[2, 2]).min() > 100


def test_a_picture_hidden_under_transparency_is_a_frame() -> None:
    image = scene(mode="RGB")
    image.putalpha(0)
    photo = load(encode("PNG", image))
    assert [frame.role for frame in photo.frames] == ["main", "preview"]
    assert np.array_equal(photo.frames[1].pixels, np.asarray(scene()))


def noise(seed: int, shape: tuple[int, ...] = (96, 130, 3)) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_both_jpeg_decoders_agree(subsampling: int) -> None:
    data = encode("JPEG", Image.fromarray(noise(subsampling)), subsampling=subsampling)
    fast, slow = opencv.decode(data).astype(int), _with_pillow(data).astype(int)
    assert np.abs(fast - slow).mean() < 1.0


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_blocks": 2}, {}])
def test_kinds_of_jpeg(options: dict[str, Any]) -> None:
    assert difference(load(encode("JPEG", scene(), **options)), scene()) < 6


def test_a_jpeg_that_ends_in_plain_grey_is_whole() -> None:
    # libjpeg paints missing blocks in this very grey.
    grey = Image.new("RGB", (200, 120), (128, 128, 128))
    assert load(encode("JPEG", grey)).gaps == ()


@pytest.mark.parametrize(
    "options",
    [{}, {"quality": 20}, {"subsampling": 0}, {"restart_marker_blocks": 3}, {"progressive": True}],
    ids=str,
)
@pytest.mark.parametrize(
    "image", [Image.fromarray(noise(7)), scene(size=(130, 96))], ids=["rough", "plain"]
)
def test_a_jpeg_with_its_end_marker_put_back_is_still_cut(
    image: Image.Image, options: dict[str, Any]
) -> None:
    """Also where nothing is left, where a restart follows, where later scans refine the first."""
    data = encode("JPEG", image, **options)
    scan = data.index(b"\xff\xda")
    start = scan + 2 + int.from_bytes(data[scan + 2 : scan + 4], "big")
    for cut in {*range(start, len(data) - 4, max((len(data) - start) // 40, 1)), start}:
        if data[cut - 1] != 0xFF:
            with pytest.raises(UnreadableImage):
                load(data[:cut] + b"\xff\xd9")


def test_animations_give_a_frame_for_each_change() -> None:
    one, two = scene(), scene().transpose(Image.Transpose.ROTATE_180)
    for form in ("GIF", "WEBP", "PNG", "TIFF", "AVIF"):
        data = encode(form, one, save_all=True, append_images=[one.copy(), two])
        photo = load(data)
        assert [frame.role for frame in photo.frames] == ["main", "page"], form
        assert np.abs(photo.frames[1].pixels.astype(int) - np.asarray(two)).mean() < 8, form


def test_what_hides_under_transparency_counts_in_every_frame() -> None:
    plain = Image.new("RGBA", (400, 300), (255, 255, 255, 0))
    hiding = plain.copy()
    ImageDraw.Draw(hiding).text((20, 150), "Jane Doe MRN 0012345", fill=(0, 0, 0, 0))
    options = {"save_all": True, "append_images": [hiding], "blend": 0, "disposal": 0}
    frames = load(encode("PNG", plain, **options)).frames
    assert any(frame.index > 0 and frame.pixels.std() > 0 for frame in frames)


def test_an_opened_image_brings_its_texts(tmp_path: Path) -> None:
    path = tmp_path / "p.jpg"
    Image.new("RGB", (40, 30)).save(path, comment=b"Patient: Jane Doe")
    with Image.open(path) as image:
        tags = load(image).tags
    assert [(tag.name, tag.value) for tag in tags] == [("Comment", "Patient: Jane Doe")]


def test_one_changed_word_is_a_new_frame() -> None:
    first = Image.new("RGB", (400, 300), "white")
    second = first.copy()
    ImageDraw.Draw(second).text((200, 150), "Doe", fill="black")
    photo = load(encode("PNG", first, save_all=True, append_images=[second]))
    assert len(photo.frames) == 2


def test_frames_beyond_the_limit_are_a_gap() -> None:
    pages = [Image.fromarray(noise(seed)) for seed in range(6)]
    data = encode("TIFF", pages[0], save_all=True, append_images=pages[1:])
    photo = load(data, Limits(frames=3))
    assert len(photo.frames) == 3
    assert photo.gaps == ("frames beyond 3",)
    assert load(data).gaps == ()


def test_frames_beyond_the_pixel_budget_are_a_gap() -> None:
    pages = [Image.fromarray(noise(seed, (300, 300, 3))) for seed in range(6)]
    data = encode("TIFF", pages[0], save_all=True, append_images=pages[1:])
    photo = load(data, Limits(total_pixels=200_000))
    assert "frames beyond" in photo.gaps[0]


def test_every_heif_picture_is_a_frame() -> None:
    file = pillow_heif.from_pillow(scene())
    file.add_from_pillow(scene().transpose(Image.Transpose.ROTATE_180))
    buffer = BytesIO()
    file.save(buffer, quality=90)
    assert [frame.role for frame in load(buffer.getvalue()).frames] == ["main", "page"]


def test_pictures_behind_a_jpeg_turn_with_it_and_are_pages_when_it_lists_them() -> None:
    second = scene().transpose(Image.Transpose.ROTATE_180)
    data = encode("JPEG", scene(), exif=exif(6)) + encode("JPEG", second)
    photo = load(data)
    assert [frame.role for frame in photo.frames] == ["main", "preview"]
    assert photo.frames[0].pixels.shape == photo.frames[1].pixels.shape == (48, 32, 3)
    own = load(encode("JPEG", scene(), exif=exif(6)) + encode("JPEG", second, exif=exif(1)))
    assert own.frames[1].pixels.shape == (32, 48, 3)
    mpo = load(encode("MPO", scene(), save_all=True, append_images=[second]))
    assert [frame.role for frame in mpo.frames] == ["main", "page"]


def test_a_cut_picture_behind_a_jpeg_is_a_gap() -> None:
    second = encode("JPEG", scene())
    photo = load(encode("JPEG", scene()) + second[:-40])
    assert photo.gaps == ("hidden picture",)


@pytest.mark.parametrize("channels", [None, 1, 3, 4])
def test_arrays(channels: int | None) -> None:
    shape = (20, 30) if channels is None else (20, 30, channels)
    array = np.full(shape, 255, np.uint8)
    photo = load(array)
    assert photo.source == "<array>"
    assert photo.frames[0].pixels.shape == (20, 30, 3)
    assert photo.frames[0].pixels.min() == 255
    array[:] = 0
    assert photo.frames[0].pixels.min() == 255, "the caller's later changes must not show"
    assert load(np.zeros((2, 3), np.uint8)).sha256 != load(np.zeros((3, 2), np.uint8)).sha256


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros(5, np.uint8),
        np.zeros((2, 4, 4, 3), np.uint8),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_arrays_that_are_no_picture(array: NDArray[np.uint8]) -> None:
    with pytest.raises(UnreadableImage, match="array"):
        load(array)


def test_a_pil_image_is_turned_and_its_other_frames_are_a_gap() -> None:
    with Image.open(BytesIO(encode("JPEG", scene(), exif=exif(6)))) as image:
        assert load(image).frames[0].pixels.shape == (48, 32, 3)
        assert load(image).source == "<image>"
    pages = encode("TIFF", scene(), save_all=True, append_images=[scene().rotate(180)])
    with Image.open(BytesIO(pages)) as image:
        assert len(list(ImageSequence.Iterator(image))) == 2
        image.seek(0)
        assert load(image).gaps


def test_a_pil_image_of_a_cut_file_is_refused() -> None:
    data = encode("JPEG", Image.fromarray(noise(3)))
    with Image.open(BytesIO(data[: len(data) // 2])) as image, pytest.raises(UnreadableImage):
        load(image)


def test_lenient_pillow_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(UnreadableImage, match="LOAD_TRUNCATED_IMAGES"):
        load(encode("PNG", scene()))


def test_file_objects() -> None:
    photo = load(BytesIO(encode("PNG", scene())))
    assert photo.source == "<file>"
