"""Small inputs to start from, one for each way a file can be built: `tests/corpus` holds them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from phiscan.policy import shipped_policies

_LINE = "Patient: DOE, JANE MRN: 00417 DOB: 03/04/1950"


def seeds(target: str) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each seed of a target."""
    makers: dict[str, Callable[[], Iterator[tuple[str, bytes]]]] = {
        "intake": _files,
        "identifiers": lambda: _texts(_TEXTS),
        "payloads": lambda: _texts(_PAYLOADS),
        "settings": lambda: _texts(_configurations()),
    }
    yield from makers[target]()


def _picture(seed: int = 0, size: tuple[int, int] = (40, 24)) -> Image.Image:
    slope = Image.linear_gradient("L").resize(size)
    return Image.merge("RGB", [slope, slope.rotate(180), slope.rotate(90 + seed)])


def _encoded(form: str, image: Image.Image | None = None, **options: Any) -> bytes:
    buffer = BytesIO()
    shown = image or _picture()
    if form == "HEIF":
        heif = pillow_heif.from_pillow(shown)
        heif.save(buffer, quality=50, **options)
    else:
        shown.save(buffer, form, **options)
    return buffer.getvalue()


def _exif(thumbnail: bytes = b"") -> bytes:
    tags = Image.Exif()
    tags[0x010E], tags[0x013B], tags[0x0112] = _LINE, "Jane Doe", 6
    tags[0x9C9B] = _LINE.encode("utf-16-le")
    tags.get_ifd(0x8769).update({0x9286: b"ASCII\0\0\0" + _LINE.encode(), 0xA431: "12345"})
    tags.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    if not thumbnail:
        return tags.tobytes()
    first = struct.pack("<HHHIHHI", 1, 0x112, 3, 1, 6, 0, 26)
    second = struct.pack("<HHHIIHHII", 2, 513, 4, 1, 56, 514, 4, 1, len(thumbnail)) + bytes(4)
    return b"Exif\0\0II*\0\x08\0\0\0" + first + second + thumbnail


_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF'
    ' xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:n="http://ns.adobe.com/xmp/note/"'
    f' n:HasExtendedXMP="0"><dc:title>{_LINE}</dc:title>'
    "</r:Description></r:RDF></x:xmpmeta>"
).encode()


def _segments(*bodies: tuple[int, bytes]) -> bytes:
    data = _encoded("JPEG")
    pieces = [bytes([0xFF, mark]) + struct.pack(">H", len(b) + 2) + b for mark, b in bodies]
    return data[:2] + b"".join(pieces) + data[2:]


def _files() -> Iterator[tuple[str, bytes]]:
    yield from _jpegs()
    yield from _pngs()
    yield from _tiffs()
    two: dict[str, Any] = {"save_all": True, "append_images": [_picture(90)]}
    yield "gif", _encoded("GIF", comment=_LINE)
    yield "gif-animated", _encoded("GIF", duration=100, loop=0, **two)
    yield "webp", _encoded("WEBP", exif=_exif(), xmp=_XMP)
    yield "webp-lossless", _encoded("WEBP", lossless=True)
    yield "webp-animated", _encoded("WEBP", **two)
    yield "bmp", _encoded("BMP") + _encoded("GIF")
    yield "bmp-palette", _encoded("BMP", _picture().quantize(16))
    yield "avif", _encoded("AVIF", exif=_exif())
    yield "avif-sequence", _encoded("AVIF", duration=100, **two)
    yield "heif", _encoded("HEIF", exif=_exif(), xmp=_XMP)
    heif = pillow_heif.from_pillow(_picture())
    heif.add_from_pillow(_picture(90))
    buffer = BytesIO()
    heif.save(buffer, quality=50, thumbnails=[16])
    yield "heif-two-pictures", buffer.getvalue()


def _jpegs() -> Iterator[tuple[str, bytes]]:
    small = _encoded("JPEG", _picture(size=(16, 16)))
    record = b"\x1c\x02\x78" + struct.pack(">H", len(_LINE)) + _LINE.encode()
    record += b"\0" * (len(record) % 2)
    photoshop = b"Photoshop 3.0\08BIM\4\4\0\0" + struct.pack(">I", len(record)) + record
    yield "jpeg-tags", _encoded("JPEG", exif=_exif(), xmp=_XMP, comment=_LINE)
    yield "jpeg-thumbnail", _encoded("JPEG", exif=_exif(small))
    yield "jpeg-progressive", _encoded("JPEG", progressive=True)
    yield "jpeg-restarts", _encoded("JPEG", restart_marker_blocks=1)
    yield "jpeg-grey", _encoded("JPEG", _picture().convert("L"))
    yield "jpeg-cmyk", _encoded("JPEG", _picture().convert("CMYK"))
    yield "jpeg-iptc", _segments((0xED, photoshop))
    yield "jpeg-jfxx", _segments((0xE0, b"JFXX\0\x10" + small))
    head = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32 + struct.pack(">II", len(_XMP), 0)
    yield "jpeg-extended-xmp", _segments((0xE1, head + _XMP))
    yield "jpeg-two", _encoded("MPO", save_all=True, append_images=[_picture(90)])
    yield "jpeg-words", _encoded("JPEG") + _LINE.encode() * 3
    yield "jpeg-archive", _encoded("JPEG") + b"PK\3\4" + bytes(26) + small + b"PK\5\6" + bytes(18)
    film = struct.pack(">I", 24) + b"ftypmp42" + bytes(4) + b"mp42isom"
    yield "jpeg-film", _encoded("JPEG") + film + struct.pack(">I", 8) + b"moov"


