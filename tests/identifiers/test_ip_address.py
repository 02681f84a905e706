from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phiscan.identifiers.ip_address import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from phiscan.protocols import Identifier

CASES: list[tuple[str, list[tuple[str, float]]]] = [
    ("192.168.1.10", [("192.168.1.10", 0.6)]),
    ("54.239.28.85", [("54.239.28.85", 0.7)]),
    ("IP: 10.0.0.5", [("10.0.0.5", 0.8)]),
    ("IP Address\t192.168.44.7", [("192.168.44.7", 0.8)]),
    ("172.16.254.1:8080", [("172.16.254.1", 0.6)]),
    ("http://192.168.1.10/admin", [("192.168.1.10", 0.6)]),
    ("Default gateway: 192.168.0.1", [("192.168.0.1", 0.8)]),
    ("IP Address: 192.168.l.1O", [("192.168.l.1O", 0.6)]),
    ("IP 192, 168, 1, 10", [("192, 168, 1, 10", 0.6)]),
    ("2607:f0d0:1002:51::4", [("2607:f0d0:1002:51::4", 0.7)]),
    ("fe80::1ff:fe23:4567:890a", [("fe80::1ff:fe23:4567:890a", 0.6)]),
    ("IPv6: 2607:f0d0:1002:51::4", [("2607:f0d0:1002:51::4", 0.85)]),
]
DOUBTFUL: list[tuple[str, str, float]] = [
    ("127.0.0.1", "127.0.0.1", 0.3),
    ("IP: 127.0.0.1", "127.0.0.1", 0.3),
    ("192.0.2.44", "192.0.2.44", 0.3),
    ("203.0.113.7", "203.0.113.7", 0.3),
    ("2001:db8::8a2e:1", "2001:db8::8a2e:1", 0.3),
    ("8.8.8.8", "8.8.8.8", 0.4),
    ("10.15.7.2", "10.15.7.2", 0.4),
    ("10.20.0.0/16", "10.20.0.0", 0.4),
]
"""What is reported with a score of at most this much."""
NEAR_MISSES = [
    "",
    "v1.2.3.4",
    "Version 10.4.2.1",
    "version: 192.168.1.10",
    "Section 3.2.1.4",
    "build 10.0.22.41",
    "pip>=1.2.3.4",
    "10.0.19041.1",
    "1.2.3.4.5",
    "300.1.2.3",
    "01.02.03.2004",
    "0.0.0.0",  # noqa: S104 - read, not bound to
    "255.255.255.0",
    "224.0.0.1",
    "::1",
    "::",
    "std::vector a::b",
    "12:30:45",
    "AA:BB:CC:DD:EE:FF",
    "a192.168.1.10",
    "192.168.1.10b",
    "IP: 1234",
    "$1.2.3",
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_finds_what_is_there_and_nothing_else(
    check: Callable[[Identifier, str, list[tuple[str, float]]], None],
    text: str,
    expected: list[tuple[str, float]],
) -> None:
    check(IDENTIFIER, text, expected)


@pytest.mark.parametrize(("text", "value", "most"), DOUBTFUL)
def test_is_not_sure_of_what_may_be_something_else(
    found: Callable[[Identifier, str], dict[str, float]], text: str, value: str, most: float
) -> None:
    assert found(IDENTIFIER, text) == {value: pytest.approx(most, abs=0.1)}
    assert found(IDENTIFIER, text)[value] <= most


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_leaves_near_misses_alone(
    check: Callable[[Identifier, str, list[tuple[str, float]]], None], text: str
) -> None:
    check(IDENTIFIER, text, [])
