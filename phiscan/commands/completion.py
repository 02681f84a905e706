"""`phiscan completion`: set up the completion of commands by the shell."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from phiscan.commands.app import build_app
from phiscan.commands.output import open_output
from phiscan.commands.terminal import say
from phiscan.errors import BadSettings, ExitCode

Shell = Literal["bash", "zsh", "fish", "powershell"]


def completion(
    shell: Annotated[Shell, Parameter(help="The shell to write it for.")],
    /,
) -> ExitCode:
    """Print the completion script for a shell; put its output where that shell looks for it."""
    try:
        script = build_app().generate_completion(prog_name="phiscan", shell=shell)
    except ValueError as exc:
        raise BadSettings(f"no completion for {shell}") from exc
    with open_output(None) as write:
        write(script)
    say(f"save this where {shell} looks for completions, for example with: {_example(shell)}")
    return ExitCode.ALLOWED


def _example(shell: Shell) -> str:
    places = {
        "bash": "> ~/.local/share/bash-completion/completions/phiscan",
        "zsh": "> ~/.zfunc/_phiscan",
        "fish": "> ~/.config/fish/completions/phiscan.fish",
        "powershell": ">> $PROFILE",
    }
    return f"phiscan completion {shell} {places[shell]}"
