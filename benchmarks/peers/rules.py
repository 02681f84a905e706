"""When a tool's answer counts as "it flags this photo": stated, and the same for every photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.peers.pipe import Found

PRESIDIO_IDENTIFYING = frozenset(
    {
        "CREDIT_CARD",
        "EMAIL_ADDRESS",
        "IBAN_CODE",
        "IP_ADDRESS",
        "MAC_ADDRESS",
        "MEDICAL_LICENSE",
        "PERSON",
        "PHONE_NUMBER",
        "UK_NHS",
        "US_BANK_NUMBER",
        "US_CLAIM_NUMBER",
        "US_DRIVER_LICENSE",
        "US_HEALTH_INSURANCE_MEMBER_ID",
        "US_ITIN",
        "US_MBI",
        "US_NPI",
        "US_PASSPORT",
        "US_PRESCRIPTION_NUMBER",
        "US_PRIOR_AUTHORIZATION_NUMBER",
        "US_REFERRAL_NUMBER",
        "US_SSN",
    }
)
"""Entities that can name one person: all but dates, places, groups, firms, addresses of web pages,
wallets and bare identifiers of programs."""
PRESIDIO_LEAST = 0.4
"""The threshold that Presidio's own service passes for pictures, and its context needs."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to read a tool's answers.

    `kinds` are those that count, all when empty; `least` is the score from which on they do; `face`
    is the score from which on a face counts, None where the tool does not look for faces.
    """

    name: str
    says: str
    kinds: frozenset[str] = frozenset()
    least: float = 0.0
    face: float | None = None

    def flags(self, found: Sequence[Found]) -> bool:
        """Return whether the photo is flagged, for whatever it shows."""
        return self.flags_face(found) or any(
            one.score >= self.least and (not self.kinds or one.kind in self.kinds)
            for one in found
            if one.kind != "face"
        )

    def flags_face(self, found: Sequence[Found]) -> bool:
        """Return whether a face is flagged."""
        return self.face is not None and any(
            one.kind == "face" and one.score >= self.face for one in found
        )


PHISCAN = (
    Rule(
        "phiscan, blocked or for review",
        "Its verdict on the pixels is *block* or *review*; a face counts from 0.4 on, as there.",
        frozenset({"verdict_block", "verdict_review"}),
        face=0.4,
    ),
    Rule(
        "phiscan, blocked",
        "Its verdict on the pixels is *block*; a face counts from 0.6 on, as there.",
        frozenset({"verdict_block"}),
        face=0.6,
    ),
)
PRESIDIO = (
    Rule(
        "identifying",
        "Any entity that can name one person (no dates, places, groups or web addresses), from "
        "score 0.4 on, as its own service for pictures asks.",
        PRESIDIO_IDENTIFYING,
        PRESIDIO_LEAST,
    ),
    Rule("all it reports", "Any entity of any score: all that it would paint over by default."),
)
OUR_IDENTIFIERS = (
    Rule("labelled", "Any identifier from score 0.8 on: with a label or unmistakable.", least=0.8),
    Rule("likely", "Any identifier from score 0.5 on.", least=0.5),
)
DEFACE = (
    Rule("from 0.2", "Any face from 0.2 on, its default.", face=0.2),
    Rule("from 0.6", "Any face from 0.6 on.", face=0.6),
)
DLIB = (Rule("", "Any face.", face=0.0),)
PRIVACY_MASK = (Rule("", "Any match of its patterns."),)
OCTOPII = (
    Rule(
        "classified",
        "A class of document by five words or more, as it asks itself, an e-mail address, a phone "
        "number or a face. Its numbers of identity cards are left out: one of the patterns "
        "matches any nine letters.",
        frozenset({"class", "email", "phone"}),
        face=0.0,
    ),
    Rule("all it reports", "All that it reports, the numbers of identity cards too.", face=0.0),
)


def both(text: Rule, faces: Rule) -> Rule:
    """Return the rule of somebody who runs one tool for text and one for faces."""
    return Rule(
        f"{text.name}; faces {faces.name}",
        "Either of the two.",
        text.kinds,
        text.least,
        faces.face,
    )
