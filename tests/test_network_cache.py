from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from phiscan import weight_files
from phiscan.errors import MissingDependency
from phiscan.inference import open_network
from phiscan.network_cache import Compiled, NetworkCache

COMPILED = Compiled(b"\x00\nblob\xff", {"character": "A\nB\n\u00e9"})


@pytest.fixture
def cache(tmp_path: Path) -> NetworkCache:
    return NetworkCache(tmp_path / "cache" / "networks")


def only_entry(cache: NetworkCache) -> Path:
    (entry,) = cache.entries()
    return entry


def test_what_was_kept_comes_back_under_its_own_key_only(cache: NetworkCache) -> None:
    cache.put("faces", "one", COMPILED)
    assert cache.get("faces", "one") == COMPILED
    assert cache.get("faces", "two") is None
    assert cache.get("text", "one") is None


def test_nobody_else_may_look_in(cache: NetworkCache) -> None:
    cache.put("faces", "one", COMPILED)
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(only_entry(cache).stat().st_mode) == 0o600
    assert [path.name for path in cache.folder.iterdir()] == [only_entry(cache).name]


def _flip_last(entry: Path) -> None:
    content = bytearray(entry.read_bytes())
    content[-1] ^= 1
    entry.write_bytes(content)


def _cut(entry: Path) -> None:
    entry.write_bytes(entry.read_bytes()[:-3])


def _empty(entry: Path) -> None:
    entry.write_bytes(b"")


def _open_to_all(entry: Path) -> None:
    entry.chmod(0o666)


def _open_folder(entry: Path) -> None:
    entry.parent.chmod(0o777)


def _link(entry: Path) -> None:
    entry.rename(entry.with_name("elsewhere"))
    entry.symlink_to(entry.with_name("elsewhere"))


def _link_folder(entry: Path) -> None:
    folder = entry.parent
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder.with_name("elsewhere"))


def _folder(entry: Path) -> None:
    entry.unlink()
    entry.mkdir()


def _pipe(entry: Path) -> None:
    entry.unlink()
    os.mkfifo(entry)


@pytest.mark.skipif(sys.platform == "win32", reason="owners and modes as on Unix")
@pytest.mark.parametrize(
    "spoil",
    [
        _flip_last,
        _cut,
        _empty,
        _open_to_all,
        _open_folder,
        _link,
        _link_folder,
        _folder,
        _pipe,
    ],
)
def test_what_is_damaged_or_may_be_somebody_elses_is_passed_over(
    cache: NetworkCache, spoil: Callable[[Path], None]
) -> None:
    cache.put("faces", "one", COMPILED)
    spoil(only_entry(cache))
    assert cache.get("faces", "one") is None


def test_an_entry_of_another_user_is_passed_over(
    cache: NetworkCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.put("faces", "one", COMPILED)
    monkeypatch.setattr(os, "geteuid", lambda: 123456, raising=False)
    assert cache.get("faces", "one") is None
    cache.put("faces", "two", COMPILED)
    assert len(cache.entries()) == 1


@pytest.mark.parametrize("taken", ["networks", "cache"])
def test_a_folder_that_cannot_be_made_costs_nothing(tmp_path: Path, taken: str) -> None:
    folder = tmp_path / "cache" / "networks"
    at = folder if taken == "networks" else folder.parent
    at.parent.mkdir(exist_ok=True)
    at.write_text("a file stands here")
    cache = NetworkCache(folder)
    cache.put("faces", "one", COMPILED)
    assert cache.get("faces", "one") is None
    assert cache.entries() == []


def test_old_entries_go(cache: NetworkCache) -> None:
    for n in range(5):
        cache.put("faces", str(n), COMPILED)
        os.utime(cache.entries()[0], (n, n))
    cache.put("text", "one", COMPILED)
    assert len(cache.entries()) == 4
    assert cache.get("faces", "0") is None
    assert cache.get("faces", "4") == COMPILED


def test_a_kept_network_computes_what_the_compiled_one_does(cache: NetworkCache) -> None:
    batch = np.random.default_rng(1).random((1, 3, 48, 160), dtype=np.float32)
    compiled = open_network("text_recognition", "openvino", cache=cache)
    assert len(cache.entries()) == 1
    kept = open_network("text_recognition", "openvino", cache=cache)
    assert len(cache.entries()) == 1
    assert np.array_equal(compiled.run(batch)[0], kept.run(batch)[0])
    assert compiled.metadata("character") == kept.metadata("character")


def test_a_kept_network_is_not_compiled_again(
    cache: NetworkCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_network("text_direction", "openvino", cache=cache)
    monkeypatch.setattr(NetworkCache, "put", lambda *_: pytest.fail("compiled again"))
    open_network("text_direction", "openvino", cache=cache)


def test_an_entry_that_openvino_cannot_run_is_replaced(cache: NetworkCache) -> None:
    open_network("text_direction", "openvino", cache=cache)
    good = only_entry(cache).read_bytes()
    forged = NetworkCache(cache.folder.with_name("forged"))
    forged.put("text_direction", "key", Compiled(b"no network", {}))
    only_entry(cache).write_bytes(only_entry(forged).read_bytes())
    network = open_network("text_direction", "openvino", cache=cache)
    assert network.run(np.zeros((1, 3, 48, 192), np.float32))[0].shape == (1, 2)
    assert only_entry(cache).read_bytes()[:80] != only_entry(forged).read_bytes()[:80]
    assert len(only_entry(cache).read_bytes()) == pytest.approx(len(good), rel=0.01)


def test_the_weights_are_checked_also_where_a_compiled_network_is_kept(
    cache: NetworkCache, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    open_network("text_direction", "openvino", cache=cache)
    tampered = tmp_path / "weights.onnx"
    tampered.write_bytes(b"not the network")
    monkeypatch.setattr(weight_files, "locate", lambda _: tampered)
    with pytest.raises(MissingDependency, match="SHA-256"):
        open_network("text_direction", "openvino", cache=cache)
