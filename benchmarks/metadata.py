"""Measure what phiscan finds behind the pixels: `python -m benchmarks.metadata`.

Compares places, serial numbers and names in the metadata with what exiftool finds, where that is
installed (Debian: libimage-exiftool-perl); phiscan itself never runs it. Says how each malformed
file ends, which photos are stopped for their metadata alone, how the names of files are read, and
how well thumbnails that show more than their picture are told from those that do not.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.intervals import Share
from benchmarks.truth import REVIEW, Labelled, read_manifest
from phiscan import registry
from phiscan.detectors._likeness import Likeness, compare
from phiscan.detectors.file_name import FileName
from phiscan.detectors.hidden_images import HiddenImages
from phiscan.detectors.metadata import Metadata
from phiscan.errors import PhiscanError
from phiscan.intake import load
from phiscan.model import Finding, Frame, Photo, Scene, Verdict
from phiscan.policy import judge, load_policy
from phiscan.protocols import Identifier, Network
from phiscan.text import Text

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


class _Tools:
    """All identifiers, and no network: nothing here looks at pixels for faces or text."""

    def __init__(self) -> None:
        every = registry.load("phiscan.identifiers", "IDENTIFIER")
        self.identifiers: tuple[Identifier, ...] = tuple(every.values())

    def network(self, name: str) -> Network:
        """Refuse."""
        raise NotImplementedError(name)


@dataclass(frozen=True, slots=True)
class Opened:
    """A labelled photo, how intake ended, and what its metadata gave away."""

    label: Labelled
    photo: Photo | None
    problem: str
    findings: tuple[Finding, ...] = ()

    def has(self, kind: str, reason: str) -> bool:
        """Whether a finding of this kind and for this reason is there."""
        return any(f.kind == kind and reason in f.reason for f in self.findings)


def open_all(labels: Iterable[Labelled]) -> Iterator[Opened]:
    """Open every photo and run the detectors that look at files and not at pictures."""
    tools = _Tools()
    detectors = (Metadata(tools), HiddenImages(tools))
    for label in labels:
        try:
            photo = load(label.path)
        except PhiscanError as problem:
            yield Opened(label, None, f"{type(problem).__name__}: {problem}")
            continue
        scene = Scene(photo, Text())
        found = tuple(finding for each in detectors for finding in each.detect(scene))
        yield Opened(label, photo, ", ".join(photo.gaps), found)


_QUESTIONS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "GPS coordinates": (
        "gps_location",
        "",
        ("GPSLatitude", "GPSLongitude", "GPSCoordinates"),
    ),
    "serial number": (
        "device_serial",
        "",
        ("SerialNumber", "LensSerialNumber", "CameraSerialNumber"),
    ),
    "name of a person shown": (
        "metadata_name",
        "a person shown",
        ("PersonInImage", "RegionName", "RegionPersonDisplayName"),
    ),
    "artist or owner": (
        "metadata_name",
        "who took or owns",
        ("Artist", "OwnerName", "Creator", "By-line", "Author", "XPAuthor", "CopyrightNotice"),
    ),
    "caption, title, keywords": (
        "metadata_text",
        "",
        ("ImageDescription", "Caption-Abstract", "Description", "Title", "Headline", "Keywords"),
    ),
}
"""Our kind of finding and what its reason says, and exiftool's names of the tags that should lead
to one."""
_OURS_ONLY = frozenset({"Composite", "System", "File", "ExifTool"})


def exiftool(paths: Sequence[Path]) -> dict[Path, dict[str, Any]] | None:
    """Return what exiftool says of each file, by `group:tag`; None when it is not installed."""
    program = shutil.which("exiftool")
    if program is None:
        return None
    done = subprocess.run(  # noqa: S603 - a fixed program with the benchmark's own files
        [program, "-json", "-G1", "-a", "-n", "-ee", "-q", "-q", *map(str, paths)],
        capture_output=True,
        check=False,
    )
    return {Path(entry["SourceFile"]): entry for entry in json.loads(done.stdout or b"[]")}


def _says(entry: Mapping[str, Any], names: Sequence[str]) -> bool:
    """Whether one of the tags is there with something in it."""
    for key, value in entry.items():
        group, _, name = key.partition(":")
        filled = str(value).strip(" 0.,:/\0") not in {"", "undef", "nan", "No Lens", "unknown"}
        if name in names and group not in _OURS_ONLY and filled:
            return True
    return False


def compare_with_exiftool(photos: Sequence[Opened]) -> None:
    """Print for each question how many of the photos in which exiftool finds it we find it in."""
    said = exiftool([opened.label.path for opened in photos])
    if said is None:
        print("\nEXIFTOOL IS NOT INSTALLED: nothing was compared with it")
        print("(Debian: apt-get install libimage-exiftool-perl)")
        return
    print(f"\n{'found where exiftool finds it':34} {'photos':>24} {'only phiscan':>13}")
    for question, (kind, reason, names) in _QUESTIONS.items():
        theirs = [o for o in photos if o.photo and _says(said.get(o.label.path, {}), names)]
        ours = [o for o in photos if o.has(kind, reason)]
        missed = [o for o in theirs if not o.has(kind, reason)]
        share = Share(len(theirs) - len(missed), len(theirs))
        others = sum(o not in theirs for o in ours)
        print(f"{question:34} {share!s:>24} {others:13}")
        for opened in missed:
            print(f"    missed: {opened.label.category}/{opened.label.path.name}")


def report_malformed(photos: Sequence[Opened]) -> None:
    """Print how the malformed files end, and name those that open whole."""
    every = [o for o in photos if o.label.category == "malformed"]
    print(f"\nmalformed files: {len(every)}")
    ends = Counter(o.problem.partition(":")[0] or "opens whole" for o in every)
    for end, count in ends.most_common():
        print(f"    {count:3} {end}")
    wrong = [o for o in every if o.label.verdict == REVIEW and not o.problem]
    broken = sum(o.label.verdict == REVIEW for o in every)
    print(f"labelled as broken, and open whole: {Share(len(wrong), broken)}")
    for opened in every:
        if not opened.problem and opened.photo:
            first = opened.photo.frames[0]
            what = f"{opened.photo.format} {first.width} x {first.height}"
            label = opened.label
            print(f"    opens whole, labelled {label.verdict}: {what}, {label.path.name}")


def report_stopped(photos: Sequence[Opened]) -> None:
    """Print which photos are blocked or held for review by their metadata alone, but for GPS."""
    policy = load_policy("default")
    print(f"\n{'stopped by metadata, without GPS':34} {'blocked':>24} {'blocked or review':>24}")
    listed: list[str] = []
    for category in sorted({o.label.category for o in photos if o.label.category != "malformed"}):
        group = [o for o in photos if o.label.category == category and o.photo]
        verdicts = []
        for opened in group:
            found = [finding for finding in opened.findings if finding.kind != "gps_location"]
            verdict = max(
                (rule.verdict for rule in judge(found, (), policy).reasons if rule.rule != "gap"),
                default=Verdict.ALLOW,
            )
            verdicts.append(verdict)
            if verdict is not Verdict.ALLOW:
                reasons = {f"{f.kind} {f.score:.2f} {f.reason}" for f in found if f.score >= 0.5}
                listed += [f"    {verdict.word:6} {category}/{opened.label.path.name}"]
                listed += [f"           {reason}" for reason in sorted(reasons)]
        blocked = Share(sum(v is Verdict.BLOCK for v in verdicts), len(group))
        stopped = Share(sum(v is not Verdict.ALLOW for v in verdicts), len(group))
        print(f"{category:34} {blocked!s:>24} {stopped!s:>24}")
    print("\n".join(listed))


def report_gaps(photos: Sequence[Opened]) -> None:
    """Print which photos could not be looked at in part."""
    print("\nopened, but not fully looked at")
    for opened in photos:
        if opened.photo and opened.problem:
            print(f"    {opened.label.category}/{opened.label.path.name}: {opened.problem}")


def report_names(folder: Path) -> None:
    """Print which of the photos' original names, as their authors chose them, are findings."""
    detector = FileName(_Tools())
    lines = (folder / "manifest.jsonl").read_text("utf-8").splitlines()
    names = {entry["path"] for entry in map(json.loads, lines)}
    pixel = np.zeros((1, 1, 3), np.uint8)
    found = {
        name: [
            f"{finding.shape} {finding.score:.2f}"
            for finding in detector.detect(
                Scene(Photo(name, "", "", (Frame(0, "main", pixel),)), Text())
            )
        ]
        for name in sorted(names)
    }
    hits = {name: what for name, what in found.items() if what}
    print(f"\nfile and folder names that are findings: {Share(len(hits), len(names))}")
    for name, what in hits.items():
        print(f"    {name}: {', '.join(what)}")


