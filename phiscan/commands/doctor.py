"""`phiscan doctor`: show whether everything is there that a scan needs."""

from __future__ import annotations

import base64
import platform
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata, resources

from phiscan.commands.output import open_output
from phiscan.commands.terminal import wants_colour
from phiscan.errors import ExitCode, MissingDependency, PhiscanError
from phiscan.inference import available_engine, open_network
from phiscan.intake import load
from phiscan.network_cache import NetworkCache
from phiscan.weight_files import WEIGHTS, check_weights, files_of

_ENGINES = ("openvino", "onnxruntime")


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the table; `needed` and not `good` makes the command fail."""

    what: str
    state: str
    good: bool = True
    needed: bool = True


def doctor() -> ExitCode:
    """Show versions, engines, formats and weights, and whether anything needed is missing."""
    rows = [*_system(), *_engines(), *_formats(), *_weights(), *_libraries()]
    width = max(len(row.what) for row in rows)
    missing = [row for row in rows if row.needed and not row.good]
    colour = wants_colour(sys.stdout)
    with open_output(None) as write:
        for row in rows:
            write(f"{_mark(row, colour=colour)} {row.what:<{width}}  {row.state}\n")
        if missing:
            names = ", ".join(row.what for row in missing)
            write(f"\nmissing: {names}\nput it right with: pip install --force-reinstall phiscan\n")
        else:
            write("\nall that a scan needs is there\n")
    return ExitCode.MISSING if missing else ExitCode.ALLOWED


def _mark(row: _Row, *, colour: bool) -> str:
    word, code = ("ok  ", "32") if row.good else ("FAIL", "31") if row.needed else ("-   ", "33")
    return f"\x1b[{code}m{word}\x1b[0m" if colour else word


def _system() -> Iterator[_Row]:
    from phiscan import __version__

    yield _Row("phiscan", __version__)
    yield _Row("Python", platform.python_version())
    yield _Row("platform", f"{platform.system()} {platform.machine()}")


def _engines() -> Iterator[_Row]:
    for name in _ENGINES:
        version = _version(name)
        yield _Row(f"engine {name}", version or "not installed", bool(version), needed=False)
    try:
        used = available_engine()
        _try_engine()
    except (PhiscanError, ImportError, RuntimeError, OSError) as exc:
        told = str(exc) if isinstance(exc, PhiscanError) else f"does not run: {type(exc).__name__}"
        yield _Row("engine in use", told, good=False)
    else:
        yield _Row("engine in use", f"{used}, runs")
    yield _gpu()


def _gpu() -> _Row:
    """Return which engine sees a GPU; phiscan never needs one."""
    try:
        engine = available_engine(device="gpu")
    except (PhiscanError, ImportError, RuntimeError, OSError):
        return _Row("GPU for --device gpu", "none found", good=False, needed=False)
    return _Row("GPU for --device gpu", f"seen by {engine}")


def _try_engine() -> None:
    """Run the smallest network once on nothing: an engine can be installed and yet not start."""
    import numpy as np

    open_network("face_detection").run(np.zeros((1, 3, 32, 32), np.float32))


def _formats() -> Iterator[_Row]:
    text = resources.files("phiscan").joinpath("commands/formats.toml").read_text("utf-8")
    for name, picture in tomllib.loads(text).items():
        try:
            load(base64.b64decode(picture))
        except (PhiscanError, ImportError) as exc:
            yield _Row(f"format {name}", f"cannot be opened ({type(exc).__name__})", good=False)
        else:
            yield _Row(f"format {name}", "opens")


def _weights() -> Iterator[_Row]:
    for name, weights in WEIGHTS.items():
        for each in files_of(weights):
            try:
                check_weights(each)
            except MissingDependency as exc:
                yield _Row(f"weights {name}", str(exc), good=False)
            else:
                file = each.file.rpartition("/")[2]
                yield _Row(f"weights {name}", f"{file}, SHA-256 ok, {each.licence}")
    yield _Row("compiled networks", f"{len(NetworkCache().entries())} kept in your cache folder")


def _libraries() -> Iterator[_Row]:
    """Yield what phiscan's own metadata asks for, so that the list cannot go stale."""
    for requirement in _requirements():
        name = _name_of(requirement)
        if "extra ==" in requirement or name in _ENGINES:
            continue
        version = _version(name)
        yield _Row(f"library {name}", version or "not installed", bool(version))


def _requirements() -> list[str]:
    try:
        return metadata.requires("phiscan") or []
    except metadata.PackageNotFoundError:  # run from its source, without being installed
        return []


def _name_of(requirement: str) -> str:
    name = ""
    for char in requirement:
        if not (char.isalnum() or char in "-_."):
            break
        name += char
    return name


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
