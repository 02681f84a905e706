"""What readers and detectors are given: the networks, each opened once, and the identifiers."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from phiscan import memory, registry
from phiscan.consent.consent_list import ConsentList
from phiscan.errors import MissingDependency
from phiscan.identifiers import find_all
from phiscan.inference import (
    Device,
    Engine,
    LoadedNetwork,
    check_network,
    cores,
    open_network,
    start_engine,
)
from phiscan.network_cache import NetworkCache
from phiscan.plain_layout import lay_out
from phiscan.protocols import Consents, Identifier, Network
from phiscan.settings import Settings
from phiscan.weight_files import WEIGHTS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGE = 26_000_000
"""Pixels of a photo above which memory is what counts: the pixels themselves take what a second
step at the same time would need, and room is made before each step."""
_ROOM = 1_200_000_000
"""Bytes of memory from which what lies unused is handed back for a large photo. One step of its
scan adds up to 350 MB to this, and a process is to stay under 1.5 GB (benchmarks.hostile)."""
_LET_GO = 1_350_000_000
"""Bytes from which, where that was not enough, the networks are let go until needed again."""
_MOST = 1_450_000_000
"""The bound for other photos. It is higher, since handing memory back and taking it again costs up
to 0.5 s, and what one small photo needed the next one finds in place."""


class Toolbox:
    """Opens each network once, as many at a time as there are cores, and holds the identifiers.

    Who asks for a network is told at once where it is missing. Otherwise it may still be loading,
    which is waited for at its first run: meanwhile the first photo is decoded.
    """

    def __init__(self, settings: Settings) -> None:
        self.consents: Consents = ConsentList()
        self.face_finders = settings.faces
        self.effort = settings.effort
        idle = tuple(
            group
            for group, user in (("text_", "rapidocr"), ("face_detection", "centerface"))
            if user not in (*settings.ocr, *settings.faces)
        )
        wanted = [name for name in WEIGHTS if not name.startswith(idle)]
        cache = NetworkCache() if settings.cache else None
        with suppress(MissingDependency):  # told by the first network that is asked for
            start_engine(settings.engine, settings.device)
        self._loading = Lock()
        self._engine: tuple[Engine, Device] = settings.engine, settings.device
        self._threads = settings.threads or cores()
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="phiscan-load")
        self._networks = {
            name: pool.submit(
                open_network, name, settings.engine, self._threads, cache, settings.device
            )
            for name in wanted
        }
        pool.shutdown(wait=False)

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """All identifiers, with their lists of names.

        They are loaded when they are first asked for: that takes 0.4 s of Python's time, which is
        free while networks read the first photo, and scarce before.
        """
        with self._loading:
            return _loaded_identifiers()

    def network(self, name: str) -> Network:
        """Return the named network; MissingDependency where engine, weights or GPU are missing."""
        check_network(name, *self._engine)
        coming = _Coming(self._networks[name], self._threads if WEIGHTS[name].lanes else 1)
        if self._engine[1] == "gpu":  # whose drivers fail in more ways than can be checked
            coming.wait()
        return coming

    def make_room(self, coming: int = 0) -> None:
        """Let the networks hand back memory where that in use and what is `coming` are too much."""
        if memory.in_use() + coming <= (_ROOM if coming > 3 * LARGE else _MOST):
            return
        memory.hand_back()  # often enough, and the next run does not pay for it
        for enough, wholly in ((_ROOM, False), (_LET_GO, True)):
            if memory.in_use() + coming <= enough:
                return
            for network in self._networks.values():
                if not network.exception():
                    network.result().release(wholly=wholly)
            memory.hand_back()


class _Coming:
    """A network that may still be loading; what it is asked for waits for it."""

    def __init__(self, network: Future[LoadedNetwork], lanes: int) -> None:
        self._network = network
        self.lanes = lanes

    def run(self, batch: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        return self._network.result().run(batch)

    def metadata(self, key: str) -> str:
        return self._network.result().metadata(key)

    def wait(self) -> None:
        """Wait until it is there; raises what its loading raised."""
        self._network.result()


@cache
def _loaded_identifiers() -> tuple[Identifier, ...]:
    identifiers = every_identifier()
    find_all(lay_out("Name: Jane"), identifiers)
    return identifiers


@cache
def every_identifier() -> tuple[Identifier, ...]:
    """Return all identifiers, in order of their kind."""
    return tuple(registry.load("phiscan.identifiers", "IDENTIFIER").values())
