"""The list as the face detector asks it: which of these faces may be shown today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import TYPE_CHECKING

from phiscan.geometry import Box
from phiscan.model import Frame

if TYPE_CHECKING:
    from phiscan.consent.encoder import Encoder
    from phiscan.consent.people import People
    from phiscan.consent.store import Stamp, Store


class ConsentList:
    """The people whose consent holds today, ready to be compared with faces; for many threads.

    The list is looked at anew for every picture with a face, so that a consent that was withdrawn
    or has expired blocks again at once, also in a program that runs for weeks. Nothing is loaded
    before a face is seen, and nothing that compares faces where there is no list.
    """

    def __init__(
        self, store: Store | None = None, make_encoder: Callable[[], Encoder] | None = None
    ) -> None:
        self._store = store
        self._make_encoder = make_encoder or _face_recognition
        self._encoder: Encoder | None = None
        self._read: tuple[Stamp, People] | None = None
        self._turn = Lock()

    def agreed(self, frame: Frame, faces: Sequence[Box]) -> Sequence[bool]:
        """Return for each face whether it is that of somebody whose consent holds today.

        Raises BadSettings when there is a list but it cannot be opened, MissingDependency when a
        library for it is missing.
        """
        nobody = [False] * len(faces)
        people = self._people() if faces else None
        if people is None:
            return nobody
        valid = people.valid()
        if not valid:
            return nobody
        from phiscan.consent.matching import matches

        encoder = self._open_encoder(people)
        return matches(encoder.encode(frame.pixels, faces), valid)

    def _people(self) -> People | None:
        """Return everybody on the list as it is now; None when there is no list."""
        with self._turn:
            if self._store is None:
                self._store = _default_store()
            stamp = self._store.stamp()
            if stamp is None:
                self._read = None
                return None
            if self._read is None or self._read[0] != stamp:
                self._read = stamp, self._store.read()[0]
            return self._read[1]

    def _open_encoder(self, people: People) -> Encoder:
        with self._turn:
            if self._encoder is None:
                self._encoder = self._make_encoder()
        check_encoder(people, self._encoder)
        return self._encoder


class Nobody:
    """The consents where nobody has agreed: every face is blocked."""

    def agreed(self, frame: Frame, faces: Sequence[Box]) -> Sequence[bool]:  # noqa: ARG002 - a seam
        """Return no for every face."""
        return [False] * len(faces)


def check_encoder(people: People, encoder: Encoder) -> None:
    """Raise BadSettings when the list was made by another encoder, whose points are elsewhere."""
    if people.encoder != encoder.name:
        from phiscan.errors import BadSettings

        raise BadSettings(
            "the consent list was made by another version of the face encoder; "
            "delete the file consent.list and enrol everybody again"
        )


def _default_store() -> Store:
    from phiscan.consent.store import Store, default_path

    return Store(default_path())


def _face_recognition() -> Encoder:
    from phiscan.consent.encoder import FaceRecognition

    return FaceRecognition()
