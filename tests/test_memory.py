"""Memory is handed back where it is short, and nothing is seen differently afterwards."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from phiscan import memory
from phiscan.inference import Engine, open_network
from phiscan.toolbox import Toolbox


class Told:
    """A network that notes how it is asked to let go."""

    def __init__(self) -> None:
        self.asked: list[bool] = []

    def release(self, *, wholly: bool = False) -> None:
        self.asked.append(wholly)


class Loaded:
    """What loading ended with: a network, or an error."""

    def __init__(self, network: Told | None) -> None:
        self._network = network

    def exception(self) -> Exception | None:
        return None if self._network else RuntimeError()

    def result(self) -> Any:
        return self._network


def toolbox(*networks: Told | None) -> Toolbox:
    made = object.__new__(Toolbox)
    made._networks = {str(n): Loaded(one) for n, one in enumerate(networks)}  # type: ignore[misc]
    return made


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere in_use() is 0")
def test_memory_in_use_is_told() -> None:
    before = memory.in_use()
    block = bytes(64_000_000).replace(b"\0", b"x")
    assert memory.in_use() > before + 32_000_000 > 32_000_000
    del block
    memory.hand_back()


@pytest.mark.parametrize(
    ("in_use", "coming", "asked"),
    [
        (500_000_000, 500_000_000, []),
        (1_100_000_000, 200_000_000, [False]),
        (1_400_000_000, 36_000_000, []),
        (1_440_000_000, 36_000_000, [False, True]),
        (700_000_000, 900_000_000, [False, True]),
        (0, 0, []),
    ],
)
def test_networks_let_go_as_far_as_needed(
    in_use: int, coming: int, asked: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "in_use", lambda: in_use)
    network = Told()
    toolbox(network, None).make_room(coming)
    assert network.asked == asked


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere in_use() is 0")
def test_one_heap_gives_large_blocks_back_at_once() -> None:
    program = """
from phiscan import memory
memory.share_heap()
b"x" * 20_000_000  # glibc would keep blocks of this size in the heap from here on
held = [b"x" * (9_000_000 + n) for n in range(20)]
full = memory.in_use()
del held[:-1]  # the last one would keep the holes under it
assert full - memory.in_use() > 150_000_000
"""
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
@pytest.mark.parametrize("name", ["face_detection", "text_direction"])
def test_a_network_that_let_go_gives_the_same_answer(name: str, engine: Engine) -> None:
    pytest.importorskip(engine)
    shape = (1, 3, 160, 160) if name == "face_detection" else (1, 3, 48, 192)
    batch = np.linspace(0, 255, int(np.prod(shape)), dtype=np.float32).reshape(shape)
    network = open_network(name, engine, 2)
    first = network.run(batch)
    for wholly in (False, True, True):
        network.release(wholly=wholly)
        for one, other in zip(first, network.run(batch), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)
