from __future__ import annotations

import json
import shutil
import struct
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from parts import SIZE, encode, scene
from PIL import Image, ImageCms, ImageDraw
from PIL.PngImagePlugin import PngInfo

from phiscan.errors import OutputError, UnreadableImage
from phiscan.intake import clean as clean_module
from phiscan.intake import encode as encode_module
from phiscan.intake import load
from phiscan.intake.clean import _TIFF_FRAME, clean
from phiscan.intake.encode import format_for
from phiscan.model import Photo

NAMES = {
    "JPEG": "a.jpg",
    "PNG": "a.png",
    "WEBP": "a.webp",
    "TIFF": "a.tif",
    "BMP": "a.bmp",
    "GIF": "a.gif",
    "HEIF": "a.heic",
    "AVIF": "a.avif",
}
FORMS = list(NAMES)
EXACT = ("PNG", "TIFF", "BMP", "GIF")
WORDS = "Roe Jane MRN 00417"


def picture(content: bytes) -> Image.Image:
    """The copy as any program opens it."""
    if content[4:8] == b"ftyp" and b"heic" in content[:32]:
        opened: Image.Image = pillow_heif.open_heif(content).to_pillow()
        return opened
    with Image.open(BytesIO(content)) as image:
        image.load()
        return image


def shown(content: bytes) -> NDArray[np.uint8]:
    return load(content).frames[0].pixels


def far(one: NDArray[Any], other: NDArray[Any]) -> float:
    """The mean difference of two pictures."""
    assert one.shape == other.shape
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def told(photo: Photo) -> list[str]:
    return [t.name for t in photo.tags if photo.format != "TIFF" or t.name not in _TIFF_FRAME]


# Nothing but the picture


def thumbnail() -> bytes:
    return encode("JPEG", Image.new("RGB", (16, 8), "red"))


