"""Read CBOR (RFC 8949), as far as certificates use it: no floats, no endless strings."""

from __future__ import annotations

from typing import Any

_DEEPEST = 16
_MOST_ITEMS = 5000


def loads(data: bytes) -> Any:
    """Return the first value in `data`; ValueError on anything that is not understood."""
    return _Reader(bytes(data)).value(0)


class _Reader:
    """A place in a byte string."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at, self._items = data, 0, 0

    def value(self, depth: int) -> Any:
        self._items += 1
        if depth > _DEEPEST or self._items > _MOST_ITEMS:
            raise ValueError("too deep or too many values")
        first = self._take(1)[0]
        major, size = first >> 5, self._size(first & 31)
        if major in {4, 5}:
            return self._many(major, size, depth + 1)
        if major in {2, 3}:
            raw = self._take(size)
            return raw if major == 2 else raw.decode("utf-8")
        if major == 6:  # a tag, which says what the value means
            return self.value(depth + 1)
        return {0: size, 1: -1 - size}.get(major, size == 21)

    def _many(self, major: int, size: int, depth: int) -> Any:
        if size > _MOST_ITEMS:
            raise ValueError("too many values")
        if major == 4:
            return [self.value(depth) for _ in range(size)]
        return {_key(self.value(depth)): self.value(depth) for _ in range(size)}

    def _size(self, short: int) -> int:
        if short < 24:
            return short
        if short > 27:
            raise ValueError("endless values are not read")
        return int.from_bytes(self._take(1 << (short - 24)), "big")

    def _take(self, count: int) -> bytes:
        if count > len(self._data) - self._at:
            raise ValueError("cut short")
        self._at += count
        return self._data[self._at - count : self._at]


def _key(value: Any) -> int | str | bytes:
    if not isinstance(value, int | str | bytes):
        raise ValueError("a key must be a number or a text")  # noqa: TRY004 - one error for bad data
    return value
