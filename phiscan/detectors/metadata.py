"""Metadata: places, times, serial numbers, names and captions that hide in the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.layout import lay_out
from phiscan.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from phiscan.model import Scene, Tag
    from phiscan.protocols import Tools

_GROUPS = {
    "exif": "EXIF",
    "gps": "EXIF GPS",
    "xmp": "XMP",
    "iptc": "IPTC",
    "png": "PNG",
    "jpeg": "JPEG",
    "gif": "GIF",
    "webp": "WebP",
}
_PLACES = frozenset({"GPSLatitude", "GPSLongitude", "GPSDestLatitude", "GPSDestLongitude"})
_TIMES = frozenset(
    {
        *("DateTimeOriginal", "DateTimeDigitized", "DateTime", "GPSDateStamp", "GPSTimeStamp"),
        *("DateCreated", "DigitalCreationDate", "CreateDate", "Creation Time", "tIME", "date"),
    }
)
_SERIALS = re.compile(r"(body|lens|camera|internal|^|MakerNote )\s?serial\s?number$", re.IGNORECASE)
_SHOWN = frozenset({"PersonInImage", "PersonName", "PersonDisplayName", "BabyName", "Name"})
"""Names of people in the picture: IPTC Extension, the metadata working group's regions (`mwg-rs`),
Microsoft's regions, Panasonic's baby and pet mode."""
_MAKERS = frozenset(
    {
        *("Artist", "Copyright", "CameraOwnerName", "OwnerName", "XPAuthor", "Photographer"),
        *("By-line", "Credit", "Contact", "Writer-Editor", "CopyrightNotice", "ImageEditor"),
        *("creator", "rights", "CaptionWriter", "Owner", "Author"),
    }
)
_CONTACT = "Ci"
"""Prefix of the photographer's own address in IPTC Core: CiAdrCity, CiEmailWork, CiTelWork."""
_CITY, _STREET = frozenset({"City"}), frozenset({"Sub-location", "Sublocation"})
_CAPTIONS = frozenset(
    {
        *("ImageDescription", "UserComment", "DocumentName", "PageName", "ImageHistory"),
        *("XPTitle", "XPComment", "XPKeywords", "XPSubject", "GPSAreaInformation"),
        *("Caption-Abstract", "LocalCaption", "Headline", "ObjectName", "Keywords"),
        *("SpecialInstructions", "OriginalTransmissionReference", "FixtureIdentifier"),
        *("City", "Sub-location", "ContentLocationName", "SupplementalCategory", "Contact"),
        *("title", "description", "subject", "Instructions", "TransmissionReference"),
        *("SupplementalCategories", "hierarchicalSubject", "TagsList", "LastKeywordXMP"),
        *("Location", "Sublocation", "LocationName", "caption", "keywords", "notes", "Event"),
        *("Comment", "Description", "Title", "Label", "Nickname", "UsageTerms", "MakerNote Title"),
    }
)
_KNOWN = _PLACES | _TIMES | _SHOWN | _MAKERS | _CITY | _STREET | _CAPTIONS
"""The only names that a reason may quote: any other was chosen by whoever wrote the file."""
_TECHNICAL = frozenset(
    {
        *("crs", "xmpMM", "ResourceEvent", "ResourceRef", "tiff", "exif", "exifEX", "aux"),
        *("GCamera", "GImage", "GContainer", "apple-fi", "Area", "Dimensions", "xmpTPg"),
        *("xmpDM", "xmpRights", "xmp", "photoshop", "plus", "1.0", "MicrosoftPhoto"),
    }
)
"""XMP prefixes whose unlisted properties are settings and serials of programs, not words."""
_TECHNICAL_PNG = re.compile(
    r"software|warning|source|date:|icc:|exif:|png:|jpeg:|thumb::", re.IGNORECASE
)
_ROLE_KINDS = frozenset({"name", "url", "email", "phone", "fax", "address", "zip_code", "date"})
"""What a photographer's credit holds by nature; a patient's number there is another matter."""
_CUT = 0.5
_EMPTY = re.compile(r"[\s0.,:/\-]*(?:nan[\s0.,:/\-]*)*[NSEW]?|unknown|none|n/?a|x+", re.IGNORECASE)
_BOILERPLATE = re.compile(
    r"copyright|all rights reserved|public domain|creative commons|\(c\)|©|\d+|picasa|unknown"
    r"|(?:olympus|minolta|konica|sony|samsung|sanyo|kodak|casio|ricoh|pentax) digital camera"
    r"|default|user|owner|admin|none|camera|photographer|[\W_]+",
    re.IGNORECASE,
)
_MAKES = re.compile(
    r"apple|canon|casio|fuji(film)?|google|hp|huawei|kodak|konica|leica|lg|minolta|motorola|nikon"
    r"|nokia|olympus|oneplus|panasonic|pentax|ricoh|samsung|sanyo|sigma|sony|xiaomi"
    r"|gimp|photoshop|adobe|microsoft|windows|corporation",
    re.IGNORECASE,
)