def exif(orientation: int = 1) -> bytes:
    """A block with an owner, a place, a maker's note and words, big enough for two segments."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010E] = WORDS
    tags[0x013B] = WORDS
    tags.get_ifd(0x8769).update({0x9003: "2024:01:02 03:04:05", 0xA431: "BODY-4711"})
    tags.get_ifd(0x8769)[0x927C] = WORDS.encode() * 500
    tags.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    return tags.tobytes()


def exif_with_thumbnail() -> bytes:
    small = thumbnail()
    first = struct.pack("<HHHIHH", 1, 0x112, 3, 1, 1, 0) + struct.pack("<I", 26)
    second = struct.pack("<HHHIIHHII", 2, 513, 4, 1, 56, 514, 4, 1, len(small)) + bytes(4)
    return b"Exif\0\0II*\0\x08\0\0\0" + first + second + small


XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    f'xmlns:d="http://purl.org/dc/elements/1.1/" d:creator="{WORDS}"/></rdf:RDF></x:xmpmeta>'
).encode()


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def dressed(form: str) -> bytes:
    """A file of the format with all the metadata that it takes."""
    profile, image = srgb() + WORDS.encode(), scene()
    options: dict[str, Any] = {"exif": exif(), "xmp": XMP, "icc_profile": profile}
    if form == "PNG":
        info = PngInfo()
        info.add_text("Comment", WORDS)
        info.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
        options = {"exif": exif(), "icc_profile": profile, "pnginfo": info, "dpi": (72, 72)}
    elif form == "TIFF":
        tags = {700: XMP, 270: WORDS, 305: WORDS, 315: WORDS, 33723: WORDS.encode()}
        options = {"tiffinfo": tags, "icc_profile": profile, "dpi": (300, 300)}
    elif form == "GIF":
        options = {"comment": WORDS}
    elif form == "BMP":
        options = {"dpi": (300, 300)}
    elif form == "JPEG":
        options |= {"comment": WORDS, "dpi": (300, 300)}
    elif form == "HEIF":
        image.info["icc_profile"] = options.pop("icc_profile")
    trailer = b"" if form in {"HEIF", "AVIF"} else WORDS.encode()
    return encode(form, image, **options) + trailer


@pytest.mark.parametrize("target", FORMS)
@pytest.mark.parametrize("form", FORMS)
def test_a_copy_holds_nothing_but_the_picture(form: str, target: str) -> None:
    original = dressed(form)
    if form != "BMP":  # it holds no metadata; what hides stands behind its end
        assert told(load(original))
    copy = clean(original, NAMES[target])
    photo = load(copy.data)
    assert photo.format == target
    assert (told(photo), photo.gaps) == ([], ())
    assert [frame.role for frame in photo.frames] == ["main"]
    assert not any(word in copy.data for word in (b"Jane", b"00417", b"4711", b"sRGB", b"adobe"))
    assert far(photo.frames[0].pixels, np.asarray(scene())) < 8
    assert clean(copy.data, NAMES[target]).notes == ()


_READ_BY_EXIFTOOL = frozenset(
    {
        *("SourceFile", "ExifToolVersion", "FileType", "FileTypeExtension", "MIMEType"),
        *("ImageWidth", "ImageHeight", "ImageSize", "Megapixels", "ExifByteOrder"),
        *("EncodingProcess", "BitsPerSample", "ColorComponents", "YCbCrSubSampling"),
        *("JFIFVersion", "ResolutionUnit", "XResolution", "YResolution"),
        *("BitDepth", "ColorType", "Compression", "Filter", "Interlace"),
        *("VP8Version", "HorizontalScale", "VerticalScale"),
        *("PhotometricInterpretation", "SamplesPerPixel", "PlanarConfiguration"),
        *("StripOffsets", "RowsPerStrip", "StripByteCounts"),
        *("BMPVersion", "Planes", "ImageLength", "NumColors", "NumImportantColors"),
        *("PixelsPerMeterX", "PixelsPerMeterY"),
        *("GIFVersion", "HasColorMap", "ColorResolutionDepth", "BitsPerPixel", "BackgroundColor"),
        *("MajorBrand", "MinorVersion", "CompatibleBrands", "HandlerType", "PrimaryItemReference"),
        *("ImageSpatialExtent", "ImagePixelDepth", "MediaDataSize", "MediaDataOffset"),
        *("ColorProfiles", "ColorPrimaries", "TransferCharacteristics", "MatrixCoefficients"),
        *("VideoFullRangeFlag", "ChromaFormat", "ChromaSamplePosition"),
        *("AV1ConfigurationVersion", "SeqProfile", "SeqLevelIdx0", "SeqTier0", "HighBitDepth"),
        *("TwelveBit", "InitialDelaySamples", "HEVCConfigurationVersion", "BitDepthLuma"),
        *("GeneralProfileSpace", "GeneralTierFlag", "GeneralProfileIDC", "GeneralLevelIDC"),
        *("GenProfileCompatibilityFlags", "ConstraintIndicatorFlags", "BitDepthChroma"),
        *("MinSpatialSegmentationIDC", "ParallelismType", "AverageFrameRate"),
        *("ConstantFrameRate", "NumTemporalLayers", "TemporalIDNested", "CleanAperture"),
    }
)
"""How the pixels are stored: what exiftool tells of any picture."""


@pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool is not installed")
@pytest.mark.parametrize("form", FORMS)
def test_exiftool_finds_nothing_either(form: str, tmp_path: Path) -> None:
    path = tmp_path / NAMES[form]
    path.write_bytes(clean(dressed(form), NAMES[form]).data)
    command = ["exiftool", "-json", "-duplicates", "--System:all", str(path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    (tags,) = json.loads(printed)
    assert set(tags) - _READ_BY_EXIFTOOL == set()
    if form == "JPEG":
        assert (tags["ResolutionUnit"], tags["XResolution"]) == ("None", 1)


def test_a_thumbnail_goes() -> None:
    original = encode("JPEG", scene(), exif=exif_with_thumbnail())
    assert [frame.role for frame in load(original).frames] == ["main", "thumbnail"]
    copy = clean(original, "a.jpg")
    assert [frame.role for frame in load(copy.data).frames] == ["main"]
    assert copy.notes == ()


def test_a_motion_photo_loses_its_video() -> None:
    video = struct.pack(">I", 24) + b"ftypmp42" + bytes(12) + b"mdat" + WORDS.encode() * 99
    copy = clean(encode("JPEG", scene()) + video, "a.jpg")
    assert copy.data.endswith(b"\xff\xd9")
    assert b"mp42" not in copy.data


def test_broken_metadata_is_no_hindrance() -> None:
    copy = clean(encode("JPEG", scene(), exif=b"Exif\0\0garbage!"), "a.jpg")
    assert copy.notes == ("what could not be read of the file is not in the copy",)
    assert load(copy.data).gaps == ()


def test_an_overlong_text_is_no_hindrance() -> None:
    info = PngInfo()
    info.add_text("Comment", "x" * 9_000_000, zip=True)
    copy = clean(encode("PNG", scene(), pnginfo=info), "a.png")
    assert np.array_equal(shown(copy.data), np.asarray(scene()))


def test_exif_of_several_segments() -> None:
    # One JPEG segment holds 64 KiB; what is longer goes on in the next.
    whole, plain = exif()[6:] + bytes(90_000), encode("JPEG", scene())
    bodies = [b"Exif\0\0" + whole[at : at + 60_000] for at in range(0, len(whole), 60_000)]
    segments = b"".join(b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body for body in bodies)
    copy = clean(plain[:2] + segments + plain[2:], "a.jpg")
    assert len(copy.data) < 3000


# The picture stays the same


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_copy_is_upright(form: str, orientation: int) -> None:
    stored = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = scene().transpose(stored[orientation]) if orientation in stored else scene()
    tags = Image.Exif()
    tags[0x0112] = orientation
    copy = clean(encode(form, image, exif=tags.tobytes()), NAMES[form])
    assert far(np.asarray(picture(copy.data).convert("RGB")), np.asarray(scene())) < 8


@pytest.mark.parametrize("form", EXACT)
@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P"])
def test_pixels_stay_exactly_where_the_format_is_lossless(form: str, mode: str) -> None:
    original = encode(form, scene(mode))
    copy = clean(original, NAMES[form])
    assert np.array_equal(shown(copy.data), shown(original))
    assert np.array_equal(
        np.asarray(picture(copy.data).convert("RGB")), np.asarray(scene(mode).convert("RGB"))
    )


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "AVIF", "HEIF"])
def test_pixels_stay_close_where_it_is_not(form: str) -> None:
    ramp = Image.linear_gradient("L").resize((256, 192))
    image = Image.merge("RGB", (ramp, ramp.transpose(Image.Transpose.FLIP_LEFT_RIGHT), ramp))
    copy = clean(encode("PNG", image), NAMES[form])
    assert far(shown(copy.data), np.asarray(image)) < 2


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_blocks": 2}])
def test_kinds_of_jpeg(options: dict[str, Any]) -> None:
    original = encode("JPEG", scene(), quality=95, **options)
    assert far(shown(clean(original, "a.jpg").data), shown(original)) < 1


def test_noise_fits_into_a_jpeg() -> None:
    noise = np.random.default_rng(7).integers(0, 256, (200, 300, 3), np.uint8)
    copy = clean(encode("PNG", Image.fromarray(noise)), "a.jpg", quality=94)
    assert len(copy.data) > noise.size / 3


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "BMP"])
def test_grey_stays_grey(form: str) -> None:
    assert picture(clean(encode(form, scene("L")), NAMES[form]).data).mode == "L"


@pytest.mark.parametrize("form", ["JPEG", "TIFF"])
def test_cmyk_becomes_rgb_and_not_a_negative(form: str) -> None:
    copy = clean(encode(form, scene("CMYK")), NAMES[form])
    assert picture(copy.data).mode == "RGB"
    assert far(shown(copy.data), np.asarray(scene())) < 12


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bits_of_grey_stay(form: str) -> None:
    values = np.linspace(0, 65535, 48 * 32).reshape(32, 48).astype(np.uint16)
    copy = clean(encode(form, Image.fromarray(values)), NAMES[form])
    assert np.array_equal(np.asarray(picture(copy.data)), values)
    eight = clean(encode(form, Image.fromarray(values)), "a.jpg")
    assert far(shown(eight.data)[..., 0], values // 257) < 1


def test_sixteen_bits_of_colour_become_eight() -> None:
    import cv2

    deep = np.asarray(scene())[..., ::-1].astype(np.uint16) * 257
    _, original = cv2.imencode(".png", deep)
    copy = clean(original.tobytes(), "a.png")
    assert np.array_equal(shown(copy.data), np.asarray(scene()))


def test_a_tiff_of_floats_stays_one() -> None:
    values = np.linspace(-1, 9, 48 * 32, dtype=np.float32).reshape(32, 48)
    copy = clean(encode("TIFF", Image.fromarray(values)), "a.tif")
    assert np.array_equal(np.asarray(picture(copy.data)), values)


def test_many_colours_fit_into_a_gif() -> None:
    ramp = Image.radial_gradient("L")
    image = Image.merge("RGBA", (ramp, ramp.rotate(90), Image.linear_gradient("L"), ramp))
    copy = clean(encode("PNG", image), "a.gif")
    opened = picture(copy.data).convert("RGBA")
    clear = np.asarray(ramp) < 128
    assert np.array_equal(np.asarray(opened)[..., 3] == 0, clear)
    assert far(np.asarray(opened)[~clear][:, :3], np.asarray(image)[~clear][:, :3]) < 12


# Colour profiles


def swapped_profile() -> bytes:
    """sRGB with red and green in each other's place."""
    profile = bytearray(srgb())
    red, green = (profile.index(name, 128) for name in (b"rXYZ", b"gXYZ"))
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


