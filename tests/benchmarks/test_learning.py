from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import _learning as learning
from benchmarks._learning import Layer

STEPS = 1000


@pytest.mark.parametrize(
    ("layer", "padding"),
    [(Layer(8), 1), (Layer(8, kernel=7, stride=4), 3), (Layer(8, dilation=4), 4)],
)
def test_a_layer_pads_so_that_only_its_stride_shrinks_the_picture(
    layer: Layer, padding: int
) -> None:
    assert layer.padding == padding


def test_the_rate_rises_and_then_falls_to_almost_nothing() -> None:
    rates = [learning.rate(step, STEPS) for step in range(STEPS)]
    highest = int(np.argmax(rates))
    assert 50 < highest < 150
    assert rates[:highest] == sorted(rates[:highest])
    assert rates[highest:] == sorted(rates[highest:], reverse=True)
    assert 0 < rates[-1] < rates[highest] / 100


def test_a_normalisation_is_folded_into_the_convolution_before_it() -> None:
    rng = np.random.default_rng(3)
    weights = rng.normal(size=(3, 3, 4, 5)).astype(np.float32)
    scale, shift, mean, variance = rng.uniform(0.5, 2, size=(4, 5)).astype(np.float32)
    seen = rng.normal(size=(3, 3, 4))
    plain = np.einsum("yxi,yxio->o", seen, weights)
    wanted = (plain - mean) / np.sqrt(variance + 1e-3) * scale + shift
    folded, bias = learning.without_normal(weights, (scale, shift, mean, variance))
    assert folded.dtype == bias.dtype == np.float32
    assert np.einsum("yxi,oiyx->o", seen, folded) + bias == pytest.approx(wanted, rel=1e-5)


def test_examples_come_in_the_order_of_their_files_and_only_with_what_is_asked(
    tmp_path: Path,
) -> None:
    for number in (2, 0, 1):
        np.savez(tmp_path / f"{number}.npz", grey=np.full((2, 2), number), other=np.zeros(1))
    (tmp_path / "notes.txt").write_text("no example")
    kept = list(learning.kept_in(tmp_path, ("grey",)))
    assert [int(grey[0, 0]) for (grey,) in kept] == [0, 1, 2]


def test_an_example_that_lacks_an_array_is_an_error(tmp_path: Path) -> None:
    np.savez(tmp_path / "0.npz", grey=np.zeros(1))
    with pytest.raises(KeyError):
        list(learning.kept_in(tmp_path, ("grey", "label")))


def test_the_sha256_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.onnx"
    path.write_bytes(b"")
    assert learning.sha256_line(path).endswith(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
