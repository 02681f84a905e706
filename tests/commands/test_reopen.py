from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from saboteurs import InProcess

from phiscan import cli
from phiscan.commands import reopen as reopening
from phiscan.commands import scan as scan_command
from phiscan.commands.reopen import reopen
from phiscan.errors import ExitCode, TooLarge, UnreadableImage
from phiscan.intake import Limits, Source, load
from phiscan.model import Photo, Ruling, ScanResult, Verdict


def photo(path: Path, colour: str = "red") -> ScanResult:
    Image.new("RGB", (64, 48), colour).save(path, "JPEG")
    digest = load(str(path)).sha256
    return ScanResult(str(path), digest, Ruling(Verdict.BLOCK), width=64, height=48)


def test_the_same_file_is_opened(tmp_path: Path) -> None:
    result = photo(tmp_path / "a.jpg")
    again = reopen(result, Limits())
    assert again.sha256 == result.sha256
    assert (again.frames[0].width, again.frames[0].height) == (64, 48)


def test_a_file_that_changed_is_not_even_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: Source, __: Limits) -> Photo:
        raise AssertionError

    result = photo(tmp_path / "a.jpg")
    photo(tmp_path / "a.jpg", "blue")
    monkeypatch.setattr(reopening, "load", never)
    with pytest.raises(UnreadableImage, match="changed since"):
        reopen(result, Limits())


def test_a_file_that_is_gone_and_one_that_is_too_large(tmp_path: Path) -> None:
    result = photo(tmp_path / "a.jpg")
    with pytest.raises(TooLarge):
        reopen(result, Limits(bytes=10))
    (tmp_path / "a.jpg").unlink()
    with pytest.raises(UnreadableImage, match="no such file"):
        reopen(result, Limits())


# The command that writes the page


class Blocks:
    """Finds nothing and blocks everything."""

    def __init__(self, *_: object) -> None:
        pass

    def scan(self, source: str) -> ScanResult:
        digest = load(source).sha256
        return ScanResult(source, digest, Ruling(Verdict.BLOCK), width=64, height=48)


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    monkeypatch.setattr(scan_command, "Scanner", Blocks)
    monkeypatch.setattr(scan_command, "Workers", InProcess)
    monkeypatch.chdir(tmp_path)
    photo(tmp_path / "a.jpg")

    def runner(*words: str) -> tuple[int, str]:
        return cli.main(words), capsys.readouterr().err

    return runner


def test_the_page_holds_pictures_and_only_its_owner_may_read_it(
    run: Callable[..., tuple[int, str]],
) -> None:
    status, _ = run("a.jpg", "--format", "html", "--output", "page.html")
    assert status == ExitCode.BLOCKED
    page = Path("page.html")
    assert 'id="picture-0-0"' in page.read_text("ascii")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_the_page_is_not_poured_out_where_others_may_read_it(
    run: Callable[..., tuple[int, str]],
) -> None:
    status, told = run("a.jpg", "--format", "html")
    assert status == ExitCode.USAGE
    assert "--output" in told
