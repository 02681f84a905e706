"""Metadata: places, times, serial numbers, names and captions that hide in the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.detectors._file_words import readings
from phiscan.detectors._tags import Meaning, Tags, local_name
from phiscan.errors import TooLarge
from phiscan.model import Finding
from phiscan.plain_layout import lay_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from phiscan.model import Scene, Tag
    from phiscan.protocols import Identifier, Tools

_ROLE_KINDS = frozenset({"name", "url", "email", "phone", "fax", "address", "zip_code", "date"})
"""What a photographer's credit holds by nature; a patient's number there is another matter."""
_SOFT_KINDS = frozenset({"date", "url", "zip_code"})
"""What every caption holds; without a label (`admitted`) it says no more than the capture time."""
_CUT, _SURE, _NOTE = 0.5, 0.75, 0.2
_WORDS_CUT = 0.8
"""For what is readable in binary data: only what has a label or an unmistakable form counts."""
_MOST_TEXT = 128 * 1024
"""Characters that the identifiers look at in one file's tags: eight seconds. Long captions come to
2,000, and a file that says one thing ten times over is searched once."""

_EMPTY = re.compile(
    r"[\s0.,:/+\-]*(?:nan[\s0.,:/\-]*)*[NSEW]?|unknown|none|n/?a|x+|no lens", re.IGNORECASE
)
_BOILERPLATE = re.compile(
    r"copyright|all rights reserved|public domain|creative commons|\(c\)|©|\d+|picasa|unknown"
    r"|(?:olympus|minolta|konica|sony|samsung|sanyo|kodak|casio|ricoh|pentax) digital camera"
    r"|creator: gd-jpeg[^\n]*|lead technologies[^\n]*|compressed by \S+|applemark|padbytes"
    r"|optimized by jpegmini[^\n]*|(?:created with|file written by) [^\n]*|cmp[\d.]+lq\d[^\n]*"
    r"|default|user|owner|admin|none|camera|photographer|screenshot|digital still|[\W_]+",
    re.IGNORECASE,
)
_MAKES = re.compile(
    r"apple|canon|casio|fuji(film)?|google|hp|huawei|kodak|konica|leica|lg|minolta|motorola|nikon"
    r"|nokia|olympus|oneplus|panasonic|pentax|ricoh|samsung|sanyo|sigma|sony|xiaomi"
    r"|gimp|photoshop|adobe|microsoft|windows|corporation",
    re.IGNORECASE,
)
_FOLDER = re.compile(
    r"(?:^|[\\/])(?:Users|home|Documents and Settings|Dokumente und Einstellungen|Benutzer"
    r"|Utilisateurs|Usuarios|Utenti)(?:[\\/]|%5C|%2F)+([^\\/\r\n\"'<>|:*?%]{2,64})(?=[\\/]|%5C|%2F)",
    re.IGNORECASE,
)
"""Where Windows, macOS and Linux keep what belongs to one user."""
_NOBODY = re.compile(
    r"public|default(?: user)?|all users|shared|user\d*|admin(?:istrator)?|root|guest|mobile"
    r"|runner|ubuntu|pi|owner|test|me|pc|student|staff|scan(?:ner)?|photo|camera|localuser",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"([^\\/:*?\"<>|\r\n]{3,200})\.(?:jpe?g|png|tiff?|heic|webp|gif|psd|dng|cr2|nef"
    r"|arw|raw|pdf|docx?|xlsx?|dcm|bmp|avif)\b",
    re.IGNORECASE,
)
_OWNED = re.compile(
    r"^(?P<a>[^\W\d_][\w .-]{1,40}?)(?:['’]s?|s)[ -](?:\w+[ -])?(?:i?mac|iphone|ipad|macbook|pc"
    r"|laptop|computer|notebook|galaxy|phone|pixel)\b"
    r"|\b(?:i?mac|iphone|ipad|macbook(?: (?:pro|air))?)[ -](?:von|de|di|van|d[eo]s?|af|til)[ -]"
    r"(?P<b>[^\W\d_][\w .-]{1,40})",
    re.IGNORECASE,
)
"""How Apple, Microsoft and Samsung call a machine after its owner: `Jane's MacBook`."""
_SHOWN_KEYWORD = re.compile(
    r"(?:people|persons?|faces?|patients?|personen|gesichter|personnes|personas)[|/\\:>]\s*(.+)",
    re.IGNORECASE,
)
"""How photo programs file the people in a picture among the keywords: `People|Jane Doe`."""

_TRAILERS = {
    r"the phone's own notes": 0.1,
    r"unknown data": 0.5,
    r"text": 0.6,
    r"another picture": 0.7,
    r"an archive": 0.9,
    r"a document": 0.9,
    r"the rest of another picture": 0.9,
    r"a video(?:, \d{1,3} of its frames looked at| that cannot be looked at)": 0.9,
}
"""What intake says of them, see phiscan.intake.trailer, and how sure that holds something."""


class Metadata:
    """Reads the tags that intake collected; findings belong to the file as a whole."""

    name = "metadata"
    needs_text = False
    kinds = frozenset(
        {
            *("gps_location", "capture_time", "device_serial"),
            *("metadata_name", "metadata_text", "trailing_data"),
        }
    )

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._tags = Tags()

    def detect(self, scene: Scene) -> Iterator[Finding]:
        """Yield the surest finding for each kind, shape and group of tags.

        Raises TooLarge, after what was found, when there is more text than is searched.
        """
        best: dict[tuple[str, str, str], Finding] = {}
        search = _Search(self._tools.identifiers)
        for tag in scene.photo.tags:
            for finding in self._look(tag, search):
                key = finding.kind, finding.shape, tag.group
                if key not in best or best[key].score < finding.score:
                    best[key] = finding
        yield from best.values()
        if search.room < 0:
            raise TooLarge("too large: more text in its tags than is searched; save a copy anew")

    def _look(self, tag: Tag, search: _Search) -> Iterator[Finding]:
        meaning, where = self._tags.meaning(tag), self._tags.where(tag)
        if meaning is Meaning.TRAILER:
            yield _trailer(tag, where)
        elif meaning is Meaning.PRESENT:
            yield _note("content credentials" if tag.group == "c2pa" else "data", where)
        elif meaning is Meaning.PLACE and not _EMPTY.fullmatch(tag.value):
            where = where.removesuffix(local_name(tag))
            yield Finding("gps_location", 0.95, reason=f"{where}coordinates")
        elif meaning is Meaning.TIME and re.search(r"[1-9]", tag.value):
            yield Finding("capture_time", 0.9, reason=where)
        elif meaning is Meaning.SERIAL and not _EMPTY.fullmatch(tag.value):
            yield Finding("device_serial", 0.9, reason=f"{where.partition(' ')[0]} serial number")
        elif meaning is Meaning.SHOWN and _is_name(tag.value):
            yield Finding("metadata_name", 0.9, reason=f"{where}, a person shown")
        elif meaning not in _SETTLED and not _is_binary(tag.value):
            yield from _names(tag, meaning, where)
            yield from _texts(tag, meaning, where, search)


_SETTLED = frozenset({Meaning.PLACE, Meaning.TIME, Meaning.SERIAL, Meaning.SHOWN})


class _Search:
    """Runs the identifiers over texts, each text once, until they have seen enough."""

    def __init__(self, identifiers: Iterable[Identifier]) -> None:
        self._identifiers = tuple(identifiers)
        self._seen: dict[str, dict[str, float]] = {}
        self.room = _MOST_TEXT

    def __call__(self, text: str) -> dict[str, float]:
        """Return the best score of each kind that is in a text."""
        if text not in self._seen:
            self.room -= len(text)
            self._seen[text] = self._scores(text) if self.room >= 0 else {}
        return self._seen[text]

    def _scores(self, text: str) -> dict[str, float]:
        laid = lay_out(text)
        return {
            each.kind: max((match.score for match in each.find(laid)), default=0.0)
            for each in self._identifiers
        }


def _trailer(tag: Tag, where: str) -> Finding:
    what = tag.value.partition(": ")[2].removesuffix(">")
    scores = [score for known, score in _TRAILERS.items() if re.fullmatch(known, what)]
    said = f": {what}" if scores else ""
    return Finding("trailing_data", max(scores, default=0.5), reason=f"behind the {where}{said}")


def _note(what: str, where: str) -> Finding:
    """Return the finding that something is there, and no more than that."""
    return Finding("metadata_text", _NOTE, shape=what, reason=f"{what} in {where}")


def _names(tag: Tag, meaning: Meaning, where: str) -> Iterator[Finding]:
    """Yield names that a tag holds by its place or form, whatever the identifiers say."""
    shown = _SHOWN_KEYWORD.match(tag.value) if meaning is Meaning.CAPTION else None
    if shown and _is_name(shown.group(1)):
        yield Finding("metadata_name", 0.9, reason=f"{where}, a person shown")
    if meaning is Meaning.MAKER and "Ci" not in tag.name and _is_name(tag.value):
        yield Finding("metadata_name", 0.5, reason=f"{where}, who took or owns the picture")
    if any(not _NOBODY.fullmatch(user.strip()) for user in _FOLDER.findall(tag.value)):
        yield Finding("metadata_name", 0.5, reason=f"{where}, a path with a user's name")
    owned = _OWNED.search(tag.value) if meaning in {Meaning.COMPUTER, Meaning.VENDOR} else None
    if owned:
        yield Finding("metadata_name", 0.5, reason=f"{where}, a computer with its owner's name")


def _texts(tag: Tag, meaning: Meaning, where: str, search: _Search) -> Iterator[Finding]:
    """Yield what the identifiers find, and a note for text that nobody can vouch for."""
    if meaning in {Meaning.CITY, Meaning.STREET} and tag.value.strip():
        score = 0.6 if meaning is Meaning.STREET else 0.5
        yield Finding("metadata_text", score, shape="place", reason=f"place name in {where}")
    files = [part for name in _FILE.findall(tag.value) for part in readings(name)]
    for text in files:
        yield from _identified(search(text), meaning, f"a file's name in {where}")
    if meaning is Meaning.HARMLESS or meaning is Meaning.PATH:
        return
    yield from _identified(search(_text(tag, meaning)), meaning, where)
    if meaning in {Meaning.CAPTION, Meaning.UNKNOWN} and _is_name(tag.value):
        what = "caption" if meaning is Meaning.CAPTION else "text"
        yield _note(what, where)


def _identified(scores: dict[str, float], meaning: Meaning, where: str) -> Iterator[Finding]:
    cut = _WORDS_CUT if meaning is Meaning.WORDS else _CUT
    for kind, score in scores.items():
        is_role = meaning in {Meaning.MAKER, Meaning.VENDOR} and kind in _ROLE_KINDS
        if score < cut or is_role:
            continue
        soft = kind in _SOFT_KINDS and score < _SURE
        said = _NOTE if soft else score
        yield Finding("metadata_text", said, shape=kind, reason=f"{kind} in {where}")


def _text(tag: Tag, meaning: Meaning) -> str:
    """Return a tag as text: a label that the writer chose says what the value is."""
    if meaning is not Meaning.UNKNOWN or tag.name.startswith(("0x", "2:")):
        return tag.value
    return f"{local_name(tag)}: {tag.value}"


def _is_binary(value: str) -> bool:
    return value.startswith("<") and value.endswith("bytes>")


def _is_name(value: str) -> bool:
    """Return whether two letters or more are left once makes and boilerplate are gone."""
    words = _BOILERPLATE.sub(" ", value).split()
    return any(len(word) > 1 and not _MAKES.fullmatch(word) for word in words)


DETECTOR = Metadata