def _small(picture: Pixels) -> Pixels:
    height, width = picture.shape[:2]
    scale = 160 / max(height, width)
    size = round(width * scale), round(height * scale)
    return _packed(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), 75)


def _packed(picture: Pixels, quality: int = 85) -> Pixels:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)


def _square(picture: Pixels, share: float) -> tuple[slice, slice]:
    """Return a square of a share of the longer side, in a place of much detail."""
    height, width = picture.shape[:2]
    side = int(share * max(height, width))
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    mean = cv2.blur(grey, (side, side))
    spread = (cv2.blur(grey * grey, (side, side)) - mean * mean)[
        side // 2 : height - side // 2, side // 2 : width - side // 2
    ]
    place = int(np.argsort(spread.ravel())[int(spread.size * 0.9)])
    y, x = divmod(place, spread.shape[1])
    return slice(y, y + side), slice(x, x + side)


def _edited(picture: Pixels) -> Iterator[tuple[str, Pixels]]:
    """Yield the picture as people edit it before they share it."""
    for share in (0.12, 0.2):
        place = _square(picture, share)
        part = picture[place]
        side = part.shape[0]
        mosaic = cv2.resize(part, (4, 4), interpolation=cv2.INTER_AREA)
        for name, covered in (
            ("painted black", np.zeros_like(part)),
            ("blurred", cv2.GaussianBlur(part, (0, 0), side / 6)),
            ("in a mosaic", cv2.resize(mosaic, part.shape[1::-1], interpolation=cv2.INTER_NEAREST)),
        ):
            changed = picture.copy()
            changed[place] = covered
            yield f"{name}, {share:.0%} of the longer side", changed
    height, width = picture.shape[:2]
    for share in (0.9, 0.8, 0.6, 0.4):
        top, left = int(height * (1 - share) / 3), int(width * (1 - share) / 2)
        cropped = picture[top : top + int(height * share), left : left + int(width * share)]
        yield f"cropped to {share:.0%} of both sides", cropped
    yield "brighter (harmless)", np.clip(picture * 1.3 + 20, 0, 255).astype(np.uint8)
    yield "turned (harmless)", np.ascontiguousarray(np.rot90(picture))
    yield "unchanged (harmless)", picture


