"""The command `phiscan`: picks the verb, and turns every way to end into an exit status."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import NoReturn

from phiscan.errors import BadSettings, ExitCode, OutputError, PhiscanError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status; end the process where it is the command's.

    Taking the networks apart takes 0.2 s after the verdict is out, and an interrupted scan would
    wait for photos still under way: everything is written by then, so the process just ends.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _unwind)
    status = _finish(lambda: run(given))
    if arguments is None:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):  # told already, closed, or none
                stream.flush()
        os._exit(status)
    return status


def _unwind(number: int, _: object) -> NoReturn:
    """End as by the signal, but take away first what is half done; at once when it comes again."""
    signal.signal(number, signal.SIG_DFL)
    raise SystemExit(128 + number)


def run(given: list[str]) -> int:
    """Run the command line; errors come out as exceptions."""
    if not given:
        sys.stderr.write(help_page())
        return ExitCode.USAGE
    if given[0] in ("--help", "-h"):
        return _print(help_page())
    if given[0] == "--version":
        from phiscan import __version__

        return _print(f"phiscan {__version__}\n")
    return _dispatch(given)


def _print(text: str) -> ExitCode:
    from phiscan.commands.output import open_output

    with open_output(None) as write:
        write(text)
    return ExitCode.ALLOWED


def help_page() -> str:
    """Return what `phiscan --help` prints: a plain text, so that it is there at once."""
    return resources.files("phiscan").joinpath("commands/help.txt").read_text("utf-8")


def _dispatch(given: list[str]) -> int:
    if "" in given:  # as a path it would stand for the whole current folder
        raise BadSettings("an empty argument: check the variable that was to hold a path")
    from cyclopts import CycloptsError

    from phiscan.commands.app import VERBS, build_app

    words = given if given[0] in VERBS else ["scan", *given]
    try:
        status = build_app()(words, exit_on_error=False, print_error=False)
    except CycloptsError as exc:
        from phiscan.commands.terminal import say

        dashed = next((word for word in given if word.startswith("-") and Path(word).exists()), "")
        say(f"{exc} (see: phiscan --help)")
        if dashed:
            say(f"if you mean the file of that name, write: .{os.sep}{dashed}")
        return ExitCode.USAGE
    return ExitCode.ALLOWED if status is None else int(status)


def _finish(action: Callable[[], int]) -> int:
    """Run `action`; turn what it raises into one line on stderr and an exit status."""
    from phiscan.commands.terminal import say

    try:
        status = action()
        _flush()
    except PhiscanError as exc:
        say(str(exc))
        return exc.exit_code
    except KeyboardInterrupt:
        say("interrupted")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _close_stdout()
        return ExitCode.OUTPUT
    except Exception as exc:  # noqa: BLE001 - its message could hold words from a photo
        if isinstance(exc, ImportError) and exc.name and not exc.name.startswith("phiscan"):
            say(f"the library {exc.name!r} cannot be loaded; see: phiscan doctor")
            return ExitCode.MISSING
        say(f"internal error, please report it: {type(exc).__name__} at {_place_of(exc)}")
        return ExitCode.INTERNAL
    return status


def _flush() -> None:
    """Send off what is still held back, while a failure can still be told."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as exc:
        _close_stdout()
        raise OutputError(f"the output could not be written: {exc.strerror}") from exc


def _close_stdout() -> None:
    """Let the flush that Python does at its end find an open stream."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _place_of(exc: Exception) -> str:
    """Return module and line where an exception was raised: enough for a report, without data."""
    trace = exc.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{trace.tb_frame.f_globals.get('__name__', 'unknown')}:{trace.tb_lineno}"