def _pngs() -> Iterator[tuple[str, bytes]]:
    text = PngInfo()
    text.add_text("Comment", _LINE)
    text.add_text("Title", _LINE, zip=True)
    text.add_itxt("Author", "Jane Doe", zip=True)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    yield "png-text", _encoded("PNG", pnginfo=text, exif=_exif(), icc_profile=profile)
    yield "png-palette", _encoded("PNG", _picture().quantize(16), transparency=3)
    yield "png-grey-16", _encoded("PNG", _picture().convert("I;16"))
    yield "png-animated", _encoded("PNG", save_all=True, append_images=[_picture(90)])
    yield "png-and-jpeg", _encoded("PNG") + _encoded("JPEG")
    rows = [(1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4)]  # Adam7 of 8 x 8 pixels
    raw = b"".join((b"\0" + bytes(range(columns))) * count for columns, count in rows)
    body = [(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 1)), (b"IDAT", zlib.compress(raw))]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (*body, (b"IEND", b""))
    ]
    yield "png-interlaced", b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _tiffs() -> Iterator[tuple[str, bytes]]:
    yield "tiff", _encoded("TIFF", exif=_exif())
    yield "tiff-deflate", _encoded("TIFF", compression="tiff_adobe_deflate")
    yield "tiff-lzw", _encoded("TIFF", compression="tiff_lzw")
    yield "tiff-jpeg", _encoded("TIFF", compression="jpeg")
    yield "tiff-fax", _encoded("TIFF", _picture().convert("1"), compression="group4")
    yield "tiff-pages", _encoded("TIFF", save_all=True, append_images=[_picture(90)])
    yield "tiff-big", _encoded("TIFF", big_tiff=True)


def _texts(texts: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    for number, text in enumerate(texts):
        yield f"{number:02}", text.encode()


_TEXTS = (
    f"{_LINE} SSN 123-45-6789 MBI 1EG4-TE5-MK72",
    "SMITH, JOHN A\nDOB 3/4/50 (74 yo M)\nRoom 4 Bed 2\nDr. R. Jones\nMRN\t0012345\t\tAcct 99-1",
    "Call Mrs. Miller at +1 (212) 555-0187 or fax 212 555 0188, jane.doe@example.org",
    "12 Elm Street, Apt 4\nSpringfield, IL 62704-1234\nhttps://example.org/p?id=417 192.168.0.17",
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
    "VIN 1HGCM82633A004352 plate ABC-1234 serial SN: X9-44-21 UDI (01)00643169001763(21)A213B1",
    "NHS 943 476 5919  geb. 04.03.1950  Visa 4111 1111 1111 1111 DEA AB1234563 NPI 1234567893",
    "Opening hours Mon-Fri 8:00-17:30\nLOT 12345 EXP 2027-01\nAge 92 y, weight 61 kg, BP 120/80",
)
_PAYLOADS = (
    _LINE,
    "@\n\x1e\rANSI 636000080002DL00410278ZV03190008DLDAQT64235789\nDCSSAMPLE\nDBB06061986\r",
    "(01)00643169001763(8018)123456789012345678",
    "]C1\x1d801812345678901234567899876543210",
    "BEGIN:VCARD\nVERSION:3.0\nN:Doe;Jane;;;\nBDAY:1950-03-04\nTEL:+12125550187\nEND:VCARD",
    "MECARD:N:Doe,Jane;TEL:2125550187;;",
    "PID|1||00417^^^MRN||DOE^JANE||19500304|F\rPV1|1|I",
    "shc:/5676290952432060346029243740446031222959532654603460292540772804336028",
    "HC1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH-R6IOOK.IR9B+9G",
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    '{"name": "Jane Doe", "dob": "1950-03-04", "ids": [1, {"mrn": "00417"}]}',
    "https://example.org/portal?token=AbC123&patient=417",
)


def _configurations() -> tuple[str, ...]:
    policies = [path.read_text("utf-8")[:3000] for path in shipped_policies()]
    return (_SETTINGS, _POLICY, *policies)


_SETTINGS = """policy = "default"
ocr = ["rapidocr"]
engine = "auto"
threads = 1
seconds = 30
cache = false
[limits]
bytes = 1000
pixels = 100
"""
_POLICY = """on_gap = "review"
[[rule]]
kind = "face"
verdict = "block"
at_least = 0.5
inside = ["chart"]
together_with = ["name"]
text = "a face"
"""
