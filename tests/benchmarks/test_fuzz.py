from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import fuzz
from benchmarks._fuzz_mutations import changed, reworded
from benchmarks._fuzz_seeds import seeds
from benchmarks._fuzz_targets import TARGETS, LawBrokenError

CORPUS = [
    pytest.param(target, data, id=f"{target}-{name}")
    for target in TARGETS
    for name, data in fuzz.corpus(target).items()
]


@pytest.mark.parametrize(("target", "data"), CORPUS)
def test_no_input_that_was_ever_kept_breaks_a_law(target: str, data: bytes) -> None:
    assert TARGETS[target].run(data)


@pytest.mark.parametrize("target", TARGETS)
def test_changed_inputs_break_no_law(target: str) -> None:
    inputs = list(fuzz.corpus(target).values())
    for number in range(60):
        chance = random.Random(number)  # noqa: S311 - so that it can be done again
        TARGETS[target].run(TARGETS[target].change(chance.choice(inputs), inputs, chance))


@pytest.mark.parametrize("target", TARGETS)
def test_every_seed_is_in_the_corpus(target: str) -> None:
    assert {name for name, _ in seeds(target)} <= set(fuzz.corpus(target))


def test_seeds_are_whole_and_small() -> None:
    for name, data in seeds("intake"):
        assert len(data) < 8_000, name
        assert TARGETS["intake"].run(data).startswith(("whole", "gap: Incomplete")), name


def test_the_same_chance_makes_the_same_change() -> None:
    data = [data for _, data in seeds("intake")]
    texts = ["Patient: DOE, JANE", "on_gap = 1"]
    for number in range(50):
        one, other = (random.Random(number) for _ in range(2))  # noqa: S311 - as above
        assert changed(data[0], data, one) == changed(data[0], data, other)
        assert reworded(texts[0], texts, one) == reworded(texts[0], texts, other)


class Breaks:
    """A target that ends in its own way."""

    def __init__(self, deed: str) -> None:
        self._deed = deed

    def change(self, seed: bytes, others: Sequence[bytes], random_: random.Random) -> bytes:
        return b"changed"

    def run(self, data: bytes) -> str:
        if self._deed == "raises":
            raise LawBrokenError("it")
        if self._deed == "dies":
            import os

            os._exit(9)
        if self._deed == "hangs":
            time.sleep(60)
        return "fine"


@pytest.mark.parametrize(
    ("deed", "told"),
    [("raises", "LawBrokenError"), ("dies", "died"), ("hangs", "hang"), ("ends well", "")],
)
def test_what_breaks_a_law_is_noticed_and_kept(
    deed: str, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "seed").write_bytes(b"seed")
    kept: list[tuple[str, bytes]] = []
    monkeypatch.setitem(TARGETS, "t", Breaks(deed))
    monkeypatch.setattr(fuzz, "CORPUS", tmp_path)
    if deed == "hangs":
        monkeypatch.setattr(fuzz, "_SECONDS", 0.1)
    tally = fuzz.fuzz("t", 1.0, 0, lambda problem, data: kept.append((problem, data)))
    assert tally.runs
    assert bool(tally.broken) is bool(told)
    assert all(told in problem and data == b"changed" for problem, data in kept)
    assert bool(kept) is bool(told)
