"""Run phiscan and its peers over the same photos: `python -m benchmarks.peers --each 20`.

Every peer is installed into a virtual environment of its own, runs in a process of its own, and
sees every photo in turn with the others, so that a busy machine is unkind to all alike. Prints, for
generated photos and for a folder with a manifest (--photos), what each flags, with 95 % Wilson
intervals, its seconds and its memory. `--write-page` writes docs/explanation/peers.md and its
pictures; `--from` does so from a run that was kept with `--details`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import platformdirs

import phiscan
from benchmarks.peers import page, photos, run
from benchmarks.peers.environments import PEERS, PHISCAN, ROOT, command_of
from benchmarks.peers.run import Kept, Member


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.peers")
    parser.add_argument("--photos", type=Path, default=Path("../shared/photos"))
    parser.add_argument("--each", type=int, default=20, help="photos of each shared category")
    parser.add_argument("--generated", type=int, default=10, help="generated ones of each category")
    parser.add_argument("--large", type=int, default=4, help="and such of 8 to 12 megapixels")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", choices=[peer.driver for peer in PEERS])
    parser.add_argument("--octopii", type=Path, help="folder of a checkout of Octopii")
    parser.add_argument("--seconds", type=float, default=120.0, help="limit for a photo")
    parser.add_argument(
        "--environments",
        type=Path,
        default=platformdirs.user_cache_path("phiscan-benchmarks"),
        help="folder for the virtual environments",
    )
    parser.add_argument("--details", type=Path, help="keep every answer as a JSON line")
    parser.add_argument(
        "--from", dest="kept", type=Path, action="append", help="such a file: run nothing"
    )
    parser.add_argument("--write-page", action="store_true")
    return parser.parse_args(arguments)


def _run(options: argparse.Namespace, details: Path) -> None:
    warm_up = Path(phiscan.__file__).parent / "samples" / "cake_and_chart.jpg"
    members = [
        Member(
            peer,
            partial(command_of, peer, options.environments, options.octopii),
            options.seconds,
            warm_up,
        )
        for peer in PEERS
        if peer is PHISCAN or not options.only or peer.driver in options.only
    ]
    with tempfile.TemporaryDirectory() as folder:
        shown = photos.generated(Path(folder, "usual"), options.generated, options.seed)
        shown += photos.generated(Path(folder, "large"), options.large, options.seed, large=True)
        if options.photos.is_dir():
            shown += photos.shared(options.photos, options.each, options.seed)
        for member in members:
            member.start()
        try:
            looked = run.look(members, photos.shuffled(shown, options.seed))
            run.write(looked, members, details)
        finally:
            for member in members:
                member.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as folder:
        details: Path = options.details or Path(folder, "details.jsonl")
        if not options.kept:
            _run(options, details)
        kept: Kept = run.read(options.kept or [details])
    print(page.tables(kept))
    if options.write_page:
        page.write(kept, ROOT / "docs", options.seed)


if __name__ == "__main__":
    main()
