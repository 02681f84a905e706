from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import pytest

import phiscan
from phiscan import weight_files
from phiscan.batch.recipe import LIBRARIES, NO_MATTER, recipe
from phiscan.consent.store import default_path
from phiscan.intake import Limits
from phiscan.model import Verdict
from phiscan.policy import Rule, load_policy
from phiscan.settings import Settings

DEFAULT, POLICY = Settings(), load_policy("default")
ROOT = Path(phiscan.__file__).parent
ROOMS = {"batch", "commands", "reports", "cli.py", "private_folder.py", "network_cache.py"}
"""Those that decide no verdict."""
DECIDING = [p for p in ROOT.rglob("*.py") if p.relative_to(ROOT).parts[0] not in ROOMS]


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of the program in little."""
    (tmp_path / "detectors").mkdir()
    (tmp_path / "scan.py").write_text("one = 1")
    (tmp_path / "detectors/cues.toml").write_text("cue = 'DOB'")
    monkeypatch.setattr(resources, "files", lambda _: tmp_path)
    return tmp_path


def edit_code(program: Path) -> None:
    (program / "scan.py").write_text("one = 2")


def edit_data(program: Path) -> None:
    (program / "detectors/cues.toml").write_text("cue = 'D.O.B.'")


def add_a_module(program: Path) -> None:
    (program / "detectors/more.py").write_text("")


def rename_a_module(program: Path) -> None:
    (program / "scan.py").rename(program / "scam.py")


@pytest.mark.parametrize("edit", [edit_code, edit_data, add_a_module, rename_a_module])
def test_an_edited_program_is_another(program: Path, edit: Callable[[Path], None]) -> None:
    before = recipe(DEFAULT, POLICY)
    edit(program)
    assert recipe(DEFAULT, POLICY) != before


def test_what_python_makes_of_a_module_does_not_count(program: Path) -> None:
    before = recipe(DEFAULT, POLICY)
    (program / "__pycache__").mkdir()
    (program / "__pycache__/scan.py").write_text("compiled")
    assert recipe(DEFAULT, POLICY) == before


def test_a_program_that_cannot_be_looked_at_has_no_recipe(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(resources, "files", lambda _: tmp_path / "a.zip")
    with pytest.raises(OSError, match=r"a\.zip"):
        recipe(DEFAULT, POLICY)


def other(value: Any) -> Any:
    """Return another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return f"{value}-2"
    if isinstance(value, tuple):
        return (*value, "another")
    raise NotImplementedError


@pytest.mark.parametrize("name", [f.name for f in fields(Settings) if f.name != "limits"])
@pytest.mark.usefixtures("program")
def test_every_setting_counts_but_those_that_change_no_verdict(name: str) -> None:
    of_few = {
        "engine": "onnxruntime",
        "device": "gpu",
        "faces": ("face_recognition",),
        "effort": "fast",
    }
    value = of_few.get(name) or other(getattr(DEFAULT, name))
    values: dict[str, Any] = {name: value}
    changed = recipe(replace(DEFAULT, **values), POLICY)
    assert (changed == recipe(DEFAULT, POLICY)) == (name in NO_MATTER)


@pytest.mark.parametrize("name", [f.name for f in fields(Limits)])
@pytest.mark.usefixtures("program")
def test_every_limit_counts(name: str) -> None:
    limits = replace(DEFAULT.limits, **{name: getattr(DEFAULT.limits, name) + 1})
    assert recipe(replace(DEFAULT, limits=limits), POLICY) != recipe(DEFAULT, POLICY)


RULE = POLICY.rules[0]


@pytest.mark.parametrize(
    "changed",
    [
        replace(POLICY, name="another"),
        replace(POLICY, on_gap=Verdict.REVIEW),
        replace(POLICY, on_unknown_kind=Verdict.BLOCK),
        POLICY.requiring(["tesseract"]),
        replace(POLICY, rules=POLICY.rules[1:]),
        replace(POLICY, rules=(*POLICY.rules, Rule("url", Verdict.BLOCK))),
        replace(POLICY, rules=(replace(RULE, text="In other words."), *POLICY.rules[1:])),
        replace(POLICY, rules=(replace(RULE, at_least=0.123), *POLICY.rules[1:])),
        replace(POLICY, rules=(replace(RULE, inside=frozenset({"screen"})), *POLICY.rules[1:])),
    ],
)
@pytest.mark.usefixtures("program")
def test_all_that_a_policy_says_counts(changed: phiscan.Policy) -> None:
    assert recipe(DEFAULT, changed) != recipe(DEFAULT, POLICY)


@pytest.mark.usefixtures("program")
def test_other_weights_count(monkeypatch: pytest.MonkeyPatch) -> None:
    before = recipe(DEFAULT, POLICY)
    weights = replace(weight_files.WEIGHTS["face_detection"], sha256="0" * 64)
    monkeypatch.setitem(weight_files.WEIGHTS, "face_detection", weights)
    assert recipe(DEFAULT, POLICY) != before


