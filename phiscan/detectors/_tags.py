"""What each tag of a photo's metadata means, by the lists of metadata.toml."""

from __future__ import annotations

import re
import tomllib
from enum import Enum
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phiscan.model import Tag

_GROUPS = {
    "exif": "EXIF",
    "gps": "EXIF GPS",
    "xmp": "XMP",
    "iptc": "IPTC",
    "png": "PNG",
    "jpeg": "JPEG",
    "gif": "GIF",
    "webp": "WebP",
    "tiff": "TIFF",
    "bmp": "BMP",
    "heif": "HEIF",
    "avif": "AVIF",
    "icc": "ICC profile",
    "flir": "FLIR",
    "photoshop": "Photoshop",
    "video": "video",
}
_CONTACT = "Ci"
"""Prefix of the photographer's own address in IPTC Core: CiAdrCity, CiEmailWork, CiTelWork."""
_SERIAL = re.compile(r"(body|lens|camera|internal|device|^)\s?serial\s?number$", re.IGNORECASE)
_NUMBERED = frozenset({"exif", "gps"})
"""Groups whose tags have numbers for names: a number in an unknown one says nothing. Elsewhere the
writer chooses the name, which says what the number is."""
_LETTERS = re.compile(r"[^\W\d_]{2}")


class Meaning(Enum):
    """What a tag is about."""

    TRAILER = "trailer"
    PRESENT = "present"
    WORDS = "words"
    PLACE = "place"
    TIME = "time"
    SERIAL = "serial"
    SHOWN = "shown"
    MAKER = "maker"
    VENDOR = "vendor"
    PATH = "path"
    COMPUTER = "computer"
    STREET = "street"
    CITY = "city"
    CAPTION = "caption"
    HARMLESS = "harmless"
    UNKNOWN = "unknown"


_SPECIAL = {
    "trailer": Meaning.TRAILER,
    "c2pa": Meaning.PRESENT,
    "unknown": Meaning.PRESENT,
    "words": Meaning.WORDS,
}
"""Groups of tags that intake makes itself; their name is the group or format that they are of."""


class Tags:
    """Knows the tags; reads the lists once."""

    def __init__(self) -> None:
        text = resources.files("phiscan.detectors").joinpath("metadata.toml").read_text("utf-8")
        lists = tomllib.loads(text)
        self._harmless = {key: frozenset(names) for key, names in lists.pop("harmless").items()}
        self._lists = {Meaning(key): frozenset(names) for key, names in lists.items()}
        listed = {name for names in self._lists.values() for name in names}
        self._quotable = {name.rpartition(":")[2] for name in listed}

    def meaning(self, tag: Tag) -> Meaning:
        """Return the first meaning whose list names the tag."""
        if tag.group in _SPECIAL:
            return _SPECIAL[tag.group]
        local = local_name(tag)
        listed = (
            meaning for meaning, names in self._lists.items() if tag.name in names or local in names
        )
        return self._by_form(tag, local) or next(listed, None) or self._by_rest(tag, local)

    @staticmethod
    def _by_form(tag: Tag, local: str) -> Meaning | None:
        if tag.group == "icc":
            return Meaning.VENDOR
        if tag.name.startswith("Iptc4xmpCore:") and local.startswith(_CONTACT):
            return Meaning.MAKER
        return Meaning.SERIAL if _SERIAL.search(local) else None

    def _by_rest(self, tag: Tag, local: str) -> Meaning:
        if local in self._harmless["computer"]:
            return Meaning.COMPUTER
        return Meaning.HARMLESS if self._is_harmless(tag, local) else Meaning.UNKNOWN

    def _is_harmless(self, tag: Tag, local: str) -> bool:
        if tag.group == "xmp":
            prefix = tag.name.partition(":")[0]
            return prefix in self._harmless["prefixes"] or tag.name in self._harmless["names"]
        own = self._harmless.get(tag.group, frozenset())
        is_number = tag.group in _NUMBERED and not _LETTERS.search(tag.value)
        return local in own or tag.name in own or is_number

    def where(self, tag: Tag) -> str:
        """Name a tag without quoting anything that the file's writer chose."""
        if tag.group in _SPECIAL:
            return _GROUPS.get(tag.name, "file")
        group, local = _GROUPS.get(tag.group, "file"), local_name(tag)
        return f"{group} {local}" if local in self._quotable else f"{group} text"


def local_name(tag: Tag) -> str:
    """Return the last part of a tag's name: `creator` for `dc:creator`."""
    return tag.name.rpartition(":")[2].removeprefix("MakerNote ")
