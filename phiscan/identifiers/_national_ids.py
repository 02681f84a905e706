"""Personal numbers that states give to everybody, by their own form and check digits.

Each entry is a form with the module of python-stdnum that knows its check digits and dates of
birth. Only forms that hardly anything else has are looked for without a label; numbers of plain
digits (PESEL, BSN, CNP) need theirs. Numbers of social insurance, French and Swiss, are kept apart:
they are those of a health plan.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from phiscan.identifiers._views import search_numbered
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text


@dataclass(frozen=True, slots=True)
class _Form:
    """How a country writes its number, and the module that checks it, if any does."""

    module: str
    pattern: str
    score: float
    reason: str


_PERSONAL = (
    _Form("it.codicefiscale", r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]", 0.92,
          "Italian tax code"),
    _Form("mx.curp", r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d", 0.92, "Mexican population code"),
    _Form("br.cpf", r"\d{3}\.\d{3}\.\d{3}-\d\d", 0.85, "Brazilian taxpayer number"),
    _Form("se.personnummer", r"(?:19|20)\d{6}[-+]\d{4}", 0.9, "Swedish personal number"),
    _Form("se.personnummer", r"\d{6}[-+]\d{4}", 0.6, "Swedish personal number"),
    _Form("dk.cpr", r"[0-3]\d[01]\d{3}-\d{4}", 0.6, "Danish personal number"),
    _Form("fi.hetu", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", 0.85, "Finnish personal number"),
    _Form("es.nie", r"[XYZ]-?\d{7}-?[A-Z]", 0.8, "Spanish foreigner's number"),
    _Form("es.dni", r"\d{8}-?[A-Z]", 0.6, "Spanish identity number"),
    _Form("kr.rrn", r"\d{6}-[1-4]\d{6}", 0.85, "Korean resident number"),
    _Form("cn.ric", r"[1-9]\d{5}(?:19|20)\d{9}[\dX]", 0.9, "Chinese identity number"),
    _Form("be.nn", r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d", 0.9, "Belgian national number"),
    _Form("cz.rc", r"\d{6}/\d{3,4}", 0.7, "Czech or Slovak birth number"),
    _Form("in_.aadhaar", r"[2-9]\d{3} \d{4} \d{4}", 0.7, "Aadhaar number"),
    _Form("pk.cnic", r"[1-7]\d{4}-\d{7}-\d", 0.8, "Pakistani identity number"),
    _Form("my.nric", r"\d{6}-\d{2}-\d{4}", 0.85, "Malaysian identity number"),
    _Form("cl.rut", r"\d{1,2}\.\d{3}\.\d{3}-[\dkK]", 0.8, "Chilean identity number"),
    _Form("", r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]", 0.75,
          "British national insurance number"),
    _Form("", r"[STFGM]\d{7}[A-Z]", 0.6, "Singaporean identity number"),
)  # fmt: skip
_SOCIAL = (
    _Form("fr.nir", r"[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB])(?: ?\d{3}){2} ?\d\d",
          0.9, "French social security number"),
    _Form("ch.ssn", r"756\.\d{4}\.\d{4}\.\d\d", 0.92, "Swiss social insurance number"),
    _Form("", r"[A-Z]{4} ?\d{12}", 0.5, "Spanish health card number"),
)  # fmt: skip
_LABELLED = {
    "dni": "es.dni", "nie": "es.nie", "nif": "es.nif", "pesel": "pl.pesel", "bsn": "nl.bsn",
    "burgerservice": "nl.bsn", "personnummer": "se.personnummer", "cpf": "br.cpf",
    "curp": "mx.curp",
    "codice": "it.codicefiscale", "aadhaar": "in_.aadhaar", "cnp": "ro.cnp", "rodne": "cz.rc",
    "oib": "hr.oib", "egn": "bg.egn", "tc kimlik": "tr.tckimlik", "cpr": "dk.cpr",
    "hetu": "fi.hetu",
    "henkil": "fi.hetu", "fodsels": "no.fodselsnummer", "ppsn": "ie.pps", "pps": "ie.pps",
    "rijksregister": "be.nn", "amka": "gr.amka", "cnic": "pk.cnic", "rut": "cl.rut",
    "teudat": "il.idnr", "nik": "id.nik", "isikukood": "ee.ik", "asmens": "lt.asmens",
    "social insurance": "ca.sin", "sa id": "za.idnr", "sv nr": "at.vnr", "svnr": "at.vnr",
}  # fmt: skip
"""Modules of python-stdnum by the beginning of a label."""


@cache
def _compiled(forms: tuple[_Form, ...]) -> re.Pattern[str]:
    """Return one pattern for all forms, each a group of its own, so that the text is read once."""
    either = "|".join(f"(?P<f{number}>{form.pattern})" for number, form in enumerate(forms))
    return re.compile(rf"(?<![\w.,/$€#-])(?=[A-Z\d])(?:{either})(?![\w/]|[-.,]\d)")


_STRETCH = re.compile(r"[A-Z\d][A-Z\d .+/-]{7,}")
"""Capitals, digits and what parts them: prose has few of these, and numbers stand in no other."""
_DIGIT = re.compile(r"\d")


def personal_numbers(text: Text) -> Iterator[Match]:
    """Yield numbers of persons whose form and check digits give them away."""
    return _valid(text, _PERSONAL)


def social_numbers(text: Text) -> Iterator[Match]:
    """Yield numbers of social insurance whose form and check digits give them away."""
    return _valid(text, _SOCIAL)


def _valid(text: Text, forms: tuple[_Form, ...]) -> Iterator[Match]:
    pattern, flow = _compiled(forms), text.flow
    for start, end in text.worked_out(_stretches):
        for found in pattern.finditer(flow, start, end + 2):  # and what must not follow
            form = forms[int((found.lastgroup or "f0")[1:])]
            if not form.module or _agrees(form.module, found.group()):
                yield Match(*found.span(), form.score, f"form of a {form.reason}")


def _stretches(text: Text) -> list[tuple[int, int]]:
    return [
        found.span()
        for found in search_numbered(_STRETCH, text, digits=6)
        if _DIGIT.search(found.group())
    ]


def labelled_agrees(phrase: str, written: str) -> bool | None:
    """Return whether a number passes the check that its label names, None for any other label."""
    for start, module in _LABELLED.items():
        if phrase.startswith(start):
            return _agrees(module, written)
    return None


def _agrees(module: str, written: str) -> bool:
    return bool(import_module(f"stdnum.{module}").is_valid(written))
