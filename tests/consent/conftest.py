"""Keys that are quick to derive, and a keyring in memory in place of the machine's own."""

from __future__ import annotations

import pytest

from phiscan.consent import locks


@pytest.fixture(autouse=True)
def _quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "_SCRYPT_N", 2**10)
    monkeypatch.delenv(locks.VARIABLE, raising=False)
