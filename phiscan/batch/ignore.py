"""Say what the `.phiscanignore` files of a folder leave out, by the rules of gitignore(5).

Written here because `pathspec`, which does the same, is under MPL-2.0. As in git, a pattern speaks
of bytes: `?` stands for one of them, and a large letter is another letter than the small one.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from phiscan.batch._globs import STARS, compiled, split

IGNORE_FILE: Final = ".phiscanignore"
_MOST = 1_000_000
"""Bytes of one file: a list of so many folders is a mistake, or somebody's attack."""
_SPACES_AT_END = re.compile(rb"(?<!\\)((?:\\\\)*) +\Z")


class Ignore:
    """The patterns of one file; they speak of what lies in its folder and below."""

    def __init__(self, content: bytes) -> None:
        lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        patterns = [found for line in lines if (found := _pattern(line.removesuffix(b"\r")))]
        self._patterns = patterns[::-1]  # the last one that fits decides

    def says(self, names: Sequence[bytes], *, is_folder: bool) -> bool | None:
        """Return True to leave it out, False to take it in after all, None where nothing fits.

        `names` leads there from the folder of the patterns, for example `[b"a", b"b.jpg"]`. Whether
        a folder above is left out is not looked at: what lies in such a folder stays out.
        """
        for pattern in self._patterns:
            if (is_folder or not pattern.only_folders) and pattern.fits(names):
                return not pattern.takes_in
        return None


class IgnoreFiles:
    """The ignore files of a folder that is looked at, and of those that it lies in.

    What the innermost says counts, else what the next one says, as in git.
    """

    def __init__(self) -> None:
        self._names: list[bytes] = []
        self._files: list[tuple[int, Ignore]] = []
        """How deep it lies, and what it says."""

    def enter(self, name: str) -> None:
        """Go into a folder of the one that is looked at; the name of the first does not matter."""
        self._names.append(os.fsencode(name))

    def read(self, path: str) -> bool:
        """Read the ignore file of the folder that is looked at; return whether that went well."""
        try:
            content = _content(path)
        except OSError:
            return False
        self._files.append((len(self._names), Ignore(content)))
        return True

    def leave(self) -> None:
        """Go back to the folder above."""
        if self._files and self._files[-1][0] == len(self._names):
            self._files.pop()
        self._names.pop()

    def names(self, name: str, *, is_folder: bool) -> bool:
        """Return whether an entry of the folder that is looked at is to be left out."""
        if not self._files:
            return False
        parts = [*self._names, os.fsencode(name)]
        for depth, file in reversed(self._files):
            said = file.says(parts[depth:], is_folder=is_folder)
            if said is not None:
                return said
        return False


def _content(path: str) -> bytes:
    """Return what a regular file holds; OSError where it is something else, a link also."""
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):  # those that the system has
        flags |= getattr(os, name, 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        content = file.read(_MOST + 1)
    if len(content) > _MOST:
        raise OSError(errno.EFBIG, "too large")
    return content


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One line: `takes_in` if it began with `!`, `anywhere` if the name alone has to fit.

    `parts` holds a regular expression for each name on the way; None stands for any number of them.
    """

    parts: tuple[re.Pattern[bytes] | None, ...]
    takes_in: bool
    only_folders: bool
    anywhere: bool

    def fits(self, names: Sequence[bytes]) -> bool:
        """Return whether the pattern fits the names from the first to the last."""
        names = names[-1:] if self.anywhere else names
        reached = {0}  # so many names are used up
        for number, part in enumerate(self.parts, 1):
            if part:
                reached = {n + 1 for n in reached if n < len(names) and part.fullmatch(names[n])}
            elif reached:
                is_last = number == len(self.parts)  # then it means what lies in a folder, not that
                reached = set(range(min(reached) + is_last, len(names) + 1))
        return len(names) in reached


def _pattern(line: bytes) -> _Pattern | None:
    """Read one line; None where it is empty, a comment, or can fit nothing."""
    if line.startswith(b"#"):
        return None
    line = _SPACES_AT_END.sub(rb"\1", line.partition(b"\0")[0])
    takes_in, line = line.startswith(b"!"), line.removeprefix(b"!")
    only_folders, line = line.endswith(b"/"), line.removesuffix(b"/")
    anywhere = b"/" not in line
    pieces = split(line.removeprefix(b"/"))
    if not pieces:
        return None
    parts = (None if piece == [STARS] and not anywhere else compiled(piece) for piece in pieces)
    return _Pattern(tuple(parts), takes_in, only_folders, anywhere)