def icc(space: bytes, connection: bytes, kind: bytes, tags: dict[bytes, bytes]) -> bytes:
    """A colour profile of version 2.4 (ICC.1:2001, parts 6.1 and 6.2)."""
    head = bytes(4) + b"\x02\x40\0\0" + kind + space + connection + bytes(12) + b"acsp" + bytes(28)
    head += struct.pack(">III", 0xF6D6, 0x10000, 0xD32D)
    head = head.ljust(124, b"\0")
    table, body, at = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, value in tags.items():
        padded = value.ljust(-(-len(value) // 4) * 4, b"\0")
        table += name + struct.pack(">II", at + len(body), len(value))
        body += padded
    whole = head + table + body
    return struct.pack(">I", len(whole) + 4) + whole


def white() -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">III", 0xF6D6, 0x10000, 0xD32D)


def linear_grey_profile() -> bytes:
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, 0x100)
    return icc(b"GRAY", b"XYZ ", b"mntr", {b"wtpt": white(), b"kTRC": curve})


def one_colour_cmyk_profile() -> bytes:
    """A profile by which every ink is the same middle grey (Lab 50, 0, 0)."""
    ramp = bytes(range(256))
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0])
    table += struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x10000)
    table += ramp * 4 + bytes([127, 128, 128]) * 16 + ramp * 3
    return icc(b"CMYK", b"Lab ", b"prtr", {b"wtpt": white(), b"A2B0": table})


