"""Remember which stretches of a text are taken, so that nothing is reported twice."""

from __future__ import annotations


class Covered:
    """The characters of a text that some match covers; asking costs the length of the stretch."""

    def __init__(self, length: int) -> None:
        self._marks = bytearray(length)

    def add(self, start: int, end: int) -> None:
        """Mark the characters from `start` up to `end`."""
        self._marks[start:end] = b"\1" * (min(end, len(self._marks)) - start)

    def touches(self, start: int, end: int) -> bool:
        """Return whether some character from `start` up to `end` is marked."""
        return self._marks.find(1, start, end) >= 0

    def claim(self, start: int, end: int) -> bool:
        """Mark the stretch and return True, unless some of it is marked already."""
        if self.touches(start, end):
            return False
        self.add(start, end)
        return True
