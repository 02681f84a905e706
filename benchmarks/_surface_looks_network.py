"""The network for the looks of surfaces: how it is built, what it learns from, and its ONNX file.

Needs `pip install tensorflow-cpu onnx`, which nothing else of phiscan does.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from benchmarks import _learning as learning
from benchmarks._learning import Layer
from fixtures.chance import Rng, between, happens, pick, whole
from phiscan.detectors._looks import LOOKS, SIDE, view_of
from phiscan.geometry import Region

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Example = tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.float32]]

LAYERS = (
    Layer(20, stride=2),
    Layer(28, stride=2),
    Layer(28),
    Layer(40, stride=2),
    Layer(40),
    Layer(48, stride=2),
    Layer(48),
)
"""Together 13 million multiplications for a view."""
_BATCH = 32
_NOTHING = 0.15
"""Part of the views that show any other part of a photo."""
_WEIGHTS = (0.15, 1.0, 1.6, 1.2, 1.6, 1.6, 1.6, 1.0)
"""How often each look is drawn: of rectangles without print a photo has many."""


def views(
    examples: Sequence[Example], rng: Rng
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Yield batches of views as the network takes them, and the look of each, without end."""
    while True:
        pairs = [_view(examples, rng) for _ in range(_BATCH)]
        photos = np.stack([_varied(view, rng) for view, _ in pairs])
        yield photos, np.array([look for _, look in pairs], np.float32)


def _view(examples: Sequence[Example], rng: Rng) -> tuple[NDArray[np.uint8], int]:
    """Return a view of a surface, as its text may make us look at it, or of none."""
    while True:
        photo, looks, corners = pick(rng, examples)
        if happens(rng, _NOTHING):
            region = _nowhere(photo, corners, rng)
            if region is not None:
                return view_of(photo, region), 0
        elif len(looks):
            wanted = _rare_first(looks, rng)
            return view_of(photo, _jittered(corners[wanted], rng)), int(looks[wanted])


def _rare_first(looks: NDArray[np.int64], rng: Rng) -> int:
    """Draw a surface of a photo, of those looks that are rare more often."""
    weights = np.array([_WEIGHTS[int(look)] for look in looks])
    return int(rng.choice(len(looks), p=weights / weights.sum()))


def _jittered(corners: NDArray[np.float32], rng: Rng) -> Region:
    """Return the part of a surface that its text may cover, turned a little, or by right angles."""
    turn = whole(rng, 0, 3) if happens(rng, 0.3) else 0
    a, b, _, d = np.roll(corners, turn, axis=0).astype(np.float64)
    low, high = rng.uniform(-0.05, 0.25, 2), 1 - rng.uniform(-0.05, 0.25, 2)
    if happens(rng, 0.15):  # a few lines of it only
        low, high = rng.uniform(0, 0.4, 2), 1 - rng.uniform(0, 0.4, 2)
    spots = ((low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1]))
    points = [a + u * (b - a) + v * (d - a) for u, v in spots]
    return Region(0, tuple((float(x), float(y)) for x, y in points))


def _nowhere(photo: NDArray[np.uint8], corners: NDArray[np.float32], rng: Rng) -> Region | None:
    """Return a rectangle on which no surface lies, or only a corner of one."""
    height, width = photo.shape[:2]
    for _ in range(8):
        long = math.exp(between(rng, math.log(30), math.log(500)))
        half = long / 2, long / 2 * pick(rng, (0.15, 0.3, 0.5, 0.7, 1.0))
        x, y = between(rng, 0, width), between(rng, 0, height)
        angle = between(rng, 0, 2 * math.pi) if happens(rng, 0.5) else 0.0
        cos, sin = math.cos(angle), math.sin(angle)
        signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        points = [
            (x + u * half[0] * cos - v * half[1] * sin, y + u * half[0] * sin + v * half[1] * cos)
            for u, v in signs
        ]
        drawn = np.zeros((height // 4 + 1, width // 4 + 1), np.uint8)
        taken = drawn.copy()
        cv2.fillPoly(drawn, [(np.array(points) / 4).astype(np.int32)], 1)
        for each in corners:
            cv2.fillPoly(taken, [(each / 4).astype(np.int32)], 1)
        if drawn.any() and (taken & drawn).sum() < 0.06 * drawn.sum():
            return Region(0, tuple(points))
    return None


def _varied(view: NDArray[np.uint8], rng: Rng) -> NDArray[np.float32]:
    """Return the view mirrored, in light of another colour, less sharp and grainier."""
    if happens(rng, 0.5):
        view = view[:, ::-1]
    if happens(rng, 0.3):
        view = cv2.GaussianBlur(view, (0, 0), between(rng, 0.4, 2.5))
    light = view.astype(np.float32) / 255
    light = light ** np.float32(math.exp(0.3 * rng.normal()))
    tones = between(rng, 0.65, 1.2) + 0.06 * rng.normal(size=3)
    light = (light - 0.5) * tones.astype(np.float32) + np.float32(0.5 + 0.07 * rng.normal())
    if happens(rng, 0.15):
        light = np.repeat(light.mean(axis=2, keepdims=True), 3, axis=2)
    if happens(rng, 0.4):
        light = light + rng.normal(size=light.shape) * between(rng, 0.004, 0.03)
    return (np.clip(light, 0, 1) - 0.5).astype(np.float32)


def build() -> Any:
    """Return the untrained network: views in, a score for each look out."""
    from tensorflow.keras import Model, layers

    seen = layers.Input((SIDE, SIDE, 3))
    flow = layers.GlobalAveragePooling2D()(learning.convolved(seen, LAYERS))
    return Model(seen, layers.Dense(len(LOOKS), name="scores")(layers.Dropout(0.2)(flow)))


def loss_of(scores: Any, look: Any) -> Any:
    """Return the mean cost of the errors; a little doubt about every answer costs nothing."""
    import tensorflow as tf

    target = 0.95 * tf.one_hot(tf.cast(look, tf.int32), len(LOOKS)) + 0.05 / len(LOOKS)
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(target, scores))


def save(network: Any, path: Path) -> None:
    """Write the network as ONNX, its normalisation folded into the convolutions."""
    from onnx import helper, numpy_helper

    graph = learning.as_nodes(network, LAYERS, "view")
    weights, bias = network.get_layer("scores").get_weights()
    graph.tensors.append(numpy_helper.from_array(weights.copy(), "weights"))
    graph.tensors.append(numpy_helper.from_array(bias, "bias"))
    graph.nodes.append(helper.make_node("GlobalAveragePool", [graph.flow], ["pooled"]))
    graph.nodes.append(helper.make_node("Flatten", ["pooled"], ["flat"]))
    graph.nodes.append(helper.make_node("Gemm", ["flat", "weights", "bias"], ["scores"]))
    graph.nodes.append(helper.make_node("Softmax", ["scores"], ["looks"], axis=1))
    inputs: learning.Ends = {"view": ["views", 3, SIDE, SIDE]}
    outputs: learning.Ends = {"looks": ["views", len(LOOKS)]}
    learning.write(path, "surface_looks", graph, inputs, outputs)
