"""`--annotate DIR`: copies of the photos with the findings marked, for the person who reviews."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from phiscan.batch import is_folder
from phiscan.commands.reopen import reopen
from phiscan.commands.terminal import say
from phiscan.errors import BadSettings, OutputError, PhiscanError
from phiscan.intake import Limits
from phiscan.model import Frame, ScanResult
from phiscan.reports._marks import marked


class Annotator:
    """Writes marked copies into a folder of its own; never over a file that is there."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self.written = 0

    @classmethod
    def into(cls, folder: Path | None, paths: Iterable[Path], limits: Limits) -> Annotator | None:
        """Make the folder, which must be new or empty and outside of what is scanned."""
        if folder is None:
            return None
        target = folder.resolve()
        if any(is_folder(path) and target.is_relative_to(path.resolve()) for path in paths):
            raise BadSettings("--annotate must name a folder outside of those that are scanned")
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise OutputError(f"--annotate needs a new or empty folder: {str(folder)!r} is not")
        except OSError as exc:
            raise OutputError(f"cannot write into {str(folder)!r}: {exc.strerror}") from exc
        return cls(folder, limits)

    def annotate(self, result: ScanResult) -> None:
        """Write a copy of every frame of a photo that has findings, and of its first frame."""
        if not result.width:
            return  # it could not be opened, so there is nothing to show
        try:
            photo = reopen(result, self._limits)
        except PhiscanError as exc:
            say(f"no marked copy of {result.source}: {exc}")
            return
        found = {region.frame for finding in result.findings for region in finding.regions}
        for frame in photo.frames:
            if frame.index == 0 or frame.index in found:
                self._write(frame, result)

    def _write(self, frame: Frame, result: ScanResult) -> None:
        content = marked(frame, result.findings)
        page = f".page{frame.index + 1}" if frame.index else ""
        name = f"{Path(result.source).name}{page}.annotated"
        for number in range(1, 10_000):  # photos of the same name from different folders
            path = self._folder / (f"{name}.jpg" if number == 1 else f"{name}-{number}.jpg")
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
            except FileExistsError:
                continue
            except OSError as exc:
                raise OutputError(f"cannot write {str(path)!r}: {exc.strerror}") from exc
            self.written += 1
            return
