"""What formats other than JPEG say beside their pictures, and what is of unknown make."""

from __future__ import annotations

import struct
import time
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parts import box, encode, film, frame_of, full, picture, segment, with_chunk, with_segments
from PIL import ImageCms

from phiscan.errors import UnreadableImage
from phiscan.intake import Limits, contents, heif_items, icc, load, structure, tiff, trailer, xmp
from phiscan.intake.blocks import Blocks, Hidden
from phiscan.intake.limits import Budget
from phiscan.model import Photo


def tags_of(photo: Photo) -> set[tuple[str, str, str]]:
    return {(tag.group, tag.name, tag.value) for tag in photo.tags}


def gif_with(*extensions: tuple[int, bytes]) -> bytes:
    """A GIF with extensions before its picture."""
    data = encode("GIF")
    at = 13 + (3 << (data[10] & 7) + 1)
    parts = b""
    for label, body in extensions:
        pieces = [body[n : n + 255] for n in range(0, len(body), 255)]
        parts += b"!" + bytes([label])
        parts += b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\0"
    return data[:at] + parts + data[at:]


PACKET = b"<x:xmpmeta xmlns:x='adobe:ns:meta/' xmlns:c='http://clinic/'><c:MRN>445566</c:MRN></x:xmpmeta>"


def gif_xmp() -> bytes:
    """XMP as Adobe puts it into a GIF: no sub-blocks, but a tail that looks like their end."""
    data = encode("GIF")
    at = 13 + (3 << (data[10] & 7) + 1)
    tail = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    return data[:at] + b"!\xff\x0bXMP DataXMP" + PACKET + tail + data[at:]


def test_gif_extensions() -> None:
    photo = load(gif_with((0xFE, b"first"), (0xFE, b"second" * 60), (0x01, bytes(12) + b"plain")))
    assert tags_of(photo) == {
        ("gif", "Comment", "first"),
        ("gif", "Comment", "second" * 60),
        ("gif", "Comment", "plain"),
    }
    assert ("xmp", "clinic:MRN", "445566") in tags_of(load(gif_xmp()))
    assert not load(encode("GIF", save_all=True, append_images=[picture(seed=1)], loop=0)).tags
    own = tags_of(load(gif_with((0xFF, b"CLINIC  1.0MRN 0012345"))))
    assert ("words", "gif", "CLINIC  1.0MRN 0012345") in own
    assert load(gif_with(*[(0xFE, b"x")] * 1500)).gaps == ("metadata",)


def webp_with(kind: bytes, body: bytes) -> bytes:
    data = encode("WEBP", picture((64, 48)), exif=b"Exif\0\0II*\0\x08\0\0\0" + bytes(6))
    added = kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    size = int.from_bytes(data[4:8], "little") + len(added)
    return data[:4] + struct.pack("<I", size) + data[8:] + added


def test_webp_chunks() -> None:
    assert ("words", "webp", "MRN 0012345") in tags_of(load(webp_with(b"NOTE", b"MRN 0012345")))
    assert ("c2pa", "webp", "<8 bytes>") in tags_of(load(webp_with(b"C2PA", b"manifest")))
    broken = webp_with(b"NOTE", b"12345678").replace(b"NOTE\x08", b"NOTE\x09")
    with pytest.raises(UnreadableImage):
        load(broken)


def test_png_chunks() -> None:
    assert ("words", "png", "MRN 0012345") in tags_of(load(with_chunk(b"noTe", b"MRN 0012345")))
    assert ("c2pa", "png", "<8 bytes>") in tags_of(load(with_chunk(b"caBX", b"manifest")))
    assert not load(with_chunk(b"iDOT", bytes(28))).tags


