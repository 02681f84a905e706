"""Synthetic documents with their truth written into the text, and the two halves of them.

A document is a plain text file. Its first line, `%% VERDICT | CATEGORY`, says what phiscan should
say of a photo of it (`allow`, `review`, `block`; `specimen` for filled-in examples of forms) and
what sort of document it is. In the text, `{{kind|value}}` marks a patient's datum and
`{{kind/variety|value}}` one of a special form (`name/first`, a first name alone). A tilde marks
what has the form of an identifier and is no patient's: `{{~phone|...}}` on a letterhead,
`{{~staff|...}}` and `{{~public|...}}` for names. Everybody in the documents is made up.

The documents came in batches, each in folders of its own (`phi`, `phi-2` ...), written without
regard to the rules and halved before anybody ran them: what a new batch scores at first is the
honest estimate, and later batches are harder (shorter notes, more countries). Of batch 7 at first
76 of 82 documents to be blocked were stopped (69 blocked), and 9 of 92 clean ones (7 blocked); of
batch 8, notes of a line and labels of many countries, 60 of 84 (48) and 9 of 89 (2). Batch 11 came
last: 26 of 30 (24) and 1 of 30 (1), where the rules before batch 7 had 24 (22) and 2 (1). Batches
6, 9 and 10 were looked at while rules were written, 13 and 14 were written to fit evidence with
(14 are names with nothing round them): all their documents are of the half for that. Of batch 12
at first 67 of 74 (55) and 15 of 75 (9), which is when names began to be weighed by evidence.
Batch 15, by a writer who had read the rules, at first 38 of 40 (32) and 1 of 34 (1).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from phiscan.kinds import kinds

CORPUS = Path(__file__).parent / "corpus"
VERDICTS = ("allow", "review", "block", "specimen")
TUNE, HELD = "tune", "held"
OTHERS_NAMES = ("staff", "public")
"""Bystanders that read like a patient's name."""

_MARK = re.compile(r"\{\{(~?)([a-z0-9_]+)(?:/([a-z0-9]+))?\|(.+?)\}\}", re.DOTALL)
_HEAD = re.compile(r"%% (\w+) \| (.+)")


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of a document that is an identifier; `bystander` when it is no patient's."""

    kind: str
    start: int
    end: int
    variety: str = ""
    bystander: bool = False

    @property
    def row(self) -> str:
        """The name of its row in the tables."""
        return f"{self.kind}/{self.variety}" if self.variety else self.kind


@dataclass(frozen=True, slots=True)
class Document:
    """A text without its markup, and what is true of it; `name` is `phi/face-sheet-1`."""

    name: str
    category: str
    verdict: str
    text: str
    marks: tuple[Mark, ...] = ()

    @property
    def half(self) -> str:
        """`tune` or `held`: which half the document belongs to, by the hash of its file's name."""
        digest = hashlib.sha256(self.name.rpartition("/")[2].encode()).digest()
        return (TUNE, HELD)[digest[0] % 2]

    @property
    def truths(self) -> tuple[Mark, ...]:
        """What phiscan should find."""
        return tuple(mark for mark in self.marks if not mark.bystander)

    def line_number(self, offset: int) -> int:
        """Return the line of the file (the first is the heading) that holds `offset`."""
        return self.text.count("\n", 0, offset) + 2


def read_corpus(folder: Path = CORPUS) -> list[Document]:
    """Return every document under `folder`, in order of its name."""
    paths = sorted(folder.glob("*/*.txt"))
    return [parse(f"{path.parent.name}/{path.stem}", path.read_text("utf-8")) for path in paths]


def parse(name: str, written: str) -> Document:
    """Take the truth out of a document's file; ValueError names a file that is not well-formed."""
    head, _, body = written.partition("\n")
    found = _HEAD.fullmatch(head)
    if found is None or found[1] not in VERDICTS:
        raise ValueError(f"{name}: the first line must be '%% VERDICT | CATEGORY'")
    pieces: list[str] = []
    marks: list[Mark] = []
    length = 0
    for piece in _pieces(body.rstrip("\n")):
        text = piece if isinstance(piece, str) else piece[4]
        if not isinstance(piece, str):
            kind = _known(piece[2], bystander=bool(piece[1]), where=name)
            mark = Mark(kind, length, length + len(text), piece[3] or "", bool(piece[1]))
            marks.append(mark)
        pieces.append(text)
        length += len(text)
    text = "".join(pieces)
    if "{{" in text or "}}" in text:
        raise ValueError(f"{name}: a mark is not closed")
    return Document(name, found[2], found[1], text, tuple(marks))


def _pieces(body: str) -> Iterator[str | re.Match[str]]:
    """Yield the text between marks, and the marks."""
    end = 0
    for mark in _MARK.finditer(body):
        yield body[end : mark.start()]
        yield mark
        end = mark.end()
    yield body[end:]


def _known(kind: str, *, bystander: bool, where: str) -> str:
    text_kinds = {name for name, entry in kinds().items() if entry.group == "text"}
    if kind not in text_kinds and not (bystander and kind in OTHERS_NAMES):
        raise ValueError(f"{where}: no kind {kind!r}")
    return kind