def test_colours_are_brought_to_srgb() -> None:
    original = encode("PNG", scene(), icc_profile=swapped_profile())
    copy = clean(original, "a.png")
    assert far(shown(copy.data), np.asarray(scene())[..., [1, 0, 2]]) < 1
    assert copy.notes == ()
    assert "icc_profile" not in picture(copy.data).info


def test_alpha_passes_by_the_profile() -> None:
    image = scene("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(SIZE).point(lambda level: max(level, 99)))
    copy = picture(clean(encode("PNG", image, icc_profile=swapped_profile()), "a.png").data)
    assert np.array_equal(np.asarray(copy)[..., 3], np.asarray(image)[..., 3])
    assert far(np.asarray(copy)[..., :3], np.asarray(image)[..., [1, 0, 2]]) < 1


def test_grey_of_another_tone() -> None:
    original = encode("PNG", Image.new("L", SIZE, 64), icc_profile=linear_grey_profile())
    copy = picture(clean(original, "a.png").data)
    assert copy.mode == "L"
    # Linear light of 64 / 255 is 0.537 in sRGB's curve (IEC 61966-2-1).
    assert abs(int(np.asarray(copy)[0, 0]) - 137) <= 1


def test_inks_of_a_press() -> None:
    profile = one_colour_cmyk_profile()
    for form in ("JPEG", "TIFF"):
        copy = clean(encode(form, scene("CMYK"), icc_profile=profile), NAMES[form])
        assert copy.notes == ()
        assert np.ptp(shown(copy.data).astype(int)) <= 4


@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_a_picture_in_srgb_keeps_its_numbers(mode: str) -> None:
    original = encode("PNG", scene(mode), icc_profile=srgb())
    copy = clean(original, "a.png")
    assert np.array_equal(shown(copy.data), shown(original))
    assert copy.notes == ()


@pytest.mark.parametrize(
    ("mode", "profile"),
    [
        ("RGB", b"garbage"),
        ("RGB", srgb()[:300]),
        ("RGB", linear_grey_profile()),
        ("RGBA", b"garbage"),
        ("CMYK", srgb()),
        ("I;16", srgb()),
    ],
)
def test_a_profile_that_says_nothing_is_told(mode: str, profile: bytes) -> None:
    image = scene("L").convert(mode) if mode == "I;16" else scene(mode)
    form = "TIFF" if mode == "CMYK" else "PNG"
    original = encode(form, image, icc_profile=profile)
    copy = clean(original, NAMES[form])
    assert [note for note in copy.notes if "colour profile" in note] == list(copy.notes) != []
    assert np.array_equal(shown(copy.data), shown(original))


# What lies under transparency


def hiding(alpha: int) -> Image.Image:
    """Words that can be seen by nobody who respects alpha, beside a patch that can."""
    image = Image.new("RGBA", (160, 60), (255, 255, 255, alpha))
    draw = ImageDraw.Draw(image)
    draw.text((5, 20), WORDS, fill=(0, 0, 0, alpha))
    draw.rectangle((140, 10, 155, 50), fill=(30, 160, 60, 255))
    return image


@pytest.mark.parametrize("alpha", [0, 1, 31])
@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP", "AVIF"])
def test_nothing_stays_under_transparency(form: str, alpha: int) -> None:
    options: dict[str, Any] = {"lossless": True, "exact": True} if form == "WEBP" else {}
    if form == "AVIF":
        options = {"quality": 100}
    original = encode(form, hiding(alpha), **options)
    assert [frame.role for frame in load(original).frames] == ["main", "preview"]
    copy = picture(clean(original, NAMES[form]).data)
    under = np.asarray(copy)[:, :130, :3].astype(int)
    assert np.ptp(under) <= (0 if form in EXACT else 12)
    assert np.asarray(copy)[30, 150, 3] == 255
    assert far(np.asarray(copy)[20:40, 145:150, :3], np.full((20, 5, 3), (30, 160, 60))) < 8


def test_soft_edges_keep_their_tone() -> None:
    image = Image.new("RGBA", SIZE, (250, 240, 10, 255))
    image.putalpha(Image.linear_gradient("L").resize(SIZE))
    copy = picture(clean(encode("PNG", image), "a.png").data)
    assert np.array_equal(np.asarray(copy), np.asarray(image))


def test_a_palette_with_transparency() -> None:
    image = scene("P")
    image.info["transparency"] = image.getpixel((40, 2))
    original = encode("PNG", image)
    copy = picture(clean(original, "a.png").data)
    before = np.asarray(picture(original).convert("RGBA"))
    assert np.array_equal(np.asarray(copy)[..., 3], before[..., 3])
    seen = before[..., 3] == 255
    assert np.array_equal(np.asarray(copy)[seen], before[seen])


@pytest.mark.parametrize("form", ["JPEG", "BMP"])
def test_a_format_without_transparency_shows_what_is_seen(form: str) -> None:
    copy = clean(encode("PNG", hiding(0)), NAMES[form])
    pixels = shown(copy.data).astype(int)
    assert np.ptp(pixels[:, :130]) <= 12
    assert np.abs(pixels[30, 148] - (30, 160, 60)).max() < 12


# One picture of many


def many(form: str) -> bytes:
    other = scene().transpose(Image.Transpose.ROTATE_180)
    if form != "HEIF":
        kind = "MPO" if form == "JPEG" else form
        return encode(kind, scene(), save_all=True, append_images=[other, scene()])
    file = pillow_heif.from_pillow(scene())
    file.add_from_pillow(other)
    buffer = BytesIO()
    file.save(buffer, quality=90)
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "HEIF", "AVIF"])
def test_only_the_main_picture_is_copied_and_that_is_told(form: str) -> None:
    copy = clean(many(form), NAMES[form])
    assert any("only its main picture" in note for note in copy.notes)
    assert len(load(copy.data).frames) == 1
    assert far(shown(copy.data), np.asarray(scene())) < 8


