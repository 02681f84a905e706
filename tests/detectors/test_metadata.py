from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from looking import Pattern

from phiscan.detectors.metadata import DETECTOR, Metadata
from phiscan.errors import TooLarge
from phiscan.kinds import kinds
from phiscan.model import Finding, Frame, Photo, Scene, Tag
from phiscan.protocols import Detector, Identifier, Match, Network
from phiscan.text import Text


class Tools:
    identifiers: tuple[Identifier, ...] = (
        Pattern("ssn", r"\d{3}-\d{2}-\d{4}", 0.9),
        Pattern("mrn", r"(?i)mrn\W+\d+", 0.8),
        Pattern("name", r"\bDoe\b", 0.6),
        Pattern("date", r"\d\d/\d\d/\d{4}", 0.3),
        Pattern("date", r"3000-\d\d-\d\d", 0.6),
    )

    def network(self, name: str) -> Network:
        raise AssertionError(name)


def look(*tags: Tag) -> list[Finding]:
    photo = Photo("x", "", "JPEG", (Frame(0, "main", np.zeros((2, 2, 3), np.uint8)),), tags)
    return list(Metadata(Tools()).detect(Scene(photo, Text())))


CASES = [
    # Places
    (("gps", "GPSLatitude", "48 51 30"), ("gps_location", 0.95, "EXIF GPS coordinates")),
    (("gps", "GPSLongitude", "0 0 0.5"), ("gps_location", 0.95, "EXIF GPS coordinates")),
    (("gps", "GPSLatitude", "0 0 0"), None),
    (("gps", "GPSLatitude", "nan nan nan"), None),
    (("gps", "GPSLatitude", ""), None),
    (("gps", "GPSLatitudeRef", "N"), None),
    (("gps", "GPSAltitude", "205"), None),
    (("xmp", "exif:GPSLatitude", "48,51.5N"), ("gps_location", 0.95, "XMP coordinates")),
    (("xmp", "exif:GPSLatitude", "0,0.0N"), None),
    (("iptc", "City", "Springfield"), ("metadata_text", 0.5, "place name in IPTC City")),
    (("iptc", "Sub-location", "1 Elm"), ("metadata_text", 0.6, "place name in IPTC Sub-location")),
    (("iptc", "Country-Name", "USA"), None),
    (("xmp", "Iptc4xmpCore:CiAdrCity", "Springfield"), None),
    # Times
    (
        ("exif", "DateTimeOriginal", "2024:01:02 03:04:05"),
        ("capture_time", 0.9, "EXIF DateTimeOriginal"),
    ),
    (("exif", "DateTimeOriginal", "0000:00:00 00:00:00"), None),
    (("exif", "DateTimeOriginal", "    :  :     :  :  "), None),
    (("xmp", "xmp:CreateDate", "2024-01-02"), ("capture_time", 0.9, "XMP CreateDate")),
    (("iptc", "DateCreated", "20240102"), ("capture_time", 0.9, "IPTC DateCreated")),
    # Serial numbers
    (("exif", "BodySerialNumber", "12345"), ("device_serial", 0.9, "EXIF serial number")),
    (("exif", "LensSerialNumber", "0000402089"), ("device_serial", 0.9, "EXIF serial number")),
    (("exif", "MakerNote SerialNumber", "77"), ("device_serial", 0.9, "EXIF serial number")),
    (("xmp", "aux:SerialNumber", "720304987"), ("device_serial", 0.9, "XMP serial number")),
    (("exif", "BodySerialNumber", "0000000"), None),
    (("exif", "BodySerialNumber", "unknown"), None),
    (
        ("exif", "MakerNote SerialNumberFormat", "Format 2"),
        ("metadata_text", 0.2, "text in EXIF text"),
    ),
    # Names
    (
        ("xmp", "Iptc4xmpExt:PersonInImage", "Jane Doe"),
        ("metadata_name", 0.9, "XMP PersonInImage, a person shown"),
    ),
    (("xmp", "mwg-rs:Name", "Jane"), ("metadata_name", 0.9, "XMP Name, a person shown")),
    (
        ("xmp", "MPReg:PersonDisplayName", "Jane"),
        ("metadata_name", 0.9, "XMP PersonDisplayName, a person shown"),
    ),
    (("xmp", "mwg-rs:Name", ""), None),
    (
        ("exif", "Artist", "Jane Roe"),
        ("metadata_name", 0.5, "EXIF Artist, who took or owns the picture"),
    ),
    (
        ("iptc", "By-line", "Roe"),
        ("metadata_name", 0.5, "IPTC By-line, who took or owns the picture"),
    ),
    (
        ("exif", "Copyright", "Copyright (c) 2024 Jane Roe, all rights reserved"),
        ("metadata_name", 0.5, "EXIF Copyright, who took or owns the picture"),
    ),
    (("exif", "Copyright", "Copyright (c) 2024"), None),
    (("exif", "Artist", "Picasa"), None),
    (("exif", "Artist", "NIKON CORPORATION"), None),
    (("exif", "Artist", "  "), None),
    # Texts
    (
        ("exif", "ImageDescription", "call 219-09-9999"),
        ("metadata_text", 0.9, "ssn in EXIF ImageDescription"),
    ),
    (("exif", "ImageDescription", "OLYMPUS DIGITAL CAMERA"), None),
    (
        ("exif", "ImageDescription", "since 01/02/1950"),
        ("metadata_text", 0.2, "caption in EXIF ImageDescription"),
    ),
    (
        ("exif", "ImageDescription", "on 3000-01-02"),
        ("metadata_text", 0.2, "date in EXIF ImageDescription"),
    ),
    (
        ("iptc", "Caption-Abstract", "for Doe"),
        ("metadata_text", 0.6, "name in IPTC Caption-Abstract"),
    ),
    (("png", "MRN", "445566"), ("metadata_text", 0.8, "mrn in PNG text")),
    (("png", "Software", "Doe Paint"), None),
    (("png", "icc:copyright", "Doe Inc."), None),
    (("jpeg", "Comment", "219-09-9999"), ("metadata_text", 0.9, "ssn in JPEG Comment")),
    (("xmp", "clinic:MRN", "445566"), ("metadata_text", 0.8, "mrn in XMP text")),
    (("xmp", "crs:RawFileName", "219-09-9999"), None),
    (("exif", "Model", "219-09-9999"), None),
    (("exif", "UserComment", "<300 bytes>"), None),
    # Behind the end
    (
        ("trailer", "jpeg", "<300 bytes: a video, 8 of its frames looked at>"),
        ("trailing_data", 0.9, "behind the JPEG: a video, 8 of its frames looked at"),
    ),
    (
        ("trailer", "png", "<300 bytes: unknown data>"),
        ("trailing_data", 0.5, "behind the PNG: unknown data"),
    ),
    (
        ("trailer", "jpeg", "<300 bytes: the phone's own notes>"),
        ("trailing_data", 0.1, "behind the JPEG: the phone's own notes"),
    ),
    (("trailer", "jpeg", "<300 bytes: Jane Doe>"), ("trailing_data", 0.5, "behind the JPEG")),
    # Present, and no more than that
    (("c2pa", "jpeg", "<9 bytes>"), ("metadata_text", 0.2, "content credentials in JPEG")),
    (("unknown", "png", "<9 bytes>"), ("metadata_text", 0.2, "data in PNG")),
    (("words", "png", "cake for Doe"), None),
    (("words", "png", "MRN 445566"), ("metadata_text", 0.8, "mrn in PNG")),
    # Harmless settings are an allow list; what is not on it is a note
    (("exif", "LensModel", "EF 50mm"), None),
    (("exif", "0xC353", "a word"), ("metadata_text", 0.2, "text in EXIF text")),
    (("exif", "0xC353", "7"), None),
    (("xmp", "crs:Name", "Adobe Color"), None),
    (("xmp", "clinic:Ward", "North"), ("metadata_text", 0.2, "text in XMP text")),
    (("iptc", "Keywords", "cake"), ("metadata_text", 0.2, "caption in IPTC Keywords")),
    (("jpeg", "Comment", "CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90"), None),
    (("icc", "cprt", "Copyright Doe Inc., 2017"), None),
    (("icc", "cprt", "219-09-9999"), ("metadata_text", 0.9, "ssn in ICC profile text")),
    # People by the place or form of a tag
    (
        ("xmp", "lr:hierarchicalSubject", "People|Jane Roe"),
        ("metadata_name", 0.9, "XMP hierarchicalSubject, a person shown"),
    ),
    (
        ("xmp", "stRef:filePath", "C:\\Users\\jroe\\cake.psd"),
        ("metadata_name", 0.5, "XMP filePath, a path with a user's name"),
    ),
    (
        ("xmp", "crs:Snapshot", "/Users/jroe/Pictures/cake.cr2"),
        ("metadata_name", 0.5, "XMP text, a path with a user's name"),
    ),
    (
        ("png", "Thumb::URI", "file:///home/jroe/cake.png"),
        ("metadata_name", 0.5, "PNG URI, a path with a user's name"),
    ),
    (("png", "Thumb::URI", "file:///home/user/cake.png"), None),
    (("xmp", "stRef:filePath", "C:\\Users\\Public\\cake.psd"), None),
    (
        ("xmp", "crs:RawFileName", "mrn_445566.cr2"),
        ("metadata_text", 0.8, "mrn in a file's name in XMP RawFileName"),
    ),
    (("xmp", "crs:RawFileName", "IMG_445566.cr2"), None),
    (
        ("exif", "HostComputer", "Janes-MacBook-Pro.local"),
        ("metadata_name", 0.5, "EXIF text, a computer with its owner's name"),
    ),
    (
        ("icc", "desc", "iMac von Jane"),
        ("metadata_name", 0.5, "ICC profile text, a computer with its owner's name"),
    ),
    (("exif", "HostComputer", "iPhone 13"), None),
    (("exif", "HostComputer", "Mac OS X 10.2.2"), None),
    # Places of other makers
    (("flir", "GPSLatitude", "34.075426"), ("gps_location", 0.95, "FLIR coordinates")),
    (("flir", "GPSLatitude", "0.000000"), None),
    (("video", "GPSLatitude", "+48.8+002.2"), ("gps_location", 0.95, "video coordinates")),
    (("video", "GPSLatitude", "+00.0000+000.0000"), None),
    (("flir", "CameraSerialNumber", "T177"), ("device_serial", 0.9, "FLIR serial number")),
]


