"""Labelled photos: the manifest format that shared photos and generated ones have in common."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phiscan.geometry import Region

CLEAN, REVIEW, BLOCK = "clean", "review", "block"


@dataclass(frozen=True, slots=True)
class Truth:
    """One thing that a generated photo truly shows: where, and how high its letters are in px."""

    kind: str
    region: Region
    height_px: float
    surface: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """One photo and what a person (or the generator) says of it.

    `verdict` speaks of the pixels only: clean, review or block. `meta_verdict` speaks of the
    metadata: none, some or identifying.
    """

    path: Path
    category: str
    verdict: str
    meta_verdict: str
    faces: str
    smallest_face_px: float
    kinds: frozenset[str]
    surface: str
    note: str
    truths: tuple[Truth, ...] = ()


# The shared manifest's words for what phiscan calls otherwise.
_KINDS = {"dob": "birth_date", "photo": "face", "id_number": "id_number"}


def read_manifest(folder: Path) -> Iterator[Labelled]:
    """Yield the photos of `folder/manifest.jsonl` that lie there."""
    for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        path = folder / entry["file"]
        if path.is_file():
            yield _labelled(path, entry)


def _labelled(path: Path, entry: dict[str, Any]) -> Labelled:
    labels = entry["labels"]
    return Labelled(
        path=path,
        category=entry["category"],
        verdict=labels["verdict"],
        meta_verdict=labels.get("meta_verdict") or "none",
        faces=str(labels.get("faces", 0)),
        smallest_face_px=float(labels.get("smallest_face_px") or 0),
        kinds=frozenset(_KINDS.get(k, k) for k in labels.get("phi_kinds") or ()),
        surface=labels.get("surface") or "none",
        note=entry.get("note") or "",
        truths=tuple(_truth(item) for item in entry.get("truth", ())),
    )


def _truth(item: dict[str, Any]) -> Truth:
    corners = tuple((float(x), float(y)) for x, y in item["polygon"])
    return Truth(item["kind"], Region(0, corners), item.get("height_px", 0), item["surface"])
