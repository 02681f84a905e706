from __future__ import annotations

import io
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from saboteurs import QUOTED, SABOTEURS, BreaksAhead, BreaksHalfWay, Quiet, Raises, Sees, SeesAhead

import phiscan
from phiscan import registry
from phiscan.errors import MissingDependency
from phiscan.geometry import Box, Region
from phiscan.model import Finding, Frame, Outcome, Scene, Verdict
from phiscan.policy import load_policy
from phiscan.scan import Scanner
from phiscan.settings import Settings
from phiscan.text import Word

SAMPLES = Path(phiscan.__file__).parent / "samples"
PICTURE = np.full((40, 60, 3), 200, dtype=np.uint8)
DETECTORS = (
    *("codes", "faces", "file_name", "hidden_images", "identifiers", "metadata", "surfaces"),
)


def scanner(*, reader: Any = None, **detectors: Any) -> Scanner:
    """A scanner whose parts are replaced; those not named see nothing."""
    made = object.__new__(Scanner)
    made.settings = Settings()
    made.policy = load_policy("default").requiring(["rapidocr"])
    made.readers = (Quiet("barcodes"), reader or Quiet("rapidocr"))
    made.detectors = tuple(detectors.get(name) or Quiet(name) for name in DETECTORS)
    return made


def test_a_harmless_picture_is_allowed() -> None:
    result = scanner().scan(PICTURE)
    assert result.verdict is Verdict.ALLOW
    assert (result.width, result.height) == (60, 40)
    assert result.complete


def test_what_is_seen_decides() -> None:
    result = scanner(faces=Sees("faces", "face")).scan(PICTURE)
    assert result.verdict is Verdict.BLOCK
    assert [finding.kind for finding in result.findings] == ["face"]


@pytest.mark.parametrize("saboteur", SABOTEURS)
@pytest.mark.parametrize("part", ["reader", "faces", "identifiers", "metadata", "surfaces"])
def test_a_part_that_breaks_is_a_gap_and_never_a_clean_result(saboteur: Any, part: str) -> None:
    broken = saboteur("rapidocr" if part == "reader" else part)
    result = scanner(**{part: broken}).scan(PICTURE)
    assert result.verdict is Verdict.BLOCK
    assert broken.name in {c.name for c in result.checks if c.outcome is Outcome.FAILED}
    assert QUOTED.split()[0] not in repr(result)
    assert result.problem


def test_findings_made_before_a_crash_are_kept() -> None:
    result = scanner(faces=BreaksHalfWay("faces")).scan(PICTURE)
    assert [finding.kind for finding in result.findings] == ["face"]


def test_a_scanner_without_detectors_allows_nothing() -> None:
    empty = scanner()
    empty.close()
    assert empty.scan(PICTURE).verdict is Verdict.BLOCK


@pytest.mark.parametrize(
    "content", [b"", b"plain text", b"\xff\xd8\xff\xe0 no jpeg", b"\x89PNG\r\n\x1a\n"]
)
def test_bytes_that_are_no_picture_end_in_one_clear_line(content: bytes) -> None:
    result = scanner().scan(content)
    assert result.verdict is Verdict.BLOCK
    assert result.problem
    assert "\n" not in result.problem
    assert [check.name for check in result.checks] == ["intake"]


def test_every_kind_of_source_gives_the_same_result(tmp_path: Path) -> None:
    path = tmp_path / "p.png"
    Image.fromarray(PICTURE).save(path)
    content = path.read_bytes()
    sources: list[Any] = [
        path,
        str(path),
        content,
        io.BytesIO(content),
        Image.fromarray(PICTURE),
        PICTURE,
    ]
    results = [scanner(faces=Sees("faces", "face")).scan(source) for source in sources]
    assert {result.verdict for result in results} == {Verdict.BLOCK}
    assert {(result.width, result.height) for result in results} == {(60, 40)}


def test_a_missing_file_is_a_gap() -> None:
    result = scanner().scan("no/such/photo.jpg")
    assert result.verdict is Verdict.BLOCK
    assert result.source == "no/such/photo.jpg"
    assert "no such file" in result.problem


def test_a_result_can_be_sent_to_another_process() -> None:
    result = scanner(faces=Sees("faces", "face")).scan(PICTURE)
    assert pickle.loads(pickle.dumps(result)) == result  # noqa: S301 - made in this line


