from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiscan.detectors.metadata import DETECTOR, Metadata
from phiscan.kinds import kinds
from phiscan.model import Finding, Frame, Photo, Scene, Tag
from phiscan.protocols import Detector, Identifier, Match, Network
from phiscan.text import Text


@dataclass(frozen=True)
class Pattern:
    """An identifier as simple as can be."""

    kind: str
    pattern: str
    score: float

    def find(self, text: Text) -> Iterable[Match]:
        for match in re.finditer(self.pattern, text.flow):
            yield Match(match.start(), match.end(), self.score)


class Tools:
    identifiers: tuple[Identifier, ...] = (
        Pattern("ssn", r"\d{3}-\d{2}-\d{4}", 0.9),
        Pattern("mrn", r"(?i)mrn\W+\d+", 0.8),
        Pattern("name", r"\bDoe\b", 0.6),
        Pattern("date", r"\d\d/\d\d/\d{4}", 0.3),
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
    (("exif", "MakerNote SerialNumberFormat", "Format 2"), None),
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
    (("exif", "ImageDescription", "since 01/02/1950"), None),
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
        ("jpeg", "Trailer", "<300 bytes: a video>"),
        ("trailing_data", 0.9, "data behind the end of the JPEG"),
    ),
    (
        ("png", "Trailer", "<300 bytes: unknown data>"),
        ("trailing_data", 0.5, "data behind the end of the PNG"),
    ),
]


@pytest.mark.parametrize(("tag", "expected"), CASES)
def test_tags(tag: tuple[str, str, str], expected: tuple[str, float, str] | None) -> None:
    found = [(finding.kind, finding.score, finding.reason) for finding in look(Tag(*tag))]
    assert found == ([expected] if expected else [])


def test_findings_belong_to_the_file_and_their_shape_is_a_kind() -> None:
    (finding,) = look(Tag("exif", "UserComment", "219-09-9999"))
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


words = st.text(min_size=1, max_size=30)


@given(
    st.lists(
        st.tuples(st.sampled_from(["exif", "gps", "xmp", "iptc", "png", "jpeg", "new"]), words)
    )
)
def test_no_reason_ever_quotes_a_file(pairs: list[tuple[str, str]]) -> None:
    value = "Zebulon 219-09-9999"
    tags = [Tag(group, f"Zebulon:{name}Zebulon", value) for group, name in pairs]
    tags += [Tag(group, name, value) for group, name in pairs]
    for finding in look(*tags):
        assert finding.kind in Metadata.kinds
        assert "Zebulon" not in finding.reason + finding.shape
        assert "219" not in finding.reason + finding.shape
