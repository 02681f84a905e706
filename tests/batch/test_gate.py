from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from gatekeeping import ALLOWED, FILES, HELD, Told, lay, reasons, shown, tree
from judged import POLICY

from phiscan.batch.gate import Gate, Place, Settled, open_gate
from phiscan.batch.inbox import Inbox
from phiscan.batch.originals import Original
from phiscan.batch.tray import Tray
from phiscan.batch.workers import Workers
from phiscan.errors import BadSettings, OutputError
from phiscan.model import Verdict


def opened(root: Path, *, move: bool = False) -> Gate:
    return open_gate(root / "inbox", root / "allowed", root / "held", POLICY, move=move)


def run(gate: Gate) -> Iterator[Settled]:
    """Settle everything there is; Told stands in for the scanner."""
    workers = Workers(Told, POLICY)
    for batch in Inbox(gate.inbox, lambda *_: None, quiet=0).once():
        for item in batch:
            yield gate.settle(workers._known(item) or Told().scan(item.path))


def one(root: Path, data: bytes, name: str = "a.jpg", *, move: bool = False) -> Settled:
    lay(root, {name: data})
    (settled,) = run(opened(root, move=move))
    return settled


@pytest.mark.parametrize("move", [False, True])
def test_everything_has_its_place_and_a_second_run_changes_nothing(
    tmp_path: Path, *, move: bool
) -> None:
    lay(tmp_path)
    for _ in range(2):
        settled = list(run(opened(tmp_path, move=move)))
        assert shown(tmp_path / "allowed") == ALLOWED
        assert shown(tmp_path / "held") == HELD
        assert reasons(tmp_path / "held").keys() == HELD.keys() - {"taken-block.jpg"}
        assert tree(tmp_path / "inbox") == ({} if move else FILES)
        assert len(settled) in {0, len(FILES)}
    assert not any(s.is_new for s in settled)


def test_what_is_held_comes_with_its_reasons_and_for_one_pair_of_eyes(tmp_path: Path) -> None:
    settled = one(tmp_path, b"block it", "ward/a.jpg")
    assert (settled.place, str(settled.name), settled.is_new) == (Place.HELD, "ward/a.jpg", True)
    told = reasons(tmp_path / "held")["ward/a.jpg"]
    assert (told.schema, told.verdict) == (1, "block")
    assert [finding.kind for finding in told.findings] == ["gps_location"]
    modes = {path: path.stat().st_mode & 0o777 for path in (tmp_path / "held").rglob("*")}
    assert {0o700 if path.is_dir() else 0o600 for path in modes} == {0o700, 0o600}
    assert all(mode == (0o700 if path.is_dir() else 0o600) for path, mode in modes.items())


@pytest.mark.parametrize("data", [b"gap", b"%PDF"])
def test_what_was_not_scanned_is_held_with_the_hash_of_what_lies_there(
    tmp_path: Path, data: bytes
) -> None:
    settled = one(tmp_path, data, "a.jpg" if data == b"gap" else "a.pdf")
    assert settled.place is Place.HELD
    assert settled.result.sha256 == ""
    (told,) = reasons(tmp_path / "held").values()
    assert len(told.sha256) == 64
    assert told.problem


def test_what_changed_since_it_was_scanned_goes_nowhere(tmp_path: Path) -> None:
    for data in (b"fine", b"block"):
        lay(tmp_path, {"a.jpg": data})
        gate = opened(tmp_path, move=True)
        result = Told().scan(str(tmp_path / "inbox/a.jpg"))
        (tmp_path / "inbox/a.jpg").write_bytes(b"changed")
        settled = gate.settle(result)
        assert settled.place is Place.INBOX
        assert settled.result.verdict is Verdict.BLOCK
        assert settled.has_changed
    assert tree(tmp_path) == {"inbox/a.jpg": b"changed"}


def test_what_changes_while_it_is_copied_goes_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, path = Tray.put, tmp_path / "inbox/a.jpg"

    def late(*arguments: object, **more: object) -> object:
        path.write_bytes(b"other")
        return find(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Tray, "put", late)
    settled = one(tmp_path, b"block")
    assert settled.place is Place.INBOX
    assert tree(tmp_path) == {"inbox/a.jpg": b"other"}


