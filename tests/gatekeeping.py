"""An inbox with something of everything, and what lies in folders before and after a gate."""

from __future__ import annotations

import hashlib
from pathlib import Path

from judged import POLICY

from phiscan.model import Check, Finding, Outcome, ScanResult
from phiscan.policy import judge
from phiscan.reports._record import PhotoRecord

DONE = tuple(Check(name, Outcome.DONE) for name in sorted(POLICY.required))
BROKEN = (Check("intake", Outcome.FAILED, error="UnreadableImage"),)


class Told:
    """A scanner that is told by the file's bytes what to say: `block`, `person`, `gap`, or all is
    well."""

    def scan(self, source: str) -> ScanResult:
        data = Path(source).read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        if b"gap" in data:
            return ScanResult(
                source, "", judge((), BROKEN, POLICY), checks=BROKEN, problem="truncated"
            )
        kinds = {b"block": "gps_location", b"person": "person"}
        findings = tuple(Finding(kind, 0.9) for word, kind in kinds.items() if word in data)
        return ScanResult(source, digest, judge(findings, DONE, POLICY), findings, DONE, 4, 3)


FILES = {
    "a.jpg": b"first",
    "block.jpg": b"block second",
    "deep/er/a.jpg": b"third",
    "deep/er/person.heic": b"person fourth",
    "deep/gap.png": b"gap fifth",
    "deep/letter.pdf": b"%PDF sixth",
    "deep/same.jpg": b"first",
    "taken.jpg": b"seventh",
    "taken-block.jpg": b"block eighth",
}
"""Photos to allow and to hold, in folders, one a copy of another, and two whose names are taken."""
BEFORE = {"allowed/taken.jpg": b"stranger", "held/taken-block.jpg": b"stranger"}
ALLOWED = {
    "a.jpg": b"first",
    "deep/er/a.jpg": b"third",
    "deep/same.jpg": b"first",
    "taken.jpg": b"stranger",
    "taken-2.jpg": b"seventh",
}
HELD = {
    "block.jpg": b"block second",
    "deep/er/person.heic": b"person fourth",
    "deep/gap.png": b"gap fifth",
    "deep/letter.pdf": b"%PDF sixth",
    "taken-block.jpg": b"stranger",
    "taken-block-2.jpg": b"block eighth",
}
"""Where all of it has to be in the end."""


def lay(root: Path, files: dict[str, bytes] | None = None) -> None:
    """Write the files of an inbox, and what other folders hold already."""
    inbox = {f"inbox/{name}": data for name, data in (FILES if files is None else files).items()}
    for name, data in {**inbox, **(BEFORE if files is None else {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, hidden ones too."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def shown(folder: Path) -> dict[str, bytes]:
    """Return every file that others see: none below a hidden name, and no reasons."""
    return {
        name: data
        for name, data in tree(folder).items()
        if not any(part.startswith(".") for part in Path(name).parts)
        and not name.endswith(".phiscan.json")
    }


def reasons(folder: Path) -> dict[str, PhotoRecord]:
    """Return what is said of each held file; fails where that is not whole."""
    import msgspec

    return {
        name.removesuffix(".phiscan.json"): msgspec.json.decode(data, type=PhotoRecord)
        for name, data in tree(folder).items()
        if name.endswith(".phiscan.json")
    }
