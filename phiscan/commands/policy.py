"""`phiscan policy`: print policies, and check those of your own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from phiscan import registry
from phiscan.commands.output import open_output
from phiscan.errors import BadSettings, ExitCode
from phiscan.policy import load_policy, shipped_policies, unruled


def show(
    name: Annotated[str, Parameter(help="A shipped policy's name, or a TOML file.")] = "default",
    /,
) -> ExitCode:
    """Print a policy as it is written, ready to be copied and changed."""
    load_policy(name)  # says what is wrong with it before anything is printed
    shipped = {file.stem: file for file in shipped_policies()}
    with open_output(None) as write:
        write(shipped.get(name, Path(name)).read_text("utf-8"))
    return ExitCode.ALLOWED


def check(
    file: Annotated[Path, Parameter(help="The policy to check, in TOML.")],
    /,
) -> ExitCode:
    """Look for mistakes in a policy, and name the kinds that no rule of it speaks of."""
    policy = load_policy(file)
    unknown = sorted(policy.required - _known_checks())
    if unknown:
        raise BadSettings(
            f"policy {policy.name}: requires {unknown[0]!r}, which phiscan never runs; "
            f"it can require: {', '.join(sorted(_known_checks()))}"
        )
    silent = unruled(policy)
    with open_output(None) as write:
        write(f"ok: {len(policy.rules)} rules\n")
        if silent:
            write(f"kinds without a rule ({policy.on_unknown_kind.word}): {', '.join(silent)}\n")
    return ExitCode.ALLOWED


def _known_checks() -> frozenset[str]:
    """Return the names of the checks that a scan can run, without loading any network."""
    readers = registry.load("phiscan.readers", "READER")
    detectors = registry.load("phiscan.detectors", "DETECTOR")
    return frozenset({"intake", "layout", *readers, *detectors})