def test_blocked_can_be_sent_to_another_process() -> None:
    blocked = phiscan.Blocked(scanner(faces=Sees("faces", "face")).scan(PICTURE))
    again = pickle.loads(pickle.dumps(blocked))  # noqa: S301 - made in this line
    assert again.result == blocked.result


def test_the_names_of_the_parts_are_pinned() -> None:
    found = {
        folder: set(registry.load(f"phiscan.{folder}", symbol))
        for folder, symbol in [
            ("readers", "READER"),
            ("detectors", "DETECTOR"),
            ("identifiers", "IDENTIFIER"),
            ("reports", "REPORT"),
        ]
    }
    assert found == {
        "readers": {"barcodes", "rapidocr", "tesseract"},
        "detectors": set(DETECTORS),
        "identifiers": {
            *("account_number", "address", "age_over_89", "biometric", "birth_date", "date"),
            *("device_id", "email", "fax", "health_plan_id", "ip_address", "licence_number", "mrn"),
            *("person_name", "phone", "ssn", "unique_code", "url", "vehicle_id", "zip_code"),
        },
        "reports": {"csv", "html", "json", "jsonl", "junit", "sarif", "text"},
    }


def test_guard_raises_with_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module("phiscan.scan")  # as an attribute, phiscan.scan is the function
    monkeypatch.setattr(module, "_default_scanner", lambda: scanner(faces=Sees("faces", "face")))
    with pytest.raises(phiscan.Blocked) as caught:
        phiscan.guard(PICTURE)
    assert caught.value.result.verdict is Verdict.BLOCK
    monkeypatch.setattr(module, "_default_scanner", scanner)
    assert phiscan.guard(PICTURE).verdict is Verdict.ALLOW


def test_the_public_names() -> None:
    assert len(phiscan.__all__) <= 20
    assert all(hasattr(phiscan, name) for name in phiscan.__all__)
    assert callable(phiscan.scan)


def test_identifiers_are_found_in_text_alone() -> None:
    text = "Pt: SMITH, JOHN  SSN 536-22-1234"
    found = {(kind, text[start:end]) for kind, start, end, _ in phiscan.find_identifiers(text)}
    assert ("ssn", "536-22-1234") in found


@pytest.fixture(scope="module")
def real() -> Scanner:
    return Scanner()


def test_a_result_is_read_without_numpy(real: Scanner) -> None:
    """The process that waits for workers would import it, 0.06 s at the end of every command."""
    results = [real.scan(photo) for photo in sorted(SAMPLES.glob("*.jpg"))]
    assert any(result.findings for result in results)
    assert b"numpy" not in pickle.dumps(results)


def test_networks_that_are_missing_are_told_before_any_has_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(*_: object) -> None:
        raise MissingDependency("not there")

    monkeypatch.setattr("phiscan.toolbox.check_network", missing)
    with pytest.raises(MissingDependency, match="not there"):
        Scanner()


def test_a_network_that_cannot_be_loaded_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("phiscan.toolbox.open_network", broken)
    with Scanner() as made:
        result = made.scan(PICTURE)
    assert result.verdict is Verdict.BLOCK
    failed = {check.name for check in result.checks if check.outcome is Outcome.FAILED}
    assert {"rapidocr", "faces"} <= failed


