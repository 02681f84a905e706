from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.batch import keep_results, tiny_photos
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


def test_each_has_a_kept_result_as_a_scan_would_find_it(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    paths = list(tiny_photos(tmp_path / "photos", 12))
    keep_results(iter(paths), tmp_path)
    settings, folder = Settings(), tmp_path / "phiscan" / "results"
    with ResultCache(settings, settings.open_policy(), pytest.fail, folder) as cache:
        found = [cache.get(str(path)) for path in paths]
    assert all(found)
    verdicts = {result.verdict for result in found if result}
    assert verdicts == {Verdict.ALLOW, Verdict.BLOCK}
