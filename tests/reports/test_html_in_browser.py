"""The reviewer's page in headless Chromium; skipped where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from judged import DATE, EVERY, HOSTILE, PERSON, at, judged

from phiscan.model import Finding, Frame, Photo, ScanResult
from phiscan.reports._printable import printable
from phiscan.reports.html import HtmlReport

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
pytestmark = pytest.mark.skipif(not BROWSER, reason="needs Chromium")

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER)
        yield browser
        browser.close()


def opened(result: ScanResult) -> Photo:
    pixels = np.full((600, 900, 3), 90, np.uint8)
    pixels[200:400, 300:600] = (220, 40, 40)
    return Photo("<bytes>", result.sha256, "JPEG", (Frame(0, "main", pixels),))


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Return what opens a page of results; whatever the page complains of fails the test."""
    contexts, complaints = [], []

    def opener(*results: ScanResult, width: int = 1280, end: int | None = None) -> Any:
        pieces = list(HtmlReport(opened).render(results))
        (tmp_path / "page.html").write_text("".join(pieces[:end]), "ascii")
        context = browser.new_context(viewport={"width": width, "height": 800}, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda asked: complaints.extend(_outside(asked.url)))
        page.goto((tmp_path / "page.html").as_uri())
        return page

    yield opener
    for context in contexts:
        context.close()
    assert not complaints


def _outside(url: str) -> list[str]:
    return [] if url.startswith(("file:", "data:")) else [url]


def paths(page: Any) -> list[str]:
    return list(page.locator(".photo h2 bdi").all_inner_texts())


def test_every_photo_is_there_strictest_first(show: Open) -> None:
    page = show(*reversed(EVERY))
    assert paths(page) == ["ward/a.jpg", "gone.jpg", "e.jpg", "ward/b.jpg", "d.jpg", "c.jpg"]
    assert page.locator(".group").all_inner_texts() == [
        "1 blocked",
        "2 not fully checked",
        "1 to review",
        "2 allowed",
    ]
    assert not page.locator("#incomplete").count()


def test_a_page_that_broke_off_warns(show: Open) -> None:
    page = show(*EVERY, end=-1)
    assert page.locator("#incomplete").is_visible()
    assert not page.locator(".photo").count()


def test_reasons_and_advice_are_told(show: Open) -> None:
    facts = show(*EVERY).locator(".photo").first.inner_text()
    assert "date of birth, on a wristband, lower left: almost certain (0.93), label 'DOB'" in facts
    assert "Cover the wristband with a sleeve" in facts
    assert "time when the photo was taken" in facts
    assert "(noted only)" in facts


def test_filters_and_order(show: Open) -> None:
    page = show(*EVERY)
    for group in ("blocked", "allowed"):
        page.click(f".group.{group}")
    assert paths(page) == ["e.jpg", "gone.jpg", "ward/b.jpg"]
    page.select_option("#kind", "person")
    assert paths(page) == ["e.jpg", "ward/b.jpg"]
    page.fill("#search", "WARD")
    assert paths(page) == ["ward/b.jpg"]
    assert page.inner_text("#status") == "Showing 1 of 6 photos"
    page.fill("#search", "")
    page.select_option("#kind", "")
    page.click(".group.blocked")
    page.click(".group.allowed")
    page.select_option("#sort", "path")
    assert paths(page) == ["c.jpg", "d.jpg", "e.jpg", "gone.jpg", "ward/a.jpg", "ward/b.jpg"]
    page.select_option("#sort", "many")
    assert paths(page)[0] == "ward/a.jpg"
    page.select_option("#sort", "scanned")
    assert paths(page)[:2] == ["ward/a.jpg", "ward/b.jpg"]


def test_a_picture_is_a_blurred_hint_until_it_is_clicked(show: Open) -> None:
    page = show(judged(PERSON))
    picture, image = page.locator(".picture"), page.locator(".picture img")
    width = "image => image.decode().then(() => image.naturalWidth)"
    assert image.evaluate(width) == 12
    assert "blur" in image.evaluate("image => getComputedStyle(image).filter")
    picture.click()
    assert image.evaluate(width) == 320
    assert image.evaluate("image => getComputedStyle(image).filter") == "none"
    assert picture.get_attribute("aria-pressed") == "true"
    picture.click()
    assert image.evaluate(width) == 12