def test_jpeg_segments() -> None:
    harmless = (
        segment(0xEE, b"Adobe\0\x64\0\0\0\0\1"),
        segment(0xEC, b"Ducky\0\1\0\4\0\0\0\x50\0\0"),
        segment(0xED, b"Adobe_CM\0\2"),
    )
    assert not load(with_segments(*harmless)).tags
    pieces = [segment(0xE7, b"CLINIC\0" + part) for part in (b"MRN 00", b"12345 ward")]
    assert tags_of(load(with_segments(*pieces))) == {
        ("unknown", "jpeg", "<16 bytes>"),
        ("words", "jpeg", "MRN 0012345 ward"),
    }
    manifest = segment(0xEB, b"JP\0\1\0\0\0\1" + b"c2pa claim by nobody")
    assert ("c2pa", "jpeg", "<20 bytes>") in tags_of(load(with_segments(manifest)))
    kodak = segment(0xE3, b"Meta\0\0II*\0\x08\0\0\0\1\0\x0e\1\2\0\5\0\0\0\x1a\0\0\0\0\0\0\0cake\0")
    assert ("exif", "ImageDescription", "cake") in tags_of(load(with_segments(kodak)))


PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_icc_texts_of_every_format(form: str) -> None:
    if form == "HEIF":
        image = picture()
        image.info["icc_profile"] = PROFILE
        photo = load(encode(form, image))
    else:
        photo = load(encode(form, icc_profile=PROFILE))
    assert ("icc", "desc", "sRGB built-in") in tags_of(photo)
    assert photo.gaps == ()


def test_a_profile_that_inflates_without_end_is_refused() -> None:
    bomb = b"icc\0\0" + zlib.compress(bytes(100_000_000))
    with pytest.raises(UnreadableImage):
        load(with_chunk(b"iCCP", bomb))


def text_profile(*entries: tuple[bytes, bytes]) -> bytes:
    start = 132 + 12 * len(entries)
    table, bodies = struct.pack(">I", len(entries)), b""
    for signature, body in entries:
        table += signature + struct.pack(">II", start + len(bodies), len(body))
        bodies += body
    return bytes(128) + table + bodies


def test_icc_types() -> None:
    words = "Jane's iMac".encode("utf-16-be")
    profile = text_profile(
        (b"cprt", b"text\0\0\0\0nobody\0"),
        (b"desc", b"desc\0\0\0\0" + struct.pack(">I", 5) + b"cake\0"),
        (b"dmdd", b"mluc" + bytes(4) + struct.pack(">II4sII", 1, 12, b"enUS", 22, 28) + words),
        (b"targ", b"text\0\0\0\0CGATS 1 2 3"),
        (b"A2B0", b"mft2" + bytes(40)),
    )
    found = [(tag.name, tag.value) for tag in icc.read(profile)]
    assert found == [("cprt", "nobody"), ("desc", "cake"), ("dmdd", "Jane's iMac")]


@given(st.binary(max_size=400))
def test_any_icc_profile_is_read(profile: bytes) -> None:
    assert isinstance(icc.read(bytes(120) + profile), list)


def test_heif_texts() -> None:
    data = encode(
        "HEIF",
        exif=b"Exif\0\0II*\0\x08\0\0\0\1\0\x0e\1\2\0\5\0\0\0\x1a\0\0\0\0\0\0\0cake\0",
        xmp=PACKET,
    )
    photo = load(data)
    assert ("exif", "ImageDescription", "cake") in tags_of(photo)
    assert ("xmp", "clinic:MRN", "445566") in tags_of(photo)
    assert photo.gaps == ()
    other = data.replace(b"application/rdf+xml", b"application/rdf+txt")
    assert any(group == "words" and "445566" in value for group, _, value in tags_of(load(other)))
    named = load(data.replace(b"\0mime\0", b"\0mimeJ"))
    assert any(name == "ItemName" for _, name, _ in tags_of(named))
    c2pa = box(b"uuid", bytes.fromhex("d8fec3d61b0e483c92975828877ec481"), b"manifest")
    assert ("c2pa", "heif", "<24 bytes>") in tags_of(load(data + c2pa))


