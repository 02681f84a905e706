"""Every kind of finding: its HIPAA letter, what it is, why it matters, how to retake the photo."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from phiscan.errors import BadSettings

SURFACES = frozenset({"chart", "wristband", "screen", "label", "id_card", "whiteboard"})
"""Kinds that other findings can lie on."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding.

    `hipaa` is the letter of 45 CFR 164.514(b)(2)(i), or empty. `group` is `people`, `surface`,
    `text` or `hidden`. The rest are sentences for a person: `title` names it in reports, `what`
    says what it is, `rule` where that comes from, `why` what harm it does, `retake` how to take
    the photo again without it.
    """

    name: str
    group: str
    title: str
    what: str
    rule: str
    why: str
    retake: str
    hipaa: str = ""


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind by name, in the order in which they are documented."""
    text = resources.files("phiscan").joinpath("kinds.toml").read_text("utf-8")
    return {name: Kind(name=name, **entry) for name, entry in tomllib.loads(text).items()}


def kind(name: str) -> Kind:
    """Return one kind; BadSettings names the known ones when there is none of that name."""
    known = kinds()
    if name not in known:
        raise BadSettings(f"unknown kind {name!r}; known kinds: {', '.join(known)}")
    return known[name]
