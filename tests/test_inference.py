from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from phiscan.errors import BadSettings, MissingDependency
from phiscan.inference import Engine, available_engine, open_network


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_both_engines_run_any_size_and_agree(engine: Engine) -> None:
    network = open_network("face_detection", engine)
    random = np.random.default_rng(1)
    for height, width in [(64, 96), (96, 64)]:
        batch = random.random((1, 3, height, width), dtype=np.float32) * 255
        outputs = network.run(batch)
        assert [o.shape[1] for o in outputs] == [1, 2, 2, 10]
        assert outputs[0].shape[2:] == (height // 4, width // 4)
        reference = open_network("face_detection", "onnxruntime").run(batch)
        assert np.allclose(outputs[0], reference[0], atol=1e-3)


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_the_alphabet_travels_with_the_recogniser(engine: Engine) -> None:
    alphabet = open_network("text_recognition", engine).metadata("character").splitlines()
    assert {"A", "z", "0", "/"} <= set(alphabet)


def test_onnxruntime_stands_in_where_openvino_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "openvino" else found(name)
    )
    assert available_engine() == "onnxruntime"
    with pytest.raises(MissingDependency, match="pip install openvino"):
        available_engine("openvino")


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(BadSettings, match="unknown engine"):
        available_engine("tensorrt")  # type: ignore[arg-type]  # that is the point
