"""Everything that can be set, in one frozen value: handed along, never global."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, get_args

from phiscan.detectors.faces import FACE_FINDERS
from phiscan.errors import BadSettings
from phiscan.inference import DEVICES, ENGINES, Device, Engine
from phiscan.intake import Limits
from phiscan.policy import Policy, load_policy
from phiscan.protocols import Effort

EFFORTS: tuple[Effort, ...] = get_args(Effort)


@dataclass(frozen=True, slots=True)
class Settings:
    """How to scan.

    `policy` is a shipped policy's name or a TOML file. `ocr` names the readers, `faces` what looks
    for faces: `centerface`, `face_recognition` or both. `engine` runs the networks: `auto`,
    `openvino` or `onnxruntime`, on the `device` `cpu` or `gpu`, on `threads` threads (0: one per
    core). `effort` says how closely to look for what is small: `fast`, `normal` or `thorough`. With
    `first`, a photo that a face, its name or its tags already block is not read. With `cache`,
    compiled networks are kept in the user's cache folder, so that the next start is fast. The
    command gives a file up after `seconds`; `scan()` and `Scanner` in your own program do not.
    """

    policy: str = "default"
    ocr: tuple[str, ...] = ("rapidocr",)
    faces: tuple[str, ...] = ("centerface",)
    engine: Engine = "auto"
    device: Device = "cpu"
    threads: int = 0
    effort: Effort = "normal"
    first: bool = False
    cache: bool = True
    seconds: int = 300
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Refuse settings under which a scan could not look at anything."""
        if not self.ocr:
            raise BadSettings("ocr must name at least one engine, for example rapidocr")
        if not self.faces:
            raise BadSettings("faces must name at least one finder, for example centerface")
        for finder in self.faces:
            if finder not in FACE_FINDERS:
                known = ", ".join(FACE_FINDERS)
                raise BadSettings(f"unknown finder of faces {finder!r}; known: {known}")
        if self.engine not in ENGINES:
            raise BadSettings(f"unknown engine {self.engine!r}; known: {', '.join(ENGINES)}")
        if self.device not in DEVICES:
            raise BadSettings(f"unknown device {self.device!r}; known: {', '.join(DEVICES)}")
        if self.effort not in EFFORTS:
            raise BadSettings(f"unknown effort {self.effort!r}; known: {', '.join(EFFORTS)}")
        if self.seconds < 1:
            raise BadSettings("seconds must be 1 or more")
        if self.threads < 0:
            raise BadSettings("threads must be 0 (one per core) or more")

    def open_policy(self) -> Policy:
        """Return the policy, requiring the chosen readers; BadSettings when it is not valid."""
        return load_policy(self.policy).requiring(self.ocr)


def read_settings(path: Path) -> Settings:
    """Read settings from a TOML file; BadSettings names an unknown key and the known ones."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        raise BadSettings(f"cannot read the settings file {path.name}") from exc
    except (tomllib.TOMLDecodeError, RecursionError) as exc:  # the latter by deep nesting
        raise BadSettings(f"{path.name} is not valid TOML: {exc}") from exc
    return settings_from(data, path.name)


def settings_from(data: Mapping[str, Any], where: str) -> Settings:
    """Return settings with the values of `data`; BadSettings on unknown keys and wrong types."""
    values = dict(data)
    limits = values.pop("limits", {})
    known = {f.name: getattr(Settings(), f.name) for f in fields(Settings) if f.name != "limits"}
    _check(values, known, where)
    if not isinstance(limits, Mapping):
        raise BadSettings(f"{where}: limits must be a table, written [limits]")
    default = Limits()
    _check(dict(limits), {f.name: getattr(default, f.name) for f in fields(Limits)}, where)
    for key in ("ocr", "faces"):
        if key in values:
            values[key] = tuple(values[key])
    return Settings(**values, limits=replace(default, **limits))


def _check(values: Mapping[str, Any], known: Mapping[str, Any], where: str) -> None:
    for key, value in values.items():
        if key not in known:
            raise BadSettings(
                f"{where}: unknown key {key!r}; known keys: {', '.join(sorted(known))}"
            )
        wanted = list if isinstance(known[key], tuple) else type(known[key])
        if type(value) is not wanted:
            raise BadSettings(f"{where}: {key} must be of type {wanted.__name__}")
