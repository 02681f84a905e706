"""Photos with a made-up patient in every place that phiscan looks at, and files that fail.

Every place has a patient of its own, so that a word that leaks tells where it came from.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import zxingcpp
from parts import box, chunk, encode, film, frame_of, segment, with_chunk, with_segments
from PIL import Image, ImageCms, TiffImagePlugin
from PIL.PngImagePlugin import PngInfo

NAMES = {
    "pixels": ("ZEBULON", "QUACKENBUSH"),
    "code": ("ISADORA", "WINTERBOTTOM"),
    "thumbnail": ("PHINEAS", "FEATHERSTONE"),
    "behind the end": ("LAVINIA", "HIGGINBOTHAM"),
    "exif": ("CORNELIUS", "SHUTTLEWORTH"),
    "artist": ("EUPHEMIA", "RAMSBOTTOM"),
    "maker note": ("THADDEUS", "CLUTTERBUCK"),
    "place": ("EZEKIEL", "BICKERSTAFF"),
    "xmp": ("WILHELMINA", "THISTLEWAITE"),
    "region": ("BARNABY", "LONGBOTTOM"),
    "history": ("OPHELIA", "CRUICKSHANK"),
    "iptc": ("MORTIMER", "GREENHALGH"),
    "comment": ("PRISCILLA", "ENTWHISTLE"),
    "png": ("AMBROSE", "PENNINGTON"),
    "compressed": ("DOROTHEA", "BLENKINSOP"),
    "profile": ("LEOPOLD", "HARBOTTLE"),
    "film": ("CLEMENTINE", "OGLETHORPE"),
    "archive": ("AUGUSTUS", "WIGGLESWORTH"),
    "unknown": ("HORTENSE", "MICKLETHWAIT"),
    "broken": ("BALTHAZAR", "SNODGRASS"),
    "no photo": ("GWENDOLEN", "POSTLETHWAITE"),
    "file name": ("SEPTIMUS", "BRACEGIRDLE"),
    "folder name": ("ARAMINTA", "CHOLMONDELEY"),
}
_NUMBERS = {place: f"{48_613_907 + 1_370_009 * n}" for n, place in enumerate(NAMES)}
IN_PATHS = ("file name", "folder name")
"""Places that the caller names and that reports repeat; caches, logs and copies never hold them."""


def words(*places: str) -> list[str]:
    """Return what may not be found anywhere: both names and the record number of each patient."""
    return [word for place in places for word in (*NAMES[place], _NUMBERS[place])]


def patient(place: str) -> str:
    """Return a line that names the place's patient so that any check must see it."""
    given, family = NAMES[place]
    return f"Patient: {family}, {given} MRN: {_NUMBERS[place]} DOB: 03/04/1950"


PAGE = (720, 220)


def page(place: str) -> Image.Image:
    """A label in large print."""
    sheet = np.full((PAGE[1], PAGE[0], 3), 235, np.uint8)
    given, family = NAMES[place]
    lines = (f"Patient: {family}, {given}", f"MRN: {_NUMBERS[place]}", "DOB: 03/04/1950")
    for number, line in enumerate(lines):
        at = 30, 60 + 60 * number
        cv2.putText(sheet, line, at, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (20, 20, 20), 2, cv2.LINE_AA)
    return Image.fromarray(sheet)


def _code() -> Image.Image:
    barcode = zxingcpp.create_barcode(patient("code"), zxingcpp.BarcodeFormat.QRCode)
    return Image.fromarray(np.array(barcode.to_image(scale=6), np.uint8)).convert("RGB")


def _exif() -> bytes:
    tags = Image.Exif()
    tags[0x010E] = patient("exif")
    tags[0x013B] = " ".join(NAMES["artist"]).title()
    tags[0x9C9B] = patient("exif").encode("utf-16-le")
    tags.get_ifd(0x8769).update(
        {
            0x9286: b"UNICODE\0" + patient("exif").encode("utf-16-be"),
            0xA431: _NUMBERS["exif"],
            0x927C: b"Vendor\0" + patient("maker note").encode(),
        }
    )
    place = b"ASCII\0\0\0" + patient("place").encode()
    tags.get_ifd(0x8825).update(
        {1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0), 27: place, 28: place}
    )
    return tags.tobytes()


