from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from looking import Pattern

from phiscan import registry
from phiscan.detectors._file_words import pairs, readings
from phiscan.detectors.file_name import DETECTOR, FileName
from phiscan.kinds import kinds
from phiscan.model import Finding, Frame, Photo, Scene
from phiscan.protocols import Detector, Identifier, Network
from phiscan.text import Text


class Tools:
    identifiers: tuple[Identifier, ...] = (
        Pattern("mrn", r"(?i)\bmrn\W+\d{5,}", 0.9),
        Pattern("name", r"\b(Jane Doe|Smith John)\b", 0.5),
        Pattern("email", r"\S+@\S+\.com", 0.5),
        Pattern("date", r"\d{4}-\d\d-\d\d", 0.5),
        Pattern("phone", r"\d{10}", 0.5),
    )

    def network(self, name: str) -> Network:
        raise AssertionError(name)


def look(source: str, detector: Detector | None = None) -> list[Finding]:
    photo = Photo(source, "", "JPEG", (Frame(0, "main", np.zeros((2, 2, 3), np.uint8)),))
    return list((detector or FileName(Tools())).detect(Scene(photo, Text())))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Smith_John_MRN0012345.jpg", {("mrn", 0.9), ("name", 0.5)}),
        ("SmithJohnMRN0012345.jpg", {("mrn", 0.9), ("name", 0.5)}),
        ("smith-john-mrn-0012345.jpg", {("mrn", 0.9), ("name", 0.4)}),
        ("Smith%20John.jpg", {("name", 0.5)}),
        ("wound of Jane Doe, left.jpg", {("name", 0.5)}),
        ("jane.doe@example.com.jpg", {("email", 0.5), ("name", 0.4)}),
        ("scan (MRN 0012345).tar.gz", {("mrn", 0.9)}),
        ("cake.jpg", set()),
        ("", set()),
        ("<bytes>", set()),
    ],
)
def test_names(source: str, expected: set[tuple[str, float]]) -> None:
    assert {(finding.shape, finding.score) for finding in look(source)} == expected
    assert all(finding.kind == "file_name" for finding in look(source))


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("/data/Jane Doe/cake.jpg", "a folder's name"),
        ("/data/Jane Doe/2024/cake.jpg", "a folder's name"),
        ("Jane Doe/cake.jpg", "a folder's name"),
        ("D:\\Jane Doe\\cake.jpg", "a folder's name"),
        ("/data/Jane Doe/2024/01/cake.jpg", ""),
        ("/home/Jane Doe/cake.jpg", ""),
        ("/home/Jane Doe/Desktop/cake.jpg", ""),
        ("C:\\Users\\Jane Doe\\cake.jpg", ""),
        ("/media/Jane Doe/cake.jpg", ""),
        ("/home/x/Jane Doe.jpg", "the file's name"),
    ],
)
def test_the_two_last_folders_count_but_not_whose_home_it_is(source: str, place: str) -> None:
    assert [finding.reason for finding in look(source)] == ([f"name in {place}"] if place else [])


class Real:
    """All identifiers that there are."""

    identifiers: tuple[Identifier, ...] = tuple(
        registry.load("phiscan.identifiers", "IDENTIFIER").values()
    )

    def network(self, name: str) -> Network:
        raise AssertionError(name)


@pytest.fixture(scope="module")
def real() -> FileName:
    return FileName(Real())


@pytest.mark.parametrize(
    "source",
    [
        "IMG_20240131_123456.jpg",
        "DSC01234.JPG",
        "PXL_20240131_123456789.MP.jpg",
        "P1010001.JPG",
        "DJI_0001.JPG",
        "Screenshot_20240131-123456_Chrome.png",
        "FB_IMG_1706698496000.jpg",
        "received_1234567890123456.jpeg",
        "IMG-20240131-WA0001.jpg",
        "GOPR0001.JPG",
        "_MG_1234.JPG",
        "MVIMG_20190101_000000.jpg",
        "IMG_E1234.HEIC",
        "photo_2024-01-31_12-34-56.jpg",
        "1706698496123.jpg",
        "1706698496.jpg",
        "20240131.jpg",
        "image0.jpeg",
        "6C88D729-C56E-4815-BCF1-58D95EDE5A45.jpg",
        "0a1b2c3d4e5f60718293a4b5c6d7e8f9.jpg",
        "signal-2024-01-31-123456_002.jpeg",
        "100APPLE/IMG_0001.JPG",
        "DCIM/Camera/20240131_123456.jpg",
        "pexels-john-smith-12345.jpg",
        "john-smith-AbCdEfGhIj-unsplash.jpg",
        "birthday-cake.jpg",
        "christmas_party_2023.jpg",
        "new_chairs_for_lobby.jpg",
        "mercy-hospital-lobby.jpg",
        "logo_final_v2.png",
        "april_flowers.png",
        "Lincoln_Memorial.jpg",
        "Sandy_Beach.jpg",
        "penny_lane.jpg",
        "00012345.jpg",
        "/home/john_smith/cake.jpg",
        "/Users/johnsmith/Desktop/cake.jpg",
    ],
)
def test_what_cameras_and_programs_and_people_call_harmless_photos(
    source: str, real: FileName
) -> None:
    assert look(source, real) == []


@pytest.mark.parametrize(
    "source",
    [
        "WhatsApp Image 2024-01-31 at 12.34.56.jpeg",
        "Screen Shot 2024-01-31 at 12.34.56 PM.png",
        "Photo on 1-31-24 at 12.34 PM.jpg",
        "team building May 2024.jpg",
        "waiting room.jpg",
        "image (12).png",
    ],
)
def test_names_with_blanks(source: str, real: FileName) -> None:
    assert look(source, real) == []


@pytest.mark.parametrize(
    ("source", "shape", "least"),
    [
        ("Smith_John_MRN0012345.jpg", "mrn", 0.8),
        ("smith_john_mrn0012345.jpg", "mrn", 0.8),
        ("dob03041950.jpg", "birth_date", 0.8),
        ("DOE, JANE.jpg", "name", 0.8),
        ("patient_Robert_Johnson.jpeg", "name", 0.8),
        ("Jane Doe.jpg", "name", 0.4),
        ("jane_doe_wound.jpg", "name", 0.4),
        ("Maria Garcia consent form.jpg", "name", 0.4),
        ("Robert Johnson/IMG_1234.jpg", "name", 0.4),
        ("WILLIAMS_DAVID_20240131.jpg", "name", 0.4),
    ],
)
def test_what_names_a_patient(source: str, shape: str, least: float, real: FileName) -> None:
    scores = {finding.shape: finding.score for finding in look(source, real)}
    assert scores.get(shape, 0.0) >= least


def test_readings() -> None:
    assert readings("SmithJohn_A12345.jpg") == (
        "SmithJohn_A12345",
        "SmithJohn A12345",
        "Smith John A12345",
    )
    assert pairs("scan of Jane doe") == [
        ("Scan Of", True),
        ("Of Jane", True),
        ("Jane Doe", True),
    ]
    assert readings("x" * 5000 + ".jpg")[0] == "x" * 251


@given(st.text(max_size=80))
def test_any_name_is_read_and_none_is_quoted(name: str) -> None:
    for finding in look(f"Zebulon {name} MRN 0012345 Zebulon/Zebulon{name}.jpg"):
        assert finding.kind == "file_name"
        assert "Zebulon" not in finding.reason + finding.shape
        assert "0012345" not in finding.reason + finding.shape


def test_it_is_a_detector() -> None:
    detector: Detector = DETECTOR(Tools())
    assert detector.name == "file_name"
    assert detector.kinds <= set(kinds())