class Metadata:
    """Reads the tags that intake collected; findings belong to the file as a whole."""

    name = "metadata"
    kinds = frozenset(
        {
            *("gps_location", "capture_time", "device_serial"),
            *("metadata_name", "metadata_text", "trailing_data"),
        }
    )

    def __init__(self, tools: Tools) -> None:
        self._identifiers = tuple(tools.identifiers)

    def detect(self, scene: Scene) -> Iterable[Finding]:
        """Yield the surest finding for each kind, shape and group of tags."""
        best: dict[tuple[str, str, str], Finding] = {}
        for tag in scene.photo.tags:
            for finding in self._look(tag):
                key = finding.kind, finding.shape, tag.group
                if key not in best or best[key].score < finding.score:
                    best[key] = finding
        yield from best.values()

    def _look(self, tag: Tag) -> Iterator[Finding]:
        local = tag.name.rpartition(":")[2]
        where = _where(tag, local)
        if tag.name == "Trailer":
            score = 0.9 if "video" in tag.value else 0.5
            yield Finding("trailing_data", score, reason=f"data behind the end of the {where}")
        elif local in _PLACES and not _EMPTY.fullmatch(tag.value):
            yield Finding("gps_location", 0.95, reason=f"{where.removesuffix(local)}coordinates")
        elif local in _TIMES and re.search(r"[1-9]", tag.value):
            yield Finding("capture_time", 0.9, reason=where)
        elif _SERIALS.search(local) and not _EMPTY.fullmatch(tag.value):
            yield Finding(
                "device_serial", 0.9, reason=f"{_GROUPS.get(tag.group, '')} serial number"
            )
        elif local in _SHOWN and _is_name(tag.value):
            yield Finding("metadata_name", 0.9, reason=f"{where}, a person shown")
        else:
            yield from self._read_words(tag, local, where)

    def _read_words(self, tag: Tag, local: str, where: str) -> Iterator[Finding]:
        maker = local.removeprefix("MakerNote ") in _MAKERS or local.startswith(_CONTACT)
        if maker and not local.startswith(_CONTACT) and _is_name(tag.value):
            yield Finding("metadata_name", 0.5, reason=f"{where}, who took or owns the picture")
        if local in _CITY | _STREET and tag.value.strip():
            score = 0.6 if local in _STREET else 0.5
            yield Finding("metadata_text", score, shape="place", reason=f"place name in {where}")
        text = _words(tag, local)
        if not text:
            return
        for identifier in self._identifiers:
            if maker and identifier.kind in _ROLE_KINDS:
                continue
            score = max((match.score for match in identifier.find(lay_out(text))), default=0.0)
            if score >= _CUT:
                kind = identifier.kind
                yield Finding("metadata_text", score, shape=kind, reason=f"{kind} in {where}")


def _where(tag: Tag, local: str) -> str:
    """Name a tag without quoting anything that the file's writer chose."""
    group = _GROUPS.get(tag.group, "file")
    plain = local.removeprefix("MakerNote ")
    if plain in _KNOWN:
        return f"{group} {plain}"
    return group if tag.name == "Trailer" else f"{group} text"


def _words(tag: Tag, local: str) -> str:
    """Return what of a tag may hold words; nothing for settings and binary values.

    A label that the writer chose stays in front: `Patient name` says what the value is.
    """
    if tag.value.startswith("<") and tag.value.endswith("bytes>"):
        return ""
    if local in _CAPTIONS | _MAKERS or tag.name.startswith("MakerNote") or tag.group == "jpeg":
        return tag.value
    if tag.group == "png":
        return "" if _TECHNICAL_PNG.match(tag.name) else f"{tag.name}: {tag.value}"
    if tag.group == "xmp" and tag.name.partition(":")[0] not in _TECHNICAL:
        return f"{local}: {tag.value}"
    if tag.group == "iptc" and tag.name.startswith("2:"):
        return tag.value
    return ""


def _is_name(value: str) -> bool:
    """Return whether two letters or more are left once makes and boilerplate are gone."""
    words = _BOILERPLATE.sub(" ", value).split()
    return any(len(word) > 1 and not _MAKES.fullmatch(word) for word in words)


DETECTOR = Metadata
