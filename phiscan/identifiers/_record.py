"""Whether a text speaks of a patient: there, numbers count that shops and factories print too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.identifiers._labels import Labels

if TYPE_CHECKING:
    from phiscan.text import Text

_OF_A_PATIENT = frozenset({"mrn", "birth_date", "health_plan_id", "ssn"})
_PATIENT = ("patient", "pt ", "resident", "insured", "subscriber", "beneficiary", "guarantor")
_WORDS = re.compile(
    r"\b(?:patients?|specimens?|physician|diagnos[ie]s|referring|prescriber|radiology|laboratory"
    r"|pathology|hematology|phlebotomy|collected|date of service|implant(?:ed|ation)?)\b",
    re.IGNORECASE,
)


def is_record(text: Text) -> bool:
    """Return whether a label that only patients have, or a few words of medicine, stand there."""
    return text.worked_out(_is_record)


def _is_record(text: Text) -> bool:
    for tag in Labels(text).tags:
        if tag.firm and (tag.meaning in _OF_A_PATIENT or tag.phrase.startswith(_PATIENT)):
            return True
    return len({found.group().lower() for found in _WORDS.finditer(text.flow)}) >= 2