@pytest.mark.parametrize(("tag", "expected"), CASES)
def test_tags(tag: tuple[str, str, str], expected: tuple[str, float, str] | None) -> None:
    """The surest finding; a note beside it, that there is text, may be there as well."""
    found = [(finding.kind, finding.score, finding.reason) for finding in look(Tag(*tag))]
    assert max(found, key=lambda entry: entry[1], default=None) == expected
    assert all(score <= 0.2 for _, score, _ in found if expected and score != expected[1])


def test_findings_belong_to_the_file_and_their_shape_is_a_kind() -> None:
    (finding,) = look(Tag("exif", "Artist", "219-09-9999"))
    assert finding.regions == ()
    assert finding.shape == "ssn"


def test_duplicates_are_merged_and_the_surest_stays() -> None:
    found = look(
        Tag("gps", "GPSLatitude", "48 51 30"),
        Tag("gps", "GPSLongitude", "2 17 40"),
        Tag("exif", "Artist", "Jane Roe"),
        Tag("exif", "Copyright", "Jane Roe"),
        Tag("xmp", "dc:creator", "Jane Roe"),
        Tag("xmp", "mwg-rs:Name", "Jane Doe"),
    )
    assert [(finding.kind, finding.score) for finding in found] == [
        ("gps_location", 0.95),
        ("metadata_name", 0.5),
        ("metadata_name", 0.9),
    ]


