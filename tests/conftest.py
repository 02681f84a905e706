"""Every test runs with the network refused: phiscan may not send or fetch anything."""

from __future__ import annotations

import socket
from typing import Any, NoReturn

import pytest


class NetworkRefused(BaseException):
    """Not an Exception: a scan that catches everything must not be able to hide it."""


@pytest.fixture(autouse=True)
def _network_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise NetworkRefused

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