# Refused


@pytest.mark.parametrize("form", FORMS)
def test_what_does_not_decode_whole_is_never_cleaned(form: str) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (96, 130, 3), np.uint8)
    whole = encode(form, Image.fromarray(noise))
    assert clean(whole, NAMES[form]).data
    with pytest.raises(UnreadableImage):
        clean(whole[: len(whole) * 2 // 3], NAMES[form])


@pytest.mark.parametrize("data", [b"", b"no photo", b"%PDF-1.7", bytes(500)])
def test_what_is_no_photo_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableImage):
        clean(data, "a.jpg")


def test_a_copy_that_holds_more_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for careless in (dressed("JPEG"), many("JPEG"), encode("JPEG", scene(size=(9, 9)))):
        monkeypatch.setattr(clean_module, "encode", lambda *_, careless=careless: careless)
        with pytest.raises(UnreadableImage, match="more than the picture"):
            clean(encode("JPEG", scene()), "a.jpg")


def test_two_decoders_that_see_different_pictures_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = Image.new("RGB", SIZE, "green")
    monkeypatch.setattr(clean_module, "_open", lambda *_: other)
    with pytest.raises(UnreadableImage):
        clean(encode("PNG", scene()), "a.png")


@pytest.mark.parametrize("name", ["a.pdf", "a.jxl", "a.txt", "a.jpg.orig"])
def test_an_extension_that_cannot_be_written_lists_those_that_can(name: str) -> None:
    with pytest.raises(OutputError, match=r"\.jpg, \.png, \.webp"):
        clean(encode("PNG", scene()), name)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("A.JPG", "JPEG"),
        ("a.b.jpeg", "JPEG"),
        ("a.JFIF", "JPEG"),
        ("a", "TIFF"),
        (".hidden", "TIFF"),
        ("a.heif", "HEIF"),
        ("a.dib", "BMP"),
    ],
)
def test_the_extension_chooses_the_format(name: str, form: str) -> None:
    assert format_for(name, "TIFF") == form


