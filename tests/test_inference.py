from __future__ import annotations

import importlib.util
import platform
import subprocess
import sys

import numpy as np
import pytest

from phiscan import inference, weight_files
from phiscan.errors import BadSettings, MissingDependency
from phiscan.inference import Engine, _onnxruntime, _openvino, available_engine, open_network
from phiscan.weight_files import Weights


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
        rounded = engine == "openvino"
        assert np.allclose(outputs[0], reference[0], atol=0.02 if rounded else 1e-3)


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_the_alphabet_travels_with_the_recogniser(engine: Engine) -> None:
    alphabet = open_network("text_recognition", engine).metadata("character").splitlines()
    assert {"A", "z", "0", "/"} <= set(alphabet)


@pytest.mark.parametrize(
    ("machine", "name", "ending"),
    [
        ("x86_64", "text_detection", ".8bit.zip"),
        ("AMD64", "text_recognition", ".8bit.zip"),
        ("aarch64", "text_detection", ".onnx"),
        ("x86_64", "text_direction", ".onnx"),
    ],
)
def test_networks_run_in_8_bits_where_that_was_measured_to_be_faster(
    machine: str, name: str, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Weights] = []

    def read(weights: Weights) -> bytes:
        taken.append(weights)
        return weight_files.read_weights(weights)

    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(_openvino, "read_weights", read)
    open_network(name, "openvino")
    assert [weights.file.endswith(ending) for weights in taken] == [True]


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


@pytest.mark.parametrize("engine", ["auto", "openvino", "onnxruntime"])
def test_a_gpu_that_is_not_there_is_told_and_the_processor_does_not_stand_in(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference, "sees_gpu", lambda _: False)
    with pytest.raises(MissingDependency, match="without --device gpu"):
        open_network("text_direction", engine, device="gpu")


def test_on_a_gpu_the_engine_that_sees_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert available_engine() == "openvino"
    monkeypatch.setattr(inference, "sees_gpu", lambda _: True)
    assert available_engine(device="gpu") == "onnxruntime"
    monkeypatch.setattr(inference, "sees_gpu", lambda engine: engine == "openvino")
    assert available_engine(device="gpu") == "openvino"
    with pytest.raises(MissingDependency, match="no GPU that onnxruntime can use"):
        available_engine("onnxruntime", "gpu")


def test_an_engine_without_the_gpus_libraries_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """ONNX Runtime would warn and go on with the processor."""
    monkeypatch.setattr(inference, "sees_gpu", lambda _: True)
    monkeypatch.setattr(_onnxruntime, "_CUDA", "NoSuchProvider")
    monkeypatch.setattr(_onnxruntime, "_ON_CUDA", ("NoSuchProvider", {}))
    with (
        pytest.warns(UserWarning, match="NoSuchProvider"),
        pytest.raises(MissingDependency, match="CUDA or cuDNN"),
    ):
        open_network("text_direction", "onnxruntime", device="gpu")


_COUNT_LOOKUPS = """
import numpy, numpy.lib
lookups = []
class Counted(numpy.lib.NumpyVersion):
    def __init__(self, version):
        lookups.append(version)
        super().__init__(version)
numpy.lib.NumpyVersion = Counted
from phiscan.inference import open_network, start_engine
start_engine("openvino")
print(len(lookups))
open_network("face_opinion", "openvino").run(numpy.zeros((1, 3, 192, 192), numpy.float32))
print(len(lookups))
"""


def test_openvino_has_looked_numpy_up_before_threads_use_it() -> None:
    """Two threads that make it do so at once wait for each other for ever."""
    done = subprocess.run(
        [sys.executable, "-c", _COUNT_LOOKUPS], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["1", "1"]