def _xmp() -> bytes:
    path = f"C:\\Users\\{NAMES['history'][1].title()}\\{patient('history')}.psd"
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF'
        ' xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:odd="http://example.org/odd/"'
        ' xmlns:I="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        ' xmlns:s="http://ns.adobe.com/photoshop/1.0/"'
        ' xmlns:g="http://www.metadataworkinggroup.com/schemas/regions/">'
        f"<dc:description>{patient('xmp')}</dc:description>"
        f"<I:PersonInImage><r:Bag><r:li>{' '.join(NAMES['region'])}</r:li></r:Bag>"
        f"</I:PersonInImage><g:Name>{' '.join(NAMES['region'])}</g:Name>"
        f"<s:History>{path}</s:History>"
        f"<odd:{NAMES['xmp'][1]}>{patient('xmp')}</odd:{NAMES['xmp'][1]}>"
        "</r:Description></r:RDF></x:xmpmeta>"
    ).encode()


def _iptc() -> bytes:
    caption = patient("iptc").encode()
    record = b"\x1c\x02" + bytes([120]) + struct.pack(">H", len(caption)) + caption
    record += b"\0" * (len(record) % 2)
    body = b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(record)) + record
    return segment(0xED, b"Photoshop 3.0\0" + body)


def _profile() -> bytes:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    at = profile.index("sRGB".encode("utf-16-be"))
    room = len("sRGB built-in") * 2
    profile[at : at + room] = " ".join(NAMES["profile"]).encode("utf-16-be")[:room]
    return bytes(profile)


def _png() -> bytes:
    text = PngInfo()
    text.add_text("Comment", patient("png"))
    text.add_text(NAMES["png"][1], patient("png"))
    text.add_text("Description", patient("compressed"), zip=True)
    text.add_itxt("Title", patient("compressed"), zip=True)
    return encode("PNG", pnginfo=text)


def _moving() -> bytes:
    """A moving photo: behind its end a film that shows a label and was taken somewhere."""
    moved = film(frame_of(page("film")), size=PAGE, place="+40.7486-073.9864/")
    names = box(b"udta", box(b"\xa9nam", struct.pack(">HH", 60, 0), patient("film").encode()))
    return encode("JPEG") + moved + names


def _thumbnail() -> bytes:
    """EXIF whose thumbnail shows a label that the picture does not."""
    inner = frame_of(page("thumbnail"))
    first = struct.pack("<HI", 0, 14)
    second = struct.pack("<HHHIIHHII", 2, 513, 4, 1, 44, 514, 4, 1, len(inner)) + bytes(4)
    block = b"Exif\0\0II*\0\x08\0\0\0" + first + second + inner
    return encode("JPEG", Image.new("RGB", PAGE, (90, 120, 90)), exif=block)


def _whole() -> Iterator[tuple[str, bytes, str]]:
    """Yield files that decode, each with a kind of finding that shows that its patient was seen."""
    gif = Image.new("RGB", (60, 40), (90, 120, 90))
    tiff = TiffImagePlugin.ImageFileDirectory_v2()
    tiff[270], tiff[305] = patient("exif"), patient("maker note")
    packed = b"PK\x03\x04" + bytes(22) + struct.pack("<HH", 40, 0) + patient("archive").encode()
    yield "pixels.png", encode("PNG", page("pixels")), "mrn"
    yield "code.png", encode("PNG", _code()), "mrn"
    yield "thumbnail.jpg", _thumbnail(), "mrn"
    yield "exif.jpg", encode("JPEG", exif=_exif()), "metadata_text"
    yield "xmp.jpg", encode("JPEG", xmp=_xmp()), "metadata_name"
    yield "iptc.jpg", with_segments(_iptc()), "metadata_text"
    yield "comment.jpg", with_segments(segment(0xFE, patient("comment").encode())), "metadata_text"
    yield "segment.jpg", with_segments(segment(0xE9, patient("unknown").encode())), "metadata_text"
    yield "profile.jpg", encode("JPEG", icc_profile=_profile()), ""
    yield "text.png", _png(), "metadata_text"
    yield "chunk.png", with_chunk(b"prVt", patient("unknown").encode()), "metadata_text"
    yield "comment.gif", encode("GIF", gif, comment=patient("comment")), "metadata_text"
    yield "tags.tif", encode("TIFF", tiffinfo=tiff), "metadata_text"
    yield "tags.webp", encode("WEBP", exif=_exif(), xmp=_xmp()), "metadata_text"
    yield "tags.avif", encode("AVIF", exif=_exif()), "metadata_text"
    yield "tags.heic", encode("HEIF", exif=_exif(), xmp=_xmp()), "metadata_text"
    yield "film.jpg", _moving(), "mrn"
    yield "picture.jpg", encode("JPEG") + frame_of(page("behind the end")), "mrn"
    yield "words.bmp", encode("BMP") + patient("behind the end").encode() * 9, "metadata_text"
    yield "archive.jpg", encode("JPEG") + packed + packed, "trailing_data"


