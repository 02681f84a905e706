from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from phiscan.errors import UnreadableImage
from phiscan.intake import exif, iptc, load, xmp
from phiscan.model import Photo


def encode(form: str, size: tuple[int, int] = (32, 24), **options: Any) -> bytes:
    buffer = BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(buffer, form, **options)
    return buffer.getvalue()


def tags_of(photo: Photo) -> dict[tuple[str, str], str]:
    return {(tag.group, tag.name): tag.value for tag in photo.tags}


def exif_block() -> Image.Exif:
    block = Image.Exif()
    block[0x010E] = "birthday cake"
    block[0x9C9D] = "Jane".encode("utf-16-le")
    block.get_ifd(0x8769).update(
        {
            0x9003: "2024:01:02 03:04:05",
            0x829A: 0.01,
            0x9286: b"UNICODE\0" + "kitchen".encode("utf-16-be"),
            0xA431: "12345",
        }
    )
    block.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    return block


EXPECTED = {
    ("exif", "ImageDescription"): "birthday cake",
    ("exif", "XPAuthor"): "Jane",
    ("exif", "DateTimeOriginal"): "2024:01:02 03:04:05",
    ("exif", "ExposureTime"): "0.01",
    ("exif", "UserComment"): "kitchen",
    ("exif", "BodySerialNumber"): "12345",
    ("gps", "GPSLatitude"): "48 51 30",
    ("gps", "GPSLatitudeRef"): "N",
    ("gps", "GPSLongitude"): "2 17 40",
}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_exif_of_every_directory(form: str) -> None:
    photo = load(encode(form, exif=exif_block().tobytes()))
    assert photo.gaps == ()
    found = tags_of(photo)
    assert {key: found.get(key) for key in EXPECTED} == EXPECTED


@pytest.mark.parametrize(
    ("kind", "raw", "text"),
    [
        (2, b"Jane\0", "Jane"),
        (2, b"Jane\0Doe\0", "Jane\nDoe"),
        (2, "Zoë".encode(), "Zoë"),
        (2, "Zoë".encode("latin-1"), "Zoë"),
        (7, b"plain words", "plain words"),
        (7, b"\x01\x02\x03\x04\x05", "<5 bytes>"),
        (1, b"\x01\x02", "1 2"),
        (3, struct.pack("<HH", 7, 9), "7 9"),
        (5, struct.pack("<II", 1, 4), "0.25"),
        (5, struct.pack("<II", 1, 0), "nan"),
        (9, struct.pack("<i", -3), "-3"),
        (12, struct.pack("<d", 2.5), "2.5"),
        (3, bytes(200), "<200 bytes>"),
        (2, b"A" * 70_000, "<70000 bytes>"),
    ],
)
def test_values(kind: int, raw: bytes, text: str) -> None:
    size = {1: 1, 2: 1, 3: 2, 5: 8, 7: 1, 9: 4, 12: 8}[kind]
    inline = raw.ljust(4, b"\0")[:4] if len(raw) <= 4 else struct.pack("<I", 26)
    entry = struct.pack("<HHI", 0xC000, kind, len(raw) // size) + inline
    block = b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4) + raw
    found = exif.read(block)
    assert [tag.value for tag in found.tags] == [text]
    assert not found.broken


def test_broken_exif_is_a_gap_and_no_more() -> None:
    whole = exif_block().tobytes()
    for block in (b"Exif\0\0garbage!", whole[:60]):
        photo = load(encode("JPEG", exif=block))
        assert photo.gaps == ("metadata",)
        assert len(photo.frames) == 1


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8), st.integers(1, 500)
)
def test_any_exif_is_read_or_marked_broken(changes: list[tuple[int, int]], length: int) -> None:
    block = bytearray(exif_block().tobytes()[6:][:length])
    for place, value in changes:
        block[place % len(block)] = value
    assert isinstance(exif.read(bytes(block)).broken, bool)


def with_thumbnail(thumbnail: bytes, orientation: int = 1) -> bytes:
    """An EXIF block whose second directory points to `thumbnail`."""
    first = struct.pack("<HHHIHH", 1, 0x112, 3, 1, orientation, 0) + struct.pack("<I", 26)
    second = struct.pack("<HHHIIHHII", 2, 513, 4, 1, 56, 514, 4, 1, len(thumbnail)) + bytes(4)
    return b"Exif\0\0II*\0\x08\0\0\0" + first + second + thumbnail


