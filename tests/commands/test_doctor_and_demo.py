from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn, Self

import pytest
from saboteurs import InProcess

from phiscan import cli
from phiscan.commands import demo, doctor
from phiscan.errors import ExitCode, MissingDependency, UnreadableImage
from phiscan.model import Reason, Ruling, ScanResult, Verdict

VERDICTS = {verdict.word: verdict for verdict in Verdict}


class FakeScanner:
    """Gives each sample the verdict of the manifest, but for those in `wrong`."""

    wrong: frozenset[str] = frozenset()
    policy = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def scan(self, source: str) -> ScanResult:
        name = Path(source).name
        expected = demo._expected(Path(source).parent)[name]
        verdict = Verdict.ALLOW if name in self.wrong else VERDICTS[expected]
        return ScanResult(source, "0" * 64, Ruling(verdict, (Reason(verdict, "test"),)))


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(demo, "Scanner", FakeScanner)
    monkeypatch.setattr(demo, "Workers", InProcess)
    yield
    FakeScanner.wrong = frozenset()


def test_the_demo_shows_all_three_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo"]) == ExitCode.ALLOWED
    out = capsys.readouterr().out
    for word in ("ALLOW ", "REVIEW", "BLOCK "):
        assert any(line.startswith(word) for line in out.splitlines())
    assert "made up" in out


def test_a_demo_that_comes_out_wrong_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    FakeScanner.wrong = frozenset({"cake_and_chart.jpg"})
    assert cli.main(["demo"]) == ExitCode.INTERNAL
    assert "cake_and_chart.jpg is allow, expected block" in capsys.readouterr().err


def test_missing_samples_are_a_missing_dependency(tmp_path: Path) -> None:
    with pytest.raises(MissingDependency, match="install phiscan again"):
        demo._expected(tmp_path)


def test_the_manifest_is_read(tmp_path: Path) -> None:
    words = [("a.jpg", "clean"), ("b.jpg", "block")]
    rows = [{"file": name, "labels": {"verdict": verdict}} for name, verdict in words]
    (tmp_path / "manifest.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    assert demo._expected(tmp_path) == {"a.jpg": "allow", "b.jpg": "block"}


def test_the_doctor_finds_all_that_is_needed_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"]) == ExitCode.ALLOWED
    out = capsys.readouterr().out
    for name in ("JPEG", "PNG", "WebP", "HEIC", "AVIF", "TIFF", "GIF", "BMP"):
        assert f"format {name}" in out
    for name in ("text_detection", "text_recognition", "face_detection"):
        assert f"weights {name}" in out
    assert "SHA-256 ok, MIT" in out
    assert out.endswith("all that a scan needs is there\n")


def test_the_doctor_names_no_path(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["doctor"])
    assert "/" not in capsys.readouterr().out


@pytest.mark.parametrize("part", ["check_weights", "available_engine"])
def test_what_is_missing_is_exit_5(
    part: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(*_: object, **__: object) -> NoReturn:
        raise MissingDependency("it is not there")

    monkeypatch.setattr(doctor, part, missing)
    assert cli.main(["doctor"]) == ExitCode.MISSING
    out = capsys.readouterr().out
    assert "FAIL" in out
    assert "it is not there" in out


def test_a_format_that_does_not_open_is_exit_5(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: bytes) -> NoReturn:
        raise UnreadableImage("no")

    monkeypatch.setattr(doctor, "load", broken)
    assert cli.main(["doctor"]) == ExitCode.MISSING
    assert "FAIL format JPEG" in capsys.readouterr().out


def test_one_engine_is_enough(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    version = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda n: "" if n == "openvino" else version(n))
    assert cli.main(["doctor"]) == ExitCode.ALLOWED
    assert "-    engine openvino" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("requirement", "name"),
    [("numpy>=2.0,<3", "numpy"), ("rapidocr==3.10.0", "rapidocr"), ("a-b_c.d ; x", "a-b_c.d")],
)
def test_names_of_requirements(requirement: str, name: str) -> None:
    assert doctor._name_of(requirement) == name
