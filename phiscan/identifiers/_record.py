"""Whether a text speaks of a patient: there, numbers count that shops and factories print too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.identifiers._labels import Labels
from phiscan.identifiers._views import search_words

if TYPE_CHECKING:
    from phiscan.text import Text

_OF_A_PATIENT = frozenset({"mrn", "birth_date", "health_plan_id", "ssn"})
_OF_ANYBODY = ("account", "acct", "folder")
_PATIENT = ("patient", "pt ", "resident", "insured", "subscriber", "beneficiary", "guarantor")
_SEX = frozenset({"sex", "gender", "age sex", "geschlecht", "sexe"})
_WORDS = re.compile(
    r"\b(?:patients?|specimens?|physician|diagnos[ie]s|referring|prescriber|radiology|laboratory"
    r"|pathology|hematology|phlebotomy|collected|date of service|implant(?:ed|ation)?"
    r"|medical (?:history|information|records?))\b",
    re.IGNORECASE,
)
_FIRST_WORDS = (
    *("patient", "patients", "specimen", "specimens", "physician", "diagnosis", "diagnoses"),
    *("referring", "prescriber", "radiology", "laboratory", "pathology", "hematology"),
    *("phlebotomy", "collected", "date", "implant", "implanted", "implantation", "medical"),
)
"""The words, in small letters, that what that pattern finds begins with."""
_MONEY = re.compile(
    r"\b(?:bank|routing|visa|master ?card|balance|amount due|payment|invoice|autopay|statement"
    r"|debit|credit|collections?|past due)\b",
    re.IGNORECASE,
)
_DICOM = re.compile(r"\b[A-Z][A-Za-z'-]{1,24}\^[A-Z]")
"""A name as images and interfaces hold it (DICOM PN, HL7 XPN): only patients' systems write so."""


def is_record(text: Text) -> bool:
    """Return whether a label that only patients have, or a few words of medicine, stand there."""
    return text.worked_out(_is_record)


def is_bill(text: Text) -> bool:
    """Return whether a text speaks of money and of no patient: a bank's letter, a shop's bill."""
    return text.worked_out(_is_bill)


def _is_bill(text: Text) -> bool:
    return not is_record(text) and bool(_MONEY.search(text.flow))


def _is_record(text: Text) -> bool:
    labels = Labels(text)
    if any(t.firm for t in labels.tags if t.meaning == "age") and any(
        t.phrase in _SEX for t in labels.tags if t.firm
    ):
        return True
    for tag in labels.tags:
        of_a_patient = tag.meaning in _OF_A_PATIENT and not tag.phrase.startswith(_OF_ANYBODY)
        if tag.firm and (of_a_patient or tag.phrase.startswith(_PATIENT)):
            return True
    if "^" in text.flow and _DICOM.search(text.flow):
        return True
    found = search_words(_WORDS, text, _FIRST_WORDS)
    return len({each.group().lower() for each in found}) >= 2