def test_a_thumbnail_is_a_frame_turned_with_the_picture() -> None:
    thumbnail = encode("JPEG", size=(16, 8))
    photo = load(encode("JPEG", exif=with_thumbnail(thumbnail, orientation=6)))
    assert [frame.role for frame in photo.frames] == ["main", "thumbnail"]
    assert photo.frames[0].pixels.shape == (32, 24, 3)
    assert photo.frames[1].pixels.shape == (16, 8, 3)
    assert photo.gaps == ()


def test_a_broken_thumbnail_is_a_gap_an_empty_one_is_none() -> None:
    thumbnail = encode("JPEG", size=(16, 8))
    assert load(encode("JPEG", exif=with_thumbnail(thumbnail[:-9]))).gaps == ("thumbnail",)
    assert load(encode("JPEG", exif=with_thumbnail(bytes(900)))).gaps == ()
    assert load(encode("JPEG", exif=with_thumbnail(b""))).gaps == ()


RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
PACKET = f"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {RDF}><rdf:Description rdf:about=""
  xmlns:d="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
  xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
  xmlns:r="http://www.metadataworkinggroup.com/schemas/regions/"
  xmlns:clinic="http://example.org/clinic/"
  exif:GPSLatitude="48,51.5N" clinic:Ward="North">
 <d:creator><rdf:Seq><rdf:li>Jane Doe</rdf:li></rdf:Seq></d:creator>
 <d:title><rdf:Alt><rdf:li xml:lang="x-default">Cake</rdf:li></rdf:Alt></d:title>
 <e:PersonInImage><rdf:Bag><rdf:li>John Doe</rdf:li></rdf:Bag></e:PersonInImage>
 <r:Regions rdf:parseType="Resource"><r:RegionList><rdf:Bag><rdf:li>
   <rdf:Description r:Name="Jim Doe" r:Type="Face"/></rdf:li></rdf:Bag></r:RegionList></r:Regions>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_xmp_is_flattened_under_the_usual_names(form: str) -> None:
    packet = PACKET.encode()
    options: dict[str, Any] = {"xmp": packet}
    if form == "PNG":
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", PACKET)
        options = {"pnginfo": info}
    elif form == "TIFF":
        options = {"tiffinfo": {700: packet}}
    photo = load(encode(form, **options))
    found = tags_of(photo)
    assert photo.gaps == ()
    assert found["xmp", "dc:creator"] == "Jane Doe"
    assert found["xmp", "dc:title"] == "Cake"
    assert found["xmp", "Iptc4xmpExt:PersonInImage"] == "John Doe"
    assert found["xmp", "mwg-rs:Name"] == "Jim Doe"
    assert found["xmp", "exif:GPSLatitude"] == "48,51.5N"
    assert found["xmp", "clinic:Ward"] == "North"
    assert not any("lang" in name or "about" in name for _, name in found)


def test_extended_xmp_is_put_together() -> None:
    packet = b"<a xmlns='http://purl.org/dc/elements/1.1/'><title>" + b"x" * 300 + b"</title></a>"
    head = b"http://ns.adobe.com/xmp/extension/\0" + b"G" * 32 + struct.pack(">I", len(packet))
    pieces = [
        head + struct.pack(">I", at) + packet[at : at + 100] for at in range(0, len(packet), 100)
    ]
    segments = b"".join(
        b"\xff\xe1" + struct.pack(">H", len(piece) + 2) + piece for piece in reversed(pieces)
    )
    data = encode("JPEG")
    photo = load(data[:2] + segments + data[2:])
    assert tags_of(photo)["xmp", "dc:title"] == "x" * 300


@pytest.mark.parametrize("packet", [b"<a><b></a>", b"not xml", b"<a>\x01</a>"])
def test_broken_xmp_is_refused(packet: bytes) -> None:
    with pytest.raises(UnreadableImage):
        xmp.read(packet)


def dataset(number: int, value: bytes) -> bytes:
    return b"\x1c\x02" + bytes([number]) + struct.pack(">H", len(value)) + value


def resource(number: int, body: bytes) -> bytes:
    padding = b"\0" * (len(body) % 2)
    return b"8BIM" + struct.pack(">HHI", number, 0, len(body)) + body + padding


