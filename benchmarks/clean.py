"""Measure what `phiscan clean` leaves: `python -m benchmarks.clean --photos DIR`.

Every photo that decodes whole is cleaned into its own format, and exiftool lists each tag that it
finds in the copies. Then some of the photos are cleaned into every format, for the size of the
copy, its difference from the lossless copy, and the time.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import inf, log10
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from phiscan.errors import PhiscanError
from phiscan.intake import load
from phiscan.intake.clean import clean

SUFFIXES = {
    "JPEG": ".jpg",
    "PNG": ".png",
    "WEBP": ".webp",
    "TIFF": ".tif",
    "BMP": ".bmp",
    "GIF": ".gif",
    "HEIF": ".heic",
    "AVIF": ".avif",
}
LOSSY = ("JPEG", "WEBP", "HEIF", "AVIF")


def tags_of(path: Path) -> list[str]:
    """Return the names of all tags that exiftool finds, but for those of the file system."""
    command = [
        "exiftool",
        "-q",
        "-q",
        "-json",
        "-a",
        "--System:all",
        "--ExifToolVersion",
        str(path),
    ]
    printed = subprocess.run(command, check=False, capture_output=True).stdout  # noqa: S603
    found = json.loads(printed or b"[{}]")[0]
    return [name for name in found if name != "SourceFile"]


def clean_each(paths: Iterable[Path], folder: Path) -> tuple[dict[Path, Path], Counter[str]]:
    """Write a copy of each photo in its own format; return them by original, and the refusals."""
    copies: dict[Path, Path] = {}
    refused: Counter[str] = Counter()
    for index, path in enumerate(paths):
        try:
            suffix = SUFFIXES.get(load(path).format, ".jpg")
            copies[path] = folder / f"{index}{suffix}"
            copies[path].write_bytes(clean(path, f"copy{suffix}").data)
        except PhiscanError as exc:
            copies.pop(path, None)
            refused[type(exc).__name__] += 1
    return copies, refused


def report_tags(copies: Mapping[Path, Path]) -> None:
    """Print for each format how many tags there were, and every tag that is there still."""
    rows: dict[str, list[tuple[list[str], list[str]]]] = defaultdict(list)
    for original, copy in copies.items():
        rows[copy.suffix].append((tags_of(original), tags_of(copy)))
    for suffix, pairs in sorted(rows.items()):
        before = median(len(tags) for tags, _ in pairs)
        after = median(len(tags) for _, tags in pairs)
        print(f"\n{suffix}: {len(pairs)} copies, {before:g} tags before, {after:g} after (median)")
        print("  " + " ".join(sorted({tag for _, tags in pairs for tag in tags})))


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the peak signal-to-noise ratio in decibels; infinite for the same picture."""
    error = float(((one.astype(np.float32) - other) ** 2).mean())
    return 10 * log10(255**2 / error) if error else inf


def report_quality(originals: Sequence[Path]) -> None:
    """Print size, difference and time of copies in every format."""
    exact = {path: load(clean(path, "a.png").data).frames[0].pixels for path in originals}
    print(f"\n{'format':8}{'size':>8}{'dB, median':>12}{'worst':>8}{'s a megapixel':>15}")
    for form in LOSSY:
        sizes, ratios, seconds = [], [], []
        for path, pixels in exact.items():
            start = time.perf_counter()
            content = clean(path, f"a{SUFFIXES[form]}").data
            seconds.append((time.perf_counter() - start) / pixels[..., 0].size * 1e6)
            sizes.append(len(content) / path.stat().st_size)
            ratios.append(difference(load(content).frames[0].pixels, pixels))
        print(
            f"{form:8}{f'x {median(sizes):.2f}':>8}{median(ratios):12.1f}{min(ratios):8.1f}"
            f"{median(seconds):15.2f}"
        )


def main() -> None:
    """Clean the photos of a folder and print what is left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, default=Path("../shared/photos"))
    parser.add_argument("--sample", type=int, default=24, help="JPEG photos for every format")
    chosen = parser.parse_args()
    paths = sorted(path for path in chosen.photos.rglob("*") if path.is_file())
    with TemporaryDirectory() as folder:
        copies, refused = clean_each(paths, Path(folder))
        print(f"{len(paths)} files, {len(copies)} cleaned; refused: {dict(refused)}")
        report_tags(copies)
    jpegs = [path for path, copy in copies.items() if copy.suffix == ".jpg"]
    report_quality(random.Random(1).sample(jpegs, min(chosen.sample, len(jpegs))))  # noqa: S311


if __name__ == "__main__":
    main()
