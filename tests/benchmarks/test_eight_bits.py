from __future__ import annotations

from collections import Counter

import numpy as np
import openvino
import pytest

from benchmarks.eight_bits import simplify
from phiscan.inference._openvino import read_network
from phiscan.weight_files import WEIGHTS

CORE = openvino.Core()


def kinds_of(model: openvino.Model) -> Counter[str]:
    return Counter(layer.get_type_name() for layer in model.get_ordered_ops())


@pytest.mark.parametrize("name", ["text_detection", "face_detection"])
def test_a_simplified_network_says_the_same(name: str) -> None:
    model, _ = read_network(CORE, WEIGHTS[name])
    before = CORE.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    simplify(model)
    after = CORE.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    picture = np.random.default_rng(1).random((1, 3, 64, 96), dtype=np.float32)
    for one, other in zip(before(picture).values(), after(picture).values(), strict=True):
        assert np.abs(one - other).max() < 1e-3 * max(np.abs(one).max(), 1.0)


@pytest.mark.parametrize("name", ["text_detection", "face_detection"])
def test_what_ships_was_simplified(name: str) -> None:
    """Between layers that do nothing numbers would be rounded and turned back."""
    rounded = WEIGHTS[name].eight_bits
    assert rounded is not None
    kinds = kinds_of(read_network(CORE, rounded)[0])
    assert kinds["FakeQuantize"] > 50
    assert not {"Identity", "ShapeOf", "Erf"} & set(kinds)