def described(count: int, size: int, rest: bytes) -> tuple[bytes, Blocks]:
    """A HEIF file without a picture, of which each of `count` items is the first `size` bytes."""
    infos = b"".join(
        full(b"infe", struct.pack(">HH4s", number, 0, b"mime"), b"\0text/plain\0", version=2)
        for number in range(1, count + 1)
    )
    places = b"".join(
        struct.pack(">HHHII", number, 0, 1, 0, size) for number in range(1, count + 1)
    )
    meta = full(
        b"meta",
        full(b"iinf", struct.pack(">H", count), infos),
        full(b"iloc", struct.pack(">HH", 0x4400, count), places),
    )
    return box(b"ftyp", b"heic" + bytes(4)) + meta + box(b"mdat", rest), Blocks()


def test_a_heif_item_that_lies_outside_the_file_is_a_gap() -> None:
    for size, gaps in ((40, []), (10**9, ["metadata"])):
        data, blocks = described(1, size, b"MRN 0012345")
        heif_items.read(data, heif_items.parse(data), blocks)
        assert blocks.gaps == gaps


quick = settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))


@quick
@given(flips=st.lists(st.tuples(st.integers(0, 500), st.integers(1, 255)), min_size=1, max_size=6))
def test_flipped_boxes_end_in_items_or_in_unreadable(flips: list[tuple[int, int]]) -> None:
    data = bytearray(HEIF)
    for place, mask in flips:
        data[place % len(data)] ^= mask
    try:
        items = heif_items.parse(bytes(data))
    except UnreadableImage:
        return
    heif_items.read(bytes(data), items, Blocks())


HEIF = encode("HEIF", xmp=PACKET, exif=b"Exif\0\0II*\0\x08\0\0\0" + bytes(6))


def test_items_that_share_their_bytes_are_read_up_to_a_limit() -> None:
    """Two thousand items of the whole file each: little data that says a lot."""
    data, blocks = described(2000, 200_000, bytes(200_000))
    start = time.process_time()
    heif_items.read(data, heif_items.parse(data), blocks)
    assert "metadata" in blocks.gaps
    assert time.process_time() - start < 20


def test_box_chains_end() -> None:
    assert list(structure.box_chain(b"\0\0\0\0free", 0)) == [(b"free", 0, 8)]
    assert list(structure.box_chain(b"\0\0\0\x07free", 0)) == []
    assert list(structure.box_chain(b"\0\0\0\1free" + bytes(8), 0)) == []
    long = struct.pack(">I4sQ", 1, b"free", 20) + bytes(4)
    assert list(structure.box_chain(long, 0)) == [(b"free", 0, 20)]
    assert len(list(structure.box_chain(box(b"free") * 30_000, 0))) == 20_000


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x00\x01MRN 0012345\xff\xfe", "MRN 0012345"),
        ("MRN 0012345".encode("utf-16-le"), "MRN 0012345"),
        ("MRN 0012345".encode("utf-16-be"), "MRN 0012345"),
        ("Zoë Müller 0012345".encode(), "Zoë Müller 0012345"),
        (b"short", ""),
        (b"#$%&'()*+,-./:;<=>?@", ""),
        (b'{"pt":{"mrn":"0012345","ward":"N"}}', '{"pt":{"mrn":"0012345","ward":"N"}}'),
        (b"1234567890123", ""),
        (bytes(100), ""),
        (b"", ""),
    ],
)
def test_words(data: bytes, text: str) -> None:
    assert contents.words(data) == text


def test_words_are_cut_and_that_is_a_gap_where_nothing_else_is_said() -> None:
    many = b"patient words " * 3000
    assert len(contents.words(many)) == 16 * 1024
    assert load(with_segments(*[segment(0xE7, b"X\0" + many[:60_000])])).gaps == ("metadata",)
    assert load(encode("JPEG") + many).gaps == ()


@quick
@given(st.binary(max_size=2000))
def test_any_bytes_behind_the_end_are_taken(rest: bytes) -> None:
    blocks = Blocks()
    trailer.read("jpeg", rest, 0, blocks, Budget(Limits()))
    assert all(tag.group in {"trailer", "words", "video"} for tag in blocks.tags)


