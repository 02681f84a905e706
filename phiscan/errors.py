"""Every deliberate error, and the exit code that each one ends the command with.

PhiscanError
    UnreadableImage          the bytes are not an image that decodes whole
        UnsupportedFormat    a format that phiscan does not open
        TooLarge             more bytes, pixels or frames than Limits allows
    MissingDependency        an engine or a weights file is absent, or its SHA-256 differs
    BadSettings              unknown key, unknown kind, unknown engine, no file matched
    OutputError              a report or an annotated copy could not be written
    Blocked (phiscan.scan)   raised by guard(): the photo is not allowed
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the command's exit status means; 0 is the only one on which to upload."""

    ALLOWED = 0
    BLOCKED = 1
    USAGE = 2
    REVIEW = 3
    UNSCANNED = 4
    MISSING = 5
    OUTPUT = 6
    INTERNAL = 70
    INTERRUPTED = 130


class PhiscanError(Exception):
    """Root of all errors that phiscan raises on purpose; its message holds no text from a photo."""

    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL


class UnreadableImage(PhiscanError):
    """The bytes are not an image that decodes whole."""

    exit_code = ExitCode.UNSCANNED


class UnsupportedFormat(UnreadableImage):
    """The bytes are of a format that phiscan does not open."""


class TooLarge(UnreadableImage):
    """The file has more bytes, pixels or frames than the limits allow."""


class MissingDependency(PhiscanError):
    """An engine or a weights file is absent, or its SHA-256 is not the pinned one."""

    exit_code = ExitCode.MISSING


class BadSettings(PhiscanError):
    """A setting, policy or argument makes no sense; the message names it and what would."""

    exit_code = ExitCode.USAGE


class OutputError(PhiscanError):
    """A report or an annotated copy could not be written."""

    exit_code = ExitCode.OUTPUT
