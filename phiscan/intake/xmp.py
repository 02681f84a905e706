"""XMP: RDF flattened into `prefix:Name` tags, with the usual prefix whatever the file calls it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.errors import UnreadableImage
from phiscan.intake.codec import DAMAGED, decoding
from phiscan.model import Tag

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LIMIT = 4 * 1024 * 1024
"""More than real packets hold but for depth maps and whole pictures in Base64 (extended XMP)."""
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SILENT = frozenset({_RDF, "http://www.w3.org/XML/1998/namespace", "adobe:ns:meta/"})
_PREFIXES = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
    "http://ns.adobe.com/xmp/1.0/DynamicMedia/": "xmpDM",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://ns.adobe.com/lightroom/1.0/": "lr",
    "http://ns.adobe.com/camera-raw-settings/1.0/": "crs",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://www.metadataworkinggroup.com/schemas/regions/": "mwg-rs",
    "http://www.metadataworkinggroup.com/schemas/keywords/": "mwg-kw",
    "http://ns.microsoft.com/photo/1.0/": "MicrosoftPhoto",
    "http://ns.microsoft.com/photo/1.2/": "MP",
    "http://ns.microsoft.com/photo/1.2/t/RegionInfo#": "MPRI",
    "http://ns.microsoft.com/photo/1.2/t/Region#": "MPReg",
    "http://ns.acdsee.com/iptc/1.0/": "acdsee",
    "http://www.digikam.org/ns/1.0/": "digiKam",
    "http://ns.apple.com/faceinfo/1.0/": "apple-fi",
    "http://ns.google.com/photos/1.0/camera/": "GCamera",
    "http://ns.google.com/photos/1.0/image/": "GImage",
    "http://ns.useplus.org/ldf/xmp/1.0/": "plus",
}
_PACKET = re.compile(rb"<\?xpacket.*?\?>", re.DOTALL)


def read(packet: bytes) -> list[Tag]:
    """Return a packet's properties; UnreadableImage when it is no XML or plays tricks with it.

    defusedxml refuses document types and entities, which XMP has no use for.
    """
    if len(packet) > _LIMIT:
        raise UnreadableImage(DAMAGED)
    from defusedxml import ElementTree

    body = _PACKET.sub(b"", packet).strip(b"\0 \t\r\n")
    if not body:
        return []
    with decoding():
        root = ElementTree.fromstring(body, forbid_dtd=True)
    return list(_flatten(root))


def _flatten(root: Element) -> list[Tag]:
    """Name each text and attribute by the innermost property that it stands in."""
    tags: list[Tag] = []
    open_elements: list[tuple[Element, str]] = [(root, "")]
    while open_elements:
        element, outer = open_elements.pop()
        name = _name(str(element.tag)) or outer
        for key, value in element.attrib.items():
            own = _name(key) or (name if key == f"{{{_RDF}}}resource" else "")
            if own and value.strip():
                tags.append(Tag("xmp", own, value.strip()))
        if element.text and element.text.strip():
            tags.append(Tag("xmp", name, element.text.strip()))
        open_elements += [(child, name) for child in reversed(element)]
    return tags


def _name(qualified: str) -> str:
    """Return `prefix:Name`, or nothing for RDF's own scaffolding."""
    space, _, local = qualified.rpartition("}")
    space = space.removeprefix("{")
    if space in _SILENT:
        return ""
    prefix = _PREFIXES.get(space)
    if prefix is None:
        prefix = re.split(r"[/#:]", space.rstrip("/#"))[-1] if space else ""
    return f"{prefix}:{local}" if prefix else local
