from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks._batch_runs import Run, Watched, run_command
from benchmarks._batch_tiny import MadeUp, tiny_photos
from benchmarks.batch import _outside, _shares, measure_files
from phiscan.batch import walk
from phiscan.batch.results import ResultCache
from phiscan.intake import Limits, load
from phiscan.model import Verdict
from phiscan.settings import Settings


def test_the_photos_are_photos_and_all_different(tmp_path: Path) -> None:
    paths = list(tiny_photos(tmp_path, 12))
    assert [Path(item.path) for item in walk([tmp_path])] == paths
    assert len({path.read_bytes() for path in paths}) == 12
    assert load(paths[3], Limits()).frames[0].pixels.shape == (16, 16, 3)


def test_made_up_results_are_kept_as_those_of_a_scan(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    paths = list(tiny_photos(tmp_path / "photos", 12))
    settings = Settings()
    scanner = MadeUp(settings)
    with ResultCache(settings, settings.open_policy(), pytest.fail, tmp_path) as cache:
        for path in paths:
            cache.put(scanner.scan(str(path)))
        found = [cache.get(str(path)) for path in paths]
    assert found == [scanner.scan(str(path)) for path in paths]
    assert {result.verdict for result in found if result} == {Verdict.ALLOW, Verdict.BLOCK}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_every_tiny_file_is_measured_cold_and_known(capsys: pytest.CaptureFixture[str]) -> None:
    measure_files(7, jobs=1)
    cold, known = capsys.readouterr().out.splitlines()
    assert cold.split()[:2] == ["7", "cold"]
    assert known.split()[:2] == ["7", "known"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_run_is_watched(tmp_path: Path) -> None:
    code = (
        "import os, time; print(os.environ['XDG_CACHE_HOME'])\n"
        "x = b'x' * (30 << 20); time.sleep(0.5)"
    )
    run = run_command([sys.executable, "-c", code], tmp_path)
    assert run.lines == [f"{tmp_path}\n"]
    assert 0 < run.first <= run.seconds
    assert run.watched.parent > 30 << 20
    assert run.watched.worker == 0


LINE = '{"seconds": 2.0, "checks": [{"name": "intake", "seconds": 0.5}]}\n'


def test_shares_are_of_the_time_without_loading() -> None:
    run = Run(9.0, 3.0, [LINE] * 3, Watched())  # loaded after 1 s
    assert run.busy == pytest.approx(8)
    assert run.steady_rate == pytest.approx(3 / 8)
    assert run.rate == pytest.approx(3 / 9)
    assert run.check_seconds() == {"scan": 6.0, "intake": 1.5}
    assert _outside(run, jobs=1) == pytest.approx(0.25)
    assert _shares(run) == "between the checks 75.0%, intake 25.0%"
