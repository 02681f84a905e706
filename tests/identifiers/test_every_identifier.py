from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiscan.identifiers import find_all
from phiscan.plain_layout import lay_out
from phiscan.registry import load

if TYPE_CHECKING:
    from phiscan.protocols import Identifier

TraceFunction = Callable[[FrameType, str, Any], Any]
FOUND = load("phiscan.identifiers", "IDENTIFIER")
EVERY: list[Identifier] = list(FOUND.values())

FRAGMENTS = st.sampled_from(
    [
        *(
            "MRN",
            "DOB",
            "SSN:",
            "Patient Name",
            "Name",
            ":",
            "#",
            "\t",
            "\n",
            "\n\n",
            " ",
            "|",
            "   ",
        ),
        *(
            "123-45-6789",
            "01/02/1950",
            "0012345",
            "Smith, John",
            "JaneDoe",
            "415-823-0199",
            "Jan 5",
        ),
        *(
            "Age",
            "Fax:",
            "F: ",
            "(fax)",
            "VIN",
            "S/N",
            "Rx #",
            "NPI:",
            "IP",
            "DL",
            "IBAN",
            "Accession",
        ),
        *("92 yo", "(97 y)", "4539 1488 0343 6467", "DE89370400440532013000", "(01)00643169001763"),
        *("(21)AB12345", "00:1A:2B:3C:4D:5E", "192.168.1.10", "2607:f0d0::4", "1M8GDM9AXKP042788"),
        *("https://a.example/x?token=abcd", "943 476 5919", "NHS", "RAMQ", "TREM 8551 1234"),
        *("P<UTOERIKSSON<<ANNA<MARIA<<<<<<", "a@b.org", "12 Oak St", "OH 45402", "1EG4-TE5-MK73"),
        *("é", "Ⅷ", "²", "٣", "İ", "ß", "\x00", "“", "\u2013", "(", ")", "^", "<", "Dr.", "Mrs. "),
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(FRAGMENTS, max_size=30).map("".join))


def test_each_has_a_kind_of_its_own() -> None:
    assert len({identifier.kind for identifier in EVERY}) == len(EVERY)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_matches_lie_inside_the_text_and_never_raise(text: str) -> None:
    laid_out = lay_out(text)
    for _, match in find_all(laid_out, EVERY):
        assert 0 <= match.start < match.end <= len(text)
        assert 0.3 <= match.score <= 1.0
        assert match.reason
        assert text[match.start : match.end].strip() == text[match.start : match.end]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("219-45-6789", "ssn"),
        ("03/04/2021", "date"),
        ("415-823-0199", "phone"),
        ("1EG4-TE5-MK73", "health_plan_id"),
        ("jane.doe@gmail.com", "email"),
        ("4539 1488 0343 6467", "account_number"),
        ("DE89370400440532013000", "account_number"),
        ("1M8GDM9AXKP042788", "vehicle_id"),
        ("00:1A:2B:3C:4D:5E", "device_id"),
        ("192.168.1.10", "ip_address"),
        ("2607:f0d0:1002:51::4", "ip_address"),
        ("97 yo", "age_over_89"),
    ],
)
@pytest.mark.parametrize("glue", ["{}77", "77{}", "{}-77", "x{}x"])
def test_nothing_matches_inside_a_longer_number(value: str, kind: str, glue: str) -> None:
    text = glue.format(value)
    for found, match in find_all(lay_out(text), EVERY):
        if found == kind:
            before, after = text[: match.start][-1:], text[match.end :][:1]
            assert not (before + after).strip("-").isalnum()


def test_matches_come_in_order_of_place() -> None:
    found = find_all(lay_out("MRN: 0012345 DOB: 01/02/1950 Patient: Jane Doe"), EVERY)
    assert [kind for kind, _ in found] == ["mrn", "birth_date", "name"]


def test_an_empty_form_holds_nothing() -> None:
    form = (
        "PATIENT INFORMATION\nPatient Name: ________ Date of Birth: __/__/____\nSSN: ___-__-____\n"
        "Address: ____________ City: ________ State: __ ZIP: _____\nHome Phone: (___) ___-____\n"
        "Email: ____________ Member ID: ________ Group #: ______ MRN: _______\n"
    )
    assert find_all(lay_out(form), EVERY) == []


HARMLESS = {
    "a product box": (
        "Infusion Set 60 cm\nREF 8888145014\nLOT 23K0417\nSN 00412277\nEXP 2027-04\n"
        "(01)09506000134352(17)270401(10)23K0417\nMade in Ireland\nwww.acme-medical.com"
    ),
    "a drug box": "NDC 0002-7510-01\nRx only\n100 tablets\nLot A12345\nEXP 05/2027\n$12.99",
    "a web shop": "Order No. 112-3456789-1234567\nTotal $45.00\nVISA **** **** **** 9876",
    "a game": "Ages 8-99\n2-4 players\n90 minutes\nItem No. 4455667",
    "a program": "Version 10.4.2.1\nLicense: Apache-2.0\nhttps://www.acme.com/download\nv1.2.3.4",
    "a shop's sign": "Est. 1931\nCall 415-823-0100\nLic. #987654\nwww.acme.com",
    "a toy car": "POLICE\nTOY-123\n1:24 Scale\nNo. 4711",
}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_nothing_is_sure_where_nobody_is_meant(text: str) -> None:
    assert [kind for kind, match in find_all(lay_out(text), EVERY) if match.score >= 0.8] == []