def test_boxes_lie_where_the_findings_are(show: Open) -> None:
    page = show(judged(Finding("face", 0.9, at(300, 200, 300, 200))))
    picture = page.locator(".picture").bounding_box()
    box = page.locator("polygon.people").bounding_box()
    assert box["x"] - picture["x"] == pytest.approx(picture["width"] / 3, abs=6)
    assert box["y"] - picture["y"] == pytest.approx(picture["height"] / 3, abs=6)
    assert box["width"] == pytest.approx(picture["width"] / 3, abs=8)
    assert page.locator("svg text").inner_html() == "1"


def test_pointing_at_a_finding_marks_its_box(show: Open) -> None:
    page = show(judged(PERSON, DATE))
    page.locator(".findings li").nth(1).hover()
    assert page.locator("polygon.marked").get_attribute("data-finding") == "1"


def test_keys(show: Open) -> None:
    page = show(*EVERY)
    focused = "document.activeElement.querySelector('bdi')?.textContent"
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate(focused) == "e.jpg"
    page.keyboard.press("Enter")
    assert page.locator(".picture.shown").count() == 1
    page.keyboard.press("k")
    assert page.evaluate(focused) == "ward/a.jpg"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    page.keyboard.press("Escape")
    assert page.locator(".picture.shown").count() == 0
    page.keyboard.press("/")
    page.keyboard.type("jjk")
    assert page.input_value("#search") == "jjk"


def test_letter_keys_can_be_switched_off(show: Open) -> None:
    page = show(*EVERY)
    page.uncheck("#keys")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.className") != "photo"


def test_everything_can_be_reached_with_tab(show: Open) -> None:
    page = show(judged(PERSON))
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.id || document.activeElement.className")
        )
    wanted = ["skip", "group blocked", "kind", "sort", "search", "keys", "picture"]
    assert [name for name in reached if name in wanted] == wanted


def test_long_runs_are_split_in_pages(show: Open) -> None:
    page = show(*(judged(source=f"{n:03d}.jpg") for n in range(450)))
    assert page.locator(".photo").count() == 200
    assert page.inner_text("#status") == "Showing 1 to 200 of 450 photos"
    page.click("#next")
    page.click("#next")
    assert page.locator(".photo").count() == 50
    assert page.is_disabled("#next")
    assert page.inner_text("#page") == "Page 3 of 3"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.querySelector('bdi').textContent") == "399.jpg"


def test_a_long_list_of_findings_can_be_opened(show: Open) -> None:
    page = show(judged(*(Finding("mrn", 0.9, at(10, 10 + n)) for n in range(30))))
    assert page.locator(".findings li").count() == 12
    page.click("text=Show 18 more")
    assert page.locator(".findings li").count() == 30


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_sticks_out(show: Open, width: int) -> None:
    long = judged(DATE, PERSON, source="ward/" + "x" * 300 + ".jpg")
    page = show(long, *EVERY, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".picture").first.bounding_box()["width"] <= width


def test_hostile_names_are_shown_and_do_nothing(show: Open) -> None:
    page = show(*(judged(DATE, source=name) for name in HOSTILE))
    page.select_option("#sort", "scanned")
    shown = page.locator(".photo h2 bdi").evaluate_all("all => all.map(one => one.textContent)")
    assert shown == [printable(name) for name in HOSTILE]


def test_a_script_that_got_in_would_not_run(browser: Any, tmp_path: Path) -> None:
    text = "".join(HtmlReport().render(EVERY))
    inserted = "<script>document.title = 'in'</script><img src=x onerror=\"document.title = 'in'\">"
    (tmp_path / "page.html").write_text(text.replace("<noscript>", f"{inserted}<noscript>"))
    page = browser.new_page(offline=True)
    page.goto((tmp_path / "page.html").as_uri())
    assert page.title() == "phiscan report"
    assert page.locator(".photo").count() == len(EVERY)
    page.context.close()
