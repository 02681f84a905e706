"""One way to load and run a network: OpenVINO, else ONNX Runtime; on the processor or a GPU."""

from __future__ import annotations

import importlib.util
import os
import queue
import re
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

from phiscan.errors import BadSettings, MissingDependency
from phiscan.network_cache import Compiled, NetworkCache
from phiscan.protocols import Network
from phiscan.weight_files import WEIGHTS, Weights, check_weights, read_weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Engine = Literal["auto", "openvino", "onnxruntime"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
Device = Literal["cpu", "gpu"]
DEVICES: tuple[Device, ...] = get_args(Device)
_PREFERRED: dict[Device, tuple[Engine, ...]] = {
    "cpu": ("openvino", "onnxruntime"),
    "gpu": ("onnxruntime", "openvino"),
}
"""OpenVINO is twice as fast on processors; of GPUs it knows Intel's, ONNX Runtime NVIDIA's."""
_CUDA = "CUDAExecutionProvider"


def available_engine(wanted: Engine = "auto", device: Device = "cpu") -> Engine:
    """Return the engine to use: the one `wanted`, or the best that is installed for the device.

    Raises MissingDependency when it is not there, or sees no GPU where one is asked for.
    """
    if wanted not in ENGINES:
        raise BadSettings(f"unknown engine {wanted!r}; choose one of: {', '.join(ENGINES)}")
    candidates = _PREFERRED[device] if wanted == "auto" else (wanted,)
    installed = [one for one in candidates if importlib.util.find_spec(one) is not None]
    if not installed:
        raise MissingDependency(f"no engine to run networks: pip install {' or '.join(candidates)}")
    for engine in installed:
        if device == "cpu" or sees_gpu(engine):
            return engine
    raise MissingDependency(
        f"no GPU that {' or '.join(installed)} can use; for NVIDIA: pip install onnxruntime-gpu, "
        "for Intel: install its graphics driver; or scan without --device gpu"
    )


def start_engine(wanted: Engine = "auto", device: Device = "cpu") -> None:
    """Import the engine to use; raises as available_engine() does.

    Alone that takes 0.15 s, but 0.8 s while other threads import something else.
    """
    if available_engine(wanted, device) == "openvino":
        _openvino()
    else:
        import onnxruntime  # noqa: F401 - that is all


def sees_gpu(engine: Engine) -> bool:
    """Return whether an installed engine can use a GPU of this machine."""
    if engine == "openvino":
        return any(name.startswith("GPU") for name in _openvino().Core().available_devices)
    import onnxruntime

    return _CUDA in onnxruntime.get_available_providers()


class LoadedNetwork(Network, Protocol):
    """A network that can let go of memory."""

    def release(self, *, wholly: bool = False) -> None:
        """Give back what runs have left behind, 0.2 to 0.8 GB of all networks together.

        The next run takes 0.1 s more. `wholly` lets go of the network itself as well, another 0.3
        GB; the next run loads it again. Does nothing while a run is under way.
        """
        ...


def open_network(
    name: str,
    engine: Engine = "auto",
    threads: int = 0,
    cache: NetworkCache | None = None,
    device: Device = "cpu",
) -> LoadedNetwork:
    """Load the network `name` (a key of WEIGHTS); `threads` 0 means one per core.

    With a `cache`, OpenVINO's compiled form for a processor is taken from it, or else kept there.
    Raises MissingDependency where the engine, the weights or the GPU are not there: a network that
    was asked for on a GPU never runs on the processor instead.
    """
    if available_engine(engine, device) == "openvino":
        return _OpenVino(name, threads or _cores(), cache, device)
    return _OnnxRuntime(read_weights(name), WEIGHTS[name], threads or _cores(), device)


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _OpenVino:
    """A network on OpenVINO, run by as many threads at a time as it has lanes.

    Others wait their turn: a run uses all its cores anyway, each request holds hundreds of MB, and
    first runs of one network from several threads have been seen to wait for each other for ever.
    """

    def __init__(self, name: str, threads: int, cache: NetworkCache | None, device: Device) -> None:
        self.lanes = threads if WEIGHTS[name].lanes else 1
        # Pinned, the threads of every process would sit on the same first cores: two jobs with one
        # thread each did no more than one.
        pinned = {"ENABLE_CPU_PINNING": False}
        # Code made for an input size is kept for about eight sizes; the default of 5000 pieces
        # took 250 MB more after sixty sizes, and brings 0.02 s a size.
        kept = {"CPU_RUNTIME_CACHE_CAPACITY": 700}
        options = {"NUM_STREAMS": self.lanes, "INFERENCE_NUM_THREADS": threads, **pinned, **kept}
        self._compile = partial(_compiled, name, options, cache)
        if device == "gpu":
            self._compile = partial(_compiled_for_gpu, name)
        self._model, self._metadata = self._compile()
        self._waking = threading.Lock()
        self._idle: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for _ in range(self.lanes):
            self._idle.put(None)

    def run(self, batch: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        request = self._idle.get()
        try:
            request = request or self._request()
            request.infer([batch], share_inputs=True, share_outputs=True)
            count = len(request.model_outputs)
            return [request.get_output_tensor(i).data.copy() for i in range(count)]
        except BaseException:
            request = None  # one that failed is not used again
            raise
        finally:
            self._idle.put(request)

    def _request(self) -> Any:
        """Return a new request to the network, which is loaded again where it was let go."""
        with self._waking:
            if self._model is None:
                self._model, self._metadata = self._compile()
            return self._model.create_infer_request()

    def metadata(self, key: str) -> str:
        return self._metadata[key]

    def release(self, *, wholly: bool = False) -> None:
        held: list[Any] = []
        with suppress(queue.Empty):
            while len(held) < self.lanes:
                held.append(self._idle.get_nowait())
        is_idle = len(held) == self.lanes
        if is_idle and wholly:
            self._model, held = None, [None] * self.lanes
        elif is_idle and self._model is not None:
            with suppress(RuntimeError):  # OpenVINO refuses while a run is under way
                self._model.release_memory()
        for request in held:
            self._idle.put(request)


def _compiled(
    name: str, options: dict[str, int], cache: NetworkCache | None
) -> tuple[Any, Mapping[str, str]]:
    """Return OpenVINO's compiled network and the texts that its weights file carries."""
    openvino = _openvino()
    core = openvino.Core()
    processor = core.get_property("CPU", "FULL_DEVICE_NAME")
    key = f"{WEIGHTS[name]} {openvino.get_version()} {processor} {sorted(options.items())}"
    if kept := cache.get(name, key) if cache else None:
        check_weights(name)
        with suppress(RuntimeError):  # OpenVINO's own check of what it can still run
            return core.import_model(kept.blob, "CPU", options), kept.metadata
    model, metadata = _read(core, name)
    compiled = core.compile_model(model, "CPU", options)
    if cache:
        cache.put(name, key, Compiled(compiled.export_model().getvalue(), metadata))
    return compiled, metadata


def _compiled_for_gpu(name: str) -> tuple[Any, Mapping[str, str]]:
    """Return the network for the GPU, which would by itself compute in 16 bits: scores shift."""
    core = _openvino().Core()
    model, metadata = _read(core, name)
    return core.compile_model(model, "GPU", {"INFERENCE_PRECISION_HINT": "f32"}), metadata


def _read(core: Any, name: str) -> tuple[Any, Mapping[str, str]]:
    """Return OpenVINO's form of a network that takes any size, and the file's texts."""
    model = core.read_model(read_weights(name))
    info = model.get_rt_info()
    found = info["framework"] if "framework" in info else {}  # noqa: SIM401 - has no get()
    if WEIGHTS[name].shape:
        model.reshape(list(WEIGHTS[name].shape))
    return model, {key: str(value.value) for key, value in found.items()}


_CONVERTER = "openvino.tools.ovc"


def _openvino() -> Any:
    """Import OpenVINO without its model converter, which loads a client for usage statistics.

    OpenVINO does without it where it cannot be imported; that also saves 0.1 s at every start.
    """
    with _IMPORTING:
        left_out = "openvino" not in sys.modules and _CONVERTER not in sys.modules
        if left_out:
            sys.modules[_CONVERTER] = None  # type: ignore[assignment]  # stands for "no such module"
        try:
            import openvino

            _meet_numpy(openvino)
        finally:
            if left_out:
                del sys.modules[_CONVERTER]
    return openvino


@cache
def _meet_numpy(openvino: Any) -> None:
    """Have OpenVINO's bindings look NumPy up, once and before a second thread may use them.

    The first use of an array runs Python code behind a C++ lock. A second thread that comes to it
    meanwhile waits for that lock and holds Python's own, for ever: one cold start in some hundreds.
    """
    import numpy as np

    openvino.Tensor(np.zeros(1, np.float32)).data  # noqa: B018 - there and back is all


_IMPORTING = threading.Lock()


_ON_CUDA = (_CUDA, {"cudnn_conv_algo_search": "HEURISTIC"})
"""Trying every way to convolve for each new size of picture would take seconds a photo."""


class _OnnxRuntime:
    """A network on ONNX Runtime; its sessions may be run from many threads."""

    def __init__(self, content: bytes, weights: Weights, threads: int, device: Device) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        self.lanes = threads if weights.lanes else 1
        options.intra_op_num_threads = 1 if weights.lanes else threads
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            _unfixed(content) if weights.shape else content,
            options,
            providers=[_ON_CUDA] if device == "gpu" else ["CPUExecutionProvider"],
        )
        if device == "gpu" and _CUDA not in self._session.get_providers():
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
