"""Run `phiscan` as a user would, but watched: `python watched.py LOG WRITES [SABOTAGE] -- ...`.

Everything is logged at DEBUG into the file LOG, every path that is opened to be written is noted in
WRITES, and no process may open a connection: Python's own ways are refused with an error, and on
Linux the kernel ends a process that asks for an internet socket, whatever library asks.

SABOTAGE names a scanner of this module that stands in for the real one.
"""

from __future__ import annotations

import ctypes
import logging
import os
import platform
import struct
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from saboteurs import Panic

_log = logging.getLogger(__name__)
_CONNECTING = frozenset(
    {
        *("socket.bind", "socket.connect", "socket.sendto", "socket.sendmsg"),
        *("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"),
        *("urllib.Request", "http.client.connect", "ftplib.connect", "smtplib.connect"),
    }
)
_SOCKET_CALL = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""The kernel's name of the architecture (`AUDIT_ARCH_*`) and its number of `socket`."""
_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_KILL_PROCESS, _ALLOW = 0x80000000, 0x7FFF0000
_INTERNET = (2, 10)
"""AF_INET and AF_INET6."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def refuse_network() -> None:
    """Have every connection of this process and its children refused."""
    sys.addaudithook(_refuse)
    if sys.platform == "linux" and platform.machine() in _SOCKET_CALL:
        _end_who_asks_for_a_socket(*_SOCKET_CALL[platform.machine()])


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    if event in _CONNECTING:
        raise PermissionError("the network is refused")


def _end_who_asks_for_a_socket(architecture: int, call: int) -> None:
    """Install a seccomp filter: offsets 0, 4 and 16 are call, architecture and first argument."""
    steps = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 0, 5, architecture),
        (_LOAD, 0, 0, 0),
        (_EQUAL, 0, 3, call),
        (_LOAD, 0, 0, 16),
        (_EQUAL, 2, 0, _INTERNET[0]),
        (_EQUAL, 1, 0, _INTERNET[1]),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _KILL_PROCESS),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = _Program(len(steps), ctypes.cast(code, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.prctl(
        _SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0
    ):
        raise OSError(ctypes.get_errno(), "the kernel takes no filter")


def note_writes(path: Path) -> None:
    """Note every path that this process and its forks open to write to, a line each."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        opens = event == "open" and arguments[2] & writing
        makes = event in {"os.mkdir", "tempfile.mkstemp", "tempfile.mkdtemp", "sqlite3.connect"}
        if (opens or makes) and isinstance(arguments[0], (str, bytes, os.PathLike)):
            os.write(handle, os.fsencode(arguments[0]) + b"\n")

    sys.addaudithook(note)


class _Careless:
    """An engine that logs that it works, and ends with what it saw in its message."""

    name = "faces"
    kinds = frozenset[str]()
    needs_text = True

    def __init__(self, deed: str) -> None:
        self._deed = deed

    def detect(self, scene: Any) -> Iterable[Any]:
        _log.debug("careless")
        said = " ".join([word.text for word in scene.text.words])
        said += " ".join(tag.value for tag in scene.photo.tags)
        if self._deed == "chains":
            raise ValueError(said) from KeyError(said)
        deeds = {
            "raises": lambda: dict[str, int]()[said],
            "hangs": lambda: time.sleep(600),
            "dies": lambda: os._exit(9),
            "aborts": os.abort,
        }
        if self._deed in deeds:
            deeds[self._deed]()
        raise Panic(said)


def sabotage(deed: str) -> None:
    """Put a careless engine into every scanner that the command makes."""
    from phiscan.commands import clean, scan
    from phiscan.scan import Scanner

    class Sabotaged(Scanner):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self.detectors = (*self.detectors, _Careless(deed))

    for module in (clean, scan):
        module.__dict__["Scanner"] = Sabotaged


def main() -> NoReturn:
    """Do what the command line says, and end as the command ends."""
    own, given = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
    log, writes, *deeds = own
    logging.basicConfig(filename=log, level=logging.DEBUG)
    logging.captureWarnings(capture=True)
    _log.debug("watched")
    note_writes(Path(writes))
    refuse_network()
    for deed in deeds:
        sabotage(deed)
    from phiscan.cli import main as phiscan

    sys.argv[1:] = given
    sys.exit(phiscan())


if __name__ == "__main__":
    main()
