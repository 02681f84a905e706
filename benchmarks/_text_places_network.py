"""The network for text places: how it is built, what it learns from, and its ONNX file.

Needs `pip install tensorflow-cpu onnx`, which nothing else of phiscan does.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from benchmarks import _learning as learning
from benchmarks._learning import Layer
from benchmarks._text_places_photos import CELL, LARGE, UNKNOWN, clutter
from fixtures.chance import Rng, between, happens, pick, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Example = tuple[NDArray[np.uint8], NDArray[np.uint8]]

LAYERS = (
    Layer(24, kernel=7, stride=4),
    Layer(28, stride=2),
    Layer(28),
    Layer(28, dilation=2),
    Layer(28, dilation=4),
)
"""Together 1.2e9 multiplications for a photo of 12 megapixels."""
_WEIGHTS = (1.0, 4.0, 3.0, 2.5, 1.0)
"""What an error costs by label: small print that is not seen is never looked at again."""
_SIDE, _BATCH = 512, 8


def crops(
    examples: Sequence[Example], rng: Rng
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.uint8]]]:
    """Yield batches of grey squares as the network takes them, and their labels, without end."""
    while True:
        pairs = [_varied(*_crop(examples, rng), rng) for _ in range(_BATCH)]
        yield np.stack([grey for grey, _ in pairs]), np.stack([label for _, label in pairs])


def _crop(examples: Sequence[Example], rng: Rng) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Return a part of a photo, preferably with print on it, or clutter, or both side by side."""
    squares = _SIDE // CELL
    if happens(rng, 0.25):
        return clutter(rng, _SIDE), np.zeros((squares, squares), dtype=np.uint8)
    for _ in range(4):
        grey, label = pick(rng, examples)
        row = whole(rng, 0, grey.shape[0] // CELL - squares)
        column = whole(rng, 0, grey.shape[1] // CELL - squares)
        label = label[row : row + squares, column : column + squares]
        if np.isin(label, range(1, LARGE + 1)).sum() > squares // 8 or happens(rng, 0.15):
            break
    y, x = row * CELL, column * CELL
    part = grey[y : y + _SIDE, x : x + _SIDE].astype(np.float32)
    if happens(rng, 0.15):
        there = np.arange(squares) < whole(rng, squares // 8, 7 * squares // 8)
        there = there ^ happens(rng, 0.5)
        mask = np.tile(there, (squares, 1)) if happens(rng, 0.5) else np.tile(there, (squares, 1)).T
        large = mask.repeat(CELL, axis=0).repeat(CELL, axis=1)
        part, label = np.where(large, clutter(rng, _SIDE), part), np.where(mask, 0, label)
    return part, label


def _varied(
    grey: NDArray[np.float32], label: NDArray[np.uint8], rng: Rng
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Return the square turned, in other light, less sharp and grainier."""
    turns = whole(rng, 0, 3)
    grey, label = np.rot90(grey, turns), np.rot90(label, turns)
    if happens(rng, 0.5):
        grey, label = grey[:, ::-1], label[:, ::-1]
    light = np.clip(255 - grey if happens(rng, 0.3) else grey, 0, 255) / 255
    light = 255 * light ** math.exp(0.35 * rng.normal())
    light = (light - 128) * between(rng, 0.5, 1.2) + 128 + 20 * rng.normal()
    if happens(rng, 0.3):
        light = cv2.GaussianBlur(light, (0, 0), between(rng, 0.2, 0.8))
    if happens(rng, 0.4):
        light = light + rng.normal(size=light.shape) * between(rng, 1, 8)
    return (np.clip(light, 0, 255) / 255 - 0.5).astype(np.float32)[..., None], label.copy()


def build() -> Any:
    """Return the untrained network: grey pictures in, five scores for each square out."""
    from tensorflow.keras import Model, layers

    seen = layers.Input((None, None, 1))
    flow = learning.convolved(seen, LAYERS)
    return Model(seen, layers.Conv2D(LARGE + 1, 1, name="scores")(flow))


def loss_of(scores: Any, label: Any) -> Any:
    """Return the mean cost of the errors; squares whose label is unknown cost nothing."""
    import tensorflow as tf

    known = tf.cast(label != UNKNOWN, tf.float32)
    target = tf.cast(tf.where(label == UNKNOWN, tf.zeros_like(label), label), tf.int32)
    errors = tf.nn.sparse_softmax_cross_entropy_with_logits(target, scores)
    costs = tf.gather(tf.constant(_WEIGHTS), target)
    return tf.reduce_sum(errors * known * costs) / tf.reduce_sum(known)


def save(network: Any, path: Path) -> None:
    """Write the network as ONNX, its normalisation folded into the convolutions."""
    from onnx import helper, numpy_helper

    graph = learning.as_nodes(network, LAYERS, "grey")
    weights, bias = network.get_layer("scores").get_weights()
    weights = weights.transpose(3, 2, 0, 1).copy()
    graph.tensors.append(numpy_helper.from_array(weights, "weights"))
    graph.tensors.append(numpy_helper.from_array(bias, "bias"))
    graph.nodes.append(helper.make_node("Conv", [graph.flow, "weights", "bias"], ["scores"]))
    inputs: learning.Ends = {"grey": [1, 1, "height", "width"]}
    outputs: learning.Ends = {"scores": [1, LARGE + 1, "rows", "columns"]}
    learning.write(path, "text_places", graph, inputs, outputs)
