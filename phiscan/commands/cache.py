"""`phiscan cache`: what is kept in the user's cache folder from one run to the next."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from phiscan.batch.results import open_store
from phiscan.batch.store import Contents
from phiscan.commands.output import open_output
from phiscan.commands.terminal import say
from phiscan.errors import ExitCode, OutputError
from phiscan.network_cache import NetworkCache


def info() -> ExitCode:
    """Print what is kept between runs, where, how much of it, and from when.

    Kept are results of photos that were checked in full (no words, no pixels, no file names) and
    compiled networks.
    """
    store = open_store(say, begin=False)
    try:
        held, networks = store.contents(), NetworkCache().entries()
    finally:
        store.close()
    size = sum(path.stat().st_size for path in networks)
    with open_output(None) as write:
        write(f"where              in your cache folder, {_shown(store.path.parent.parent)}\n")
        write(f"results            {_results(held)}\n")
        write(f"compiled networks  {len(networks)}, {_megabytes(size)}\n")
    return ExitCode.ALLOWED


def clear() -> ExitCode:
    """Let go of all kept results and compiled networks; the next scan starts anew.

    A scan that runs meanwhile goes on.
    """
    store = open_store(say, begin=False)
    try:
        before = store.contents()
        store.clear()
        left = store.contents()
    finally:
        store.close()
    networks = NetworkCache()
    count = len(networks.entries())
    networks.clear()
    if left.entries or networks.entries():
        raise OutputError("not all could be cleared: another run is busy, or it may not be written")
    with open_output(None) as write:
        write(f"cleared {before.entries:,} results and {count} compiled networks\n")
    return ExitCode.ALLOWED


def _shown(folder: Path) -> str:
    """Return a folder's path without the user's name in it, where it is the usual one."""
    with suppress(ValueError, RuntimeError):  # somewhere else, or there is no home
        return str(Path("~") / folder.relative_to(Path.home()))
    return str(folder)


def _results(held: Contents) -> str:
    if not held.entries:
        return f"none, {_megabytes(held.size)}" if held.size else "none"
    used = f"last used {_day(held.oldest)} to {_day(held.newest)}"
    return f"{held.entries:,}, {_megabytes(held.size)}, {used}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _day(days: int) -> str:
    return (datetime.fromtimestamp(0, UTC) + timedelta(days=days)).date().isoformat()
