"""What the small networks of our own have in common: how they are built, learn and become ONNX.

Both are rows of convolutions, each normalised and bent by a ReLU. Needs
`pip install tensorflow-cpu onnx`, which nothing else of phiscan does.
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RATE, _LEAST_RATE, _WARM = 2e-3, 1e-5, 100
"""Adam's rate at its highest and at the end, and the steps in which it rises."""
_MOMENTUM, _EPSILON = 0.97, 1e-3
_OPSET, _IR = 17, 8
"""Versions of ONNX that every engine of the last years reads."""


class Layer(NamedTuple):
    """A convolution; one without stride adds to what comes in."""

    channels: int
    kernel: int = 3
    stride: int = 1
    dilation: int = 1

    @property
    def padding(self) -> int:
        """Pixels added on each side, so that only the stride makes the picture smaller."""
        return self.dilation * (self.kernel // 2)


class Graph(NamedTuple):
    """An ONNX graph in the making: its nodes, its weights, and the name of what comes out."""

    nodes: list[Any]
    tensors: list[Any]
    flow: str


def kept_in(folder: Path, names: Sequence[str]) -> Iterator[tuple[NDArray[Any], ...]]:
    """Yield the arrays of these names from each `.npz` file of a folder, in the files' order."""
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as kept:
            yield tuple(kept[name] for name in names)


def convolved(flow: Any, layers: Sequence[Layer]) -> Any:
    """Return what comes out of a row of layers, as Keras sees it."""
    from tensorflow.keras import layers as keras

    for number, layer in enumerate(layers):
        padded = keras.ZeroPadding2D(layer.padding)(flow)
        convolution = keras.Conv2D(
            layer.channels,
            layer.kernel,
            strides=layer.stride,
            dilation_rate=layer.dilation,
            use_bias=False,
            name=f"conv{number}",
        )
        normal = keras.BatchNormalization(
            momentum=_MOMENTUM, epsilon=_EPSILON, name=f"normal{number}"
        )
        bent = keras.ReLU()(normal(convolution(padded)))
        flow = bent if layer.stride > 1 else keras.Add()([flow, bent])
    return flow


def rate(step: int, steps: int) -> float:
    """Return Adam's rate: it rises for some steps and then falls like a cosine."""
    fall = 0.5 + 0.5 * math.cos(math.pi * step / steps)
    return _RATE * min(1.0, (step + 1) / _WARM) * fall + _LEAST_RATE


def train(
    network: Any,
    batches: Iterable[tuple[NDArray[Any], NDArray[Any]]],
    steps: int,
    loss_of: Callable[[Any, Any], Any],
) -> Iterator[float]:
    """Teach the network on batches of pictures and answers; yield the loss of each step.

    `loss_of` takes the scores and the answers of a batch.
    """
    import tensorflow as tf

    optimizer = tf.keras.optimizers.Adam(_RATE)

    @tf.function  # type: ignore[untyped-decorator]
    def learn(picture: Any, answer: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = loss_of(network(picture, training=True), answer)
        steepest = tape.gradient(loss, network.trainable_variables)
        optimizer.apply_gradients(zip(steepest, network.trainable_variables, strict=True))
        return loss

    for step, (picture, answer) in zip(range(steps), batches, strict=False):
        optimizer.learning_rate.assign(rate(step, steps))
        yield float(learn(picture, answer))


def tell(step: int, steps: int, loss: float) -> None:
    """Tell on stderr how far the training is."""
    print(f"\rstep {step} of {steps}, loss {loss:.3f}", end="", file=sys.stderr)


def sha256_line(path: Path) -> str:
    """Return the line that says which SHA-256 `phiscan.weight_files.WEIGHTS` must name."""
    return f"\n{path}: SHA-256 {hashlib.sha256(path.read_bytes()).hexdigest()}"


def without_normal(
    weights: NDArray[np.float32],
    normal: Sequence[NDArray[np.float32]],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return weights and biases of a convolution that has taken in the normalisation after it.

    `weights` are Keras's (rows, columns, in, out); those returned are ONNX's (out, in, rows,
    columns). `normal` holds scale, shift, mean and variance.
    """
    scale, shift, mean, variance = normal
    factor = scale / np.sqrt(variance + _EPSILON)
    folded = (weights * factor).transpose(3, 2, 0, 1)
    return folded.astype(np.float32).copy(), (shift - mean * factor).astype(np.float32)


def as_nodes(network: Any, layers: Sequence[Layer], flow: str) -> Graph:
    """Return a row of layers as ONNX; `flow` is the name of what goes in."""
    from onnx import helper, numpy_helper

    graph = Graph([], [], flow)
    for number, layer in enumerate(layers):
        (weights,) = network.get_layer(f"conv{number}").get_weights()
        normal = network.get_layer(f"normal{number}").get_weights()
        names = [f"weights{number}", f"bias{number}"]
        for name, values in zip(names, without_normal(weights, normal), strict=True):
            graph.tensors.append(numpy_helper.from_array(values, name))
        shape = {
            "kernel_shape": [layer.kernel] * 2,
            "strides": [layer.stride] * 2,
            "dilations": [layer.dilation] * 2,
            "pads": [layer.padding] * 4,
        }
        made, bent, added = f"conv{number}", f"relu{number}", f"add{number}"
        graph.nodes.append(helper.make_node("Conv", [graph.flow, *names], [made], **shape))
        graph.nodes.append(helper.make_node("Relu", [made], [bent]))
        if layer.stride == 1:
            graph.nodes.append(helper.make_node("Add", [graph.flow, bent], [added]))
        graph = graph._replace(flow=bent if layer.stride > 1 else added)
    return graph


Ends = dict[str, Sequence[int | str]]
"""Names and shapes of what goes into a network or comes out; a word stands for any size."""


def write(path: Path, name: str, graph: Graph, inputs: Ends, outputs: Ends) -> None:
    """Write a graph as an ONNX file, checked."""
    import onnx
    from onnx import TensorProto, helper

    ends, outs = (
        [helper.make_tensor_value_info(each, TensorProto.FLOAT, ends[each]) for each in ends]
        for ends in (inputs, outputs)
    )
    drawn = helper.make_graph(graph.nodes, name, ends, outs, graph.tensors)
    model = helper.make_model(drawn, opset_imports=[helper.make_opsetid("", _OPSET)])
    model.ir_version = _IR
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
