from __future__ import annotations

from pathlib import Path

import pytest

from phiscan.errors import BadSettings
from phiscan.settings import Settings, read_settings, settings_from


def test_defaults_can_scan() -> None:
    assert "rapidocr" in Settings().open_policy().required


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"polcy": "default"}, "unknown key 'polcy'"),
        ({"threads": "two"}, "threads must be of type int"),
        ({"threads": True}, "threads must be of type int"),
        ({"threads": -1}, "threads"),
        ({"ocr": []}, "at least one"),
        ({"ocr": "rapidocr"}, "ocr must be of type list"),
        ({"faces": []}, "at least one"),
        ({"faces": ["haar"]}, "unknown finder of faces 'haar'"),
        ({"engine": "tensorrt"}, "unknown engine"),
        ({"effort": "lazy"}, "unknown effort .lazy."),
        ({"limits": {"pixel": 3}}, "unknown key 'pixel'"),
        ({"limits": 3}, "limits must be a table"),
    ],
)
def test_bad_settings_are_refused_with_a_reason(data: dict[str, object], complaint: str) -> None:
    with pytest.raises(BadSettings, match=complaint):
        settings_from(data, "phiscan.toml")


def test_settings_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "phiscan.toml"
    path.write_text('engine = "onnxruntime"\nthreads = 1\n[limits]\nframes = 3\n')
    settings = read_settings(path)
    assert (settings.engine, settings.threads, settings.limits.frames) == ("onnxruntime", 1, 3)


@pytest.mark.parametrize("content", [None, b"engine = ", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "phiscan.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadSettings, match=r"phiscan\.toml"):
        read_settings(path)