# The same examples each time: OpenCV's FFmpeg died of another one (a segmentation fault), which
# costs a worker one file, and would end all tests here.
@settings(quick, derandomize=True)
@given(data=st.data())
def test_a_damaged_film_never_passes_for_one_that_was_seen(data: st.DataObject) -> None:
    damaged = bytearray(FILM)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(8, len(FILM) - 1))] ^= data.draw(st.integers(1, 255))
    photo = load(PNG + bytes(damaged))
    assert any(tag.group == "trailer" for tag in photo.tags)
    assert photo.gaps or len(photo.frames) > 1


PNG = encode("PNG")
FILM = film(*(frame_of(picture((64, 48), seed)) for seed in range(2)), size=(64, 48))


def test_pictures_within_bytes() -> None:
    jpeg, png = frame_of(picture()), encode("PNG")
    data = b"xx" + jpeg + b"\xff\xd8\xff\x01" + png + b"\xff\xd8\xff\xe0\0\x10" + bytes(40)
    places = list(contents.pictures(data))
    assert [data[start:end] for start, end in places] == [jpeg, png]
    assert list(contents.pictures(png[:-9])) == [(0, 0)]
    assert len(list(contents.pictures(jpeg * 60))) == 51


def test_a_flood_of_starts_ends_soon() -> None:
    start = time.process_time()
    for flood in (
        b"\x89PNG\r\n\x1a\n" * 300_000,
        b"GIF89a" * 300_000,
        b"\xff\xd8\xff\xe0\0\x04ab" * 300_000,
        b"RIFF\xff\xff\xff\x7fWEBP" * 200_000,
        b"\0\0\0\x18ftypmp42" * 200_000,
    ):
        load(PNG + flood)
    assert time.process_time() - start < 30


def test_what_belongs_to_a_tiff() -> None:
    data = encode("TIFF", save_all=True, append_images=[picture(seed=1)])
    assert len(data) - 8 <= tiff.reach(data) <= len(data)
    assert tiff.reach(data + bytes(500)) <= len(data)
    assert tiff.reach(b"II*\0\xff\xff\0\0") == 8


def test_bmp_ends() -> None:
    data = encode("BMP")
    assert structure.bmp_end(data) == len(data)
    assert structure.bmp_end(data[:2] + bytes(4) + data[6:]) == len(data)


@pytest.mark.parametrize(
    ("packet", "values"),
    [
        (b"<a><!-- MRN 445566 --><b>x</b></a>", ["x", "MRN 445566"]),
        (b"<a><!-- dc:title is aliased --><b>x</b></a>", ["x"]),
        (b"<a>one<b>two</b>three</a>", ["one", "three", "two"]),
        (b"<?xpacket begin=''?><a>x</a>  <?xpacket end='w'", ["x"]),
        ("<a>Zoë</a>".encode("latin-1"), ["Zoë"]),
        ("<a>Zoë</a>".encode("utf-16"), ["Zoë"]),
    ],
)
def test_xmp_leaves_no_words_out(packet: bytes, values: list[str]) -> None:
    assert [tag.value for tag in xmp.read(packet)] == values


def test_one_of_many_made_up_identities_is_enough() -> None:
    ancestors = "".join(f"<p:A>{number:032x}</p:A>" for number in range(9000))
    packet = f"<x xmlns:p='http://ns.adobe.com/photoshop/1.0/'>{ancestors}</x>"
    data = encode("PNG")
    assert len(packet) > 65536
    photo = load(data[:33] + _itxt(packet.encode()) + data[33:])
    assert photo.gaps == ()
    assert len(photo.tags) == 1


def _itxt(packet: bytes) -> bytes:
    from parts import chunk

    return chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet)


def test_hidden_pictures_print_as_sizes() -> None:
    assert "secret" not in repr(Hidden("preview", b"secret"))