def test_a_patients_number_in_a_credit_is_found_its_phone_is_not() -> None:
    found = look(Tag("exif", "Artist", "219-09-9999 Doe"))
    assert {finding.shape for finding in found if finding.kind == "metadata_text"} == {"ssn"}


def test_every_kind_is_documented() -> None:
    assert Metadata.kinds <= set(kinds())


def test_it_is_a_detector() -> None:
    detector: Detector = DETECTOR(Tools())
    assert detector.name == "metadata"


def test_one_text_under_many_names_is_searched_once() -> None:
    searched: list[str] = []

    class Counting(Pattern):
        def find(self, text: Text) -> Iterable[Match]:
            searched.append(text.flow)
            return ()

    class Counted:
        identifiers: tuple[Identifier, ...] = (Counting("ssn", "", 0.9),)

        def network(self, name: str) -> Network:
            raise AssertionError(name)

    captions = [Tag("exif", "ImageDescription", "cake"), Tag("xmp", "dc:title", "cake")]
    photo = Photo("x", "", "JPEG", (Frame(0, "main", np.zeros((2, 2, 3), np.uint8)),), (*captions,))
    list(Metadata(Counted()).detect(Scene(photo, Text())))
    assert searched == ["cake"]


def test_more_text_than_is_searched_fails_after_what_was_found() -> None:
    tags = [Tag("exif", "ImageDescription", f"{number} {'x' * 4000}") for number in range(40)]
    detector = Metadata(Tools())
    frame = Frame(0, "main", np.zeros((2, 2, 3), np.uint8))
    photo = Photo("x", "", "JPEG", (frame,), (Tag("gps", "GPSLatitude", "48 51 30"), *tags))
    found = detector.detect(Scene(photo, Text()))
    assert next(found).kind == "gps_location"
    with pytest.raises(TooLarge):
        list(found)


GROUPS = (
    *("exif", "gps", "xmp", "iptc", "png", "jpeg", "gif", "webp", "tiff", "heif", "icc", "flir"),
    *("photoshop", "video", "trailer", "words", "unknown", "c2pa"),
)
words = st.text(min_size=1, max_size=30)


@given(st.lists(st.tuples(st.sampled_from([*GROUPS, "new"]), words)))
def test_no_reason_ever_quotes_a_file(pairs: list[tuple[str, str]]) -> None:
    value = "Zebulon 219-09-9999"
    tags = [Tag(group, f"Zebulon:{name}Zebulon", value) for group, name in pairs]
    tags += [Tag(group, name, value) for group, name in pairs]
    for finding in look(*tags):
        assert finding.kind in Metadata.kinds
        assert "Zebulon" not in finding.reason + finding.shape
        assert "219" not in finding.reason + finding.shape
