"""Tell a file's format from its first bytes; its name is never asked."""

from __future__ import annotations

import re

from phiscan.errors import UnsupportedFormat

_PHOTOS = {
    "JPEG": rb"\xff\xd8\xff",
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "GIF": rb"GIF8[79]a",
    "WEBP": rb"RIFF.{4}WEBP",
    "BMP": rb"BM",
    "TIFF": rb"II[*+]\0|MM\0[*+]",
}
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
"""Sizes of the known BMP headers; plain text can start with BM as well."""

_IMAGE = "save it as JPEG or PNG and scan that"
_CONVERT = "develop or export it as JPEG and scan that"
_PAGES = "export its pages as PNG and scan those"
_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (rb"%PDF-", "a PDF", _PAGES),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "PostScript", _PAGES),
    (rb"II\*\0.{4}CR|II\x1a\0\0\0HEAP", "RAW (Canon)", _CONVERT),
    (rb"IIU\0", "RAW (Panasonic)", _CONVERT),
    (rb"II?R[OS]|MMOR", "RAW (Olympus)", _CONVERT),
    (rb"FUJIFILMCCD-RAW", "RAW (Fujifilm)", _CONVERT),
    (rb"FOVb", "RAW (Sigma)", _CONVERT),
    (rb".{4}ftypcrx ", "RAW (Canon)", _CONVERT),
    (rb"\0MRM", "RAW (Minolta)", _CONVERT),
    (rb".{128}DICM", "DICOM", "export it from the viewer as PNG and scan that"),
    (rb"8BPS", "a Photoshop file", _IMAGE),
    (rb"\xff\x0a|\0\0\0\x0cJXL ", "JPEG XL", _IMAGE),
    (rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", "JPEG 2000", _IMAGE),
    (rb"P[1-7][\s\d]", "a Netpbm picture", _IMAGE),
    (rb"\0\0[\x01\x02]\0", "an icon or cursor", _IMAGE),
    (rb"\x01\xda", "an SGI picture", _IMAGE),
    (rb"\x0a[\x00-\x05][\x00\x01]", "a PCX picture", _IMAGE),
    (rb".{4}(?:ftyp|moov|mdat|wide)|\x1aE\xdf\xa3|RIFF.{4}AVI ", "a video", "scan single frames"),
    (rb"ID3|RIFF.{4}WAVE|OggS|fLaC", "a sound recording", "it is not a photo"),
    (rb"PK\x03\x04", "a ZIP archive or an Office document", "unpack or export its pictures"),
    (rb"\x1f\x8b|7z\xbc\xaf|Rar!|\xfd7zXZ|BZh", "an archive", "unpack it and scan the files"),
    (rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|svg|!DOCTYPE|html)", "SVG, HTML or XML", _PAGES),
    (rb"\x7fELF|MZ|#!", "a program", "it is not a photo"),
)
_TEXT = re.compile(rb"[\t\n\f\r\x20-\x7e\x80-\xff]+")


def sniff(data: bytes) -> str:
    """Return JPEG, PNG, GIF, WEBP, BMP, TIFF, HEIF or AVIF; UnsupportedFormat for the rest."""
    head = data[:4096]
    if not _is_other(head, raw_only=True):
        found = _photo_format(head)
        if found:
            return found
    raise UnsupportedFormat(_describe(head))


def _photo_format(head: bytes) -> str:
    for form, pattern in _PHOTOS.items():
        if re.match(pattern, head, re.DOTALL):
            if form == "BMP" and int.from_bytes(head[14:18], "little") not in _BMP_HEADERS:
                continue
            return form
    return _box_format(head)


def _box_format(head: bytes) -> str:
    """Tell HEIF and AVIF apart by the brands in the first box: either may call itself mif1."""
    if head[4:8] != b"ftyp":
        return ""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end, 4))]
    if brands[0] not in _HEIF_BRANDS | _AVIF_BRANDS and brands[0] not in {b"miaf", b"MiHE"}:
        return ""
    return "AVIF" if _AVIF_BRANDS & set(brands) else "HEIF"


def _is_other(head: bytes, *, raw_only: bool) -> tuple[str, str] | None:
    for pattern, what, advice in _OTHERS:
        if (what.startswith("RAW") or not raw_only) and re.match(pattern, head, re.DOTALL):
            return what, advice
    return None


def _describe(head: bytes) -> str:
    """Return one line on what the bytes look like and what to do about it."""
    if not head:
        return "an empty file, not a photo; copy it again from the camera"
    other = _is_other(head, raw_only=False)
    if other:
        return f"looks like {other[0]}, which phiscan does not open; {other[1]}"
    if not head.strip(b"\0"):
        return "nothing but zero bytes, not a photo; copy it again from the camera"
    if _TEXT.fullmatch(head):
        return "looks like plain text, not a photo; check the file name"
    return (
        "not a photo that phiscan knows (JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC, AVIF), "
        "or its first bytes are damaged; " + _IMAGE
    )