def test_not_one_other_byte_gets_near_the_allowed_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(_: Original) -> list[bytes]:
        return [b"block"]

    lay(tmp_path, {"a.jpg": b"fine"})
    gate = opened(tmp_path)
    result = Told().scan(str(tmp_path / "inbox/a.jpg"))
    put: list[Tray] = []
    monkeypatch.setattr(Tray, "put", lambda tray, *_: put.append(tray))
    with monkeypatch.context() as patch:
        opening = Original.__init__

        def late(self: Original, path: Path) -> None:
            opening(self, path)
            patch.setattr(Original, "chunks", other)

        patch.setattr(Original, "__init__", late)
        assert gate.settle(result).has_changed
    assert put == []


def test_an_allowance_without_a_hash_or_with_a_failed_check_holds(tmp_path: Path) -> None:
    lay(tmp_path, {"a.jpg": b"fine"})
    gate = opened(tmp_path)
    result = Told().scan(str(tmp_path / "inbox/a.jpg"))
    assert gate.settle(replace(result, sha256="")).place is Place.HELD
    assert gate.settle(replace(result, checks=())).place is Place.HELD
    assert gate.settle(result).place is Place.ALLOWED


def test_reasons_are_told_anew_when_they_have_changed_only(tmp_path: Path) -> None:
    lay(tmp_path, {"a.jpg": b"block"})
    gate = opened(tmp_path)
    result = Told().scan(str(tmp_path / "inbox/a.jpg"))
    gate.settle(result)
    before = tree(tmp_path / "held")
    gate.settle(replace(result, seconds=9.0))
    assert tree(tmp_path / "held") == before
    gate.settle(replace(result, problem="another"))
    assert reasons(tmp_path / "held")["a.jpg"].problem == "another"
    assert shown(tmp_path / "held") == {"a.jpg": b"block"}


def test_lost_reasons_are_told_again(tmp_path: Path) -> None:
    one(tmp_path, b"block")
    (tmp_path / "held/a.jpg.phiscan.json").unlink()
    assert not one(tmp_path, b"block").is_new
    assert reasons(tmp_path / "held").keys() == {"a.jpg"}


@pytest.mark.parametrize("there", [b"a stranger's", b"{}", b'{"schema": 1}', b"\xff"])
def test_reasons_never_replace_what_is_not_theirs(tmp_path: Path, there: bytes) -> None:
    (tmp_path / "held").mkdir()
    (tmp_path / "held/a.jpg.phiscan.json").write_bytes(there)
    assert str(one(tmp_path, b"block").name) == "a-2.jpg"
    assert (tmp_path / "held/a.jpg.phiscan.json").read_bytes() == there


def test_reasons_that_somebody_forged_in_the_inbox_are_held_like_anything(tmp_path: Path) -> None:
    one(tmp_path, b"block")
    forged = (tmp_path / "held/a.jpg.phiscan.json").read_bytes()
    (tmp_path / "held/a.jpg.phiscan.json").unlink()
    (tmp_path / "held/a.jpg").unlink()
    lay(tmp_path, {"a.jpg": b"block", "a.jpg.phiscan.json": forged})
    list(run(opened(tmp_path, move=True)))
    assert shown(tmp_path / "held") == {"a.jpg": b"block", "a.jpg.phiscan.json.held": forged}
    assert reasons(tmp_path / "held").keys() == {"a.jpg", "a.jpg.phiscan.json.held"}


def test_what_an_earlier_run_allowed_is_told_when_it_is_held_now(tmp_path: Path) -> None:
    lay(tmp_path, {"a.jpg": b"block"})
    (tmp_path / "allowed").mkdir()
    (tmp_path / "allowed/a.jpg").write_bytes(b"block")
    (settled,) = run(opened(tmp_path))
    assert settled.notes == ("an earlier run allowed it: 'a.jpg' is still there",)


