"""One way to load and run a network: OpenVINO, else ONNX Runtime; on the processor or a GPU."""

from __future__ import annotations

import importlib.util
import os
from typing import Literal, Protocol, get_args

from phiscan.errors import BadSettings, MissingDependency
from phiscan.inference import _onnxruntime, _openvino
from phiscan.network_cache import NetworkCache
from phiscan.protocols import Network
from phiscan.weight_files import WEIGHTS, check_weights, read_weights

Engine = Literal["auto", "openvino", "onnxruntime"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
Device = Literal["cpu", "gpu"]
DEVICES: tuple[Device, ...] = get_args(Device)
_PREFERRED: dict[Device, tuple[Engine, ...]] = {
    "cpu": ("openvino", "onnxruntime"),
    "gpu": ("onnxruntime", "openvino"),
}
"""OpenVINO is twice as fast on processors; of GPUs it knows Intel's, ONNX Runtime NVIDIA's."""


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
        _openvino.imported()
    else:
        import onnxruntime  # noqa: F401 - that is all


def check_network(name: str, wanted: Engine = "auto", device: Device = "cpu") -> None:
    """Raise MissingDependency where opening the network would, short of loading it."""
    engine = available_engine(wanted, device)
    check_weights(_openvino.in_use(name) if engine == "openvino" else WEIGHTS[name])


def sees_gpu(engine: Engine) -> bool:
    """Return whether an installed engine can use a GPU of this machine."""
    return _openvino.sees_gpu() if engine == "openvino" else _onnxruntime.sees_gpu()


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
        return _openvino.OpenVino(name, threads or cores(), cache, on_gpu=device == "gpu")
    return _onnxruntime.OnnxRuntime(
        read_weights(WEIGHTS[name]), WEIGHTS[name], threads or cores(), on_gpu=device == "gpu"
    )


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
