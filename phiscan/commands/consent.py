"""`phiscan consent`: keep the list of people who agreed to be shown."""

from __future__ import annotations

import datetime as dt
import getpass
import math
import os
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from phiscan.commands.output import open_output
from phiscan.commands.terminal import is_terminal, say
from phiscan.consent.consent_list import ConsentList, Nobody, check_encoder
from phiscan.consent.encoder import SMALLEST, Encoder, FaceRecognition
from phiscan.consent.locks import (
    SHORTEST,
    VARIABLE,
    KeyringLock,
    Lock,
    PassphraseLock,
    from_environment,
)
from phiscan.consent.matching import SAME_PERSON
from phiscan.consent.people import Encoding, People, Person, today
from phiscan.consent.store import Store, default_path
from phiscan.detectors.faces import Faces
from phiscan.errors import BadSettings, ExitCode, UnreadableImage
from phiscan.inference import open_network
from phiscan.intake import load
from phiscan.model import Finding, Photo, Ruling, ScanResult, Scene, Verdict
from phiscan.protocols import Consents, Effort, Identifier, Network
from phiscan.reports._places import place
from phiscan.reports._printable import printable
from phiscan.text import Text

_A_YEAR = dt.timedelta(days=365)
"""How long a consent holds when nothing else is said. One that never ends is not to be had: an
authorization needs an expiration date or event, 45 CFR 164.508(c)(1)(v)."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class AddOptions:
    """The options of `phiscan consent add`."""

    expires: Annotated[
        dt.date | None,
        Parameter(help="The last day on which it holds, as 2027-05-31; one year without it."),
    ] = None
    purpose: Annotated[str, Parameter(help="What was agreed to, in a few words.")] = ""
    agreed: Annotated[
        dt.date | None, Parameter(help="The day on which it was given; today without it.")
    ] = None
    passphrase: Annotated[
        bool, Parameter(help="Lock a new list with a passphrase, even where there is a keyring.")
    ] = False


def add(
    name: Annotated[str, Parameter(help="What you call this person.")],
    /,
    *photos: Annotated[Path, Parameter(help="Photos of this person alone; two or three are best.")],
    options: AddOptions | None = None,
) -> ExitCode:
    """Put somebody who agreed to be shown on the list.

    The photos are not kept: only numbers that tell this face from others are, encrypted.
    """
    chosen = options or AddOptions()
    person = _described(name, photos, chosen)
    store = _store()
    listed, lock = store.read() if store.stamp() else (None, None)
    if listed and any(other.name == person.name for other in listed.people):
        raise BadSettings("there is a consent under this name; remove it first to renew it")
    encoder = _encoder()
    listed = listed or People(encoder.name)
    check_encoder(listed, encoder)
    enrolled = msgspec.structs.replace(person, encodings=_enrol(photos, encoder))
    lock = lock or _new_lock(by_passphrase=chosen.passphrase)
    store.write(People(listed.encoder, (*listed.people, enrolled)), lock)
    say(f"added, and valid until {person.expires}; the photos are not kept")
    if len(photos) == 1:
        say("with two or three photos of different days, more new photos are recognised")
    return ExitCode.ALLOWED


def show() -> ExitCode:
    """Print who is on the list, from when until when, and for what."""
    store = _store()
    people = store.read()[0].people if store.stamp() else ()
    rows = [("NAME", "AGREED", "EXPIRES", "", "PHOTOS", "PURPOSE"), *map(_row, people)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    with open_output(None) as write:
        for row in rows if people else ():
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            write("  ".join(cells).rstrip() + "\n")
    if not people:
        say("nobody is on the consent list")
    return ExitCode.ALLOWED


def remove(
    name: Annotated[str, Parameter(help="The name as the list has it.")],
    /,
) -> ExitCode:
    """Take somebody off the list: from now on this face blocks again."""
    store = _store()
    listed, lock = store.read() if store.stamp() else (People(""), None)
    left = tuple(person for person in listed.people if person.name != _clean(name))
    if lock is None or len(left) == len(listed.people):
        raise BadSettings("nobody of this name is on the list; see: phiscan consent list")
    if left:
        store.write(People(listed.encoder, left), lock)
    else:
        store.delete(lock)
    say("removed; this face blocks again")
    return ExitCode.ALLOWED


def check(
    photo: Annotated[Path, Parameter(help="The photo to look at.")],
    /,
) -> ExitCode:
    """Say which faces on a photo may be shown; the status is 0 when all of them may."""
    loaded = _load(photo)
    findings = _find(loaded, ConsentList(_store(), _encoder))
    main, *_ = loaded.frames
    ruling = Ruling(Verdict.ALLOW)  # nobody looks at it
    shown = ScanResult(str(photo), "", ruling, width=main.width, height=main.height)
    blocked = [finding for finding in findings if finding.kind != "consented_face"]
    with open_output(None) as write:
        for finding in findings:
            word = "blocked" if finding in blocked else "agreed "
            write(f"{word}  {finding.reason}, {place(finding, shown)}\n")
    if not findings:
        say("no face found")
    return ExitCode.BLOCKED if blocked else ExitCode.ALLOWED


def _described(name: str, photos: Sequence[Path], chosen: AddOptions) -> Person:
    """Return the person without encodings; BadSettings where what was said makes no sense."""
    agreed = chosen.agreed or today()
    expires = chosen.expires or agreed + _A_YEAR
    if not _clean(name):
        raise BadSettings("the name is empty")
    if not photos:
        raise BadSettings("name at least one photo of this person")
    if agreed > today():
        raise BadSettings("--agreed lies in the future")
    if expires < today():
        raise BadSettings("--expires lies in the past")
    return Person(_clean(name), agreed, expires, chosen.purpose.strip(), ())


def _clean(name: str) -> str:
    """Return the name in one spelling: letters with accents can be written in two ways."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def _enrol(photos: Sequence[Path], encoder: Encoder) -> tuple[Encoding, ...]:
    """Return one encoding for each photo; BadSettings where they do not show one person's face."""
    encodings: list[Encoding] = []
    for photo in photos:
        loaded = _load(photo)
        main = replace(loaded, frames=loaded.frames[:1])
        faces = [finding.regions[0].box for finding in _find(main, Nobody())]
        if len(faces) != 1:
            found = f"{len(faces)} faces" if faces else "no face"
            raise BadSettings(f"{photo}: {found} found; use a photo of this person alone")
        (encoding,) = encoder.encode(main.frames[0].pixels, faces)
        if encoding is None:
            raise BadSettings(
                f"{photo}: the face is turned away, or less than {SMALLEST:.0f} px high; "
                "use a photo on which it looks into the camera"
            )
        if any(math.dist(encoding, other) > SAME_PERSON for other in encodings):
            raise BadSettings(f"{photo}: this is not the person of {photos[0]}")
        encodings.append(encoding)
    return tuple(encodings)


