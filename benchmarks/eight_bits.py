"""Round the largest networks to 8 bits: `python -m benchmarks.eight_bits make FOLDER`.

Writes one archive per network into FOLDER and prints the SHA-256 that
`phiscan.weight_files.WEIGHTS` must name. Rounding has to know how large each layer's numbers get;
that is seen while phiscan scans generated photos and the shipped ones, at the inputs that its own
steps hand to the networks. Needs `pip install nncf`, which nothing else of phiscan does.

`python -m benchmarks.eight_bits time` prints how long the networks take as they were and as they
ship, one after the other in one run.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import sys
import tempfile
import time
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fixtures.make import ROOT, make
from phiscan.inference._openvino import read_network
from phiscan.scan import Scanner
from phiscan.settings import Settings
from phiscan.toolbox import Toolbox
from phiscan.weight_files import WEIGHTS, files_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phiscan.protocols import Network

    Batch = NDArray[np.float32]

_SHAPES = {
    "text_detection": (1, 3, 736, 960),
    "text_recognition": (1, 3, 48, 320),
    "face_detection": (1, 3, 960, 704),
}
"""The networks that take nearly all the time of a scan, and inputs as they often get them."""
_PHOTOS, _SEED = 24, 20261122
"""Generated photos that are scanned, and their seed."""
_MOST_PIXELS = 40e6
"""Pixels of input that are kept of each network, evenly over all that it was given."""
_RUNS = 9
_DATE = (2026, 1, 1, 0, 0, 0)
"""The date of what is in an archive, so that the same networks give the same file."""


class _Listening:
    """A network that keeps what it is given."""

    def __init__(self, network: Network, heard: list[Batch]) -> None:
        self._network, self._heard = network, heard
        self.lanes = network.lanes

    def run(self, batch: Batch) -> Sequence[Batch]:
        """Run the network."""
        self._heard.append(batch.copy())
        return self._network.run(batch)

    def metadata(self, key: str) -> str:
        """Return the network's metadata."""
        return self._network.metadata(key)


def listen() -> dict[str, list[Batch]]:
    """Return what each network is given while generated photos and the shipped ones are scanned."""
    heard: dict[str, list[Batch]] = defaultdict(list)
    opened = Toolbox.network
    Toolbox.network = lambda tools, name: _Listening(  # type: ignore[method-assign,assignment]  # to listen
        opened(tools, name), heard[name]
    )
    scanner = Scanner(Settings())
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), _PHOTOS, _SEED)
        for photo in sorted(Path(folder).glob("*.jpg")) + sorted((ROOT / "photos").glob("*.jpg")):
            scanner.scan(photo)
            print(f"\rscanned {photo.name:40}", end="", file=sys.stderr)
    return {name: _some(batches) for name, batches in heard.items()}


def _some(batches: Sequence[Batch]) -> list[Batch]:
    """Return every n-th input, as many as may be kept."""
    pixels = sum(batch[:, 0].size for batch in batches)
    return list(batches[:: max(round(pixels / _MOST_PIXELS), 1)])


def rounded(name: str, inputs: Sequence[Batch]) -> bytes:
    """Return the archive of a network whose layers compute in 8 bits."""
    import nncf
    import openvino

    model, _ = read_network(openvino.Core(), WEIGHTS[name])
    if name == "text_recognition":
        how = nncf.QuantizationPreset.MIXED, nncf.ModelType.TRANSFORMER
    else:
        simplify(model)
        how = nncf.QuantizationPreset.PERFORMANCE, None
    quantised = nncf.quantize(
        model,
        nncf.Dataset(inputs),
        preset=how[0],
        subset_size=len(inputs),
        model_type=how[1],
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.xml"
        openvino.save_model(quantised, path, compress_to_fp16=False)
        return packed({file.name: file.read_bytes() for file in sorted(Path(folder).iterdir())})


def simplify(model: Any) -> None:
    """Let go of layers that do nothing, and make one of those that stand for one.

    Between them numbers would be rounded, and where a layer cannot take what was rounded, be turned
    back: of the text detector that was a third of the time. For the recogniser it changes nothing.
    """
    from openvino._offline_transformations import apply_moc_transformations

    for layer in model.get_ordered_ops():
        if layer.get_type_name() == "Identity":
            for reader in layer.output(0).get_target_inputs():
                reader.replace_source_output(layer.input(0).get_source_output())
    apply_moc_transformations(model, cf=True, smart_reshape=False)


def packed(files: dict[str, bytes]) -> bytes:
    """Return a ZIP archive of files, the same for the same files."""
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                entry = zipfile.ZipInfo(name, _DATE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, content)
        file.seek(0)
        return file.read()


def write_all(folder: Path) -> None:
    """Round every network and write its archive."""
    folder.mkdir(parents=True, exist_ok=True)
    heard = listen()
    for name in _SHAPES:
        content = rounded(name, heard[name])
        (folder / f"{name}.8bit.zip").write_bytes(content)
        print(f"{name}: {hashlib.sha256(content).hexdigest()}, {len(heard[name])} inputs")


def time_all() -> None:
    """Print the seconds of each network before and after, the median of runs in turn."""
    import openvino

    core = openvino.Core()
    for name, shape in _SHAPES.items():
        batch = np.random.default_rng(1).random(shape, dtype=np.float32)
        requests = [
            core.compile_model(read_network(core, weights)[0], "CPU").create_infer_request()
            for weights in files_of(WEIGHTS[name])
        ]
        seconds = [[_seconds(request, batch) for request in requests] for _ in range(_RUNS)]
        before, after = (statistics.median(column) for column in zip(*seconds, strict=True))
        print(f"{name:18}{before:8.3f} s {after:8.3f} s  {before / after:.2f} times as fast")


def _seconds(request: Any, batch: Batch) -> float:
    start = time.perf_counter()
    request.infer([batch])
    return time.perf_counter() - start


def main() -> None:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    deeds = parser.add_subparsers(required=True)
    making = deeds.add_parser("make")
    making.add_argument("folder", type=Path)
    making.set_defaults(do=lambda options: write_all(options.folder))
    deeds.add_parser("time").set_defaults(do=lambda _: time_all())
    options = parser.parse_args()
    options.do(options)


if __name__ == "__main__":
    main()
