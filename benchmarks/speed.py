"""Measure seconds and memory: `python -m benchmarks.speed [PHOTO...]`.

Prints, for each photo, the seconds of each step and the ratio of the whole scan to its bare cost:
decoding the file and running the networks on what they were given. Without photos, a generated
12-megapixel one is used. Each figure is the median of several warm runs; the cold run starts the
command anew. Machines differ: the first line tells how fast this one is.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from phiscan.inference._openvino import imported, read_network
from phiscan.intake import Limits, load
from phiscan.model import ScanResult
from phiscan.scan import Scanner
from phiscan.toolbox import Toolbox
from phiscan.weight_files import WEIGHTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phiscan.protocols import Network


class Clocked:
    """A network that counts the seconds it runs."""

    def __init__(self, network: Network, name: str, seconds: dict[str, float]) -> None:
        self._network, self._name, self._seconds = network, name, seconds
        self.lanes = network.lanes

    def run(self, batch: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        """Run the network."""
        start = time.perf_counter()
        outputs = self._network.run(batch)
        spent = (time.perf_counter() - start) / self.lanes
        self._seconds[self._name] = self._seconds.get(self._name, 0.0) + spent
        return outputs

    def metadata(self, key: str) -> str:
        """Return the network's metadata."""
        return self._network.metadata(key)


_REFERENCE = 1, 3, 736, 960
"""Input of the text detection whose time stands for a machine: 0.12 s on 2 cores of a Xeon of 2024,
for which the goals of seconds were set."""


def reference_seconds() -> float:
    """Return how long the text detection takes for an input of a fixed size, not rounded."""
    model, _ = read_network(imported().Core(), WEIGHTS["text_detection"])
    request = imported().Core().compile_model(model, "CPU").create_infer_request()
    batch = np.zeros(_REFERENCE, np.float32)
    request.infer([batch])
    spent = []
    for _ in range(9):
        start = time.perf_counter()
        request.infer([batch])
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def cold_seconds(photo: Path) -> float:
    """Return how long the command takes from its start to its exit, on bytes it never saw.

    A comment makes them new, so that no kept result answers; compiled networks may be kept. So may
    Python's own code, as where phiscan is installed: without it each start takes 0.3 s more.
    """
    data = photo.read_bytes()
    comment = f"{time.time_ns()}".encode()
    new = data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2) + comment + data[2:]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, photo.name)
        path.write_bytes(new)
        start = time.perf_counter()
        command = [sys.executable, "-m", "phiscan", "--format", "jsonl", str(path)]
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        subprocess.run(command, check=False, capture_output=True, env=kept)  # noqa: S603 - our own
        return time.perf_counter() - start


def decode_seconds(photo: Path) -> float:
    """Return how long the file takes to read and decode."""
    start = time.perf_counter()
    load(photo, Limits())
    return time.perf_counter() - start


def measure(photo: Path, runs: int) -> None:
    """Print the figures of one photo."""
    seconds: dict[str, float] = {}
    original = Toolbox.network
    Toolbox.network = lambda tools, name: Clocked(  # type: ignore[method-assign,assignment]  # to count
        original(tools, name), name, seconds
    )
    with Scanner() as scanner:
        scanner.scan(photo)
        results: list[ScanResult] = []
        bare: list[float] = []
        for _ in range(runs):
            seconds.clear()
            results.append(scanner.scan(photo))
            bare.append(sum(seconds.values()) + decode_seconds(photo))
    Toolbox.network = original  # type: ignore[method-assign]  # as it was
    whole = statistics.median(result.seconds for result in results)
    print(f"\n{photo.name}: {results[0].width} x {results[0].height}, {results[0].verdict.word}")
    print(f"  cold command   {statistics.median(cold_seconds(photo) for _ in range(5)):6.2f} s")
    print(f"  warm scan      {whole:6.2f} s, {whole / statistics.median(bare):.2f} x its bare cost")
    for name in (check.name for check in results[0].checks):
        step = statistics.median(
            check.seconds for result in results for check in result.checks if check.name == name
        )
        print(f"    {name:12} {step:6.3f} s")
    for name, spent in seconds.items():
        print(f"    network {name:17} {spent:6.3f} s (last run)")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.speed")
    parser.add_argument("photos", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    told = f"{_REFERENCE[2]} x {_REFERENCE[3]}"
    print(f"this machine: text detection of {told} in {reference_seconds():.2f} s (a Xeon: 0.12 s)")
    with tempfile.TemporaryDirectory() as folder:
        for photo in options.photos or [_twelve_megapixels(Path(folder))]:
            measure(photo, options.runs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    of_command = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\npeak memory: this process {peak:.0f} MiB, the command {of_command:.0f} MiB")


def _twelve_megapixels(folder: Path) -> Path:
    """Return a generated photo of 4032 x 3024 pixels that shows a chart."""
    from PIL import Image

    import phiscan

    sample = Path(phiscan.__file__).parent / "samples" / "cake_and_chart.jpg"
    path = folder / "twelve_megapixels.jpg"
    with Image.open(sample) as picture:
        picture.convert("RGB").resize((4032, 3024), Image.Resampling.LANCZOS).save(path, quality=90)
    return path


if __name__ == "__main__":
    main()