def _load(photo: Path) -> Photo:
    try:
        return load(photo)
    except UnreadableImage as exc:
        raise type(exc)(f"{photo}: {exc}") from exc


def _find(photo: Photo, consents: Consents) -> list[Finding]:
    """Return every face on a photo."""
    found = Faces(_Tools(consents)).detect(Scene(photo, Text()))
    return [finding for finding in found if finding.kind != "person"]


@dataclass(frozen=True, slots=True)
class _Tools:
    """What the face detector needs, and nothing else that a scan would load."""

    consents: Consents
    identifiers: tuple[Identifier, ...] = ()
    face_finders: tuple[str, ...] = ("centerface",)
    effort: Effort = "normal"

    def network(self, name: str) -> Network:
        return _network(name)


@cache
def _network(name: str) -> Network:
    return open_network(name)


def _row(person: Person) -> tuple[str, ...]:
    state = "" if person.holds(today()) else "expired"
    return (
        printable(person.name),
        str(person.agreed),
        str(person.expires),
        state,
        str(len(person.encodings)),
        printable(person.purpose),
    )


def _store() -> Store:
    return Store(default_path(), _ask)


def _encoder() -> Encoder:
    return FaceRecognition()


@cache
def _ask() -> str:
    """Return the passphrase, from the environment or from the person at the terminal."""
    if os.environ.get(VARIABLE) or not is_terminal(sys.stdin):
        return from_environment()
    return _type("Passphrase of the consent list: ")


def _type(prompt: str) -> str:
    try:
        return getpass.getpass(prompt)
    except EOFError as exc:
        raise BadSettings("no passphrase was typed") from exc


def _new_lock(*, by_passphrase: bool) -> Lock:
    """Return the lock of a new list: the keyring's where there is one, else a passphrase's."""
    if not by_passphrase and (lock := KeyringLock.new()):
        return lock
    passphrase = _ask()
    if len(passphrase) < SHORTEST:
        raise BadSettings(f"the passphrase needs {SHORTEST} characters or more")
    if not os.environ.get(VARIABLE) and _type("The same again: ") != passphrase:
        raise BadSettings("the two passphrases differ")
    say("the list is locked with this passphrase; if it is lost, everybody must be enrolled again")
    return PassphraseLock.new(_ask)
