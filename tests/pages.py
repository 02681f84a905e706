"""Code out of the pages of docs/, so that it is run and cannot rot."""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

from parts import encode, picture
from PIL import Image

ROOT = Path(__file__).parent.parent
HOW_TO = ROOT / "docs" / "how-to"


def blocks(page: str, language: str) -> dict[str, str]:
    """Return the code of one language on a page by the name that its first line gives."""
    text = (HOW_TO / page).read_text("utf-8")
    fenced = re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    named = {}
    for block in map(textwrap.dedent, fenced):
        name = re.match(r"(?:#|//) (\S+)\n", block)
        if name:
            named[name[1]] = block
    return named


def write_blocks(page: str, language: str, folder: Path) -> None:
    for name, text in blocks(page, language).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def command_in(folder: Path) -> None:
    """Put a command `phiscan` that runs the code under test into a folder, to stand on the PATH."""
    folder.mkdir(exist_ok=True)
    command = folder / "phiscan"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m phiscan "$@"\n', "utf-8")
    command.chmod(0o755)


def located() -> bytes:
    """A picture of nothing, with the place where it was taken: a photo that is blocked."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (40.0, 26.0, 46.0), 3: "W", 4: (79.0, 58.0, 56.0)}
    return encode("JPEG", picture(), exif=exif)
