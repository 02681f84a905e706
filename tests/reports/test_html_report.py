from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged import (
    ALLOWED,
    BLOCKED,
    CLEAN,
    DATE,
    EVERY,
    GAP,
    GONE,
    HOSTILE,
    REVIEW,
    any_results,
    at,
    judged,
)
from PIL import Image

from phiscan.errors import UnreadableImage
from phiscan.model import Finding, Frame, Photo, ScanResult
from phiscan.reports import html
from phiscan.reports._printable import printable
from phiscan.reports._tally import Tally
from phiscan.reports._thumbnails import hint, thumbnail
from phiscan.reports.html import REPORT, HtmlReport

Json = dict[str, Any]
Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


class Elements(HTMLParser):
    """Collects what a browser would see: every tag with its attributes, every script's text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.texts.append("")
        self.inside = True

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def named(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        pairs = zip(self.tags, self.texts, strict=True)
        return [(attributes, text) for (name, attributes), text in pairs if name == tag]


def frame(index: int = 0, width: int = 900, height: int = 600) -> Frame:
    rows, columns = np.mgrid[:height, :width]
    pixels = np.stack([rows % 256, columns % 256, np.full_like(rows, index)], axis=2)
    return Frame(index, "page" if index else "main", pixels.astype(np.uint8))


def opened(result: ScanResult) -> Photo:
    return Photo("<bytes>", result.sha256, "JPEG", tuple(frame(index) for index in range(8)))


def page(results: Iterable[ScanResult], report: HtmlReport = REPORT) -> Elements:
    return Elements("".join(report.render(results)))


def photos(elements: Elements) -> list[Json]:
    blocks = [text for tag, text in elements.named("script") if tag.get("class") == "photos"]
    return [photo for block in blocks for photo in json.loads(block)]


def pictures(elements: Elements) -> list[str]:
    names = [tag.get("id") or "" for tag, _ in elements.named("script")]
    return [name for name in names if name.startswith("picture-")]


def decoded(content: bytes) -> Pixels:
    with Image.open(io.BytesIO(content)) as image:
        assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)
        return np.asarray(image)


# The page


def test_it_says_at_its_top_that_it_is_sensitive() -> None:
    text = "".join(REPORT.render([]))
    assert text.index("Sensitive.") < text.index('id="photos"')


def test_it_needs_nothing_from_outside_and_forbids_it() -> None:
    elements = page(EVERY, HtmlReport(opened))
    for tag, attributes in elements.tags:
        assert tag not in {"iframe", "object", "embed", "base", "img", "video", "audio"}
        sources = [attributes.get(name) for name in ("src", "href", "srcset", "action", "data")]
        assert all(source in {None, "#photos", "data:,"} for source in sources)
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
    text = "".join(HtmlReport(opened).render(EVERY))
    assert re.findall(r"https?://[^\"'\s]+", text) == ["http://www.w3.org/2000/svg"]


def test_only_its_own_script_and_style_may_run() -> None:
    elements = page(EVERY)
    policies = [
        attributes["content"] or ""
        for attributes, _ in elements.named("meta")
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.split(" ", 1) for rule in policies[0].split("; "))
    ((_, style),) = elements.named("style")
    ((_, script),) = [pair for pair in elements.named("script") if not pair[0]]
    for name, text in (("style-src", style), ("script-src", script)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[name] == f"'sha256-{digest}'"
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"


def test_a_page_that_broke_off_has_no_script_and_says_so() -> None:
    pieces = list(REPORT.render(EVERY))
    broken = Elements("".join(pieces[:-1]))
    assert not [tag for tag, _ in broken.named("script") if not tag]
    assert any(tag.get("id") == "incomplete" for tag, _ in broken.named("p"))


def test_without_scripts_the_counts_are_still_told() -> None:
    tally = Tally()
    for result in EVERY:
        tally.add(result)
    assert tally.words() in "".join(REPORT.render(EVERY)).partition("<noscript>")[2]


# Photos


def test_a_photo_is_told_with_its_findings_weightiest_first() -> None:
    (photo,) = photos(page([BLOCKED]))
    assert (photo["path"], photo["group"], photo["verdict"]) == ("ward/a.jpg", "blocked", "block")
    assert [(f["kind"], f["asks"]) for f in photo["findings"]] == [
        ("gps_location", 2),
        ("birth_date", 2),
        ("capture_time", 0),
        ("wristband", 0),
    ]
    assert photo["findings"][1] == {
        "kind": "birth_date",
        "asks": 2,
        "score": 0.93,
        "where": "lower left",
        "surface": "wristband",
        "reason": "label 'DOB' on the same line",
        "polygons": ["20,450 50,450 50,460 20,460"],
    }


def test_every_photo_has_its_group() -> None:
    groups = [photo["group"] for photo in photos(page(EVERY))]
    assert groups == ["blocked", "review", "allowed", "allowed", "unscanned", "unscanned"]


def test_gaps_are_told() -> None:
    gap, gone = photos(page([GAP, GONE]))
    assert gap["gaps"][0].startswith("not checked: ")
    assert gone["gaps"] == ["not scanned: no such file; check the path"]


def test_many_photos_stand_in_blocks() -> None:
    elements = page([CLEAN] * 450)
    blocks = [text for tag, text in elements.named("script") if tag.get("class") == "photos"]
    assert [len(json.loads(block)) for block in blocks] == [200, 200, 50]


def test_no_shape_is_told_and_every_kind_has_its_advice() -> None:
    elements = page([BLOCKED])
    (known,) = [text for tag, text in elements.named("script") if tag.get("id") == "kinds"]
    assert json.loads(known)["face"][0] == "face"
    assert len(json.loads(known)["face"]) == 4
    assert "99/99/9999" not in "".join(REPORT.render([BLOCKED]))


@pytest.mark.parametrize("path", HOSTILE, ids=ascii)
def test_hostile_names_are_text_and_nothing_else(path: str) -> None:
    plain = page([judged(DATE)])
    elements = page([judged(DATE, source=path)])
    assert elements.tags == plain.tags
    (photo,) = photos(elements)
    assert photo["path"] == printable(path)
    assert "".join(REPORT.render([judged(DATE, source=path)])).isascii()


@given(st.lists(any_results, max_size=5))
def test_no_photo_is_missing_or_looks_better_than_it_is(results: list[ScanResult]) -> None:
    told = photos(page(results))
    assert [photo["verdict"] for photo in told] == [result.verdict.word for result in results]
    for photo, result in zip(told, results, strict=True):
        tally = Tally()
        tally.add(result)
        assert getattr(tally, photo["group"]) == 1
        if result.verdict:
            asked = [finding["asks"] for finding in photo.get("findings", [])]
            assert photo.get("gaps") or max(asked) == result.verdict


# Pictures


def test_there_are_none_unless_somebody_opens_the_photos() -> None:
    elements = page([BLOCKED])
    assert not pictures(elements)
    assert "without" in photos(elements)[0]["note"]


def test_the_main_frame_is_shown_and_those_that_something_was_found_on() -> None:
    findings = [Finding("face", 0.9, at(1, 1, frame=number)) for number in (7, 2, 3, 4)]
    elements = page([CLEAN, judged(*findings)], HtmlReport(opened))
    assert pictures(elements) == ["picture-0-0", *(f"picture-1-{n}" for n in range(4))]
    shown = photos(elements)[1]["pictures"]
    assert [(p["frame"], p["role"]) for p in shown] == [
        (0, "main"),
        (2, "page"),
        (3, "page"),
        (4, "page"),
    ]
    assert {(p["width"], p["height"]) for p in shown} == {(900, 600)}


def test_a_photo_that_cannot_be_opened_again_is_told() -> None:
    def gone(_: ScanResult) -> Photo:
        raise UnreadableImage("the file changed since it was scanned")

    (photo,) = photos(page([BLOCKED], HtmlReport(gone)))
    assert photo["note"] == "No picture: the file changed since it was scanned"
    assert photo["findings"]


def test_a_file_that_was_never_opened_is_left_alone() -> None:
    def never(_: ScanResult) -> Photo:
        raise AssertionError

    (photo,) = photos(page([GONE], HtmlReport(never)))
    assert "could not be opened" in photo["note"]


def test_long_runs_show_what_is_not_allowed_and_no_more_than_a_browser_opens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(html, "_ALL_PICTURES", 2)
    monkeypatch.setattr(html, "_MOST_PICTURES", 4)
    results = [ALLOWED, CLEAN, CLEAN, REVIEW, BLOCKED, GAP, BLOCKED]
    elements = page(results, HtmlReport(opened))
    assert pictures(elements) == [f"picture-{n}-0" for n in (0, 1, 3, 4)]
    notes = [photo.get("note", "") for photo in photos(elements)]
    assert notes[2] == "No picture: the page has those of the first 2 photos only."
    assert notes[5] == notes[6] == "No picture: the page has 4 already."


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [(900, 600, (213, 320)), (12, 5000, (320, 1)), (100, 50, (50, 100)), (1, 1, (1, 1))],
)
def test_thumbnails_are_small_and_keep_their_form(
    width: int, height: int, size: tuple[int, int]
) -> None:
    assert decoded(thumbnail(frame(0, width, height))).shape[:2] == size


def test_a_hint_has_too_few_pixels_to_show_anybody() -> None:
    assert max(decoded(hint(frame(0, 4000, 3000))).shape[:2]) == 12


def test_a_thumbnail_shows_the_frame() -> None:
    halves = np.zeros((600, 900, 3), np.uint8)
    halves[:, 450:] = 255
    small = decoded(thumbnail(Frame(0, "main", halves)))
    assert small[:, :150].max() < 20
    assert small[:, 170:].min() > 235