def report_likeness(labels: Sequence[Labelled], count: int) -> None:
    """Print how often a thumbnail that was left behind is said to show more than the picture."""
    found: dict[str, Counter[bool]] = {}
    for label in labels:
        picture = cv2.imread(str(label.path)) if label.category in {"face", "clean_scene"} else None
        if picture is None or min(picture.shape[:2]) < 300 or not count:
            continue
        count -= 1
        scale = min(1024 / max(picture.shape[:2]), 1.0)
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        hidden = _small(np.asarray(picture, dtype=np.uint8))
        for name, edited in _edited(np.asarray(picture, dtype=np.uint8)):
            likeness = compare(_packed(edited)[..., ::-1], hidden[..., ::-1])
            found.setdefault(name, Counter())[likeness is not Likeness.SAME] += 1
    print("\nthumbnail left behind, and noticed")
    for name, tally in found.items():
        print(f"{name:44} {Share(tally[True], tally.total())!s:>24}")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.metadata")
    parser.add_argument("--photos", type=Path, default=Path("../shared/photos"))
    parser.add_argument("--edited", type=int, default=80, help="photos to edit for the thumbnails")
    options = parser.parse_args()
    labels = list(read_manifest(options.photos))
    photos = list(open_all(labels))
    print(f"# {len(photos)} photos of {options.photos.name}")
    compare_with_exiftool(photos)
    report_malformed(photos)
    report_gaps(photos)
    report_stopped(photos)
    report_names(options.photos)
    report_likeness(labels, options.edited)


if __name__ == "__main__":
    main()