def _broken() -> Iterator[tuple[str, bytes]]:
    """Yield files of which something, or everything, cannot be read."""
    words_ = patient("broken").encode()
    plain = patient("no photo")
    yield "xml.jpg", encode("JPEG", xmp=b"<a " + words_ + b"><b>" + words_)
    yield "entity.jpg", encode("JPEG", xmp=b'<!DOCTYPE a [<!ENTITY a "%b">]><b>&a;</b>' % words_)
    yield "exif.jpg", encode("JPEG", exif=b"Exif\0\0II*\0\xff\0\0\0" + words_)
    yield "bomb.png", with_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(words_ * 200_000))
    yield "inside.jpg", encode("JPEG") + frame_of(page("broken"))[:-900]
    yield "checksum.png", _png().replace(words_[:1], b"?", 1)
    yield "chunk.png", encode("PNG")[:-12] + chunk(b"tEXt", b"Comment\0" + words_)
    yield "cut.jpg", encode("JPEG", page("broken"), exif=_exif(), comment=words_)[:-500]
    yield "cut.png", encode("PNG", page("broken"))[:-500]
    yield "cut.tif", encode("TIFF", page("broken"), exif=_exif())[:-500]
    yield "cut.webp", encode("WEBP", page("broken"), exif=_exif())[:-40]
    yield "cut.heic", encode("HEIF", page("broken"), exif=_exif())[:-500]
    yield "cut.gif", encode("GIF", page("broken"), comment=words_)[:-40]
    yield "tiff.tif", _overwritten(encode("TIFF", exif=_exif()), b"\xff\xff", 30)
    yield "note.jpg", plain.encode()
    yield "page.jpg", f"<html><title>{plain}</title><p>{plain}</html>".encode()
    yield "paper.jpg", f"%PDF-1.7 {plain}".encode()
    yield "message.jpg", b"\0" * 128 + b"DICM" + plain.encode()


def _overwritten(data: bytes, piece: bytes, at: int) -> bytes:
    return data[:at] + piece + data[at + len(piece) :]


def plant(folder: Path) -> dict[Path, str]:
    """Write all files below `folder`; return which kind of finding each must have, "" for any."""
    _, family = NAMES["folder name"]
    sub = folder / f"{family}_MRN{_NUMBERS['folder name']}"
    sub.mkdir(parents=True)
    expected: dict[Path, str] = {}
    for name, data, kind in _whole():
        expected[folder / name] = kind
        (folder / name).write_bytes(data)
    for name, data in _broken():
        path = folder / f"broken-{name}"
        expected[path] = ""
        path.write_bytes(data)
    given, family = NAMES["file name"]
    named = sub / f"{family.title()}_{given.title()}_MRN{_NUMBERS['file name']}.png"
    buffer = BytesIO()
    Image.new("RGB", (60, 40), (90, 120, 90)).save(buffer, "PNG")
    named.write_bytes(buffer.getvalue())
    expected[named] = "file_name"
    return expected
