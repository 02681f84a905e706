"""For the few tests that talk to a server which they start themselves on this machine."""

from __future__ import annotations

import socket
from typing import Any

import pytest

_connect = socket.socket.connect
_find = socket.getaddrinfo


def allow_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test reach 127.0.0.1 and nothing else."""

    def connect(own: socket.socket, address: Any) -> None:
        assert address[0] == "127.0.0.1", address
        _connect(own, address)

    def find(host: Any, *given: Any, **named: Any) -> Any:
        assert host == "127.0.0.1", host
        return _find(host, *given, **named)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", find)
