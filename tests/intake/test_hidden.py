from __future__ import annotations

import base64
import struct
import time
import zlib
from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
import pillow_heif
import pytest
from parts import (
    box,
    chunk,
    encode,
    film,
    frame_of,
    mean_difference,
    picture,
    segment,
    with_chunk,
    with_segments,
)
from PIL import Image, TiffImagePlugin
from PIL.PngImagePlugin import PngInfo

from phiscan.intake import Limits, heif_items, load
from phiscan.model import Photo

SMALL = picture((48, 32), 5)
JPEG = frame_of(SMALL)
RGB = np.asarray(picture((6, 4), 6)).tobytes()


def roles(photo: Photo) -> list[str]:
    return [frame.role for frame in photo.frames]


def shows(photo: Photo, image: Image.Image, index: int = -1) -> bool:
    return mean_difference(photo.frames[index].pixels, image) < 12


def photoshop(number: int, body: bytes) -> bytes:
    padding = b"\0" * (len(body) % 2)
    block = b"8BIM" + struct.pack(">HHI", number, 0, len(body)) + body + padding
    return with_segments(segment(0xED, b"Photoshop 3.0\0" + block))


def bare_exif(values: bytes, sampling: tuple[int, int] | None) -> bytes:
    """EXIF with a thumbnail of 6 x 4 pixels without compression."""
    tags = [
        (256, 4, 1, 6),
        (257, 4, 1, 4),
        (259, 3, 1, 1),
        (262, 3, 1, 6 if sampling else 2),
        (273, 4, 1, 200),
        (279, 4, 1, len(values)),
    ]
    if sampling:
        tags.append((530, 3, 2, sampling[0] | sampling[1] << 16))
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    second = struct.pack("<H", len(tags)) + entries + bytes(4)
    block = b"II*\0\x08\0\0\0" + struct.pack("<HI", 0, 14) + second
    return b"Exif\0\0" + block.ljust(200, b"\0") + values


def xmp_with(name: str, value: bytes) -> bytes:
    text = base64.b64encode(value).decode()
    space = {
        "xmpGImg": "http://ns.adobe.com/xap/1.0/g/img/",
        "GImage": "http://ns.google.com/photos/1.0/image/",
    }[name.partition(":")[0]]
    return (
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description '
        f'xmlns:{name.partition(":")[0]}="{space}" {name}="{text}"/></r:RDF>'
    ).encode()


GREY = bytes(range(0, 240, 10))
"""24 pixels of light, from dark to bright."""


def units(across: int, down: int) -> bytes:
    """The same light in squares that share two neutral colours."""
    light = np.frombuffer(GREY, np.uint8).reshape(4, 6)
    squares = [
        light[y : y + down, x : x + across].tobytes() + b"\x80\x80"
        for y in range(0, 4, down)
        for x in range(0, 6, across)
    ]
    return b"".join(squares)