def test_a_cold_scanner_serves_many_threads() -> None:
    """Their first photos made threads wait for each other for ever, or lose half-loaded modules."""
    script = (
        "import faulthandler; faulthandler.dump_traceback_later(200, exit=True)\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "import io, phiscan\n"
        "from pathlib import Path\n"
        f"photos = [Path(p).read_bytes() for p in {[str(p) for p in SAMPLES.glob('*.jpg')]}]\n"
        "with phiscan.Scanner() as scanner, ThreadPoolExecutor(4) as pool:\n"
        "    results = list(pool.map(scanner.scan, photos))\n"
        "assert all(result.complete for result in results)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=240)


def test_one_scanner_serves_many_threads(real: Scanner) -> None:
    photos = sorted(SAMPLES.glob("*.jpg"))
    assert photos
    alone = [real.scan(photo) for photo in photos]
    together: dict[int, list[Verdict]] = {}

    def work(number: int) -> None:
        together[number] = [real.scan(photo).verdict for photo in photos]

    threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(verdicts == [r.verdict for r in alone] for verdicts in together.values())
    assert len(together) == 3


def test_what_needs_no_text_is_looked_for_while_the_photo_is_read() -> None:
    """Neither the reader nor the detector goes on before the other one is at work, too."""
    both = threading.Barrier(2, timeout=30)
    made = scanner(reader=Meets("rapidocr", both), faces=Meets("faces", both, needs_text=False))
    with ThreadPoolExecutor(2) as pool:
        made._pool = pool
        result = made.scan(PICTURE)
    assert result.verdict is Verdict.BLOCK
    assert [check.name for check in result.checks] == [
        *("intake", "barcodes", "rapidocr", "layout"),
        *DETECTORS,
    ]
    assert result.complete


def test_what_was_seen_ahead_is_told_when_the_photo_is_read() -> None:
    words = scanner(reader=Reads("rapidocr"), surfaces=SeesAhead("surfaces", "chart"))
    assert [finding.kind for finding in words.scan(PICTURE).findings] == ["chart"]
    assert not scanner(surfaces=SeesAhead("surfaces", "chart")).scan(PICTURE).findings


def test_a_detector_that_breaks_ahead_is_a_gap() -> None:
    result = scanner(surfaces=BreaksAhead("surfaces")).scan(PICTURE)
    assert result.verdict is Verdict.BLOCK
    assert "surfaces" in {c.name for c in result.checks if c.outcome is Outcome.FAILED}
    assert QUOTED.split()[0] not in repr(result)


def test_on_one_core_one_step_follows_the_other() -> None:
    """A detector that waits for the reader to be at work waits in vain, and is a gap."""
    alone = threading.Barrier(2, timeout=0.01)
    result = scanner(faces=Meets("faces", alone, needs_text=False)).scan(PICTURE)
    failed = [check.name for check in result.checks if check.outcome is Outcome.FAILED]
    assert failed == ["faces"]


def test_with_first_a_blocked_photo_is_not_read_and_says_so() -> None:
    made = scanner(reader=Raises("rapidocr"), faces=seeing("face"))
    made.settings = Settings(first=True)
    result = made.scan(PICTURE)
    assert result.verdict is Verdict.BLOCK
    assert not result.complete
    assert "--first" in result.problem
    outcomes = {check.name: check.outcome for check in result.checks}
    assert outcomes["faces"] is Outcome.DONE
    assert {outcomes[name] for name in ("rapidocr", "barcodes", "identifiers")} == {Outcome.SKIPPED}


@pytest.mark.parametrize("kind", ["person", "consented_face", "capture_time"])
def test_with_first_a_photo_that_nothing_blocks_yet_is_read(kind: str) -> None:
    made = scanner(identifiers=Sees("identifiers", "ssn"), faces=seeing(kind))
    made.settings = Settings(first=True)
    result = made.scan(PICTURE)
    assert result.complete
    assert {finding.kind for finding in result.findings} == {"ssn", kind}


@pytest.mark.parametrize("saboteur", SABOTEURS)
def test_with_first_a_part_that_breaks_does_not_stand_for_a_reason_to_block(saboteur: Any) -> None:
    broken = saboteur("faces")
    broken.needs_text = False
    made = scanner(faces=broken)
    made.settings = Settings(first=True)
    result = made.scan(PICTURE)
    assert result.verdict is Verdict.BLOCK
    assert Outcome.SKIPPED not in {c.outcome for c in result.checks} or result.findings


def seeing(kind: str) -> Sees:
    sees = Sees("faces", kind)
    sees.needs_text = False
    return sees


class Reads(Quiet):
    """Reads one word."""

    def read(self, frame: Frame) -> list[Word]:
        return [Word("chart", Region.from_box(0, Box(0, 0, 10, 10)), 0.9)]


class Meets(Quiet):
    """Sees a face or no word, when somebody else has come to the barrier."""

    def __init__(self, name: str, barrier: threading.Barrier, *, needs_text: bool = True) -> None:
        super().__init__(name)
        self._barrier = barrier
        self.needs_text = needs_text

    def read(self, frame: Frame) -> Iterable[Word]:
        self._barrier.wait()
        return super().read(frame)

    def detect(self, scene: Scene) -> Iterable[Finding]:
        self._barrier.wait()
        return Sees("faces", "face").detect(scene)