@pytest.mark.parametrize(
    "unit",
    [
        *("DOB ", "MRN: 1 ", "Name\n", "Name\t", "Name   ", "Age\tName\nA\t1\n", "a\tb\n", "F: "),
        *("01/02/1950 ", "Rx# ", "no. ", "90 ", "Smith, ", "IBAN DE89 ", "(01)00643169001763"),
    ],
)
def test_steps_grow_with_the_length_only(unit: str) -> None:
    """Counted, not timed: lines of phiscan that run for a text, and for one twice as long."""
    short, long = (_steps(unit * (size // len(unit))) for size in (600, 1200))
    assert long < 2.2 * short + 1000


@pytest.mark.parametrize(
    "shape",
    ["{cells}\n{cells}\n", "{names}\n{names}\n", "{pages}", "{labels}\n{cells}\n"],
)
def test_steps_grow_with_the_length_where_much_meets_much(shape: str) -> None:
    """Each of many cells stands above, below or behind many: a step for each pair shows here."""
    parts = {
        "cells": "Smith\t",
        "names": "Jane Smith\t",
        "labels": "Name\t",
        "pages": "P. 1/2 12:30\t",
    }
    short, long = (
        _steps(shape.format(**{name: part * size for name, part in parts.items()}))
        for size in (150, 300)
    )
    assert long < 2.2 * short + 1000


_SEARCH_RUNS = """
from phiscan.identifiers import find_all
from phiscan.plain_layout import lay_out
from phiscan.toolbox import every_identifier
for unit in {units!r}:
    for end in ("", " 1", "!"):
        find_all(lay_out((unit * 400)[:400] + end), every_identifier())
"""
_RUNS = [
    *"xX*#10-_.,:/<'aAé中( \t",
    *("Aa", "X-", "1-", "1.", "x1", "l1", "a@", "a.", "((1", "%20", "&a=", "a/", "12:", "a:b:"),
    *("$1", "M/", "A\n", "x ", "* ", "1 ", "Aa ", "AA, ", "A. ", "of ", "4A ", "SMITH, "),
]


def test_no_pattern_goes_astray_in_a_run_of_one_sign() -> None:
    """What a pattern tries by itself is not counted above: one that tries everything never ends."""
    search = _SEARCH_RUNS.format(units=_RUNS)
    subprocess.run([sys.executable, "-c", search], check=True, timeout=200)


_SEARCH_LONG_RUNS = """
from phiscan.identifiers import find_all
from phiscan.plain_layout import lay_out
from phiscan.toolbox import every_identifier
for unit in {units!r}:
    find_all(lay_out("Name" + unit * 100_000), every_identifier())
"""
_LONG_RUNS = [*" .\t|:-A1"]


def test_no_pattern_tries_a_long_run_from_each_of_its_places() -> None:
    """A run of 100,000 takes a second; read again from each of its places, it takes minutes."""
    search = _SEARCH_LONG_RUNS.format(units=_LONG_RUNS)
    subprocess.run([sys.executable, "-c", search], check=True, timeout=200)


def _steps(text: str) -> int:
    laid_out, steps = lay_out(text), 0

    def count(frame: FrameType, _event: str, _arg: object) -> TraceFunction | None:
        nonlocal steps
        steps += 1
        return count if "phiscan" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(count)
    try:
        find_all(laid_out, EVERY)
    finally:
        sys.settrace(before)
    return steps


def test_a_wristband_is_read_whole() -> None:
    band = "DOE, JANE A\nDOB:01/05/1950 72Y F\nMRN:00123456\nDr. Smith, John"
    kinds = {kind for kind, match in find_all(lay_out(band), EVERY) if match.score >= 0.8}
    assert kinds == {"name", "birth_date", "mrn"}


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "1",
            "a",
            "A",
            "1.",
            "1 ",
            "(",
            "-",
            "A<",
            "Ab",
            "Ana-",
            "A/",
            "o'",
            "a@a.",
            "^A",
            "+1 ",
            "X ",
        ),
        *("90 ", "4539 ", "DE89 ", "1.2.", "a:", "aa:", "www.a.", "http://a/a1 ", "(21)", "Rx#1 "),
        *("patient ", "Smith, ", "01/02/1950 ", "12 Main ", "Mr. ", "may ", "DOB ", "no "),
    ],
)
def test_time_grows_with_the_length_only(unit: str) -> None:
    text = lay_out((unit * 20_000)[:20_000])
    start = time.process_time()
    find_all(text, EVERY)
    assert time.process_time() - start < 20.0  # 1 to 4 s; what grows with the square takes 60