@pytest.mark.parametrize(
    ("data", "role", "image"),
    [
        (with_segments(segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\x06\x04" + RGB)), "thumbnail", None),
        (with_segments(segment(0xE0, b"JFXX\0\x13\x06\x04" + RGB)), "thumbnail", None),
        (with_segments(segment(0xE0, b"JFXX\0\x10" + JPEG)), "thumbnail", SMALL),
        (photoshop(0x040C, bytes(28) + JPEG), "thumbnail", SMALL),
        (photoshop(0x0409, bytes(28) + JPEG), "thumbnail", SMALL),
        (with_segments(segment(0xE5, b"RMETA\0" + JPEG)), "preview", SMALL),
        (with_segments(segment(0xE2, b"FPXR\0" + bytes(8) + JPEG)), "preview", SMALL),
        (with_segments(segment(0xEB, b"JP\0\1\0\0\0\1" + JPEG)), "preview", SMALL),
        (with_chunk(b"prVw", JPEG), "preview", SMALL),
        (with_chunk(b"caBX", encode("PNG", SMALL)), "preview", SMALL),
        (encode("JPEG", exif=bare_exif(RGB, None)), "thumbnail", None),
        (encode("JPEG", xmp=xmp_with("xmpGImg:image", JPEG)), "thumbnail", SMALL),
        (encode("JPEG", xmp=xmp_with("GImage:Data", JPEG)), "preview", SMALL),
        (encode("JPEG") + JPEG, "preview", SMALL),
        (encode("JPEG") + encode("PNG", SMALL), "preview", SMALL),
        (encode("PNG") + b"junk" * 40 + encode("WEBP", SMALL), "preview", SMALL),
        (encode("GIF") + encode("GIF", SMALL), "preview", SMALL),
        (encode("WEBP") + JPEG, "preview", SMALL),
        (encode("BMP") + JPEG, "preview", SMALL),
        (encode("TIFF") + JPEG, "preview", SMALL),
        (encode("AVIF") + JPEG, "preview", SMALL),
        (encode("HEIF") + JPEG, "preview", SMALL),
        (encode("JPEG") + encode("HEIF", SMALL), "preview", SMALL),
    ],
)
def test_a_picture_in_the_file_is_a_frame(data: bytes, role: str, image: Image.Image) -> None:
    photo = load(data)
    assert roles(photo) == ["main", role]
    assert photo.gaps == ()
    if image:
        assert shows(photo, image)
    else:
        assert photo.frames[1].pixels.tobytes() == RGB


def test_a_palette_thumbnail() -> None:
    palette = bytes(range(256)) * 3
    body = b"JFXX\0\x11\x06\x04" + palette + bytes(range(24))
    photo = load(with_segments(segment(0xE0, body)))
    assert photo.frames[1].pixels[0, 5].tolist() == [15, 16, 17]


@pytest.mark.parametrize("sampling", [(1, 1), (2, 1), (2, 2), (1, 2)])
def test_bare_thumbnails_with_shared_colours(sampling: tuple[int, int]) -> None:
    photo = load(encode("JPEG", exif=bare_exif(units(*sampling), sampling)))
    assert roles(photo) == ["main", "thumbnail"]
    assert photo.frames[1].pixels[..., 0].tobytes() == GREY


@pytest.mark.parametrize(
    "data",
    [
        with_segments(segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\x06\x04" + RGB[:-1])),
        encode("JPEG", exif=bare_exif(units(2, 2)[:-3], (2, 2))),
        with_segments(segment(0xE5, b"RMETA\0" + JPEG[:-9])),
        encode("JPEG", xmp=xmp_with("xmpGImg:image", JPEG[:-9])),
        encode("JPEG", xmp=xmp_with("GImage:Data", JPEG)[:-40] + b'?"/></r:RDF>'),
        encode("PNG") + JPEG[:-9],
        encode("JPEG") + encode("PNG", SMALL)[:-9],
        encode("JPEG") + encode("HEIF", SMALL)[:-400],
    ],
)
def test_a_hidden_picture_that_is_not_whole_is_a_gap(data: bytes) -> None:
    photo = load(data)
    assert roles(photo) == ["main"]
    assert photo.gaps


def test_what_hides_in_a_hidden_picture_is_found_too() -> None:
    inner = with_segments(segment(0xFE, b"MRN 0012345"), segment(0xE5, b"RMETA\0" + JPEG))
    photo = load(encode("PNG") + inner)
    assert roles(photo) == ["main", "preview", "preview"]
    assert [tag.value for tag in photo.tags if tag.name == "Comment"] == ["MRN 0012345"]


def test_pictures_that_hide_in_each_other_without_end_are_a_gap() -> None:
    data = JPEG
    for _ in range(12):
        data = encode("PNG") + data if data is JPEG else with_chunk(b"prVw", data)
    photo = load(data)
    assert len(photo.frames) < 12
    assert photo.gaps


def test_many_hidden_pictures_share_the_limit_on_frames() -> None:
    photo = load(encode("JPEG") + JPEG * 9, Limits(frames=4))
    assert len(photo.frames) == 4
    assert photo.gaps == ("frames beyond 4",)


def test_many_hidden_pictures_that_fail_to_open_end_soon() -> None:
    # A whole JPEG by its markers, of which no pixel is there.
    scan = JPEG.index(b"\xff\xda")
    empty = JPEG[: scan + 14] + b"\xff\xd9"
    data = encode("PNG")
    flood = b"".join(chunk(b"prVw", empty + bytes([n & 255, n >> 8])) for n in range(3000))
    start = time.process_time()
    photo = load(data[:33] + flood + data[33:])
    assert "preview" in photo.gaps
    assert "frames beyond 1" in photo.gaps
    assert time.process_time() - start < 10


def test_tiff_sub_directories() -> None:
    first = TiffImagePlugin.ImageFileDirectory_v2()
    first[330] = 0
    data = bytearray(encode("TIFF", tiffinfo=first))
    at = data.index(struct.pack("<HHI", 330, 4, 1)) + 8
    second = encode("TIFF", SMALL)
    moved = _moved(second, len(data))
    data[at : at + 4] = struct.pack("<I", len(data) + struct.unpack("<I", second[4:8])[0])
    photo = load(bytes(data) + moved)
    assert roles(photo) == ["main", "preview"]
    assert photo.gaps == ()
    assert shows(photo, SMALL)
    lost = bytes(data[:at]) + struct.pack("<I", 10**6) + bytes(data[at + 4 :])
    assert load(lost).gaps == ("pictures in sub-directories",)


def _moved(data: bytes, by: int) -> bytes:
    """A TIFF file whose offsets count from `by` bytes before it."""
    moved = bytearray(data)
    start = struct.unpack("<I", data[4:8])[0]
    for number in range(struct.unpack_from("<H", data, start)[0]):
        at = start + 2 + 12 * number
        tag, kind, count, value = struct.unpack_from("<HHII", data, at)
        if tag == 273 or count * {3: 2, 4: 4, 5: 8}.get(kind, 1) > 4:
            struct.pack_into("<I", moved, at + 8, value + by)
    return bytes(moved)


def test_layers_of_a_photoshop_tiff_are_a_gap() -> None:
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[37724] = b"Adobe Photoshop Document Data Block\0" + bytes(40)
    assert load(encode("TIFF", tiffinfo=info)).gaps == ("layers of a Photoshop picture",)


def heif(change: Callable[[pillow_heif.HeifFile], object]) -> bytes:
    file = pillow_heif.from_pillow(picture((256, 192), 1))
    change(file)
    buffer = BytesIO()
    file.save(buffer, quality=80)
    return buffer.getvalue()


def test_heif_thumbnails() -> None:
    def ask(file: pillow_heif.HeifFile) -> None:
        sizes: list[int | None] = [64]
        file[0].info["thumbnails"] = sizes

    photo = load(heif(ask))
    assert roles(photo) == ["main", "thumbnail"]
    assert shows(photo, picture((256, 192), 1))


def test_heif_pictures_that_are_marked_as_hidden() -> None:
    data = heif(lambda file: file.add_from_pillow(SMALL))
    items = heif_items.parse(data)
    (hidden,) = (item for item in items.pictures() if item.number != items.primary)
    marked = bytearray(data)
    marked[hidden.flag_at] |= 1
    assert len(pillow_heif.open_heif(bytes(marked))) == 1
    assert roles(load(bytes(marked))) == ["main", "page"]


def transparent(form: str) -> bytes:
    image = picture((256, 192), 3).convert("RGBA")
    image.putalpha(picture((256, 192), 4).convert("L"))
    return encode(form, image)


def test_companions_of_a_heif_picture() -> None:
    data = transparent("HEIF")
    assert roles(load(data)) == ["main"]
    for kind in (b"2", b"9"):  # a depth map, and whatever
        photo = load(data.replace(b"hevc:2015:auxid:1", b"hevc:2015:auxid:" + kind))
        assert roles(photo) == ["main", "preview"]
        assert shows(photo, picture((256, 192), 4).convert("L"))


def test_companions_of_an_avif_picture() -> None:
    data = transparent("AVIF")
    assert roles(load(data)) == ["main"]
    photo = load(data.replace(b"auxiliary:alpha", b"auxiliary:depth"))
    assert roles(photo) == ["main", "preview"]
    assert shows(photo, picture((256, 192), 4).convert("L"))


def test_what_heif_crops_away_is_a_frame() -> None:
    data = encode("HEIF", picture((201, 151), 2))
    at = data.index(b"clap") + 4
    values = struct.pack(">8I", 60, 1, 40, 1, 0, 1, 0, 1)
    photo = load(data[:at] + values + data[at + 32 :])
    assert photo.frames[0].pixels.shape == (40, 60, 3)
    assert roles(photo) == ["main", "preview"]
    assert photo.frames[1].width >= 200
    assert roles(load(data)) == ["main"], "what the encoder added is no crop"


def sequence(*images: Image.Image) -> bytes:
    """A HEIC file whose first picture is also there as an item, as bursts are stored."""
    frames, setup = [], b""
    for image in images:
        data = encode("HEIF", image)
        items = heif_items.parse(data)
        item = items.by_number[items.primary]
        frames.append(b"".join(data[start : start + size] for start, size in item.places))
        setup = next(data[a:b] for kind, a, b in item.properties if kind == b"hvcC")
    return film(
        *frames,
        size=images[0].size,
        codec=(b"hvc1", setup),
        before=encode("HEIF", images[0]),
        handler=b"pict",
    )


def test_a_heif_sequence_gives_a_frame_for_each_change() -> None:
    burst = [picture((160, 128), seed) for seed in (0, 0, 1, 2)]
    photo = load(sequence(*burst))
    assert roles(photo) == ["main", "page", "page"]
    assert photo.gaps == ()
    assert shows(photo, burst[-1])
    assert load(sequence(*burst), Limits(frames=2)).gaps == ("frames of the image sequence",)


def test_a_sequence_that_opencv_is_too_old_for_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(cv2, "IStreamReader")
    assert load(sequence(picture((160, 128)))).gaps == ("image sequence",)


def test_an_avif_file_that_is_both_a_picture_and_a_sequence() -> None:
    data = encode("AVIF", save_all=True, append_images=[picture(seed=1)])
    assert data[8:12] == b"avis"
    assert roles(load(data)) == ["main", "page"]
    photo = load(data[:8] + b"avif" + data[12:])
    assert roles(photo) == ["main", "preview"]
    assert shows(photo, picture(seed=1))


def test_previews_in_maker_notes() -> None:
    entry = struct.pack("<HHII", 0x927C, 7, 8 + len(JPEG), 26)
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + entry + bytes(4) + b"MAKER\0\0\0" + JPEG
    photo = load(encode("JPEG", exif=b"Exif\0\0" + block))
    assert roles(photo) == ["main", "preview"]


def fff(*records: tuple[int, bytes]) -> bytes:
    """A FLIR block: a header of 64 bytes, the directory, the records."""
    start = 64 + 32 * len(records)
    directory, bodies = b"", b""
    for kind, body in records:
        directory += struct.pack(">H10xII", kind, start + len(bodies), len(body)).ljust(32, b"\0")
        bodies += body
    head = b"FFF\0".ljust(20, b"\0") + struct.pack(">III", 101, 64, len(records))
    return head.ljust(64, b"\0") + directory + bodies


def flir(block: bytes) -> bytes:
    return with_segments(segment(0xE1, b"FLIR\0\1\0\0" + block))


def test_flir() -> None:
    heat = np.arange(48, dtype="<u2") * 100
    raw = struct.pack("<HHH", 2, 8, 6).ljust(32, b"\0") + heat.tobytes()
    photo_head = struct.pack("<HHH", 3, 48, 32).ljust(32, b"\0")
    place = struct.pack("<I4s", 1, b"\2\2\0\0").ljust(16, b"\0") + struct.pack("<dd", 48.5, 2.25)
    camera = bytes(0x104) + b"T1234567".ljust(16, b"\0")
    data = flir(fff((1, raw), (14, photo_head + JPEG), (0x2B, place), (0x20, camera)))
    photo = load(data)
    assert roles(photo) == ["main", "preview", "preview"]
    assert photo.gaps == ()
    assert shows(photo, SMALL)
    assert photo.frames[1].pixels[5, 7].tolist() == [255, 255, 255]
    assert {(tag.name, tag.value) for tag in photo.tags} == {
        ("GPSLatitude", "48.500000"),
        ("GPSLongitude", "2.250000"),
        ("CameraSerialNumber", "T1234567"),
    }


@pytest.mark.parametrize(
    ("block", "gap"),
    [
        (b"FFF\0", "metadata"),
        (fff((1, bytes(40)))[:80], "metadata"),
        (fff((14, bytes(40))), "hidden picture"),
        (fff((1, struct.pack("<HHH", 2, 90, 90).ljust(40, b"\0"))), "hidden picture"),
    ],
)
def test_broken_flir_blocks_are_a_gap(block: bytes, gap: str) -> None:
    assert load(flir(block)).gaps == (gap,)


def test_flir_heat_in_png_has_its_bytes_swapped() -> None:
    heat = np.arange(48, dtype=np.uint16).reshape(6, 8) * 100
    png = encode("PNG", Image.fromarray(heat.byteswap()))
    raw = struct.pack("<HHH", 2, 8, 6).ljust(32, b"\0") + png
    pixels = load(flir(fff((1, raw)))).frames[1].pixels
    assert pixels[0, 0].tolist() == [0, 0, 0]
    assert pixels[5, 7].tolist() == [255, 255, 255]


def test_a_picture_in_compressed_text_bytes_is_no_frame_but_its_words_are_found() -> None:
    # Text chunks are text: a thumbnail there is not shown by any program, and zlib hides it.
    info = PngInfo()
    info.add_text("Comment", "MRN 0012345", zip=True)
    photo = load(encode("PNG", pnginfo=info))
    assert roles(photo) == ["main"]
    assert photo.tags[0].value == "MRN 0012345"


def test_boxes_of_unknown_make() -> None:
    data = encode("HEIF")
    photo = load(data + box(b"uuid", bytes(16), b"MRN 0012345 in a box", JPEG))
    assert roles(photo) == ["main", "preview"]
    (words,) = (tag.value for tag in photo.tags if tag.group == "words")
    assert words.startswith("MRN 0012345 in a box")


def test_a_png_that_hides_a_broken_chunk_is_still_opened() -> None:
    damaged = chunk(b"prVw", JPEG[:40])
    data = encode("PNG")
    assert load(data[:33] + damaged + data[33:]).gaps == ("hidden picture",)
    assert zlib.crc32(b"prVw" + JPEG[:40]) == int.from_bytes(damaged[-4:], "big")
