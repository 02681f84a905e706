from __future__ import annotations

import logging
import os
import socket
import struct
import threading
import time
import tracemalloc
import warnings
import zlib
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from phiscan.errors import PhiscanError, TooLarge, UnreadableImage, UnsupportedFormat
from phiscan.intake import Limits, load
from phiscan.intake.codec import decoding
from phiscan.intake.xmp import read as read_xmp


def picture(seed: int = 0) -> Image.Image:
    """A small picture with some detail everywhere, so that every byte of the file matters."""
    gradient = Image.linear_gradient("L").resize((40, 24))
    return Image.merge("RGB", [gradient, gradient.rotate(180), gradient.rotate(90 + seed)])


def encode(form: str, **options: Any) -> bytes:
    buffer = BytesIO()
    if form == "HEIF":
        pillow_heif.from_pillow(picture()).save(buffer, quality=60)
    else:
        picture().save(buffer, form, **options)
    return buffer.getvalue()


def animated(form: str) -> bytes:
    return encode(form, save_all=True, append_images=[picture(90)])


FILES = {
    "JPEG": encode("JPEG"),
    "JPEG progressive": encode("JPEG", progressive=True),
    "JPEG restarts": encode("JPEG", restart_marker_blocks=1),
    "JPEG grey": encode("JPEG", quality=5),
    "PNG": encode("PNG"),
    "PNG animated": animated("PNG"),
    "GIF": encode("GIF"),
    "GIF animated": animated("GIF"),
    "WebP": encode("WEBP"),
    "WebP lossless": encode("WEBP", lossless=True),
    "WebP animated": animated("WEBP"),
    "BMP": encode("BMP"),
    "TIFF": encode("TIFF"),
    "TIFF deflate": encode("TIFF", compression="tiff_adobe_deflate"),
    # Pillow leaves four bytes behind the last page that belong to nothing.
    "TIFF pages": animated("TIFF")[:-4],
    "AVIF": encode("AVIF"),
    "HEIF": encode("HEIF"),
}

cases = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", FILES)
def test_whole_files_load(name: str) -> None:
    assert load(FILES[name]).gaps == ()


@pytest.mark.parametrize("name", FILES)
@cases
@given(data=st.data())
def test_no_truncated_file_of_any_format_ever_loads(name: str, data: st.DataObject) -> None:
    whole = FILES[name]
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(UnreadableImage):
        load(whole[:cut])


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("missing", [1, 2, 3, 4, 8, 12, 16, 64])
def test_the_last_bytes_matter(name: str, missing: int) -> None:
    with pytest.raises(UnreadableImage):
        load(FILES[name][:-missing])


@pytest.mark.parametrize("name", FILES)
@cases
@given(
    flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=1, max_size=8)
)
def test_flipped_bytes_end_in_a_photo_or_in_unreadable(
    name: str, flips: list[tuple[int, int]]
) -> None:
    damaged = bytearray(FILES[name])
    for place, mask in flips:
        damaged[place % len(damaged)] ^= mask
    try:
        photo = load(bytes(damaged), Limits(pixels=10**7))
    except UnreadableImage:
        return
    assert photo.frames


@cases
@given(st.binary(max_size=300))
def test_any_bytes_end_in_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableImage):
        load(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "an empty file"),
        (bytes(1000), "zero bytes"),
        (b"dear diary, nothing happened\n", "plain text"),
        (b"BM is how this note begins, and no bitmap", "plain text"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"II*\0\x10\0\0\0CR\x02\0", r"RAW \(Canon\)"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1", r"RAW \(Canon\)"),
        (b"FUJIFILMCCD-RAW 0201", r"RAW \(Fujifilm\)"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "a video"),
        (b"PK\x03\x04\x14\0", "a ZIP archive"),
        (b"\0" * 128 + b"DICM", "DICOM"),
        (b"8BPS\0\1", "a Photoshop file"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"P6\n1 1\n255\n\0\0\0", "a Netpbm picture"),
        (b"\x93\x04\x00\xfe\x01\x99", "not a photo that phiscan knows"),
    ],
)
def test_other_things_are_named(data: bytes, words: str) -> None:
    with pytest.raises(UnsupportedFormat, match=words) as caught:
        load(data)
    assert "; " in str(caught.value), "a message says what to do next"


def test_text_named_jpg(tmp_path: Path) -> None:
    path = tmp_path / "cake.jpg"
    path.write_text("no cake\n")
    with pytest.raises(UnsupportedFormat, match="plain text"):
        load(path)


def test_raw_that_is_a_tiff() -> None:
    tags = {50706: bytes([1, 4, 0, 0])}
    buffer = BytesIO()
    picture().save(buffer, "TIFF", tiffinfo=tags)
    with pytest.raises(UnsupportedFormat, match=r"RAW \(DNG\)"):
        load(buffer.getvalue())