@pytest.mark.parametrize(
    "name", ["Pillow-13.0.1.dist-info", "zxing_cpp-3.2.dist-info", "python-stdnum-2.3.dist-info"]
)
@pytest.mark.usefixtures("program")
def test_another_version_of_a_library_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    before = recipe(DEFAULT, POLICY)
    (tmp_path / "django-6.0.dist-info").mkdir()
    assert recipe(DEFAULT, POLICY) == before
    (tmp_path / name).mkdir()
    assert recipe(DEFAULT, POLICY) != before


@pytest.mark.usefixtures("program")
def test_what_the_processor_can_do_counts_and_not_how_fast_it_runs_just_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = [f"flags\t: {flags}\ncpu MHz\t: {mhz}\n\n" for flags, mhz in FLAGS]
    found = []
    for text in told:
        monkeypatch.setattr(Path, "read_text", lambda *_, text=text: text)
        found.append(recipe(DEFAULT, POLICY))
    assert found[0] == found[1] != found[2]


FLAGS = [("avx2", 2400.1), ("avx2", 3100.5), ("avx2 amx_bf16", 2400.1)]


@dataclass(frozen=True, slots=True)
class WithFile(Settings):
    """Settings of some later day, which name a file."""

    names: Path = Path("none")


@pytest.mark.usefixtures("program")
def test_what_stands_in_a_file_that_the_settings_name_counts(tmp_path: Path) -> None:
    settings = WithFile(names=tmp_path / "names.txt")
    absent = recipe(settings, POLICY)
    settings.names.write_text("St. Mary")
    present = recipe(settings, POLICY)
    settings.names.write_text("St. John")
    assert len({absent, present, recipe(settings, POLICY)}) == 3


@pytest.mark.usefixtures("program")
def test_who_agreed_to_be_shown_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    before = recipe(DEFAULT, POLICY)
    default_path().parent.mkdir(parents=True)
    default_path().write_bytes(b"one person, encrypted")
    after = recipe(DEFAULT, POLICY)
    default_path().write_bytes(b"two people, encrypted")
    assert len({before, after, recipe(DEFAULT, POLICY)}) == 3


TESSERACT = """#!/bin/sh
test "$1" = --version && echo "tesseract {version}" && exit 0
echo 'List of available languages in "{folder}" (1):'
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a program as a shell script")
@pytest.mark.usefixtures("program")
def test_the_version_and_the_languages_of_tesseract_count_where_it_reads(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def install(version: str) -> None:
        file = tmp_path / "tesseract"
        file.write_text(TESSERACT.format(version=version, folder=tmp_path))
        file.chmod(0o755)

    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    reading = replace(DEFAULT, ocr=("tesseract",))
    install("5.3")
    found, unused = [recipe(reading, POLICY)], recipe(DEFAULT, POLICY)
    install("5.4")
    found.append(recipe(reading, POLICY))
    (tmp_path / "eng.traineddata").write_bytes(b"letters")
    found.append(recipe(reading, POLICY))
    assert len(set(found)) == 3
    assert recipe(DEFAULT, POLICY) == unused
    (tmp_path / "tesseract").write_text("#!/bin/sh\nexit 1")
    with pytest.raises(OSError, match="Tesseract"):
        recipe(reading, POLICY)


TELL = """
from phiscan.consent.store import default_path
from phiscan.batch.recipe import recipe
from phiscan.settings import Settings
print(recipe(Settings(), Settings().open_policy()).hex())
"""


def test_it_is_the_same_in_every_process() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", TELL],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1


def test_every_library_that_decides_is_known_by_its_version() -> None:
    of_module = metadata.packages_distributions()
    imported: set[str] = set()
    for path in DECIDING:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    outside = imported - sys.stdlib_module_names - {"phiscan"}
    # What holds data, finds folders and fetches files decides nothing; what keeps the consent list
    # only opens it.
    outside -= {
        "msgspec",
        "platformdirs",
        "keyring",
        "cryptography",
        "fsspec",
        "pyarrow",
        "pyspark",
    }
    named = {
        re.sub(r"[-_.]+", "_", distribution).lower()
        for library in outside
        for distribution in of_module.get(library, [library])
    }
    assert named <= LIBRARIES | {"opencv_python_headless"}
    assert {"numpy", "pillow"} <= named


def where(pattern: str) -> set[str]:
    """Return the deciding modules in which a pattern stands."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in DECIDING
        if re.search(pattern, path.read_text("utf-8"))
    }


def test_nothing_of_the_path_counts_but_what_the_key_holds() -> None:
    """Whoever else looks at it must say so in the key of kept results (`batch/results.py`)."""
    assert where(r"\.source\b(?! import)") == {"detectors/file_name.py", "scan.py"}


def test_nothing_of_the_date_counts_but_what_the_key_holds() -> None:
    """The year does; what rests on a consent, which ends on some day, is not kept at all."""
    the_year = r"datetime\.now\(UTC\)\.year"
    other_clocks = where(rf"(?!{the_year})\b(?:datetime\.(?:now|today)|date\.today|time\.time)\(")
    assert {name for name in other_clocks if not name.startswith("consent/")} == set()
    assert where(the_year)