def with_photoshop(*resources: bytes) -> bytes:
    body = b"Photoshop 3.0\0" + b"".join(resources)
    data = encode("JPEG")
    return data[:2] + b"\xff\xed" + struct.pack(">H", len(body) + 2) + body + data[2:]


def test_iptc() -> None:
    block = dataset(80, b"Jane Doe") + dataset(25, b"cake") + dataset(25, "Zoë".encode("latin-1"))
    photo = load(with_photoshop(resource(0x03ED, b"12345"), resource(0x0404, block)))
    values = [(tag.name, tag.value) for tag in photo.tags if tag.group == "iptc"]
    assert values == [("By-line", "Jane Doe"), ("Keywords", "cake"), ("Keywords", "Zoë")]
    assert load(with_photoshop(resource(0x0404, block[:-1]))).gaps == ("metadata",)
    assert load(with_photoshop(resource(0x0404, block)[:-5])).gaps == ("metadata",)
    with pytest.raises(UnreadableImage):
        iptc.read(dataset(80, b"x") * 400_000)


def test_a_photoshop_thumbnail_is_a_frame() -> None:
    thumbnail = bytes(28) + encode("JPEG", size=(16, 8))
    photo = load(with_photoshop(resource(0x040C, thumbnail)))
    assert [frame.role for frame in photo.frames] == ["main", "thumbnail"]


def test_png_texts() -> None:
    info = PngInfo()
    info.add_text("Comment", "cake")
    info.add_text("Title", "Jubiläum", zip=True)
    info.add_itxt("Author", "Zoë", zip=True)
    raw = exif_block().tobytes()
    info.add_text("Raw profile type exif", f"\nexif\n{len(raw)}\n{raw.hex()}\n")
    photo = load(encode("PNG", pnginfo=info))
    found = tags_of(photo)
    assert found["png", "Comment"] == "cake"
    assert found["png", "Title"] == "Jubiläum"
    assert found["png", "Author"] == "Zoë"
    assert found["exif", "ImageDescription"] == "birthday cake"
    assert photo.gaps == ()


def test_broken_png_texts_are_a_gap() -> None:
    for body in (b"Comment\0\0not deflated", b"Comment\0\0" + zlib.compress(b"x" * 99)[:-5]):
        chunk = b"zTXt" + body
        block = struct.pack(">I", len(body)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        data = encode("PNG")
        # Behind the pixels, where Pillow reads it only after they are there.
        photo = load(data[:-12] + block + data[-12:])
        assert photo.gaps == ("metadata",)


def test_comments() -> None:
    assert tags_of(load(encode("JPEG", comment=b"cake")))["jpeg", "Comment"] == "cake"
    assert tags_of(load(encode("GIF", comment=b"cake")))["gif", "Comment"] == "cake"


def test_long_values_come_in_pieces_that_overlap() -> None:
    comment = "".join(f"{number:05}" for number in range(2_000))
    photo = load(encode("JPEG", comment=comment.encode()))
    pieces = [tag.value for tag in photo.tags]
    assert all(len(piece) <= 4096 for piece in pieces)
    assert all(any(comment[at : at + 100] in piece for piece in pieces) for at in range(9_900))


def test_tags_of_a_pil_image() -> None:
    with Image.open(BytesIO(encode("JPEG", exif=exif_block().tobytes()))) as image:
        found = tags_of(load(image))
    assert found["gps", "GPSLatitude"] == "48 51 30"
    assert not load(np.zeros((4, 4, 3), np.uint8)).tags


PROSE = "the patient was seen again in the evening by the nurse " * 1300
BASE64 = "aGVyZSBhcmUgZGF0YSBhbmQgbm8gd29yZHM" * 2100


@pytest.mark.parametrize(("text", "gaps"), [(PROSE, ("metadata",)), (BASE64, ())])
def test_text_that_is_too_long_to_be_searched_is_a_gap(text: str, gaps: tuple[str, ...]) -> None:
    assert len(text) > 64 * 1024
    tags, note = Image.Exif(), PngInfo()
    tags[0x9C9C], tags[0x010E] = text.encode("utf-16-le"), "cake"
    note.add_text("Comment", text)
    packet = f"<a>{text}</a>".encode()
    for data in (
        encode("PNG", exif=tags.tobytes()),
        encode("PNG", pnginfo=note),
        encode("WEBP", xmp=packet),
    ):
        assert load(data).gaps == gaps
