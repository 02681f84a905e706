"""Files made to exhaust, crash or mislead whoever opens them, one maker for each trick."""

from __future__ import annotations

import os
import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import zxingcpp
from PIL import Image, ImageDraw

_GREY = (120, 130, 110)


def _encoded(form: str, image: Image.Image | None = None, **options: Any) -> bytes:
    buffer = BytesIO()
    shown = image or Image.new("RGB", (320, 240), _GREY)
    if form == "HEIF":
        pillow_heif.from_pillow(shown).save(buffer, quality=50, **options)
    else:
        shown.save(buffer, form, **options)
    return buffer.getvalue()


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(size: tuple[int, int], *chunks: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + b"".join(chunks) + _chunk(b"IEND", b"")


def _black(size: tuple[int, int]) -> bytes:
    """Return a PNG of black pixels: a thousandth of what it becomes."""
    machine, row = zlib.compressobj(9), bytes(1 + 3 * size[0])
    packed = b"".join(machine.compress(row) for _ in range(size[1])) + machine.flush()
    return _png(size, _chunk(b"IDAT", packed))


def _with_tags(*segments: tuple[int, bytes]) -> bytes:
    data = _encoded("JPEG")
    pieces = [bytes([0xFF, mark]) + struct.pack(">H", len(b) + 2) + b for mark, b in segments]
    return data[:2] + b"".join(pieces) + data[2:]


def _resized(data: bytes, size: tuple[int, int]) -> bytes:
    """Return a JPEG whose header lies about its size."""
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", size[1], size[0]) + data[at + 4 :]


def _tiff_chain(count: int, *, endless: bool) -> bytes:
    data = bytearray(b"II*\0" + struct.pack("<I", 8))
    for number in range(count):
        entries = struct.pack("<HHHIIHHII", 2, 256, 4, 1, 1, 257, 4, 1, 1)
        last = number == count - 1
        behind = (8 if endless else 0) if last else len(data) + len(entries) + 4
        data += entries + struct.pack("<I", behind)
    return bytes(data)


def _xmp(packet: bytes) -> bytes:
    return b"http://ns.adobe.com/xap/1.0/\0" + packet


def _extended(packet: bytes) -> list[tuple[int, bytes]]:
    head = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32
    step = 65_000
    note = b'<a xmlns:n="http://ns.adobe.com/xmp/note/" n:HasExtendedXMP="%s"/>' % (b"A" * 32)
    parts = [
        (0xE1, head + struct.pack(">II", len(packet), at) + packet[at : at + step])
        for at in range(0, len(packet), step)
    ]
    return [(0xE1, _xmp(note)), *parts]


def _laughs() -> bytes:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    return f'<?xml version="1.0"?><!DOCTYPE l [{lines}]><l>&l9;</l>'.encode()


def _noise(size: tuple[int, int]) -> Image.Image:
    pixels = np.random.default_rng(6).integers(0, 256, (size[1], size[0], 3), np.uint8)
    return Image.fromarray(pixels)


def _print(size: tuple[int, int]) -> Image.Image:
    """Return a page that is full of small print."""
    sheet = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    line = "Patient DOE, JANE MRN 00417 DOB 03/04/1950 bed 4 call 212-555-0187 " * (size[0] // 300)
    for y in range(0, size[1], 16):
        draw.text((0, y), line, fill="black")
    return sheet


def _codes(size: tuple[int, int]) -> Image.Image:
    """Return a wall of codes that all decode."""
    sheet = Image.new("RGB", size, "white")
    for number in range((size[0] // 100) * (size[1] // 100)):
        code = zxingcpp.create_barcode(f"MRN {number:08}", zxingcpp.BarcodeFormat.QRCode)
        stamp = Image.fromarray(np.array(code.to_image(scale=3), np.uint8)).resize((90, 90))
        y, x = divmod(number, size[0] // 100)
        sheet.paste(stamp, (100 * x + 5, 100 * y + 5))
    return sheet


def _pages(form: str, count: int, size: tuple[int, int]) -> bytes:
    frames = [Image.new("L", size, shade % 256) for shade in range(0, 7 * count, 7)]
    return _encoded(form, frames[0], save_all=True, append_images=frames[1:])


def _gif(count: int) -> bytes:
    """Return a GIF of frames of one pixel, 21 bytes each."""
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frames = [
        b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02" + code + b"\x01\0"
        for code in (b"\x44", b"\x4c")
    ]
    return head + b"".join(frames[n % 2] for n in range(count)) + b"\x3b"


def _scans(count: int) -> bytes:
    """Return a progressive JPEG that refines the same coefficients again and again."""
    data = _encoded("JPEG", Image.new("L", (4000, 3000), 90), progressive=True)
    start = data.rindex(b"\xff\xda")
    scan = data[start:-2]
    return data[:start] + scan * count + b"\xff\xd9"


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def _film(samples: int) -> bytes:
    """Return a moving photo whose film claims a great many frames."""
    sizes = _box(b"stsz", bytes(4) + struct.pack(">II", 1, samples))
    times = _box(b"stts", bytes(4) + struct.pack(">III", 1, samples, 1))
    table = _box(b"stbl", _box(b"stsd", bytes(8)) + times + sizes)
    movie = _box(b"moov", _box(b"trak", _box(b"mdia", _box(b"minf", table))))
    return _encoded("JPEG") + _box(b"ftyp", b"mp42" + bytes(4) + b"mp42isom") + movie


def _heif_of(size: tuple[int, int]) -> bytes:
    data = _encoded("HEIF")
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", *size) + data[at + 8 :]


def files() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the name of each file, and what makes its content."""
    yield from _bombs()
    yield from _liars()
    yield from _floods()
    yield from _two_at_once()
    yield from _pictures()


def _bombs() -> Iterator[tuple[str, Callable[[], bytes]]]:
    many = b"x" * 40_000_000
    yield "bomb-900-megapixels.png", lambda: _black((30_000, 30_000))
    yield "bomb-144-megapixels.png", lambda: _black((12_000, 12_000))
    yield "bomb-149-megapixels-wide.png", lambda: _black((1_490_000, 100))
    yield "bomb-text.png", lambda: _png((9, 9), _chunk(b"zTXt", b"C\0\0" + zlib.compress(many)))
    yield (
        "bomb-profile.png",
        lambda: _png((9, 9), _chunk(b"iCCP", b"i\0\0" + zlib.compress(bytes(40_000_000)))),
    )
    yield (
        "bomb-140-megapixels.tif",
        lambda: _encoded("TIFF", Image.new("L", (14_000, 10_000)), compression="tiff_lzw"),
    )
    yield (
        "bomb-140-megapixels.webp",
        lambda: _encoded("WEBP", Image.new("RGB", (14_000, 10_000)), lossless=True, method=0),
    )
    yield "bomb-140-megapixels.jpg", lambda: _encoded("JPEG", Image.new("L", (14_000, 10_000)))
    yield (
        "bomb-140-megapixels-progressive.jpg",
        lambda: _encoded("JPEG", Image.new("RGB", (14_000, 10_000)), progressive=True),
    )
    yield "bomb-laughs.jpg", lambda: _with_tags((0xE1, _xmp(_laughs())))
    yield "bomb-100-scans.jpg", lambda: _scans(100)


def _liars() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield "lying-header.jpg", lambda: _resized(_encoded("JPEG"), (65_500, 65_500))
    yield "lying-header-small.jpg", lambda: _resized(_encoded("JPEG"), (12_000, 12_000))
    yield "lying-header.png", lambda: _png((12_000, 12_000), _chunk(b"IDAT", zlib.compress(b"")))
    yield "lying-header.heic", lambda: _heif_of((60_000, 60_000))
    yield "lying-header-small.heic", lambda: _heif_of((11_000, 11_000))
    yield "lying-film.jpg", lambda: _film(2**31 - 1)
    thumbnail = _resized(_encoded("JPEG"), (20_000, 7_000))
    exif = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HI", 0, 14)
    exif += struct.pack("<HHHIIHHII", 2, 513, 4, 1, 44, 514, 4, 1, len(thumbnail)) + bytes(4)
    yield "lying-thumbnail.jpg", lambda: _with_tags((0xE1, exif + thumbnail))
    yield "lying-length.png", lambda: _encoded("PNG")[:33] + b"\x7f\xff\xff\xff" + b"IDAT"
    big = b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 2**60)
    yield "lying-count.tif", lambda: big + bytes(200)


def _floods() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield "flood-100000-frames.gif", lambda: _gif(100_000)
    yield "flood-2000-frames.gif", lambda: _pages("GIF", 2000, (300, 200))
    yield "flood-500-frames.png", lambda: _pages("PNG", 500, (300, 200))
    yield "flood-500-frames.webp", lambda: _pages("WEBP", 500, (300, 200))
    yield "flood-300-pages.tif", lambda: _pages("TIFF", 300, (300, 200))
    yield "flood-directories.tif", lambda: _tiff_chain(200_000, endless=False)
    yield "flood-circle.tif", lambda: _tiff_chain(3, endless=True)
    yield "flood-chunks.png", lambda: _png((9, 9), _chunk(b"tEXt", b"a\0b") * 150_000)
    yield "flood-segments.jpg", lambda: _with_tags(*[(0xE1, b"x")] * 100_000)
    yield "flood-pictures.jpg", lambda: _encoded("JPEG") + _encoded("JPEG") * 3000
    yield "flood-picture-starts.jpg", lambda: _encoded("JPEG") + b"\xff\xd8\xff\xe0\0\4ab" * 90_000
    yield "flood-xmp.jpg", lambda: _with_tags(*_extended(b"<a>" + b"x" * 30_000_000 + b"</a>"))
    yield (
        "flood-elements.jpg",
        lambda: _with_tags(*_extended(b"<a>" + b"<b/>" * 5_000_000 + b"</a>")),
    )
    deep = b"<a>" * 500_000 + b"</a>" * 500_000
    yield "flood-depth.jpg", lambda: _with_tags(*_extended(deep))
    names = b"Patient: Doe, Jane MRN 00417 " * 2_000
    comments = [(0xFE, names)] * 300
    yield "flood-comments.jpg", lambda: _with_tags(*comments)


def _two_at_once() -> Iterator[tuple[str, Callable[[], bytes]]]:
    zipped = b"PK\3\4" + bytes(40) + b"PK\5\6" + bytes(18)
    page = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
    yield "two-png-zip.png", lambda: _encoded("PNG") + zipped
    yield "two-jpeg-pdf.jpg", lambda: _encoded("JPEG") + page
    yield "two-pdf-jpeg.jpg", lambda: page + _encoded("JPEG")
    yield "two-gif-script.gif", lambda: _encoded("GIF") + b"*/=1;alert(1)//" * 20
    yield "two-jpeg-program.jpg", lambda: _encoded("JPEG") + b"\x7fELF" + bytes(range(256)) * 9
    yield "two-png-in-jpeg.jpg", lambda: _with_tags((0xE5, _encoded("PNG")))
    yield "two-wrong-name.jpg", lambda: _encoded("PNG")
    yield "cut.jpg", lambda: _encoded("JPEG", _noise((320, 240)))[:-2000]
    yield "cut.png", lambda: _encoded("PNG", _noise((320, 240)))[:-2000]
    yield "cut.heic", lambda: _encoded("HEIF", _noise((320, 240)))[:-200]


def _pictures() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield whole photos that are hard on readers and detectors."""
    size = (4000, 3000)
    yield "picture-noise.jpg", lambda: _encoded("JPEG", _noise(size), quality=80)
    yield "picture-print.png", lambda: _encoded("PNG", _print(size))
    yield "picture-codes.png", lambda: _encoded("PNG", _codes(size))
    yield "picture-line.png", lambda: _encoded("PNG", Image.new("RGB", (60_000, 3), _GREY))
    yield "picture-dot.png", lambda: _encoded("PNG", Image.new("RGB", (1, 1), _GREY))


NAMES = (
    "name-line\nfeed.jpg",
    "name-\x1b[2J\x1b[31mred.jpg",
    "name-\u202egpj.exe.jpg",
    "name-'\"><b>.jpg",
    "name-" + "x" * 240 + ".jpg",
    "-name.jpg",
    "name-caf\udce9.jpg",
)
"""Names that forge lines, colours, directions, markup or options, or are not even text."""


def odd_things(folder: Path) -> None:
    """Make what is no ordinary file: links, pipes, sockets, what may not be read."""
    plain = _encoded("JPEG")
    for name in NAMES:
        (folder / name).write_bytes(plain)
    (folder / "link-device.jpg").symlink_to("/dev/zero")
    (folder / "link-nowhere.jpg").symlink_to("nowhere")
    (folder / "link-circle.jpg").symlink_to("link-circle.jpg")
    (folder / "link-out.jpg").symlink_to("/etc/hostname")
    (folder / "folder.jpg").mkdir()
    os.mkfifo(folder / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(folder / "socket.jpg"))
    (folder / "unreadable.jpg").write_bytes(plain)
    (folder / "unreadable.jpg").chmod(0)
    with (folder / "sparse.jpg").open("wb") as file:
        file.truncate(50 * 2**30)