def test_a_format_that_is_only_read_needs_an_extension() -> None:
    with pytest.raises(OutputError, match="phiscan does not write RAW"):
        format_for("a", "RAW")


def test_a_format_that_phiscan_only_reads_is_copied_from_what_was_scanned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def raw(data: bytes, *_: object) -> Photo:
        photo = load(data)
        return Photo(photo.source, photo.sha256, "RAW", photo.frames) if data == given else photo

    given = encode("PNG", scene())
    monkeypatch.setattr(clean_module, "load", raw)
    assert far(shown(clean(given, "a.jpg").data), np.asarray(scene())) < 6


def test_a_side_too_long_for_the_format() -> None:
    wide = encode("PNG", Image.new("L", (16_384, 1)))
    with pytest.raises(OutputError, match="16,383"):
        clean(wide, "a.webp")
    assert clean(wide, "a.jpg").data


@pytest.mark.parametrize("error", [OSError, KeyError, ValueError, RuntimeError])
def test_an_encoder_that_is_missing_is_told(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(*_: object) -> None:
        raise error(WORDS)

    monkeypatch.setattr(encode_module, "_write", fail)
    with pytest.raises(OutputError) as caught:
        clean(encode("PNG", scene()), "a.avif")
    assert WORDS not in str(caught.value)


# Quality


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "AVIF", "HEIF"])
def test_quality_is_size(form: str) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (64, 64, 3), np.uint8)
    original = encode("PNG", Image.fromarray(noise))
    sizes = [len(clean(original, NAMES[form], quality=q).data) for q in (1, 50, 100)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] / 2


def test_a_copy_does_not_print_itself() -> None:
    copy = clean(encode("PNG", scene()), "a.png")
    assert repr(copy) == f"Copy({len(copy.data)} bytes)"


def test_the_original_is_only_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(dressed("JPEG"))
    before = path.read_bytes(), path.stat().st_mtime_ns
    clean(path, "b.jpg")
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert sorted(tmp_path.iterdir()) == [path]
