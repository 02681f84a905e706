"""Networks on ONNX Runtime: where OpenVINO is not installed, and on NVIDIA's GPUs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from phiscan.errors import MissingDependency
from phiscan.weight_files import Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CUDA = "CUDAExecutionProvider"
_ON_CUDA = (_CUDA, {"cudnn_conv_algo_search": "HEURISTIC"})
"""Trying every way to convolve for each new size of picture would take seconds a photo."""


def sees_gpu() -> bool:
    """Return whether the ONNX Runtime that is installed can use an NVIDIA GPU."""
    import onnxruntime

    return _CUDA in onnxruntime.get_available_providers()


class OnnxRuntime:
    """A network on ONNX Runtime; its sessions may be run from many threads."""

    def __init__(self, content: bytes, weights: Weights, threads: int, *, on_gpu: bool) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        self.lanes = threads if weights.lanes else 1
        options.intra_op_num_threads = 1 if weights.lanes else threads
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            _unfixed(content) if weights.shape else content,
            options,
            providers=[_ON_CUDA] if on_gpu else ["CPUExecutionProvider"],
        )
        if on_gpu and _CUDA not in self._session.get_providers():
            raise MissingDependency(
                "ONNX Runtime cannot use the GPU: its CUDA or cuDNN libraries are missing or of "
                "another version than onnxruntime-gpu asks for; or scan without --device gpu"
            )
        self._input = self._session.get_inputs()[0].name

    def run(self, batch: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        outputs: Sequence[NDArray[np.float32]] = self._session.run(None, {self._input: batch})
        return outputs

    def metadata(self, key: str) -> str:
        return str(self._session.get_modelmeta().custom_metadata_map[key])

    def release(self, *, wholly: bool = False) -> None:
        """Do nothing: without its arena ONNX Runtime keeps nothing from run to run."""


_FIXED_PLACE = re.compile(
    rb"(\x0a.(?:input\.1|53[7-9]|540)\x12\x16\x0a\x14\x08\x01\x12\x10)(?:\x0a\x02\x08.){4}",
    re.DOTALL,
)
_ANY_SIZE = b"\x0a\x02\x12\x00" * 4


def _unfixed(content: bytes) -> bytes:
    """Return CenterFace's ONNX file with its declared input and output sizes left open.

    ONNX Runtime refuses other sizes than the declared ones and has no call to change them. In the
    file, a side is `dim_value: 32`; an empty `dim_param` takes just as many bytes, so that no
    length in the file changes (onnx.proto, TensorShapeProto.Dimension).
    """
    freed, places = _FIXED_PLACE.subn(lambda found: found.group(1) + _ANY_SIZE, content)
    if places != 5:
        raise MissingDependency("the face detector's weights are not laid out as expected")
    return freed
