"""Open a photo again after its scan, for what shows it to a reviewer."""

from __future__ import annotations

import hashlib

from phiscan.errors import UnreadableImage
from phiscan.intake import Limits, load
from phiscan.intake.source import read
from phiscan.model import Photo, ScanResult


def reopen(result: ScanResult, limits: Limits) -> Photo:
    """Return the photo that was scanned, named `<bytes>`.

    Raises UnreadableImage when the file is gone or has changed. It is hashed before it is decoded:
    nothing is opened here that a worker has not survived already.
    """
    _, data = read(result.source, limits)
    if hashlib.sha256(data).hexdigest() != result.sha256:
        raise UnreadableImage("the file changed since it was scanned")
    return load(data, limits)
