"""XMP: RDF flattened into `prefix:Name` tags, with the usual prefix whatever the file calls it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.errors import UnreadableImage
from phiscan.intake.codec import DAMAGED, decoding
from phiscan.model import Tag

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LIMIT = 32 * 1024 * 1024
"""A depth map or a picture in Base64 (extended XMP) comes to 10 MiB, plain packets to 20 KiB."""
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
    "http://ns.google.com/photos/1.0/depthmap/": "GDepth",
    "http://ns.google.com/photos/1.0/audio/": "GAudio",
    "http://ns.google.com/photos/1.0/container/": "GContainer",
    "http://ns.google.com/photos/1.0/container/item/": "GContainerItem",
    "http://ns.google.com/photos/dd/1.0/device/": "GDevice",
    "http://ns.google.com/photos/1.0/panorama/": "GPano",
    "http://ns.adobe.com/hdr-gain-map/1.0/": "hdrgm",
    "http://ns.adobe.com/xap/1.0/g/img/": "xmpGImg",
    "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": "stEvt",
    "http://ns.adobe.com/xap/1.0/sType/ResourceRef#": "stRef",
    "http://ns.adobe.com/xmp/sType/Area#": "stArea",
    "http://ns.adobe.com/xap/1.0/sType/Dimensions#": "stDim",
    "http://ns.adobe.com/xap/1.0/sType/Job#": "stJob",
    "http://ns.adobe.com/xap/1.0/t/pg/": "xmpTPg",
    "http://ns.adobe.com/xap/1.0/bj/": "xmpBJ",
    "http://ns.adobe.com/pdf/1.3/": "pdf",
    "http://ns.attribution.com/ads/1.0/": "Attrib",
    "http://ns.apple.com/HDRGainMap/1.0/": "HDRGainMap",
    "http://ns.apple.com/pixeldatainfo/1.0/": "apdi",
    "http://ns.useplus.org/ldf/xmp/1.0/": "plus",
}
_MOST_PARTS = 600_000
"""Elements and attributes: each costs some 200 bytes of memory, a packet has a few hundred.
Photoshop's lists of ancestors have come to 100,000."""
_COMMENT = re.compile(r"<!--(?!\s*[\w:]+ is aliased\s*-->)(.*?)-->", re.DOTALL)
"""But for those in which old versions of Photoshop say that two properties are one."""
_PACKET = re.compile(rb"<\?xpacket.*?\?>|<\?xpacket[^>]*\Z", re.DOTALL)
"""A packet's frame; some writers count its length two short and lose the last `?>`."""
_DECLARED = re.compile(rb"<\?xml[^>]*\?>")


def read(packet: bytes) -> list[Tag]:
    """Return a packet's properties; UnreadableImage when it is no XML or plays tricks with it.

    defusedxml refuses document types and entities, which XMP has no use for.
    """
    if len(packet) > _LIMIT or packet.count(b"<") + packet.count(b"=") > _MOST_PARTS:
        raise UnreadableImage(DAMAGED)
    from defusedxml import ElementTree

    body = _utf8(packet)
    if not body:
        return []
    with decoding():
        root = ElementTree.fromstring(body, forbid_dtd=True)
        tags = list(_flatten(root))
    comments = _COMMENT.findall(body.decode("utf-8", "replace")) if b"<!--" in body else []
    return tags + [Tag("xmp", "comment", text.strip()) for text in comments]


def _utf8(packet: bytes) -> bytes:
    """Return a packet as UTF-8 without a frame; one in neither UTF-8 nor UTF-16 is Latin-1.

    The latter is what old writers leave.
    """
    if packet.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0")):
        wide = "utf-16" if packet[0] > 0x7F else "utf-16-le"
        packet = _DECLARED.sub(b"", packet.decode(wide, "replace").encode("utf-8"))
    body = _PACKET.sub(b"", packet).strip(b"\0 \t\r\n")
    if not body.startswith(b"<?xml"):
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            return body.decode("latin-1").encode("utf-8")
    return body


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
        texts = [element.text, *(child.tail for child in element)]
        tags += [Tag("xmp", name, text.strip()) for text in texts if text and text.strip()]
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