def test_directory(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match="a directory"):
        load(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_does_not_hang(tmp_path: Path) -> None:
    path = tmp_path / "pipe.jpg"
    os.mkfifo(path)
    with pytest.raises(UnreadableImage, match="a named pipe"):
        load(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices here")
def test_devices_and_sockets(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match="a device or socket"):
        load("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        with pytest.raises(UnreadableImage, match="a device or socket"):
            load(tmp_path / "s")


def test_links_to_regular_files_are_opened(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(FILES["PNG"])
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    assert load(tmp_path / "link").format == "PNG"
    with pytest.raises(UnreadableImage, match="no such file"):
        load(tmp_path / "dangling")


def test_paths_that_cannot_be(tmp_path: Path) -> None:
    for path in ("", "a\0b", tmp_path / ("x" * 5000)):
        with pytest.raises(UnreadableImage):
            load(path)


@pytest.mark.parametrize("source", [StringIO("x"), 7, None, [1, 2]])
def test_things_that_are_no_source(source: Any) -> None:
    with pytest.raises(UnreadableImage):
        load(source)


def test_a_file_that_fails_while_read() -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(f"device says {size}")

    with pytest.raises(UnreadableImage, match="copy it again"):
        load(Broken())


class Endless(BytesIO):
    """A stream without end, that counts what was read of it."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size > 0
        self.count += size
        return bytes(size)


def test_never_reads_more_than_the_limit() -> None:
    stream = Endless()
    with pytest.raises(TooLarge):
        load(stream, Limits(bytes=3_000_000))
    assert stream.count == 3_000_001


def test_too_many_bytes(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    with path.open("wb") as file:
        file.truncate(10**9)
    with pytest.raises(TooLarge, match="MiB"):
        load(path)
    with pytest.raises(TooLarge):
        load(bytes(11), Limits(bytes=10))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"".join((b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *chunks, chunk(b"IEND", b"")))


def jpeg_of(width: int, height: int) -> bytes:
    data = bytearray(FILES["JPEG"])
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def tiff_of(width: int, height: int) -> bytes:
    data = bytearray(FILES["TIFF"])
    for tag, value in ((256, width), (257, height)):
        at = data.index(struct.pack("<HHI", tag, 4, 1))
        data[at : at + 12] = struct.pack("<HHII", tag, 4, 1, value)
    return bytes(data)


def webp_of(width: int, height: int) -> bytes:
    data = bytearray(FILES["WebP animated"])
    data[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(data)


def bmp_of(width: int, height: int) -> bytes:
    data = bytearray(FILES["BMP"])
    data[18:26] = struct.pack("<ii", width, height)
    return bytes(data)


def gif_of(width: int, height: int) -> bytes:
    data = bytearray(FILES["GIF"])
    data[6:10] = struct.pack("<HH", width, height)
    return bytes(data)


@pytest.mark.parametrize("form", ["png", "jpeg", "tiff", "webp", "bmp", "gif"])
def test_a_bomb_is_refused_from_its_header(form: str) -> None:
    bomb = {
        "png": png(30_000, 30_000, chunk(b"IDAT", zlib.compress(bytes(1000)))),
        "jpeg": jpeg_of(30_000, 30_000),
        "tiff": tiff_of(30_000, 30_000),
        "webp": webp_of(16_000, 16_000),
        "bmp": bmp_of(30_000, 30_000),
        "gif": gif_of(30_000, 30_000),
    }[form]
    load(FILES["PNG"])  # imports are not the bomb's time
    tracemalloc.start()
    start = time.process_time()
    with pytest.raises(TooLarge, match=r"\d+ x \d+"):
        load(bomb)
    seconds = time.process_time() - start
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 1.0
    assert peak < 20 * 2**20


def test_the_limit_is_ours_and_not_pillows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 800)  # of 960: Pillow would warn
    for data in FILES.values():
        assert load(data).gaps == ()
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)  # Pillow would refuse
    for name in ("PNG", "BMP", "JPEG", "GIF"):
        assert load(FILES[name]).gaps == ()
    with pytest.raises(TooLarge):
        load(FILES["PNG"], Limits(pixels=100))


def test_a_flood_of_chunks_and_segments_ends_soon() -> None:
    start = time.process_time()
    for flood in (
        png(9, 9, chunk(b"IDAT", b""), chunk(b"tEXt", b"") * 250_000),
        b"\xff\xd8" + b"\xff\xe1\x00\x04xx" * 100_000 + FILES["JPEG"][2:],
        FILES["JPEG"] + b"\xff\xd8\xff\xe0\x00\x02" * 100_000,
        FILES["TIFF"][:4] + struct.pack("<IH", 8, 65_000) + bytes(12 * 65_000 + 4),
    ):
        try:
            load(flood)
        except UnreadableImage:
            continue
    assert time.process_time() - start < 10


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("rows", [0, 1, 12, 23])
def test_a_png_whose_data_end_before_its_last_row(mode: str, rows: int) -> None:
    plain = Image.new("L", (40, 24)).convert(mode)
    buffer = BytesIO()
    plain.save(buffer, "PNG")
    data = buffer.getvalue()
    assert load(data).gaps == ()
    at = data.index(b"IDAT") - 4
    start = at + 8
    raw = zlib.decompress(data[start : start + int.from_bytes(data[at : at + 4], "big")])
    assert len(raw) % 24 == 0
    short = chunk(b"IDAT", zlib.compress(raw[: len(raw) // 24 * rows]))
    with pytest.raises(UnreadableImage):
        load(data[:at] + short + chunk(b"IEND", b""))


def test_an_interlaced_png_is_whole() -> None:
    # The seven passes of an 8 x 8 picture: 1, 1, 2, 4, 8, 16 and 32 pixels.
    rows = [(1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4)]
    raw = b"".join((b"\0" + bytes(columns)) * count for columns, count in rows)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 1))
    start, end = b"\x89PNG\r\n\x1a\n" + header, chunk(b"IEND", b"")
    assert load(start + chunk(b"IDAT", zlib.compress(raw)) + end).gaps == ()
    with pytest.raises(UnreadableImage):
        load(start + chunk(b"IDAT", zlib.compress(raw[:-9])) + end)


XMP = "http://ns.adobe.com/xap/1.0/\0"


def with_xmp(packet: str) -> bytes:
    return encode("JPEG", xmp=packet.encode())


def test_entities_in_xmp_are_refused() -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
        "<x>&b;</x>"
    )
    photo = load(with_xmp(bomb))
    assert photo.gaps == ("metadata",)
    outside = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'
    assert load(with_xmp(outside)).gaps == ("metadata",)


def test_huge_and_deep_xmp() -> None:
    with pytest.raises(UnreadableImage):
        read_xmp(b"<x>" + b"y" * 34_000_000 + b"</x>")
    with pytest.raises(UnreadableImage):
        read_xmp(b"<x>" + b"<y/>" * 700_000 + b"</x>")
    with pytest.raises(UnreadableImage):
        read_xmp(b"<x " + b" ".join(b'y%d=""' % number for number in range(700_000)) + b"/>")
    start = time.process_time()
    tags = read_xmp(b"<x>" * 50_000 + b"Jane" + b"</x>" * 50_000)
    assert [tag.value for tag in tags] == ["Jane"]
    assert time.process_time() - start < 5


def test_a_compressed_text_bomb_is_a_gap() -> None:
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(50_000_000)))
    data = bytearray(FILES["PNG"])
    data[33:33] = bomb
    assert load(bytes(data)).gaps == ("metadata",)


def test_overlapping_directories_end_soon() -> None:
    """Each of many entries points to the same 64 KiB: little data that says a lot."""
    count, text = 4_000, 60_000
    start = 8 + 2 + 12 * count + 4
    entries = b"".join(struct.pack("<HHII", 0x10E, 2, text, start) for _ in range(count))
    block = b"II*\0" + struct.pack("<IH", 8, count) + entries + bytes(4) + b"A" * text
    begin = time.process_time()
    photo = load(encode("PNG", exif=b"Exif\0\0" + block))
    assert sum(len(tag.value) for tag in photo.tags) < 2_000_000
    assert time.process_time() - begin < 5


def test_a_flood_of_metadata_blocks_is_a_gap() -> None:
    block = b"Exif\0\0II*\0\x08\0\0\0" + bytes(6)
    packet = b"http://ns.adobe.com/xap/1.0/\0<a>" + b"x" * 60_000 + b"</a>"
    for body, count in ((block, 40), (packet, 900)):
        segment = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
        data = FILES["JPEG"][:2] + segment * count + FILES["JPEG"][2:]
        assert load(data).gaps == ("metadata",)


def test_messages_and_logs_say_nothing_of_the_content(caplog: pytest.LogCaptureFixture) -> None:
    tags = Image.Exif()
    tags[0x10E] = "Zebulon Quick"
    data = encode("TIFF", exif=tags.tobytes())
    with caplog.at_level(logging.DEBUG):
        photo = load(data)
    assert any("Zebulon" in tag.value for tag in photo.tags)
    assert "Zebulon" not in caplog.text
    assert "Zebulon" not in repr(photo) + repr(photo.tags)
    with pytest.raises(UnreadableImage) as caught:
        load(data[:-400])
    assert "Zebulon" not in str(caught.value)


def test_decoders_are_silent_and_leave_the_filters_as_they_were() -> None:
    before = list(warnings.filters)

    def work() -> None:
        for _ in range(200):
            with decoding():
                warnings.warn("noise", stacklevel=1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before
    assert not logging.getLogger("PIL.TiffImagePlugin").disabled


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError("image file is truncated (3 bytes left)"), "truncated"),
        (EOFError("Jane"), "truncated"),
        (ValueError("Jane Doe"), "damaged"),
        (MemoryError(), "memory"),
        (RecursionError("Jane"), "damaged"),
    ],
)
def test_what_a_decoder_raises_is_named_plainly(error: Exception, words: str) -> None:
    with pytest.raises(PhiscanError, match=words) as caught, decoding():
        raise error
    assert "Jane" not in str(caught.value)
