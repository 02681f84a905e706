"""The network for text places: how it is built, how it learns, and how it becomes an ONNX file.

Needs `pip install tensorflow-cpu onnx`, which nothing else of phiscan does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from benchmarks._text_places_photos import CELL, LARGE, UNKNOWN, clutter
from fixtures.chance import Rng, between, happens, pick, stream, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Example = tuple[NDArray[np.uint8], NDArray[np.uint8]]

LAYERS = ((24, 7, 4, 1), (28, 3, 2, 1), (28, 3, 1, 1), (28, 3, 1, 2), (28, 3, 1, 4))
"""Channels, kernel, stride and dilation; a layer without stride adds to what comes in. Together
1.2e9 multiplications for a photo of 12 megapixels."""
_WEIGHTS = (1.0, 4.0, 3.0, 2.5, 1.0)
"""What an error costs by label: small print that is not seen is never looked at again."""
_SIDE, _BATCH = 512, 8
_RATE = 2e-3
_EPSILON = 1e-3


def crops(examples: Sequence[Example], rng: Rng) -> Iterator[tuple[NDArray[np.float32], ...]]:
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

    seen = flow = layers.Input((None, None, 1))
    for number, (channels, kernel, stride, dilation) in enumerate(LAYERS):
        padded = layers.ZeroPadding2D(dilation * (kernel // 2))(flow)
        convolved = layers.Conv2D(
            channels,
            kernel,
            strides=stride,
            dilation_rate=dilation,
            use_bias=False,
            name=f"conv{number}",
        )(padded)
        normal = layers.BatchNormalization(momentum=0.97, epsilon=_EPSILON, name=f"normal{number}")(
            convolved
        )
        bent = layers.ReLU()(normal)
        flow = bent if stride > 1 else layers.Add()([flow, bent])
    return Model(seen, layers.Conv2D(LARGE + 1, 1, name="scores")(flow))


def train(
    network: Any, examples: Sequence[Example], steps: int, tell: Callable[[int, float], None]
) -> None:
    """Teach the network on crops of the examples; `tell` hears each step and its loss."""
    import tensorflow as tf

    optimizer = tf.keras.optimizers.Adam(_RATE)
    costs = tf.constant(_WEIGHTS)

    @tf.function  # type: ignore[untyped-decorator]
    def learn(grey: Any, label: Any) -> Any:
        with tf.GradientTape() as tape:
            known = tf.cast(label != UNKNOWN, tf.float32)
            target = tf.cast(tf.where(label == UNKNOWN, tf.zeros_like(label), label), tf.int32)
            scores = network(grey, training=True)
            errors = tf.nn.sparse_softmax_cross_entropy_with_logits(target, scores)
            loss = tf.reduce_sum(errors * known * tf.gather(costs, target)) / tf.reduce_sum(known)
        steepest = tape.gradient(loss, network.trainable_variables)
        optimizer.apply_gradients(zip(steepest, network.trainable_variables, strict=True))
        return loss

    for step, (grey, label) in zip(range(steps), crops(examples, stream(5)), strict=False):
        fall = 0.5 + 0.5 * math.cos(math.pi * step / steps)
        optimizer.learning_rate.assign(_RATE * min(1.0, (step + 1) / 100) * fall + 1e-5)
        tell(step, float(learn(grey, label)))


def save(network: Any, path: Path) -> None:
    """Write the network as ONNX, its normalisation folded into the convolutions."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    nodes, tensors, flow = [], [], "grey"
    for number, (_, kernel, stride, dilation) in enumerate(LAYERS):
        (weights,) = network.get_layer(f"conv{number}").get_weights()
        scale, shift, mean, spread = network.get_layer(f"normal{number}").get_weights()
        factor = scale / np.sqrt(spread + _EPSILON)
        weights, bias = (weights * factor).transpose(3, 2, 0, 1), shift - mean * factor
        names = [f"weights{number}", f"bias{number}"]
        for name, values in zip(names, (weights, bias), strict=True):
            tensors.append(numpy_helper.from_array(values.astype(np.float32).copy(), name))
        shape = {"kernel_shape": [kernel] * 2, "strides": [stride] * 2, "dilations": [dilation] * 2}
        pads = [dilation * (kernel // 2)] * 4
        nodes.append(
            helper.make_node("Conv", [flow, *names], [f"conv{number}"], pads=pads, **shape)
        )
        nodes.append(helper.make_node("Relu", [f"conv{number}"], [f"relu{number}"]))
        if stride == 1:
            nodes.append(helper.make_node("Add", [flow, f"relu{number}"], [f"add{number}"]))
        flow = f"relu{number}" if stride > 1 else f"add{number}"
    weights, bias = network.get_layer("scores").get_weights()
    tensors.append(numpy_helper.from_array(weights.transpose(3, 2, 0, 1).copy(), "weights"))
    tensors.append(numpy_helper.from_array(bias, "bias"))
    nodes.append(helper.make_node("Conv", [flow, "weights", "bias"], ["scores"]))
    value, kind = helper.make_tensor_value_info, TensorProto.FLOAT
    ends = [value("grey", kind, [1, 1, "height", "width"])]
    outs = [value("scores", kind, [1, LARGE + 1, "rows", "columns"])]
    graph = helper.make_graph(nodes, "text_places", ends, outs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