def test_a_file_that_is_gone_or_a_link_by_now_stays(tmp_path: Path) -> None:
    lay(tmp_path, {"a.jpg": b"fine", "b.jpg": b"fine"})
    gate = opened(tmp_path)
    results = [Told().scan(str(tmp_path / "inbox" / name)) for name in ("a.jpg", "b.jpg")]
    (tmp_path / "inbox/a.jpg").unlink()
    (tmp_path / "inbox/a.jpg").symlink_to("b.jpg")
    (tmp_path / "inbox/b.jpg").unlink()
    for result in results:
        settled = gate.settle(result)
        assert settled.place is Place.INBOX
        assert "cannot be read" in settled.result.problem
    assert not [*(tmp_path / "allowed").iterdir()]


def test_a_full_disk_costs_one_file_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, {"a.jpg": b"fine a", "b.jpg": b"block b", "c.jpg": b"fine c"})
    gate = opened(tmp_path, move=True)
    full = iter([True, True, False, False, False, False])

    def sync(_: int) -> None:
        if next(full):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr("phiscan.batch.tray._sync_folder", lambda _: None)
    settled = list(run(gate))
    assert [(s.place, s.is_unwritten) for s in settled] == [
        (Place.INBOX, True), (Place.INBOX, True), (Place.ALLOWED, False),
    ]  # fmt: skip
    assert settled[0].notes == ("cannot write 'a.jpg': No space left on device",)
    assert tree(tmp_path / "inbox") == {"a.jpg": b"fine a", "b.jpg": b"block b"}
    assert shown(tmp_path / "allowed") == {"c.jpg": b"fine c"}


def test_a_file_that_cannot_leave_the_inbox_is_in_its_place_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> bool:
        raise OutputError("cannot be taken out of the inbox: Read-only file system: 'a.jpg'")

    monkeypatch.setattr("phiscan.batch.originals.Original.take_away", refuse)
    settled = one(tmp_path, b"fine", move=True)
    assert (settled.place, settled.is_unwritten) == (Place.ALLOWED, True)
    assert "Read-only" in settled.notes[0]


def test_a_newer_file_of_the_name_stays_in_the_inbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phiscan.batch.originals.Original.take_away", lambda _: False)
    settled = one(tmp_path, b"fine", move=True)
    assert settled.place is Place.ALLOWED
    assert "stays there" in settled.notes[0]


def test_other_file_systems_will_do(tmp_path: Path) -> None:
    elsewhere = Path("/dev/shm")  # noqa: S108 - where there is one
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is only one file system")
    from tempfile import TemporaryDirectory

    lay(tmp_path, {"a.jpg": b"fine"})
    with TemporaryDirectory(dir=elsewhere) as other:
        gate = open_gate(
            tmp_path / "inbox", Path(other, "yes"), Path(other, "no"), POLICY, move=True
        )
        assert [s.place for s in run(gate)] == [Place.ALLOWED]
        assert tree(Path(other)) == {"yes/a.jpg": b"fine"}
    assert tree(tmp_path / "inbox") == {}


NESTED = [
    ("in", "in", "held"),
    ("in", "allowed", "in"),
    ("in", "both", "both"),
    ("in", "in/allowed", "held"),
    ("in", "allowed", "allowed/held"),
    ("in/deep", "in", "held"),
    ("in", "link/allowed", "held"),
    ("in", "allowed", "link/deep"),
    ("in", "../{}/in", "held"),
]


@pytest.mark.parametrize(("inbox", "allowed", "held"), NESTED)
def test_folders_have_to_be_apart(tmp_path: Path, inbox: str, allowed: str, held: str) -> None:
    (tmp_path / "in/deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "in")
    into, *out = (tmp_path / name.format(tmp_path.name) for name in (inbox, allowed, held))
    with pytest.raises(BadSettings, match="apart"):
        open_gate(into, out[0], out[1], POLICY, move=False)
    assert {path.name for path in tmp_path.rglob("*")} == {"in", "deep", "link"}


def test_an_inbox_that_is_not_there_or_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for name, why in (("nowhere", "No such file"), ("file", "Not a directory")):
        with pytest.raises(BadSettings, match=f"the inbox cannot be read: {why}"):
            open_gate(tmp_path / name, tmp_path / "a", tmp_path / "h", POLICY, move=False)
    assert not (tmp_path / "a").exists()
