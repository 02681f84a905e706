"""Networks on OpenVINO: compiled once, rounded to 8 bits where that is faster."""

from __future__ import annotations

import io
import platform
import queue
import sys
import threading
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from phiscan.network_cache import Compiled, NetworkCache
from phiscan.weight_files import WEIGHTS, Weights, check_weights, read_weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class OpenVino:
    """A network on OpenVINO, run by as many threads at a time as it has lanes.

    Others wait their turn: a run uses all its cores anyway, and each request holds hundreds of MB.
    """

    def __init__(
        self, name: str, threads: int, cache: NetworkCache | None, *, on_gpu: bool
    ) -> None:
        self.lanes = threads if WEIGHTS[name].lanes else 1
        # Pinned, the threads of every process would sit on the same first cores: two jobs with one
        # thread each did no more than one.
        pinned = {"ENABLE_CPU_PINNING": False}
        # Of code made for an input size there are some 85 pieces. By default 5000 are kept: after
        # sixty sizes that took 250 MB more.
        kept = {"CPU_RUNTIME_CACHE_CAPACITY": 85 * WEIGHTS[name].sizes}
        options = {"NUM_STREAMS": self.lanes, "INFERENCE_NUM_THREADS": threads, **pinned, **kept}
        self._compile = partial(_compiled, name, options, cache)
        if on_gpu:
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


def sees_gpu() -> bool:
    """Return whether OpenVINO has a driver for a GPU of this machine."""
    return any(name.startswith("GPU") for name in imported().Core().available_devices)


def _compiled(
    name: str, options: dict[str, int], cache: NetworkCache | None
) -> tuple[Any, Mapping[str, str]]:
    """Return OpenVINO's compiled network and the texts that its weights file carries."""
    openvino = imported()
    core = openvino.Core()
    processor = core.get_property("CPU", "FULL_DEVICE_NAME")
    key = f"{in_use(name)} {openvino.get_version()} {processor} {sorted(options.items())}"
    if kept := cache.get(name, key) if cache else None:
        check_weights(in_use(name))
        with suppress(RuntimeError):  # OpenVINO's own check of what it can still run
            return core.import_model(kept.blob, "CPU", options), kept.metadata
    model, metadata = read_network(core, in_use(name))
    compiled = core.compile_model(model, "CPU", options)
    if cache:
        cache.put(name, key, Compiled(compiled.export_model().getvalue(), metadata))
    return compiled, metadata


def _compiled_for_gpu(name: str) -> tuple[Any, Mapping[str, str]]:
    """Return the network for the GPU, which would by itself compute in 16 bits: scores shift."""
    core = imported().Core()
    model, metadata = read_network(core, WEIGHTS[name])
    return core.compile_model(model, "GPU", {"INFERENCE_PRECISION_HINT": "f32"}), metadata


def in_use(name: str) -> Weights:
    """Return the weights to run on this processor: rounded where that was measured to be faster.

    8 bits take three quarters of the time, and less on processors that have instructions for them;
    benchmarks.eight_bits. As many lines are read and as many faces are found as without.
    """
    is_faster = platform.machine().lower() in {"x86_64", "amd64"}
    return (is_faster and WEIGHTS[name].eight_bits) or WEIGHTS[name]


def read_network(core: Any, weights: Weights) -> tuple[Any, Mapping[str, str]]:
    """Return OpenVINO's form of a network that takes any size, and the file's texts."""
    content = read_weights(weights)
    if weights.file.endswith(".zip"):
        model = _unpacked(core, content)
    else:
        model = core.read_model(content)
        if weights.shape:
            model.reshape(list(weights.shape))
    info = model.get_rt_info()
    found = info["framework"] if "framework" in info else {}  # noqa: SIM401 - has no get()
    return model, {key: str(value.value) for key, value in found.items()}


def _unpacked(core: Any, archive: bytes) -> Any:
    """Return a network from an archive of its graph and its numbers, as OpenVINO saves it."""
    import numpy as np

    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        numbers = np.frombuffer(files.read("network.bin"), np.uint8)
        return core.read_model(files.read("network.xml"), imported().Tensor(numbers))


_CONVERTER = "openvino.tools.ovc"


def imported() -> Any:
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
